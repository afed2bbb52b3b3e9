/* A network of convolutions on Fashion-MNIST, whose training images are mirrored and shifted at random while the last batch trains:
 * examples/convnet.yaml in C. Its curves and the trained model are written. */
#include "common.h"
#include <stdio.h>

enum { BATCH = 128 };

static void print(void *context, const char *text, size_t length)
{
    (void)context;
    fwrite(text, 1, length, stdout);
}

static hone_model *make_model(double steps)
{
    hone_model *model = hone_sequential(
        hone_input(28, 28, 1),
        hone_conv2d(32, 3, .padding = "same", .activation = "relu", .kernel_initializer = "he_normal"), hone_batch_normalization(),
        hone_max_pooling2d(),
        hone_conv2d(64, 3, .padding = "same", .activation = "relu", .kernel_initializer = "he_normal"), hone_batch_normalization(),
        hone_max_pooling2d(),
        hone_flatten(), hone_dense(128, .activation = "relu", .kernel_initializer = "he_normal"), hone_dropout(0.3),
        hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate_schedule = hone_cosine_decay(1e-3, steps)),
                 .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 55000, 12)) return 2;
    hone_dataset *train = hone_dataset_augment(
        hone_dataset_retain(run.train), hone_random_flip(.mode = "horizontal"),
        hone_random_translation(.height_factor = {0.05}, .width_factor = {0.05}, .fill_mode = "constant"));
    hone_model *model = make_model((double)(run.epochs * ((run.samples + BATCH - 1) / BATCH)));
    hone_logs results;
    const hone_history *history =
        hone_fit(model, train, .epochs = run.epochs, .batch_size = BATCH, .validation_data = run.valid, .verbose = 2, .output = print);
    bool good = history != NULL && hone_evaluate(model, run.test, &results) >= 0 &&
                hone_save(model, example_path(&run, "convnet.keras")) >= 0 &&
                hone_plot_history(history, example_path(&run, "14-convnet.png")) >= 0;
    for (int i = 0; good && i < results.count; i++) printf("test %s: %.4f\n", results.names[i], results.values[i]);
    hone_model_free(model);
    hone_dataset_free(train);
    return example_end(&run, !good);
}
