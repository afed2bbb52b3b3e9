/* The weights of a model as a callback keeps them: all floats in a row, in the model's order. */
#ifndef HONE_CALLBACKS_WEIGHTS_COPY_H
#define HONE_CALLBACKS_WEIGHTS_COPY_H

#include <hone/extend.h>

struct hone_weights_copy {
    size_t floats;
    float *data;
};

/* Not filled yet. NULL on failure. */
hone_weights_copy *hone_internal_weights_copy_create(size_t floats);

#endif
