/* Layers that join several inputs: add, subtract, multiply, average, maximum, minimum, concatenate, dot.
 * Included by layers.h.
 *
 * Element-wise ones broadcast; an input with fewer axes gets axes of size 1 after the batch. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_MERGE_H
#define HONE_LAYERS_MERGE_H

#define HONE_MERGE_FIELDS(F, A) HONE_LAYER_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(add, HONE_MERGE_FIELDS);
HONE_DECLARE_LAYER_ARGS(subtract, HONE_MERGE_FIELDS);
HONE_DECLARE_LAYER_ARGS(multiply, HONE_MERGE_FIELDS);
HONE_DECLARE_LAYER_ARGS(average, HONE_MERGE_FIELDS);
HONE_DECLARE_LAYER_ARGS(maximum, HONE_MERGE_FIELDS);
HONE_DECLARE_LAYER_ARGS(minimum, HONE_MERGE_FIELDS);
#define hone_add(...) HONE_ARGS_CALL(hone_add_with, hone_add_args, HONE_MERGE_FIELDS, __VA_ARGS__)
#define hone_subtract(...) \
    HONE_ARGS_CALL(hone_subtract_with, hone_subtract_args, HONE_MERGE_FIELDS, __VA_ARGS__)
#define hone_multiply(...) \
    HONE_ARGS_CALL(hone_multiply_with, hone_multiply_args, HONE_MERGE_FIELDS, __VA_ARGS__)
#define hone_average(...) HONE_ARGS_CALL(hone_average_with, hone_average_args, HONE_MERGE_FIELDS, __VA_ARGS__)
#define hone_maximum(...) HONE_ARGS_CALL(hone_maximum_with, hone_maximum_args, HONE_MERGE_FIELDS, __VA_ARGS__)
#define hone_minimum(...) HONE_ARGS_CALL(hone_minimum_with, hone_minimum_args, HONE_MERGE_FIELDS, __VA_ARGS__)

/* Concatenates inputs along an axis; all other sizes are equal. */
#define HONE_CONCATENATE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "axis to concatenate along; not the batch axis")
HONE_DECLARE_LAYER_ARGS(concatenate, HONE_CONCATENATE_FIELDS);
#define hone_concatenate(...) \
    HONE_ARGS_CALL(hone_concatenate_with, hone_concatenate_args, HONE_CONCATENATE_FIELDS, __VA_ARGS__)

/* Dot products of two inputs along one axis of each, sample by sample: hone_dot(.axes = {1, 2}). */
#define HONE_DOT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, \
      "axis to multiply along, for both inputs or one for each; not the batch axis", HONE_REQUIRED, \
      .scalar_or_list = true) \
    F(A, BOOLEAN, normalize, false, "normalise both inputs first, which gives the cosine similarity")
HONE_DECLARE_LAYER_ARGS(dot, HONE_DOT_FIELDS);
#define hone_dot(...) HONE_ARGS_CALL(hone_dot_with, hone_dot_args, HONE_DOT_FIELDS, __VA_ARGS__)

/* The first input plus `scale` times the second, as at the end of InceptionResNetV2's blocks. */
#define HONE_CUSTOM_SCALE_LAYER_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, scale, HONE_NONE, "factor of the second input", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(custom_scale_layer, HONE_CUSTOM_SCALE_LAYER_FIELDS);
#define hone_custom_scale_layer(...) \
    HONE_ARGS_CALL(hone_custom_scale_layer_with, hone_custom_scale_layer_args, \
                   HONE_CUSTOM_SCALE_LAYER_FIELDS, .scale = __VA_ARGS__)

#endif
