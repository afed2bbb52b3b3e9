/* max_pooling1d to 3d, average_pooling1d to 3d: the largest number or the mean of each window, channel by
 * channel. */
#include "layers/space.h"

#include <inttypes.h>

HONE_FIELD_TABLE_NAMED(hone_max_pooling1d_args, HONE_MAX_POOLING1D_FIELDS, max_fields_1d, max_defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_max_pooling2d_args, HONE_MAX_POOLING2D_FIELDS, max_fields_2d, max_defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_max_pooling3d_args, HONE_MAX_POOLING3D_FIELDS, max_fields_3d, max_defaults_3d);
HONE_FIELD_TABLE_NAMED(hone_average_pooling1d_args, HONE_AVERAGE_POOLING1D_FIELDS, average_fields_1d,
                       average_defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_average_pooling2d_args, HONE_AVERAGE_POOLING2D_FIELDS, average_fields_2d,
                       average_defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_average_pooling3d_args, HONE_AVERAGE_POOLING3D_FIELDS, average_fields_3d,
                       average_defaults_3d);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_max_pooling2d_args *args = hone_layer_args(layer);
    const bool first = hone_internal_space_channels_first(args->data_format);
    HONE_TRY(hone_internal_space_check(inputs[0], axes, first));
    for (int axis = 0; axis < axes; axis++)
        HONE_TRY(hone_internal_space_fit(args->padding, inputs[0], axis, first, args->pool_size[axis]));
    return HONE_OK;
}

hone_value hone_internal_space_pool(hone_graph *graph, hone_value x, const hone_space_pool *pool)
{
    hone_pool how = {.strides = {0}};
    x = hone_internal_space_enter(graph, x, pool->channels_first);
    for (int axis = 0; axis < pool->axes && x >= 0; axis++) {
        how.sizes[axis] = pool->sizes[axis];
        how.strides[axis] = pool->strides[0] == HONE_NONE_INTEGER ? how.sizes[axis] : pool->strides[axis];
        hone_internal_space_pad(pool->padding, hone_value_size(graph, x, axis + 1), how.sizes[axis],
                                how.strides[axis], &how.before[axis], &how.after[axis]);
    }
    const hone_value y =
        pool->average ? hone_op_pool_average(graph, x, &how) : hone_op_pool_maximum(graph, x, &how);
    return hone_internal_space_leave(graph, y, pool->channels_first);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes,
                bool average)
{
    const hone_max_pooling2d_args *args = hone_layer_args(layer);
    const hone_space_pool pool = {axes,
                                  args->pool_size,
                                  args->strides,
                                  args->padding,
                                  hone_internal_space_channels_first(args->data_format),
                                  average};
    outputs[0] = hone_internal_space_pool(graph, inputs[0], &pool);
    return 1;
}

#define POOLING(name_, class_, alias, axes, average, words) \
    HONE_SPACE_FUNCTIONS_OF(name_, axes, average) \
    _Static_assert(sizeof(hone_##name_##_pooling##axes##d_args) == sizeof(hone_max_pooling2d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_##name_##_pooling##axes##d_layer = { \
        .type = {.name = #name_ "_pooling" #axes "d", \
                 .class_name = #class_ "Pooling" #axes "D", \
                 .module = "keras.layers", \
                 .aliases = #alias #axes "D", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_##name_##_pooling##axes##d_args, name_##_fields_##axes##d, \
                                        name_##_defaults_##axes##d)}, \
        .build = build_##name_##_##axes##d, \
        .call = call_##name_##_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(name_##_pooling##axes##d)

POOLING(max, Max, MaxPool, 1, false, "The maximum of each window of a sequence.")
POOLING(max, Max, MaxPool, 2, false, "The maximum of each window of an image.")
POOLING(max, Max, MaxPool, 3, false, "The maximum of each window of a volume.")
POOLING(average, Average, AvgPool, 1, true, "The mean of each window of a sequence.")
POOLING(average, Average, AvgPool, 2, true, "The mean of each window of an image.")
POOLING(average, Average, AvgPool, 3, true, "The mean of each window of a volume.")
