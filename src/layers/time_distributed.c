/* time_distributed: another layer at each step of (batch, steps, ...), step after step. A layer that treats
 * each sample by itself is called once, for all steps as samples of one batch. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_time_distributed_args, HONE_TIME_DISTRIBUTED_FIELDS);

static hone_layer *inner_layer(const hone_layer *layer)
{
    return ((const hone_time_distributed_args *)hone_layer_args(layer))->layer;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "layer";
    return index == 0 ? inner_layer(layer) : NULL;
}

/* The shape of one step. */
static hone_shape step_shape(hone_shape x)
{
    hone_shape shape = {.rank = x.rank - 1, .size = {x.size[0]}};
    for (int axis = 1; axis < shape.rank; axis++)
        shape.size[axis] = x.size[axis + 1];
    return shape;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    if (inputs[0].rank < 3)
        return hone_fail(HONE_ERROR_SHAPE,
                         "needs an input of shape (batch, steps, ...) with 3 axes or more, not %s", text);
    hone_layer *wrapped = inner_layer(layer);
    hone_shape step = step_shape(inputs[0]);
    HONE_TRY(hone_internal_layer_build(wrapped, &step, 1));
    if (!hone_layer_trainable(layer))
        hone_internal_layer_set_trainable(wrapped, false);
    return HONE_OK;
}

/* Layers whose samples have nothing to do with each other, nor with masks. */
static bool treats_samples_apart(const hone_layer *layer)
{
    const hone_layer_type *const types[] = {&hone_internal_dense_layer,
                                            &hone_internal_activation_layer,
                                            &hone_internal_re_lu_layer,
                                            &hone_internal_leaky_re_lu_layer,
                                            &hone_internal_flatten_layer,
                                            &hone_internal_reshape_layer,
                                            &hone_internal_permute_layer,
                                            &hone_internal_embedding_layer,
                                            &hone_internal_rescaling_layer,
                                            &hone_internal_conv1d_layer,
                                            &hone_internal_conv2d_layer,
                                            &hone_internal_conv3d_layer,
                                            &hone_internal_conv1d_transpose_layer,
                                            &hone_internal_conv2d_transpose_layer,
                                            &hone_internal_conv3d_transpose_layer,
                                            &hone_internal_depthwise_conv1d_layer,
                                            &hone_internal_depthwise_conv2d_layer,
                                            &hone_internal_separable_conv1d_layer,
                                            &hone_internal_separable_conv2d_layer,
                                            &hone_internal_max_pooling1d_layer,
                                            &hone_internal_max_pooling2d_layer,
                                            &hone_internal_max_pooling3d_layer,
                                            &hone_internal_average_pooling1d_layer,
                                            &hone_internal_average_pooling2d_layer,
                                            &hone_internal_average_pooling3d_layer,
                                            &hone_internal_global_average_pooling2d_layer,
                                            &hone_internal_global_max_pooling2d_layer,
                                            &hone_internal_zero_padding1d_layer,
                                            &hone_internal_zero_padding2d_layer,
                                            &hone_internal_zero_padding3d_layer,
                                            &hone_internal_cropping1d_layer,
                                            &hone_internal_cropping2d_layer,
                                            &hone_internal_cropping3d_layer,
                                            &hone_internal_up_sampling1d_layer,
                                            &hone_internal_up_sampling2d_layer,
                                            &hone_internal_up_sampling3d_layer};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (layer->type == types[i])
            return true;
    return false;
}

/* One call of the wrapped layer. Its own penalty on the output does not count, as in Keras, which passes it
 * by. */
static hone_value call_wrapped(hone_layer *layer, hone_graph *graph, hone_value x, int64_t use)
{
    hone_layer *wrapped = inner_layer(layer);
    hone_value penalty = graph->penalty;
    hone_value *outputs = hone_internal_arena_allocate(
        &graph->arena, sizeof *outputs * (size_t)hone_internal_layer_most_outputs(wrapped));
    if (outputs == NULL)
        return HONE_NO_VALUE;
    hone_kept_steps *kept = graph->kept;
    graph->kept = NULL; /* axis 1 of what is wrapped is not that of steps */
    int count = hone_internal_layer_call(wrapped, graph, &x, 1, NULL, outputs, (uint64_t)use, graph->seed);
    graph->kept = kept;
    if (wrapped->type->inner == NULL)
        graph->penalty = penalty;
    if (count == 1)
        return outputs[0];
    if (count > 1)
        hone_fail(HONE_ERROR_SHAPE, "the layer \"%s\" has %d outputs, not one",
                  hone_internal_layer_label(wrapped), count);
    return HONE_NO_VALUE;
}

