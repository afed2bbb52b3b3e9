/* A generative adversarial network with a loop of its own: the generator makes images from noise, the discriminator tells them from
 * real ones, and each has its optimizer (Goodfellow and others, 2014): once of dense layers, once of convolutions (DCGAN: Radford and others,
 * 2015). */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

enum { CODINGS = 30, BATCH = 32, PIXELS = 28 * 28, SHOWN = 12 };

static uint64_t state = 42;
static double uniform(void) /* above 0, up to 1; xorshift64* */
{
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return ((double)((state * 2685821657736338717u) >> 11) + 1) * 0x1p-53;
}

static hone_batch noise(float *numbers, int rows, float *labels)
{
    for (int i = 0; i < rows * CODINGS; i++) numbers[i] = (float)(sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()));
    for (int i = 0; i < rows; i++) labels[i] = 1; /* the generator wants its images to pass for real */
    return (hone_batch){.x = {hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){rows, CODINGS})},
                        .y = {hone_array_view(labels, HONE_FLOAT32, 1, (int64_t[]){rows})}};
}

/* One step of the discriminator: half of the batch is real (1), half is generated (0). */
static hone_status train_discriminator(hone_model *discriminator, hone_model *generator, const float *real, double *loss)
{
    static float codings[BATCH * CODINGS], ones[BATCH], images[2 * BATCH][PIXELS], labels[2 * BATCH];
    hone_batch from = noise(codings, BATCH, ones), both;
    hone_array *made;
    hone_logs logs;
    if (hone_predict_on_batch(generator, &from, true, &made) < 0) return hone_error_status();
    for (int i = 0; i < BATCH * PIXELS; i++) images[i / PIXELS][i % PIXELS] = ((float *)made->data)[i];
    for (int i = 0; i < BATCH * PIXELS; i++) images[BATCH + i / PIXELS][i % PIXELS] = real[i];
    for (int i = 0; i < 2 * BATCH; i++) labels[i] = i >= BATCH;
    hone_array_free(made);
    both = (hone_batch){.x = {hone_array_view(images, HONE_FLOAT32, 3, (int64_t[]){2 * BATCH, 28, 28})},
                        .y = {hone_array_view(labels, HONE_FLOAT32, 1, (int64_t[]){2 * BATCH})}};
    hone_status status = hone_train_on_batch(discriminator, &both, &logs);
    if (status >= 0) hone_logs_get(&logs, "loss", loss);
    return status;
}

/* One step of the generator, through the discriminator, which is frozen in `whole`. */
static hone_status train_generator(hone_model *whole, double *loss)
{
    static float codings[BATCH * CODINGS], ones[BATCH];
    hone_batch batch = noise(codings, BATCH, ones);
    hone_logs logs;
    hone_status status = hone_train_on_batch(whole, &batch, &logs);
    if (status >= 0) hone_logs_get(&logs, "loss", loss);
    return status;
}

/* Adds a row of images, always from the same noise, and draws all rows so far. */
static bool show(hone_model *generator, const hone_batch *same, float *pixels, int64_t row, const char *path)
{
    hone_array *made;
    if (hone_predict_on_batch(generator, same, false, &made) < 0) return false;
    for (int i = 0; i < SHOWN * PIXELS; i++) pixels[row * SHOWN * PIXELS + i] = ((float *)made->data)[i];
    hone_array_free(made);
    return hone_sheet_write(path, &(hone_sheet){.title = "Generated images, a row an epoch", .pixels = pixels, .columns = SHOWN,
        .count = (size_t)(row + 1) * SHOWN, .height = 28, .width = 28, .channels = 1, .low = 1, .high = 0}) >= 0;
}

static bool train(const example *run, hone_model *generator, hone_model *discriminator, hone_model *whole, const char *picture)
{
    static float codings[SHOWN * CODINGS], ones[SHOWN];
    hone_batch same = noise(codings, SHOWN, ones), real;
    int64_t steps = run->samples / BATCH;
    float *pixels = calloc((size_t)run->epochs * SHOWN * PIXELS, sizeof *pixels);
    bool good = example_batch(run->train, 0, run->samples, &real) && pixels;
    for (int64_t epoch = 0; epoch < run->epochs && good; epoch++) {
        double of_discriminator = 0, of_generator = 0, loss = 0;
        for (int64_t step = 0; step < steps && good; step++) {
            good = train_discriminator(discriminator, generator, (float *)real.x[0].data + step * BATCH * PIXELS, &loss) >= 0;
            of_discriminator += loss / (double)steps;
            good = good && train_generator(whole, &loss) >= 0;
            of_generator += loss / (double)steps;
        }
        printf("epoch %2lld  discriminator %.4f  generator %.4f\n", (long long)epoch + 1, of_discriminator, of_generator);
        good = good && show(generator, &same, pixels, epoch, example_path(run, picture));
    }
    example_batch_free(&real);
    free(pixels);
    return good;
}

