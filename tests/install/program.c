/* A user's program in C11: trains, saves, loads. tests/install.sh builds it in each way that
 * docs/embedding.md names. */
#include <hone/hone.h>
#include <stdio.h>

int main(void)
{
    float x[8][3];
    unsigned char y[8];
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 3; j++)
            x[i][j] = (float)((i * 7 + j * 3) % 5);
        y[i] = (unsigned char)(i % 2);
    }
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){8, 3})},
                                 .y = {hone_array_view(y, HONE_UINT8, 1, (int64_t[]){8})});
    hone_model *model = hone_sequential(hone_input(3), hone_dense(4, .activation = "tanh"),
                                        hone_dense(2, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01),
                 .loss = "sparse_categorical_crossentropy");
    hone_fit(model, data, .epochs = 3);
    hone_logs before, after;
    hone_evaluate(model, data, &before, .batch_size = 8);
    hone_status status = hone_save(model, "program.keras");
    hone_model *again = hone_load("program.keras");
    if (status < 0 || hone_evaluate(again, data, &after, .batch_size = 8) < 0 ||
        before.values[0] != after.values[0]) {
        fprintf(stderr, "%s\n", hone_error_message());
        return 1;
    }
    printf("loss %.6f, saved and loaded\n", after.values[0]);
    hone_model_free(again);
    hone_model_free(model);
    hone_dataset_free(data);
    return 0;
}
