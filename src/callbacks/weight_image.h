/* Weights as pictures in an event log. */
#ifndef HONE_CALLBACKS_WEIGHT_IMAGE_H
#define HONE_CALLBACKS_WEIGHT_IMAGE_H

#include "formats/events.h"
#include <hone/graph.h>

/* Without axes of size 1: one axis is a column, two are one picture (lying, when it is higher than wide),
 * three [h, w, f] are the first 3 of f pictures; four, a kernel
 * [h, w, inputs, filters], are one picture with a grid of them, at most 16 each; more axes have none. Grey,
 * from the least number (black) to the greatest. */
hone_status hone_internal_weight_image_log(hone_event_log *log, const char *tag, hone_shape shape,
                                           const float *data, int64_t step);
/* Maps [rows, columns, height, width] as one picture, a grid with black lines between. */
hone_status hone_internal_maps_image_log(hone_event_log *log, const char *tag, hone_shape shape,
                                         const float *data, int64_t step);

#endif
