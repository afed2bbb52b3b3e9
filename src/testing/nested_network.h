/* For tests of what shows networks: one with two inputs and two outputs, a layer that is called twice, and a
 * model within. */
#ifndef HONE_TESTING_NESTED_NETWORK_H
#define HONE_TESTING_NESTED_NETWORK_H

#include "base/memory.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static inline hone_model *make_model(void)
{
    hone_model *inner =
        hone_sequential(hone_input(4), hone_dense(5, .name = "first"), hone_dense(4, .name = "last"));
    hone_tensor *a = hone_input_tensor(4, .name = "a"), *b = hone_input_tensor(4, .name = "<b>");
    hone_layer *shared = hone_model_as_layer(inner);
    hone_tensor *x = hone_apply(hone_layer_retain(shared), a), *y = hone_apply(shared, b);
    hone_tensor *both = hone_apply(hone_concatenate(), x, y, b);
    hone_tensor *out = hone_apply(hone_dense(2, .activation = "softmax", .name = "out"), both);
    hone_model *model = hone_functional((a, b), (out, x), .name = "net");
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

#endif
