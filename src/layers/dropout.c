/* dropout: in training, y = x keep / (1 - rate) with keep drawn once per element, or per element of
 * noise_shape. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_dropout_args, HONE_DROPOUT_FIELDS);

/* The mask's shape: noise_shape with None filled in from the input. False when it is the input's own. */
static bool noise_shape(const hone_dropout_args *args, hone_shape x, hone_shape *mask)
{
    *mask = x;
    bool differs = false;
    for (int axis = 0; axis < x.rank && args->noise_shape[axis] != HONE_NONE_INTEGER; axis++) {
        if (args->noise_shape[axis] != HONE_ANY)
            mask->size[axis] = args->noise_shape[axis];
        differs = differs || mask->size[axis] != x.size[axis];
    }
    return differs;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_dropout_args *args = hone_layer_args(layer);
    int rank = 0;
    while (rank < HONE_MAX_RANK && args->noise_shape[rank] != HONE_NONE_INTEGER)
        rank++;
    if (rank > 0 && rank != inputs[0].rank)
        return hone_fail(HONE_ERROR_SHAPE, "noise_shape has %d sizes, but the input has %d", rank,
                         inputs[0].rank);
    for (int axis = 0; axis < rank; axis++) {
        int64_t size = args->noise_shape[axis], full = inputs[0].size[axis];
        if (size != HONE_ANY && size != 1 && full != HONE_ANY && size != full)
            return hone_fail(HONE_ERROR_SHAPE, "noise_shape has size %lld on axis %d, but the input has %lld",
                             (long long)size, axis, (long long)full);
    }
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_dropout_args *args = hone_layer_args(layer);
    hone_shape mask;
    outputs[0] = inputs[0];
    if (!hone_graph_training(graph) || args->rate == 0)
        return 1;
    if (!noise_shape(args, hone_value_shape(graph, inputs[0]), &mask)) {
        outputs[0] = hone_op_dropout(graph, inputs[0], args->rate);
        return 1;
    }
    hone_value keep = hone_op_random_keep(graph, mask, args->rate, "mask");
    double scale = args->rate < 1 ? 1 / (1 - args->rate) : 0;
    outputs[0] = hone_op_multiply(graph, inputs[0], hone_op_affine(graph, keep, scale, 0));
    return 1;
}

const hone_layer_type hone_internal_dropout_layer = {
    .goes_step_by_step = true,
    .type = {.name = "dropout",
             .class_name = "Dropout",
             .module = "keras.layers",
             .summary = "Sets a random fraction of the elements to 0 during training and scales up the "
                        "others.",
             HONE_TYPE_FIELDS(hone_dropout_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(dropout)
