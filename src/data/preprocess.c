/* Images as the networks of keras.applications want them, from RGB numbers of 0 to 255:
 *
 *   tf      x / 127.5 - 1
 *   torch   (x / 255 - mean) / deviation, by the channels' statistics over ImageNet
 *   caffe   blue, green, red, less the channels' means, not scaled */
#include "base/error.h"
#include "data/inside.h"
#include <hone/pipeline.h>

#include <string.h>

enum { CHANNELS = 3 };

static void as_tf(float *pixel)
{
    for (int c = 0; c < CHANNELS; c++)
        pixel[c] = pixel[c] / 127.5f - 1.0f;
}

static void as_torch(float *pixel)
{
    static const float means[CHANNELS] = {0.485f, 0.456f, 0.406f},
                       deviations[CHANNELS] = {0.229f, 0.224f, 0.225f};
    for (int c = 0; c < CHANNELS; c++)
        pixel[c] = (pixel[c] / 255.0f - means[c]) / deviations[c];
}

static void as_caffe(float *pixel)
{
    static const float means[CHANNELS] = {103.939f, 116.779f, 123.68f};
    const float red = pixel[0];
    pixel[0] = pixel[2] - means[0];
    pixel[1] -= means[1];
    pixel[2] = red - means[2];
}

typedef struct way {
    const char *name;
    void (*of_pixel)(float *pixel);
} way;
static const way ways[] = {{"tf", as_tf}, {"torch", as_torch}, {"caffe", as_caffe}};
enum { WAYS = sizeof ways / sizeof *ways };

static const way *find_way(const char *name)
{
    const char *names[WAYS];
    for (int i = 0; i < WAYS; i++) {
        if (name != NULL && strcmp(ways[i].name, name) == 0)
            return &ways[i];
        names[i] = ways[i].name;
    }
    if (name == NULL)
        hone_internal_fail_null("a way to preprocess images");
    else
        hone_internal_fail_name("way to preprocess images", name, names, WAYS);
    return NULL;
}

hone_status hone_preprocess_input(float *images, int64_t pixels, const char *mode)
{
    const way *by = find_way(mode);
    if (by == NULL)
        return hone_error_status();
    for (int64_t i = 0; i < pixels; i++)
        by->of_pixel(images + i * CHANNELS);
    return HONE_OK;
}

static hone_status preprocess(void *context, hone_sample *sample)
{
    const way *by = context;
    hone_array *x = &sample->x[0];
    if (x->rank != 3 || x->shape[2] != CHANNELS)
        return hone_fail(
            HONE_ERROR_SHAPE,
            "preprocessing as \"%s\" needs images of 3 channels, (height, width, 3), not samples of %d axes%s",
            by->name, x->rank, x->rank == 3 ? " with other channels" : "");
    const int64_t pixels = x->shape[0] * x->shape[1];
    for (int64_t i = 0; i < pixels; i++)
        by->of_pixel((float *)x->data + i * CHANNELS);
    return HONE_OK;
}

hone_dataset *hone_dataset_preprocess(hone_dataset *dataset, const char *mode)
{
    const way *by = find_way(mode);
    if (by == NULL) {
        hone_dataset_free(dataset);
        return NULL;
    }
    hone_dataset *made = hone_dataset_map(dataset, preprocess, (void *)by, NULL);
    if (made != NULL)
        made->preprocessing = by->name;
    return made;
}
