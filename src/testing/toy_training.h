/* For tests of training: ten samples x = 0 .. 9 with the target y = x, and a model that begins with y = 0. At
 * a learning rate of 0 the loss of an epoch tells which samples it saw. */
#ifndef HONE_TESTING_TOY_TRAINING_H
#define HONE_TESTING_TOY_TRAINING_H

#include "testing/message.h"

#include <hone/hone.h>

enum { TOY_SAMPLES = 10 };

static inline hone_dataset *toy_data(void)
{
    static const float x[TOY_SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){TOY_SAMPLES, 1})},
                                 .y = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){TOY_SAMPLES, 1})});
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

static inline hone_model *toy_model(double learning_rate)
{
    hone_model *model = hone_sequential(hone_input(1, .name = "x"),
                                        hone_dense(1, .kernel_initializer = "zeros", .name = "y"));
    if (hone_compile(model, .optimizer = hone_sgd(.learning_rate = learning_rate), .loss = "mse") < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

/* The mean of x^2 over samples first .. last. */
static inline double toy_loss(int first, int last)
{
    double sum = 0;
    for (int i = first; i <= last; i++)
        sum += (double)(i * i);
    return sum / (last - first + 1);
}

#endif
