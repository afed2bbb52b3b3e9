/* ResNet-20 (He and others, 2015) at the size of CIFAR: images of 32 x 32 pixels, three stages of three blocks with 16, 32 and 64 filters.
 * The images are Fashion-MNIST's with a margin of two pixels, flipped and shifted at random. */
#include "common.h"
#include <stdio.h>

enum { BATCH = 128, BLOCKS = 3 };

static void print(void *context, const char *text, size_t length)
{
    (void)context;
    fwrite(text, 1, length, stdout);
}

static hone_tensor *convolve(hone_tensor *x, int64_t filters, int64_t size, int64_t stride)
{
    x = hone_apply(hone_conv2d(filters, .kernel_size = {size}, .strides = {stride}, .padding = "same", .use_bias = false,
                               .kernel_initializer = "he_normal", .kernel_regularizer = "l2(1e-4)"), x);
    return hone_apply(hone_batch_normalization(), x);
}

/* relu(x + f(x)); where the size or the filters change, x goes through a convolution of one pixel. */
static hone_tensor *block(hone_tensor *x, int64_t filters, int64_t stride, bool changes)
{
    hone_tensor *y = hone_apply(hone_activation("relu"), convolve(x, filters, 3, stride));
    y = convolve(y, filters, 3, 1);
    return hone_apply(hone_activation("relu"), hone_apply(hone_add(), y, changes ? convolve(x, filters, 1, stride) : x));
}

static hone_model *make_model(double steps)
{
    hone_tensor *input = hone_input_tensor(28, 28, 1), *x = hone_apply(hone_zero_padding2d(.padding = {2}), input);
    x = hone_apply(hone_activation("relu"), convolve(x, 16, 3, 1));
    for (int stage = 0; stage < 3; stage++)
        for (int i = 0; i < BLOCKS; i++)
            x = block(x, 16 << stage, stage > 0 && i == 0 ? 2 : 1, stage > 0 && i == 0);
    x = hone_apply(hone_dense(10, .activation = "softmax"), hone_apply(hone_global_average_pooling2d(), x));
    hone_model *model = hone_functional((input), (x), .name = "resnet20");
    hone_compile(model, .optimizer = hone_sgd(.learning_rate_schedule = hone_cosine_decay(0.1, steps), .momentum = 0.9, .nesterov = true),
                 .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 10000, 8)) return 2;
    hone_dataset *train = hone_dataset_augment(hone_dataset_retain(run.train), hone_random_flip(.mode = "horizontal"),
                                               hone_random_translation(.height_factor = {0.1}, .width_factor = {0.1}, .fill_mode = "constant"));
    hone_model *model = make_model((double)(run.epochs * ((run.samples + BATCH - 1) / BATCH)));
    const hone_history *history =
        hone_fit(model, train, .epochs = run.epochs, .batch_size = BATCH, .validation_data = run.valid, .verbose = 2, .output = print);
    bool good = history != NULL && hone_save(model, example_path(&run, "resnet.keras")) >= 0 &&
                hone_plot_history(history, example_path(&run, "16-resnet.png")) >= 0;
    hone_model_free(model);
    hone_dataset_free(train);
    return example_end(&run, !good);
}
