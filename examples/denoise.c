/* A denoising autoencoder: convolutions make an image small and large again, and learn to leave out the noise that was added to it. The
 * clean image is the target; the noise is drawn again in each epoch by a map. */
#include "common.h"
#include <stdio.h>
#include <string.h>

enum { PIXELS = 28 * 28, SHOWN = 10 };
static const float deviation = 0.4f;

/* Noise of a normal distribution, nearly: the sum of twelve uniform numbers, by 64 random bits that follow from `state`. */
static float normal(uint64_t *state)
{
    float sum = -6;
    for (int i = 0; i < 12; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        sum += (float)(*state >> 40) * 0x1p-24f;
    }
    return sum;
}

/* The image becomes the target, and noise is added to the input: (28, 28) each. */
static hone_status add_noise(void *context, hone_sample *sample)
{
    uint64_t state = sample->random;
    (void)context;
    float *clean = hone_sample_reshape(sample, &sample->y[0], 2, (int64_t[]){28, 28}), *image = sample->x[0].data;
    if (!clean) return HONE_ERROR_MEMORY;
    memcpy(clean, image, PIXELS * sizeof *clean);
    for (int i = 0; i < PIXELS; i++) image[i] = fminf(fmaxf(image[i] + deviation * normal(&state), 0), 1);
    return HONE_OK;
}

static hone_dataset *noisy(hone_dataset *data)
{
    return hone_dataset_map(hone_dataset_retain(data), add_noise, NULL, NULL);
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_reshape(.target_shape = {28, 28, 1}),
        hone_conv2d(16, 3, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv2d(32, 3, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv2d_transpose(16, 3, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv2d_transpose(16, 3, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv2d(1, 3, .padding = "same", .activation = "sigmoid"), hone_reshape(.target_shape = {28, 28}));
    hone_compile(model, .optimizer = hone_adam(), .loss = "mse");
    return model;
}

/* A row of noisy images, one of what the model makes of them, one of the clean ones. */
static bool draw(hone_model *model, hone_dataset *test, const char *path)
{
    static float pixels[3][SHOWN][PIXELS];
    hone_iterator *iterator = hone_dataset_iterate(test, SHOWN, 1, 0);
    hone_array *made = NULL;
    const hone_batch *batch;
    bool good = iterator && hone_iterator_next(iterator, &batch) == 1 && hone_predict_on_batch(model, batch, false, &made) >= 0;
    if (good) {
        memcpy(pixels[0], batch->x[0].data, sizeof pixels[0]);
        memcpy(pixels[1], made->data, sizeof pixels[1]);
        memcpy(pixels[2], batch->y[0].data, sizeof pixels[2]);
    }
    hone_array_free(made);
    hone_iterator_free(iterator);
    return good && hone_sheet_write(path, &(hone_sheet){.title = "With noise, without it again, and clean", .pixels = &pixels[0][0][0],
        .count = 3 * SHOWN, .columns = SHOWN, .height = 28, .width = 28, .channels = 1, .low = 1, .high = 0}) >= 0;
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 20000, 5)) return 2;
    hone_dataset *train = noisy(run.train), *valid = noisy(run.valid), *test = noisy(run.test);
    hone_model *model = make_model();
    const hone_history *history =
        hone_fit(model, train, .epochs = run.epochs, .batch_size = 64, .validation_data = valid);
    bool good = history != NULL;
    for (int64_t epoch = 0; good && epoch < hone_history_epoch_count(history); epoch++)
        printf("epoch %lld  mean squared error %.4f, on unseen images %.4f\n", (long long)epoch + 1, hone_history_value(history, "loss", epoch),
               hone_history_value(history, "val_loss", epoch));
    good = good && draw(model, test, example_path(&run, "15-denoise.png"));
    hone_model_free(model);
    hone_dataset_free(test);
    hone_dataset_free(valid);
    hone_dataset_free(train);
    return example_end(&run, !good);
}