static hone_model *dense_generator(void)
{
    return hone_sequential(
        hone_input(CODINGS), hone_dense(128, .activation = "leaky_relu", .kernel_initializer = "he_normal"),
        hone_batch_normalization(.momentum = 0.8), hone_dense(256, .activation = "leaky_relu", .kernel_initializer = "he_normal"),
        hone_batch_normalization(.momentum = 0.8), hone_dense(PIXELS, .activation = "sigmoid"), hone_reshape(.target_shape = {28, 28}));
}

static hone_model *dense_discriminator(void)
{
    return hone_sequential(
        hone_input(28, 28), hone_flatten(), hone_dense(256, .activation = "leaky_relu", .kernel_initializer = "he_normal"),
        hone_dropout(0.3), hone_dense(128, .activation = "leaky_relu", .kernel_initializer = "he_normal"), hone_dropout(0.3),
        hone_dense(1, .activation = "sigmoid"));
}

/* From 7 x 7 places to 14 x 14 to 28 x 28. Windows of 4 pixels, 2 apart, cover each pixel equally often: others leave a pattern of squares. */
static hone_model *convolution_generator(void)
{
    return hone_sequential(
        hone_input(CODINGS), hone_dense(7 * 7 * 48, .use_bias = false), hone_batch_normalization(.momentum = 0.8), hone_activation("relu"),
        hone_reshape(.target_shape = {7, 7, 48}),
        hone_conv2d_transpose(32, 4, .strides = {2}, .padding = "same", .use_bias = false), hone_batch_normalization(.momentum = 0.8),
        hone_activation("relu"), hone_conv2d_transpose(1, 4, .strides = {2}, .padding = "same", .activation = "sigmoid"),
        hone_reshape(.target_shape = {28, 28}));
}

static hone_model *convolution_discriminator(void)
{
    return hone_sequential(
        hone_input(28, 28), hone_reshape(.target_shape = {28, 28, 1}),
        hone_conv2d(32, 4, .strides = {2}, .padding = "same", .activation = "leaky_relu"), hone_dropout(0.3),
        hone_conv2d(48, 4, .strides = {2}, .padding = "same", .activation = "leaky_relu"), hone_dropout(0.3),
        hone_flatten(), hone_dense(1, .activation = "sigmoid"));
}

/* Takes over both. */
static bool run_pair(const example *run, hone_model *generator, hone_model *discriminator, const char *picture)
{
    hone_compile(discriminator, .optimizer = hone_adam(.learning_rate = 2e-4, .beta_1 = 0.5), .loss = "binary_crossentropy");
    hone_model *whole = hone_sequential(hone_input(CODINGS), hone_model_as_layer(generator), hone_model_as_layer(discriminator));
    /* What is frozen counts for a model from its compile and first step on: the discriminator takes its first step here, then freezes for
     * `whole`, and learns on in its own steps. */
    static float first[BATCH * PIXELS];
    double loss;
    bool good = whole && train_discriminator(discriminator, generator, first, &loss) >= 0;
    if (good) hone_model_set_trainable(discriminator, false);
    hone_compile(whole, .optimizer = hone_adam(.learning_rate = 2e-4, .beta_1 = 0.5), .loss = "binary_crossentropy");
    good = good && train(run, generator, discriminator, whole, picture);
    hone_model_free(whole); /* and with it the two that it is made of */
    return good;
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 40000, 12)) return 2;
    puts("dense layers");
    bool good = run_pair(&run, dense_generator(), dense_discriminator(), "10-gan.png");
    if (good) puts("convolutions");
    good = good && run_pair(&run, convolution_generator(), convolution_discriminator(), "10-dcgan.png");
    return example_end(&run, !good);
}
