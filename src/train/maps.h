/* What convolutions look for and what they find, as numbers for pictures. */
#ifndef HONE_TRAIN_MAPS_H
#define HONE_TRAIN_MAPS_H

#include "model/model.h"

/* The kernels of a layer as pictures [count, height, width, channels]: in colour where they see 3 channels,
 * else one for each pair of input and filter, the first of them. `layer` NULL: the first layer with kernels
 * larger than a pixel; NULL with HONE_ERROR_ARGUMENT where there is none. `name` gets that layer's. */
hone_array *hone_internal_filters(const hone_model *model, const char *layer, const char **name);
bool hone_internal_has_filters(const hone_model *model);
/* The feature maps of the first of the images as pictures [count, height, width]; `layer` NULL: those of the
 * first convolution. */
hone_array *hone_internal_maps(hone_model *model, const hone_array *images, const char *layer,
                               const char **name);

/* Whether it is a convolution over images: conv2d and its like. */
bool hone_internal_gives_maps(const hone_layer *layer);

#endif
