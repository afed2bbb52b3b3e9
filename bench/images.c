/* Networks for images: seconds a training step, or a sample of prediction. The same in peers/images.py.
 *
 *   bench_images NETWORK train [BATCH]     Adam, on random images; default: the network's own batch
 *   bench_images NETWORK latency           one image per call
 *   bench_images NETWORK throughput        1,000 images per call, in batches of 32
 *
 * each with [--threads N] [--rounds N] [--serve]. NETWORK:
 *
 *   resnet      ResNet-20 for images of 32 x 32 (He and others, 2015, section 4.2), batch 128
 *   mobilenet   MobileNetV2 (Sandler and others, 2018, table 2) for images of 96 x 96, 10 classes, batch 32
 *   unet        U-Net (Ronneberger and others, 2015) of 16 to 128 filters for images of 64 x 64, batch 16 */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 1000, CALLS = 100 };

static hone_tensor *normalized(hone_layer *layer, hone_tensor *x)
{
    return hone_apply(hone_batch_normalization(), hone_apply(layer, x));
}

static hone_tensor *convolved(hone_tensor *x, int64_t filters, int64_t size, int64_t stride)
{
    return normalized(hone_conv2d(filters, size, .strides = {stride}, .padding = "same", .use_bias = false),
                      x);
}

static hone_model *classifier(hone_tensor *image, hone_tensor *features)
{
    hone_tensor *y = hone_apply(hone_dense(10, .activation = "softmax"),
                                hone_apply(hone_global_average_pooling2d(), features));
    return bench_classifier(hone_functional((image), (y)), hone_adam());
}

/* ---- ResNet-20 ---- */

static hone_tensor *residual(hone_tensor *x, int64_t filters, int64_t stride, bool narrower)
{
    hone_tensor *y = hone_apply(hone_re_lu(), convolved(x, filters, 3, stride));
    y = convolved(y, filters, 3, 1);
    hone_tensor *shortcut = narrower ? convolved(x, filters, 1, stride) : x;
    return hone_apply(hone_re_lu(), hone_apply(hone_add(), y, shortcut));
}

static hone_model *resnet(void)
{
    hone_tensor *image = hone_input_tensor(32, 32, 3, .name = "image");
    hone_tensor *x = hone_apply(hone_re_lu(), convolved(image, 16, 3, 1));
    for (int stage = 0; stage < 3; stage++)
        for (int i = 0; i < 3; i++) {
            const bool narrower = stage > 0 && i == 0;
            x = residual(x, 16 << stage, narrower ? 2 : 1, narrower);
        }
    return classifier(image, x);
}

/* ---- MobileNetV2 ---- */

static hone_tensor *relu6(hone_tensor *x)
{
    return hone_apply(hone_re_lu(.max_value = 6), x);
}

static hone_tensor *inverted_residual(hone_tensor *x, int64_t channels, int64_t wider, int64_t filters,
                                      int64_t stride)
{
    hone_tensor *y = wider == 1 ? x : relu6(convolved(x, wider * channels, 1, 1));
    y = relu6(
        normalized(hone_depthwise_conv2d(3, .strides = {stride}, .padding = "same", .use_bias = false), y));
    y = convolved(y, filters, 1, 1);
    return stride == 1 && channels == filters ? hone_apply(hone_add(), x, y) : y;
}

