/* What layers over images share: [n, h, w, c] inside, whatever the data_format outside. */
#ifndef HONE_LAYERS_IMAGES_H
#define HONE_LAYERS_IMAGES_H

#include "layers/space.h"

/* The part of an image of one aspect ratio: of h x w all of one side, the middle of the other. */
typedef struct hone_image_box {
    int64_t top, left, height, width;
} hone_image_box;
/* The largest one in h x w with the aspect ratio of height x width; sizes known. */
hone_image_box hone_internal_image_largest(int64_t h, int64_t w, int64_t height, int64_t width);
hone_value hone_internal_image_crop(hone_graph *graph, hone_value x, hone_image_box box);
hone_value hone_internal_image_resize(hone_graph *graph, hone_value x, int64_t height, int64_t width,
                                      const char *interpolation, bool antialias);

#endif