/* [n, t, ...]: first sizes as one, or the first as two. */
static hone_shape joined(hone_shape x)
{
    hone_shape shape = step_shape(x);
    shape.size[0] = hone_internal_size_product(x.size[0], x.size[1]);
    return shape;
}

static hone_shape with_steps(hone_shape y, int64_t samples, int64_t steps)
{
    hone_shape shape = {.rank = y.rank + 1, .size = {samples, steps}};
    for (int axis = 1; axis < y.rank; axis++)
        shape.size[axis + 1] = y.size[axis];
    return shape;
}

static hone_value at_once(hone_layer *layer, hone_graph *graph, hone_value x)
{
    hone_shape shape = hone_value_shape(graph, x);
    hone_value y =
        call_wrapped(layer, graph, hone_op_reshape(graph, x, joined(shape)), (int64_t)graph->scope_call);
    if (y < 0)
        return y;
    return hone_op_reshape(graph, y, with_steps(hone_value_shape(graph, y), shape.size[0], shape.size[1]));
}

static hone_value foretell(hone_layer *layer, hone_graph *graph, hone_shape x)
{
    hone_value y = call_wrapped(layer, graph, hone_internal_graph_input(graph, step_shape(x), NULL), 0);
    if (y < 0)
        return y;
    return hone_internal_graph_input(graph, with_steps(hone_value_shape(graph, y), x.size[0], x.size[1]),
                                     NULL);
}

static hone_value at_step(hone_graph *graph, hone_value x, int64_t step)
{
    return hone_op_squeeze(graph, hone_op_slice(graph, x, 1, step, step + 1), 1);
}

static hone_value step_by_step(hone_layer *layer, hone_graph *graph, hone_value x, hone_value mask)
{
    int64_t steps = hone_value_size(graph, x, 1), use = (int64_t)graph->scope_call * steps;
    hone_value *outputs = hone_internal_arena_allocate(&graph->arena, sizeof *outputs * (size_t)(steps + 1));
    for (int64_t i = 0; outputs != NULL && i < steps; i++) {
        hone_value step = at_step(graph, x, i);
        if (mask >= 0 && step >= 0)
            hone_value_set_mask(graph, step, at_step(graph, mask, i));
        hone_value y = step < 0 ? step : call_wrapped(layer, graph, step, use + i);
        if (y < 0)
            return HONE_NO_VALUE;
        outputs[i] = hone_op_expand(graph, y, 1);
    }
    return outputs == NULL ? HONE_NO_VALUE : hone_op_concatenate(graph, outputs, (int)steps, 1);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_value x = inputs[0];
    if (hone_value_size(graph, x, 1) == HONE_ANY)
        outputs[0] = foretell(layer, graph, hone_value_shape(graph, x));
    else if (treats_samples_apart(inner_layer(layer)))
        outputs[0] = at_once(layer, graph, x);
    else
        outputs[0] = step_by_step(layer, graph, x, hone_value_mask(graph, x));
    if (outputs[0] < 0)
        return hone_error_status();
    if (layer->masks_as_before)
        hone_value_set_mask(graph, outputs[0], hone_value_mask(graph, x));
    return 1;
}

const hone_layer_type hone_internal_time_distributed_layer = {
    .goes_step_by_step = true,
    .type = {.name = "time_distributed",
             .class_name = "TimeDistributed",
             .module = "keras.layers",
             .summary = "Wraps a layer and applies it at each step of a sequence.",
             HONE_TYPE_FIELDS(hone_time_distributed_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_mask_call,
    .uses_mask = true,
    .inner = inner,
};
HONE_DEFINE_LAYER(time_distributed)
