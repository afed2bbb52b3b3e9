/* mix_up, cut_mix: each image with another one of the batch, by shares L ~ Beta(a, a):
 *
 *     mix_up   y = L x + (1 - L) x[p], the targets t likewise
 *     cut_mix  y = x[p] in a rectangle whose sides are sqrt(1 - L) of the image's, else x; t by the
 * rectangle's area
 *
 * p is a permutation of the batch. A second input holds the targets, and is the second output then. */
#include "layers/images.h"
#include "ops/random.h"

HONE_FIELD_TABLE_NAMED(hone_mix_up_args, HONE_MIX_UP_FIELDS, mix_up_fields, mix_up_defaults);
HONE_FIELD_TABLE_NAMED(hone_cut_mix_args, HONE_CUT_MIX_FIELDS, cut_mix_fields, cut_mix_defaults);

/* For each sample another one: how many draws are smaller than its own, [n]. */
static hone_value permutation(hone_graph *graph, hone_value x)
{
    const int64_t n = hone_value_size(graph, x, 0);
    const hone_value draws = hone_op_random_uniform(graph, HONE_SHAPE(n), 0, 1, "order"),
                     smaller = hone_op_binary(graph, "less", hone_op_reshape(graph, draws, HONE_SHAPE(1, n)),
                                              hone_op_reshape(graph, draws, HONE_SHAPE(n, 1)));
    return hone_op_sum(graph, smaller, 1);
}

static hone_value permuted(hone_graph *graph, hone_value x, hone_value order)
{
    const hone_shape shape = hone_value_shape(graph, x);
    int64_t width = 1;
    for (int axis = 1; axis < shape.rank; axis++)
        width *= shape.size[axis];
    const hone_value rows = hone_op_reshape(graph, x, HONE_SHAPE(shape.size[0], width));
    return hone_op_reshape(graph, hone_op_gather_rows(graph, rows, order), shape);
}

/* x + share (x[p] - x); `share` has one number for each sample. */
static hone_value mixed(hone_graph *graph, hone_value x, hone_value order, hone_value share)
{
    hone_shape shape = hone_value_shape(graph, x);
    const hone_value other = permuted(graph, x, order);
    for (int axis = 1; axis < shape.rank; axis++)
        shape.size[axis] = 1;
    if (x < 0)
        return HONE_NO_VALUE;
    return hone_op_add(
        graph, x,
        hone_op_multiply(graph, hone_op_reshape(graph, share, shape), hone_op_subtract(graph, other, x)));
}

/* Beta(alpha, alpha) for each sample: [n, 1, 1, 1]. */
static hone_value beta(hone_graph *graph, hone_value x, hone_value alpha)
{
    const hone_shape shape = HONE_SHAPE(hone_value_size(graph, x, 0), 1, 1, 1);
    return hone_internal_image_beta(graph, shape, alpha);
}

static int call_mix_up(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    const hone_mix_up_args *args = hone_layer_args(layer);
    hone_value order = HONE_NO_VALUE, share = HONE_NO_VALUE;
    if (hone_graph_training(graph)) {
        order = permutation(graph, inputs[0]);
        share = hone_op_affine(
            graph, beta(graph, inputs[0], hone_graph_filled(graph, HONE_SHAPE(1), args->alpha)), -1, 1);
    }
    for (int i = 0; i < count; i++)
        outputs[i] = hone_graph_training(graph) ? mixed(graph, inputs[i], order, share) : inputs[i];
    return count;
}

static int call_cut_mix(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    const hone_cut_mix_args *args = hone_layer_args(layer);
    const hone_range factor = hone_internal_image_ends(&args->factor);
    for (int i = 0; i < count; i++)
        outputs[i] = inputs[i];
    if (!hone_graph_training(graph))
        return count;
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    const hone_value x = hone_internal_space_enter(graph, inputs[0], channels_first),
                     order = permutation(graph, x),
                     alpha = hone_op_random_uniform(graph, HONE_SHAPE(1), factor.low, factor.high, "alpha"),
                     share = beta(graph, x, hone_op_affine(graph, alpha, 1, 1e-6)),
                     side = hone_op_sqrt(graph, hone_op_affine(graph, share, -1, 1));
    hone_value area;
    const hone_value inside = hone_internal_image_rectangle(graph, x, side, side, &area);
    outputs[0] = hone_internal_space_leave(graph, hone_op_select(graph, inside, permuted(graph, x, order), x),
                                           channels_first);
    if (count > 1)
        outputs[1] = mixed(graph, inputs[1], order, area);
    return count;
}

static hone_status check(const hone_shape *inputs, int count, const char *data_format)
{
    HONE_TRY(hone_internal_image_check(inputs[0], hone_internal_space_channels_first(data_format), 0));
    if (count > 1 && inputs[1].rank < 2)
        return hone_fail(HONE_ERROR_SHAPE, "needs targets of shape (batch, classes)");
    return HONE_OK;
}

static hone_status build_mix_up(hone_layer *layer, const hone_shape *inputs, int count)
{
    return check(inputs, count, ((const hone_mix_up_args *)hone_layer_args(layer))->data_format);
}

static hone_status build_cut_mix(hone_layer *layer, const hone_shape *inputs, int count)
{
    return check(inputs, count, ((const hone_cut_mix_args *)hone_layer_args(layer))->data_format);
}

#define MIX(thing, class_name_, words) \
    const hone_layer_type hone_internal_##thing##_layer = { \
        .type = {.name = #thing, \
                 .class_name = class_name_, \
                 .module = "keras.layers", \
                 .summary = words, \
                 .ignored = "bounding_box_format", \
                 HONE_TYPE_FIELDS_NAMED(hone_##thing##_args, thing##_fields, thing##_defaults)}, \
        .build = build_##thing, \
        .call = call_##thing, \
        .inputs_min = 1, \
        .inputs_max = 2, \
    }; \
    HONE_DEFINE_LAYER(thing)

MIX(mix_up, "MixUp", "Mixes each image with another one of the batch during training.")
MIX(cut_mix, "CutMix", "Replaces a part of each image by that of another one during training.")
