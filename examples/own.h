/* What the examples of custom parts share: data of a small regression, a training, and the end of a program. */
#ifndef OWN_H
#define OWN_H

#include <hone/extend.h>
#include <hone/hone.h>
#include <stdio.h>

/* 64 rows: y = 2 x_0 - x_1. */
static inline hone_dataset *own_data(void)
{
    enum { ROWS = 64, COLUMNS = 3 };
    static float x[ROWS][COLUMNS], y[ROWS][1];
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < COLUMNS; k++)
            x[i][k] = (float)((i * 37 + k * 11) % 17) / 17;
        y[i][0] = 2 * x[i][0] - x[i][1];
    }
    return hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){ROWS, COLUMNS}),
                                    .y[0] = hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){ROWS, 1}));
}

/* Trains a compiled model and prints how it ends. */
static inline void own_train(hone_model *model, hone_dataset *data, int64_t epochs, hone_callback_list *callbacks)
{
    const hone_history *history = hone_fit(model, data, .epochs = epochs, .callbacks = callbacks);
    if (history != NULL)
        printf("loss %.4f after %lld epochs\n", hone_history_last(history, "loss"),
               (long long)hone_history_epoch_count(history));
}

/* The status of the program: what has failed, if anything has, is said once, here. */
static inline int own_end(hone_model *model, hone_dataset *data)
{
    hone_model_free(model);
    hone_dataset_free(data);
    if (hone_error_status() < 0)
        fprintf(stderr, "%s\n", hone_error_message());
    return hone_error_status() < 0;
}

#endif
