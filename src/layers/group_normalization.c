/* group_normalization: the channels in contiguous groups; mean and biased variance of each (sample, group);
 * gamma and beta for each channel. */
#include "layers/axes.h"

HONE_FIELD_TABLE(hone_group_normalization_args, HONE_GROUP_NORMALIZATION_FIELDS);

static hone_status find_groups(const hone_group_normalization_args *args, hone_shape shape, int *axis,
                               int64_t *groups)
{
    *axis = hone_internal_shape_axis(shape, args->axis, "axis");
    if (*axis < 0)
        return hone_error_status();
    if (*axis == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "axis must not be the batch axis");
    int64_t channels = shape.size[*axis];
    if (channels == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "the number of channels must be known");
    *groups = args->groups == -1 ? channels : args->groups;
    if (*groups < 1 || *groups > channels || channels % *groups != 0)
        return hone_fail(HONE_ERROR_SHAPE, "%lld channels cannot be divided into %lld equal groups",
                         (long long)channels, (long long)args->groups);
    return HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_group_normalization_args *args = hone_layer_args(layer);
    int axis;
    int64_t groups;
    HONE_TRY(find_groups(args, inputs[0], &axis, &groups));
    hone_shape shape = HONE_SHAPE(inputs[0].size[axis]);
    hone_weight gamma = HONE_LAYER_WEIGHT(args, gamma, shape);
    hone_weight beta = HONE_LAYER_WEIGHT(args, beta, shape);
    if (args->scale && hone_layer_add_weight(layer, &gamma) == NULL)
        return hone_error_status();
    if (args->center && hone_layer_add_weight(layer, &beta) == NULL)
        return hone_error_status();
    return HONE_OK;
}

/* With the channels moved after the batch axis: (batch, groups, channels / groups * rest) is normalised over
 * its last axis. */
static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_group_normalization_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    int axis, order[HONE_MAX_RANK] = {0}, back[HONE_MAX_RANK] = {0}, next = 2;
    int64_t groups;
    HONE_TRY(find_groups(args, shape, &axis, &groups));
    order[1] = axis;
    for (int i = 1; i < shape.rank; i++)
        if (i != axis)
            order[next++] = i;
    for (int i = 0; i < shape.rank; i++)
        back[order[i]] = i;
    hone_value x = hone_internal_axes_move(graph, inputs[0], order);
    if (x < 0)
        return hone_error_status();
    hone_shape moved = hone_value_shape(graph, x), spread = {.rank = shape.rank, .size = {1, moved.size[1]}};
    int64_t width = moved.size[1] / groups;
    for (int i = 2; i < shape.rank; i++) {
        width = hone_internal_size_product(width, moved.size[i]);
        spread.size[i] = 1;
    }
    hone_value y = hone_op_row_normalization(
        graph, hone_op_reshape(graph, x, HONE_SHAPE(moved.size[0], groups, width)), 1, args->epsilon, true);
    y = hone_op_reshape(graph, y, moved);
    hone_variable *gamma = hone_layer_weight(layer, "gamma"), *beta = hone_layer_weight(layer, "beta");
    if (gamma != NULL)
        y = hone_op_multiply(graph, y, hone_op_reshape(graph, hone_graph_variable(graph, gamma), spread));
    if (beta != NULL)
        y = hone_op_add(graph, y, hone_op_reshape(graph, hone_graph_variable(graph, beta), spread));
    outputs[0] = y < 0 ? y : hone_internal_axes_move(graph, y, back);
    return 1;
}

const hone_layer_type hone_internal_group_normalization_layer = {
    .type = {.name = "group_normalization",
             .class_name = "GroupNormalization",
             .module = "keras.layers",
             .summary = "Normalises groups of channels of each sample.",
             HONE_TYPE_FIELDS(hone_group_normalization_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(group_normalization)
