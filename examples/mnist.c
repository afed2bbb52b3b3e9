/* The chapter's worked example on MNIST itself, when its file is there: mnist.npz, as Keras keeps it, or the four IDX files; see
 * `hone help data`. */
#include "common.h"
#include <stdio.h>

static void print(void *context, const char *text, size_t length)
{
    fwrite(text, 1, length, context);
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 55000, 10)) return 2;
    hone_dataset *all = hone_dataset_load("mnist", "train", 1.0 / 255), *test = all ? hone_dataset_load("mnist", "test", 1.0 / 255) : NULL;
    if (!all || !test) {
        printf("MNIST is not here, so there is nothing to show. %s\n", hone_error_message());
        hone_dataset_free(all);
        return example_end(&run, false);
    }
    hone_dataset *train = hone_dataset_slice(all, 0, run.samples), *valid = hone_dataset_slice(all, -5000, HONE_NONE_INTEGER);
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_flatten(), hone_batch_normalization(),
        hone_dense(300, .kernel_initializer = "he_normal", .use_bias = false), hone_batch_normalization(), hone_activation("relu"),
        hone_dropout(0.2), hone_dense(100, .kernel_initializer = "he_normal", .use_bias = false), hone_batch_normalization(),
        hone_activation("relu"), hone_dropout(0.2), hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    hone_logs results;
    bool good = hone_fit(model, train, .epochs = run.epochs, .validation_data = valid, .verbose = 2, .output = print, .output_context = stdout,
                         .callbacks = hone_callbacks(hone_early_stopping(.patience = 5, .restore_best_weights = true))) &&
                hone_evaluate(model, test, &results) >= 0 && hone_save(model, example_path(&run, "mnist.keras")) >= 0;
    for (int i = 0; i < results.count && good; i++) printf("test %s: %.4f\n", results.names[i], results.values[i]);
    hone_model_free(model);
    hone_dataset_free(valid);
    hone_dataset_free(train);
    hone_dataset_free(test);
    hone_dataset_free(all);
    return example_end(&run, !good);
}
