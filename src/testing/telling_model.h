/* For tests of report/: a model whose answers can be told, and five samples, of which it is right about four.
 */
#ifndef HONE_TESTING_TELLING_MODEL_H
#define HONE_TESTING_TELLING_MODEL_H

#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

/* A model that says what its first input column says: logits of two classes x and -x; the second column means
 * nothing. */
static inline hone_model *telling_model(void)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .activation = "softmax", .use_bias = false));
    static const float kernel[] = {-3, 3, 0, 0};
    memcpy(hone_variable_data(hone_model_weight(model, 0)), kernel, sizeof kernel);
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy"), HONE_OK);
    return model;
}

static inline hone_dataset *telling_data(void)
{
    static const float x[] = {1, 5, 1, -2, -1, 3, -1, 0, 1, 1}, y[] = {1, 1, 0, 1, 1};
    const int64_t of_x[] = {5, 2}, of_y[] = {5};
    return hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                    .y[0] = hone_array_view(y, HONE_FLOAT32, 1, of_y));
}

#endif
