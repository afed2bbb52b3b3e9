/* Windows in C source: what convolutions and pools share. */
#ifndef HONE_CSOURCE_WINDOW_H
#define HONE_CSOURCE_WINDOW_H

#include "csource/forms.h"
#include "kernels/window.h"

/* A call by a pattern, one of the two, in a block that has the step's window as `window`, laid out as
 * csource/functions/window.c says. `transposed`: from y to x. */
hone_status hone_internal_c_write_window(hone_c_words *words, const hone_c_step *step, const char *call,
                                         const char *call_int8, bool transposed);
/* Multiply-adds of a convolution. */
int64_t hone_internal_c_window_work(const hone_c_step *step);

#endif
