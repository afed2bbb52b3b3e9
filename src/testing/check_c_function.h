/* For tests of the functions that C source is made of (src/csource/functions/): the real function, included
 * by its test, beside the kernel of `ref`. */
#ifndef HONE_TESTING_CHECK_C_FUNCTION_H
#define HONE_TESTING_CHECK_C_FUNCTION_H

#include "kernels/kernels.h"
#include "testing/test.h"

/* `count` numbers between two, the same in every run. */
void c_function_fill(float *numbers, int64_t count, double low, double high);
void c_function_fill_bytes(int8_t *bytes, int64_t count);
/* y, `count` numbers, is what the kernel of `ref` makes of the operands args.data[1..] (items 0: as the
 * kernel's tiling says), nearly: to 1e-5 (1 + |expected|). */
void check_c_function(hone_kernel_index kernel, const hone_kernel_args *args, int64_t items, const float *y,
                      int64_t count);
void check_c_numbers(const char *title, const float *received, const float *expected, int64_t count);

#endif
