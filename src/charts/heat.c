/* Explanations as pictures: each image, its heat, and the heat over the image. */
#include "base/error.h"
#include "base/memory.h"
#include <hone/charts.h>
#include <hone/look.h>

#include <math.h>
#include <stdio.h>

enum { COLUMNS = 3, LEAST_SIDE = 224, LABEL = 64 };

typedef struct sheet {
    const hone_array *images;
    const hone_explanation *explanation;
    int64_t height, width, channels;
    bool channels_first;
    float *pixels; /* (COLUMNS count, height, width, 3) */
    char (*texts)[LABEL];
    const char **labels;
} sheet;

static float between(float x)
{
    return fminf(fmaxf(x, 0), 1);
}

/* Black, red, yellow, white. */
static void color_of(float heat, float *rgb)
{
    for (int c = 0; c < 3; c++)
        rgb[c] = between(3 * heat - (float)c);
}

static float pixel_of(const sheet *of, int64_t image, int64_t place, int64_t channel)
{
    const int64_t plane = of->height * of->width, start = image * plane * of->channels;
    return (float)hone_array_number(of->images, of->channels_first ? start + channel * plane + place
                                                                   : start + place * of->channels + channel);
}

static void paint(const sheet *of, int64_t image)
{
    const int64_t plane = of->height * of->width;
    const float *heat = (const float *)of->explanation->heat->data + image * plane;
    float low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < plane * of->channels; i++) {
        const float pixel = (float)hone_array_number(of->images, image * plane * of->channels + i);
        low = fminf(low, pixel);
        high = fmaxf(high, pixel);
    }
    for (int64_t i = 0; i < plane; i++) {
        float color[3];
        color_of(heat[i], color);
        for (int64_t c = 0; c < 3; c++) {
            const float pixel = pixel_of(of, image, i, of->channels == 3 ? c : 0),
                        plain = high > low ? (pixel - low) / (high - low) : 0;
            float *into = of->pixels + (COLUMNS * image * plane + i) * 3 + c;
            into[0] = plain;
            into[3 * plane] = color[c];
            into[6 * plane] = between(plain * 0.5F + color[c] * 0.6F);
        }
    }
}

static void name_image(const sheet *of, int64_t image, const char *const *class_names)
{
    const int64_t number = of->explanation->class_numbers[image];
    char(*texts)[LABEL] = of->texts + COLUMNS * image;
    if (class_names != NULL)
        snprintf(texts[0], LABEL, "%.40s", class_names[number]);
    else
        snprintf(texts[0], LABEL, "class %lld", (long long)number);
    snprintf(texts[1], LABEL, "%.30s", of->explanation->layer != NULL ? of->explanation->layer : "saliency");
    snprintf(texts[2], LABEL, "output %.3g", of->explanation->outputs[image]);
    for (int i = 0; i < COLUMNS; i++)
        of->labels[COLUMNS * image + i] = texts[i];
}

static hone_status measure(sheet *of)
{
    const hone_array *heat = of->explanation->heat, *images = of->images;
    of->height = heat->shape[1];
    of->width = heat->shape[2];
    const int64_t pixels = heat->shape[0] * of->height * of->width;
    of->channels = pixels > 0 ? hone_array_count(images) / pixels : 0;
    of->channels_first = images->rank == 4 && images->shape[3] != of->channels;
    if (images->shape[0] == heat->shape[0] && pixels * of->channels == hone_array_count(images) &&
        of->channels > 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE,
                     "the explanation is not of these images: it has %lld of %lld x %lld pixels",
                     (long long)heat->shape[0], (long long)of->height, (long long)of->width);
}

static hone_status draw(sheet *of, const char *const *class_names, const char *path)
{
    const size_t count = COLUMNS * (size_t)of->images->shape[0], plane = (size_t)(of->height * of->width),
                 larger = (size_t)(of->height > of->width ? of->height : of->width);
    of->pixels = hone_internal_allocate_zeroed(count * plane * 3, sizeof *of->pixels);
    of->texts = hone_internal_allocate_zeroed(count, sizeof *of->texts);
    of->labels = hone_internal_allocate_zeroed(count, sizeof *of->labels);
    if (of->pixels == NULL || of->texts == NULL || of->labels == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < of->images->shape[0]; i++) {
        paint(of, i);
        name_image(of, i, class_names);
    }
    return hone_sheet_write(path, &(hone_sheet){.pixels = of->pixels,
                                                .count = count,
                                                .height = (size_t)of->height,
                                                .width = (size_t)of->width,
                                                .channels = 3,
                                                .low = 0,
                                                .high = 1,
                                                .columns = COLUMNS,
                                                .scale = larger < LEAST_SIDE ? LEAST_SIDE / larger : 1,
                                                .labels = of->labels});
}

hone_status hone_explanation_draw(const hone_explanation *explanation, const hone_array *images,
                                  const char *const *class_names, const char *path)
{
    sheet of = {.images = images, .explanation = explanation};
    if (explanation == NULL || explanation->heat == NULL || images == NULL)
        return hone_internal_fail_null(images == NULL ? "images" : "an explanation");
    hone_status status = measure(&of);
    if (status >= 0)
        status = draw(&of, class_names, path);
    hone_internal_free(of.pixels);
    hone_internal_free(of.texts);
    hone_internal_free(of.labels);
    return status;
}
