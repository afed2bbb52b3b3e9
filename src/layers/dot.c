/* dot: sums of products along one axis of each of two inputs, sample by sample; (batch, a) and (batch, a)
 * give (batch, 1). */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_dot_args, HONE_DOT_FIELDS);

static const double least_square = 1e-14; /* (1e-7)^2, Keras's epsilon */

/* The axis of each input, counted from 0. */
static hone_status find_axes(const hone_dot_args *args, const hone_shape *inputs, int axes[2])
{
    for (int i = 0; i < 2; i++) {
        int64_t axis = args->axes[1] == HONE_NONE_INTEGER ? args->axes[0] : args->axes[i];
        if ((axes[i] = hone_internal_shape_axis(inputs[i], axis, "axes")) < 0)
            return hone_error_status();
        if (axes[i] == 0)
            return hone_fail(HONE_ERROR_ARGUMENT, "axes must not include the batch axis");
    }
    return HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    int axes[2];
    HONE_TRY(find_axes(hone_layer_args(layer), inputs, axes));
    int64_t a = inputs[0].size[axes[0]], b = inputs[1].size[axes[1]];
    if (a == b || a == HONE_ANY || b == HONE_ANY)
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "the axes have different sizes, %lld and %lld", (long long)a,
                     (long long)b);
}

static hone_value normalized(hone_graph *graph, hone_value x, int axis)
{
    hone_value squares = hone_op_reduce(graph, "sum_squares", x, &axis, 1, true);
    hone_value inverse = hone_op_rsqrt(
        graph, hone_op_unary(graph, "maximum_scalar", squares, (hone_parameters){least_square, 0, 0, 0}));
    return hone_op_multiply(graph, x, inverse);
}

/* (batch, others..., axis) as (batch, product of others, axis). */
static hone_value as_rows(hone_graph *graph, hone_value x, int axis)
{
    int order[HONE_MAX_RANK], rank = hone_value_shape(graph, x).rank, next = 0;
    for (int i = 0; i < rank; i++)
        if (i != axis)
            order[next++] = i;
    order[next] = axis;
    hone_value moved = hone_op_transpose(graph, x, order);
    hone_shape shape = hone_value_shape(graph, x);
    int64_t others = 1;
    for (int i = 1; i < rank; i++)
        if (i != axis)
            others = hone_internal_size_product(others, shape.size[i]);
    return hone_op_reshape(graph, moved, HONE_SHAPE(shape.size[0], others, shape.size[axis]));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_dot_args *args = hone_layer_args(layer);
    hone_shape shapes[2] = {hone_value_shape(graph, inputs[0]), hone_value_shape(graph, inputs[1])};
    hone_value rows[2];
    int axes[2];
    HONE_TRY(find_axes(args, shapes, axes));
    for (int i = 0; i < 2; i++)
        rows[i] =
            as_rows(graph, args->normalize ? normalized(graph, inputs[i], axes[i]) : inputs[i], axes[i]);
    hone_value product = hone_op_matmul(graph, rows[0], rows[1], false, true);
    hone_shape result = {.rank = 1, .size = {shapes[0].size[0]}};
    for (int i = 0; i < 2; i++)
        for (int axis = 1; axis < shapes[i].rank; axis++)
            if (axis != axes[i] && result.rank < HONE_MAX_RANK)
                result.size[result.rank++] = shapes[i].size[axis];
    if (result.rank == 1)
        result.size[result.rank++] = 1;
    outputs[0] = hone_op_reshape(graph, product, result);
    return 1;
}

const hone_layer_type hone_internal_dot_layer = {
    .type = {.name = "dot",
             .class_name = "Dot",
             .module = "keras.layers",
             .summary = "Dot product of two inputs along one axis of each.",
             HONE_TYPE_FIELDS(hone_dot_args)},
    .build = build,
    .call = call,
    .inputs_min = 2,
    .inputs_max = 2,
    .uses_mask = true,
};
HONE_DEFINE_LAYER(dot)
