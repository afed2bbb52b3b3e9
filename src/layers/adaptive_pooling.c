/* adaptive_max_pooling1d to 3d, adaptive_average_pooling1d to 3d: the largest number or the mean of boxes
 * that divide each axis as evenly as possible. Boxes are products of ranges, so the axes are done one after
 * the other: the mean of means, since all boxes of one range have the same size along the others. */
#include "base/limits.h"
#include "layers/space.h"

#include <inttypes.h>

HONE_FIELD_TABLE_NAMED(hone_adaptive_max_pooling1d_args, HONE_ADAPTIVE_MAX_POOLING1D_FIELDS, fields_1d,
                       defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_adaptive_max_pooling2d_args, HONE_ADAPTIVE_MAX_POOLING2D_FIELDS, fields_2d,
                       defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_adaptive_max_pooling3d_args, HONE_ADAPTIVE_MAX_POOLING3D_FIELDS, fields_3d,
                       defaults_3d);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_adaptive_max_pooling2d_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], axes, hone_internal_space_channels_first(args->data_format));
}

/* Ranges of one axis, begin .. end-1 of them, joined; an operation takes ten operands at most. */
static hone_value join_ranges(hone_graph *graph, hone_value x, int axis, int64_t count, int64_t begin,
                              int64_t end, const char *name)
{
    enum { MOST = 10 };
    hone_value parts[MOST];
    const int64_t n = hone_value_size(graph, x, axis), width = (end - begin + MOST - 1) / MOST;
    int made = 0;
    for (int64_t i = begin; i < end; i += width) {
        const int64_t next = i + width < end ? i + width : end;
        if (width > 1)
            parts[made] = join_ranges(graph, x, axis, count, i, next, name);
        else
            parts[made] = hone_op_reduce(
                graph, name, hone_op_slice(graph, x, axis, i * n / count, ((i + 1) * n + count - 1) / count),
                &axis, 1, true);
        if (parts[made++] < 0)
            return HONE_NO_VALUE;
    }
    return made == 1 ? parts[0] : hone_op_concatenate(graph, parts, made, axis);
}

static hone_value pool_axis(hone_graph *graph, hone_value x, int axis, int64_t count, const char *name)
{
    if (x < 0)
        return x;
    hone_shape shape = hone_value_shape(graph, x);
    if (shape.size[axis] != HONE_ANY)
        return join_ranges(graph, x, axis, count, 0, count, name);
    shape.size[axis] = count; /* only the shape is needed yet */
    return hone_op_reduce(graph, name, hone_op_broadcast(graph, hone_op_slice(graph, x, axis, 0, 1), shape),
                          NULL, 0, true);
}

hone_value hone_internal_space_pool_adaptive(hone_graph *graph, hone_value x, int axes, const int64_t *sizes,
                                             bool channels_first, bool average)
{
    for (int axis = 0; axis < axes; axis++)
        if (sizes[axis] > (int64_t)hone_internal_limits.adaptive_sizes) {
            hone_fail(HONE_ERROR_ARGUMENT,
                      "output_size: expected at most %zu along each axis, received %" PRId64,
                      hone_internal_limits.adaptive_sizes, sizes[axis]);
            return HONE_NO_VALUE;
        }
    for (int axis = 0; axis < axes; axis++)
        x = pool_axis(graph, x, axis + (channels_first ? 2 : 1), sizes[axis], average ? "mean" : "maximum");
    return x;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes,
                bool average)
{
    const hone_adaptive_max_pooling2d_args *args = hone_layer_args(layer);
    outputs[0] =
        hone_internal_space_pool_adaptive(graph, inputs[0], axes, args->output_size,
                                          hone_internal_space_channels_first(args->data_format), average);
    return 1;
}

#define ADAPTIVE(name_, class_, axes, average, words) \
    HONE_SPACE_FUNCTIONS_OF(name_, axes, average) \
    _Static_assert(sizeof(hone_adaptive_##name_##_pooling##axes##d_args) == \
                       sizeof(hone_adaptive_max_pooling2d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_adaptive_##name_##_pooling##axes##d_layer = { \
        .type = {.name = "adaptive_" #name_ "_pooling" #axes "d", \
                 .class_name = "Adaptive" #class_ "Pooling" #axes "D", \
                 .since = 313, \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_adaptive_##name_##_pooling##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##name_##_##axes##d, \
        .call = call_##name_##_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(adaptive_##name_##_pooling##axes##d)

ADAPTIVE(max, Max, 1, false, "Max pooling of a sequence to a given output size.")
ADAPTIVE(max, Max, 2, false, "Max pooling of an image to a given output size.")
ADAPTIVE(max, Max, 3, false, "Max pooling of a volume to a given output size.")
ADAPTIVE(average, Average, 1, true, "Average pooling of a sequence to a given output size.")
ADAPTIVE(average, Average, 2, true, "Average pooling of an image to a given output size.")
ADAPTIVE(average, Average, 3, true, "Average pooling of a volume to a given output size.")
