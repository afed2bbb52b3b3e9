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

/* An operation of keras.ops as a node. */
static inline hone_tensor *operation(const char *text, hone_tensor *a, hone_tensor *b)
{
    hone_layer *layer = hone_internal_layer_of_family("operation", text);
    return b != NULL ? hone_apply(layer, a, b) : hone_apply(layer, a);
}

/* Linear algebra: what both factors are read of, and what one alone is. */
static inline hone_model *algebra(void)
{
    hone_tensor *x = hone_input_tensor(4, 4, .name = "x"), *b = hone_input_tensor(4, 2, .name = "b");
    hone_tensor *squared = hone_apply(hone_dot(.axes = {2}), x, x);
    hone_tensor *q = operation("qr", b, NULL), *factors = operation("lu_factor", x, NULL);
    hone_tensor *solution = operation("solve", x, b), *inverse = operation("inv", x, NULL);
    hone_tensor *triangle = operation("solve_triangular(true)", operation("cholesky", squared, NULL), b);
    hone_tensor *sign = operation("slogdet", x, NULL), *det = operation("det", x, NULL);
    return hone_functional((x, b),
                           (q, hone_tensor_output(q, 1), factors, solution, inverse, triangle, sign, det));
}

/* Fourier transforms: of complex numbers, of real ones and back, in windows; a part that nothing reads. */
static inline hone_model *frequencies(void)
{
    hone_tensor *real = hone_input_tensor(3, 12, .name = "real"),
                *imaginary = hone_input_tensor(3, 12, .name = "imaginary");
    hone_tensor *both = operation("fft2", real, imaginary), *half = operation("rfft(15)", real, NULL);
    hone_tensor *back = operation("irfft(15)", half, hone_tensor_output(half, 1));
    hone_tensor *windows = operation("stft(6, 3, 8)", real, NULL);
    return hone_functional((real, imaginary), (both, hone_tensor_output(both, 1), back, windows));
}

#endif
