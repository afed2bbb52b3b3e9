/* A plugin with a copy of the library of its own (copies_test.c loads it): trains a small network and gives
 * the sum of its weights' bytes. */
#include <hone/hone.h>

#include <stdint.h>

enum { ROWS = 256, WIDTH = 64 };

uint64_t copies_train(void);
/* 0 on failure. */
uint64_t copies_train(void)
{
    static _Thread_local float x[ROWS][WIDTH], y[ROWS];
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i / WIDTH][i % WIDTH] = (float)(i * 37 % 101) * 0.01f;
    for (int i = 0; i < ROWS; i++)
        y[i] = (float)(i % 3);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){ROWS, WIDTH})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){ROWS})});
    hone_model *model = hone_sequential(hone_input(WIDTH), hone_dense(300, .activation = "relu"),
                                        hone_dropout(0.5), hone_dense(3, .activation = "softmax"));
    hone_set_threads(2);
    hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy");
    uint64_t sum = 0;
    if (hone_fit(model, data, .epochs = 3) != NULL) {
        for (int i = 0; i < hone_model_weight_count(model); i++) {
            hone_variable *weight = hone_model_weight(model, i);
            hone_shape shape = hone_variable_shape(weight);
            int64_t count = 1;
            for (int axis = 0; axis < shape.rank; axis++)
                count *= shape.size[axis];
            const unsigned char *bytes = (const unsigned char *)hone_variable_data(weight);
            for (int64_t j = 0; j < count * (int64_t)sizeof(float); j++)
                sum = (sum ^ bytes[j]) * 1099511628211u;
        }
    }
    hone_model_free(model);
    hone_dataset_free(data);
    return sum;
}
