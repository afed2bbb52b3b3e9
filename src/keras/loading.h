/* What holds while a model is read out of a config tree: handed from each reader to those of what is within.
 */
#ifndef HONE_KERAS_LOADING_H
#define HONE_KERAS_LOADING_H

#include "fields/fields.h"
#include "graph/variable.h"
#include <hone/files.h>

struct hone_loading {
    const hone_load_args *args; /* what the load of the file says; NULL: this is not a file */
    hone_allowance *allowance;  /* of the file's weights; NULL: any */
    int depth;                  /* models and wrappers around what is read */
    int release;                /* of Keras that wrote the file, 315 for 3.15; 0: not known */
};

/* Begins with all that a file of this many bytes of weights may ask for. HONE_ERROR_MEMORY; ended in any
 * case.
 */
hone_status hone_internal_loading_begin(hone_loading *loading, const hone_load_args *args,
                                        size_t weight_bytes);
void hone_internal_loading_end(hone_loading *loading);
/* What holds one model or wrapper further in. */
hone_loading hone_internal_loading_within(const hone_loading *loading);
/* A warning of the load, a line, if somebody wants it. */
void hone_internal_loading_warn(const hone_loading *loading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sends a line to the sink of a load, if there is one. */
void hone_internal_warn(hone_sink *output, void *context, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
