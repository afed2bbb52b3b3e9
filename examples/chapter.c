/* The chapter's image classifier: Fashion-MNIST, two hidden layers with batch normalisation and dropout, Adam, 30 epochs.
 *
 * Usage: example_chapter [EPOCHS]. Needs the Debian package dataset-fashion-mnist. */
#include <hone/hone.h>
#include <stdio.h>
#include <stdlib.h>

static void print(void *context, const char *text, size_t length) { fwrite(text, 1, length, context); }

int main(int argc, char **argv) {
    hone_dataset *all = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    hone_dataset *test = hone_dataset_load("fashion-mnist", "test", 1.0 / 255);
    hone_dataset *train = hone_dataset_slice(all, 0, -5000);
    hone_dataset *valid = hone_dataset_slice(all, -5000, HONE_NONE_INTEGER);

    hone_model *model = hone_sequential(
        hone_input(28, 28),
        hone_flatten(),
        hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_batch_normalization(),
        hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_dropout(0.5),
        hone_dense(10, .activation = "softmax"));

    hone_compile(model, .optimizer = hone_adam(.learning_rate = 1e-3),
                 .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});

    hone_fit(model, train, .epochs = argc > 1 ? atoi(argv[1]) : 30, .validation_data = valid,
             .callbacks = hone_callbacks(hone_early_stopping(.patience = 10, .restore_best_weights = true)),
             .verbose = 2, .output = print, .output_context = stdout);

    hone_logs results;
    if (hone_evaluate(model, test, &results) < 0 || hone_save(model, "fashion.keras") < 0) {
        fprintf(stderr, "%s\n", hone_error_message()); /* the first thing that went wrong, wherever it was */
        return 1;
    }
    for (int i = 0; i < results.count; i++) printf("test %s: %.4f\n", results.names[i], results.values[i]);

    hone_model_free(model);
    hone_dataset_free(valid);
    hone_dataset_free(train);
    hone_dataset_free(test);
    hone_dataset_free(all);
    return 0;
}