static hone_model *mobilenet(void)
{
    static const int64_t rows[][4] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                      {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    hone_tensor *image = hone_input_tensor(96, 96, 3, .name = "image");
    hone_tensor *x = relu6(convolved(image, 32, 3, 2));
    int64_t channels = 32;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        for (int64_t i = 0; i < rows[row][2]; i++) {
            x = inverted_residual(x, channels, rows[row][0], rows[row][1], i == 0 ? rows[row][3] : 1);
            channels = rows[row][1];
        }
    return classifier(image, relu6(convolved(x, 1280, 1, 1)));
}

/* ---- U-Net ---- */

static hone_tensor *two_convolutions(hone_tensor *x, int64_t filters)
{
    for (int i = 0; i < 2; i++)
        x = hone_apply(hone_conv2d(filters, 3, .padding = "same", .activation = "relu"), x);
    return x;
}

static hone_model *unet(void)
{
    enum { LEVELS = 3, FILTERS = 16 };
    hone_tensor *image = hone_input_tensor(64, 64, 3, .name = "image"), *x = image, *kept[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
        kept[level] = two_convolutions(x, FILTERS << level);
        x = hone_apply(hone_max_pooling2d(), kept[level]);
    }
    x = two_convolutions(x, FILTERS << LEVELS);
    for (int level = LEVELS - 1; level >= 0; level--) {
        hone_tensor *wide = hone_apply(hone_conv2d_transpose(FILTERS << level, 2, .strides = {2}), x);
        x = two_convolutions(hone_apply(hone_concatenate(), kept[level], wide), FILTERS << level);
    }
    hone_model *model = hone_functional((image), (hone_apply(hone_conv2d(1, 1, .activation = "sigmoid"), x)));
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy",
                     .metrics = {"accuracy"}) < 0)
        bench_fail();
    return model;
}

typedef struct network {
    const char *name;
    hone_model *(*make)(void);
    int64_t side, batch;
    bool masks; /* it tells of each position, not of the image */
} network;

static const network networks[] = {{"resnet", resnet, 32, 128, false},
                                   {"mobilenet", mobilenet, 96, 32, false},
                                   {"unet", unet, 64, 16, true}};

/* ---- training ---- */

static hone_array *targets(const network *chosen, int64_t samples)
{
    if (!chosen->masks)
        return bench_integers(samples, 10);
    hone_array *masks = bench_floats(4, (int64_t[]){samples, chosen->side, chosen->side, 1});
    float *values = masks->data;
    for (int64_t i = 0; i < hone_array_count(masks); i++)
        values[i] = values[i] > 0 ? 1.0f : 0.0f;
    return masks;
}

static hone_array *images(const network *chosen, int64_t samples)
{
    return bench_floats(4, (int64_t[]){samples, chosen->side, chosen->side, 3});
}

static int train(const bench_options *options, const network *chosen, int64_t batch)
{
    const int64_t samples = batch * 4;
    return bench_steps(options, chosen->name, chosen->make(), images(chosen, samples),
                       targets(chosen, samples), batch);
}

/* ---- predicting ---- */

typedef struct prediction {
    hone_model *model;
    hone_dataset *data;
    hone_array *x;
} prediction;

/* A bench_round: one image per call, each time another one. */
static double latency(void *context)
{
    const prediction *run = context;
    return bench_one_by_one(run->model, run->x, CALLS);
}

/* A bench_round: all images. */
static double throughput(void *context)
{
    const prediction *run = context;
    hone_array *answers;
    const double start = bench_seconds();
    if (hone_predict(run->model, run->data, &answers, .batch_size = 32) < 0)
        return -1;
    hone_array_free(answers);
    return (bench_seconds() - start) / IMAGES;
}

static int predict(const bench_options *options, const network *chosen, bench_round *round)
{
    prediction run = {.model = chosen->make(), .x = images(chosen, IMAGES)};
    run.data = hone_dataset_from_arrays(.x = {*run.x});
    if (run.data == NULL)
        bench_fail();
    const int status = bench_measure(options, chosen->name, round, &run);
    hone_dataset_free(run.data);
    hone_model_free(run.model);
    hone_array_free(run.x);
    return status;
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    const network *chosen = NULL;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (count > 1 && strcmp(words[1], networks[i].name) == 0)
            chosen = &networks[i];
    const char *what = count > 2 ? words[2] : "train";
    const int64_t batch = chosen == NULL ? 0 : count > 3 ? atoll(words[3]) : chosen->batch;
    if (batch > 0 && strcmp(what, "train") == 0)
        return train(&options, chosen, batch);
    if (chosen != NULL && strcmp(what, "latency") == 0)
        return predict(&options, chosen, latency);
    if (chosen != NULL && strcmp(what, "throughput") == 0)
        return predict(&options, chosen, throughput);
    fprintf(stderr, "expected resnet, mobilenet or unet; then train and a batch, latency or throughput\n");
    return 2;
}
