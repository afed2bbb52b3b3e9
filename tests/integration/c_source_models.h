/* For the tests of C source: networks with weights, and where their sources lie. */
#ifndef TESTS_INTEGRATION_C_SOURCE_MODELS_H
#define TESTS_INTEGRATION_C_SOURCE_MODELS_H

#include "layers/layer.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static inline void path_of(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s.c", testing_folder, name);
}

static inline void scatter_weights(hone_model *model)
{
    uint32_t state = 7;
    for (size_t i = 0; i < model->weights.count; i++) {
        hone_variable *variable = model->weights.items[i];
        bool positive = strstr(variable->name, "variance") != NULL;
        for (int64_t j = 0; j < hone_internal_variable_count(variable); j++) {
            float number = (float)(testing_random(&state) % 2000) / 1000 - 1;
            hone_internal_variable_data(variable)[j] = positive ? fabsf(number) + 0.1f : number;
        }
    }
}

/* Normalisation behind a dense layer, before one, before a flattened one, in a place where it stays. */
static inline hone_model *normalized(void)
{
    return hone_sequential(hone_input(4, 3), hone_dense(5), hone_batch_normalization(),
                           hone_activation("relu"), hone_batch_normalization(), hone_flatten(),
                           hone_dense(6, .activation = "tanh"), hone_batch_normalization(), hone_dense(4),
                           hone_batch_normalization(), hone_dropout(0.5));
}

static inline hone_model *two_towers(void)
{
    hone_tensor *left = hone_input_tensor(6, .name = "left ?side*"),
                *right = hone_input_tensor(6, .name = "right");
    hone_layer *shared = hone_dense(4, .activation = "gelu", .name = "a*b");
    hone_tensor *one = hone_apply(hone_layer_retain(shared), left), *other = hone_apply(shared, right);
    hone_tensor *sum = hone_apply(hone_add(), one, other);
    hone_tensor *price = hone_apply(hone_dense(1, .name = "price"), sum);
    hone_model *model = hone_functional((left, right), (price, sum, one, left));
    return model;
}

#endif
