/* Resizing as TensorFlow's kernels do it, in float: pixel centres at halves, no antialiasing. With
 * scale = from / to, output pixel i lies at
 *
 *     at = (i + 1/2) scale - 1/2,   lower = max(floor(at), 0),  upper = min(ceil(at), from - 1),
 *     share = at - floor(at),       value = x[lower] + (x[upper] - x[lower]) share
 *
 * along both axes, columns first. Nearest: x[min(floor((i + 1/2) scale), from - 1)]. */
#include "formats/picture.h"
#include <math.h>

hone_picture_part hone_internal_picture_whole(const hone_picture *picture)
{
    return (hone_picture_part){0, 0, picture->height, picture->width};
}

/* In float, as Keras computes it within a data set's map, and cut towards zero. */
static int64_t fitting(int64_t other, int64_t target, int64_t other_target, int64_t most)
{
    int64_t size = (int64_t)(int32_t)((float)(other * target) / (float)other_target);
    size = size < most ? size : most;
    return size > 1 ? size : 1;
}

hone_picture_part hone_internal_picture_crop(const hone_picture *picture, int64_t height, int64_t width)
{
    hone_picture_part part = {.height = fitting(picture->width, height, width, picture->height),
                              .width = fitting(picture->height, width, height, picture->width)};
    part.top = (picture->height - part.height) / 2;
    part.left = (picture->width - part.width) / 2;
    return part;
}

typedef struct between {
    int32_t lower, upper;
    float share;
} between;

static between place(int64_t i, float scale, int64_t from)
{
    float at = ((float)i + 0.5f) * scale - 0.5f, whole = floorf(at), above = ceilf(at);
    return (between){whole > 0 ? (int32_t)whole : 0,
                     above < (float)(from - 1) ? (int32_t)above : (int32_t)(from - 1), at - whole};
}

void hone_internal_picture_bilinear(const hone_picture *picture, hone_picture_part part, int64_t height,
                                    int64_t width, void *columns, float *result)
{
    between *across = columns;
    int64_t channels = picture->channels, row_bytes = picture->width * channels;
    const uint8_t *start = picture->pixels + part.top * row_bytes + part.left * channels;
    float scale = (float)part.width / (float)width;
    for (int64_t x = 0; x < width; x++)
        across[x] = place(x, scale, part.width);
    scale = (float)part.height / (float)height;
    for (int64_t y = 0; y < height; y++) {
        between down = place(y, scale, part.height);
        const uint8_t *top = start + down.lower * row_bytes, *bottom = start + down.upper * row_bytes;
        for (int64_t x = 0; x < width; x++)
            for (int64_t c = 0; c < channels; c++) {
                int64_t left = across[x].lower * channels + c, right = across[x].upper * channels + c;
                float share = across[x].share;
                float above = (float)top[left] + ((float)top[right] - (float)top[left]) * share;
                float below = (float)bottom[left] + ((float)bottom[right] - (float)bottom[left]) * share;
                *result++ = above + (below - above) * down.share;
            }
    }
}

static int64_t nearest(int64_t i, float scale, int64_t from)
{
    int64_t at = (int64_t)floorf(((float)i + 0.5f) * scale);
    return at < from - 1 ? at : from - 1;
}

void hone_internal_picture_nearest(const hone_picture *picture, hone_picture_part part, int64_t height,
                                   int64_t width, uint8_t *result)
{
    int64_t channels = picture->channels, row_bytes = picture->width * channels;
    const uint8_t *start = picture->pixels + part.top * row_bytes + part.left * channels;
    float down = (float)part.height / (float)height, across = (float)part.width / (float)width;
    for (int64_t y = 0; y < height; y++) {
        const uint8_t *row = start + nearest(y, down, part.height) * row_bytes;
        for (int64_t x = 0; x < width; x++) {
            const uint8_t *pixel = row + nearest(x, across, part.width) * channels;
            for (int64_t c = 0; c < channels; c++)
                *result++ = pixel[c];
        }
    }
}
