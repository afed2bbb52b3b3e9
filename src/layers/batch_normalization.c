/* batch_normalization: y = gamma (x - mean) / sqrt(variance + epsilon) + beta over all axes but one.
 *
 * In training, when the layer is trainable, mean and (biased) variance are the batch's, and the moving ones follow them:
 * m = momentum m + (1 - momentum) batch. Otherwise the moving ones are used. With a mask (batch, ...) only the unmasked positions count:
 * n = sum(mask) + 1e-7 in place of their number. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_batch_normalization_args, HONE_BATCH_NORMALIZATION_FIELDS);

static const double mask_fuzz = 1e-7;

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count) {
    (void)count;
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    int axis = hone_internal_shape_axis(inputs[0], args->axis, "axis");
    if (axis < 0) return hone_error_status();
    int64_t channels = inputs[0].size[axis];
    if (channels == HONE_ANY) return hone_fail(HONE_ERROR_SHAPE, "the size of axis %d of its input must be known", axis);
    hone_shape shape = HONE_SHAPE(channels);
    hone_weight weights[4] = {
        {"gamma", shape, args->gamma_initializer, args->gamma_regularizer, args->gamma_constraint, false},
        {"beta", shape, args->beta_initializer, args->beta_regularizer, args->beta_constraint, false},
        {"moving_mean", shape, args->moving_mean_initializer, NULL, NULL, true},
        {"moving_variance", shape, args->moving_variance_initializer, NULL, NULL, true},
    };
    bool wanted[4] = {args->scale, args->center, true, true};
    for (int i = 0; i < 4; i++)
        if (wanted[i] && hone_layer_add_weight(layer, &weights[i]) == NULL) return hone_error_status();
    return HONE_OK;
}

static hone_value weight(hone_layer *layer, hone_graph *graph, const char *name) {
    hone_variable *variable = hone_layer_weight(layer, name);
    return variable == NULL ? HONE_NO_VALUE : hone_graph_variable(graph, variable);
}

/* Sum over all axes but the last. */
static hone_value sum_positions(hone_graph *graph, hone_value x) {
    int axes[HONE_MAX_RANK], count = hone_value_shape(graph, x).rank - 1;
    for (int i = 0; i < count; i++) axes[i] = i;
    return hone_op_reduce(graph, "sum", x, axes, count, false);
}

static hone_status move(hone_layer *layer, hone_graph *graph, const char *name, hone_value batch, double momentum) {
    hone_variable *variable = hone_layer_weight(layer, name);
    hone_value old = hone_op_affine(graph, hone_graph_variable(graph, variable), momentum, 0);
    hone_value fresh = hone_op_affine(graph, hone_op_stop_gradient(graph, batch), 1 - momentum, 0);
    return hone_op_assign(graph, variable, hone_op_add(graph, old, fresh));
}

/* Training with a mask, composed of plain operations: the channels are the last axis. */
static hone_value call_masked(hone_layer *layer, hone_graph *graph, hone_value x, hone_value mask, int axis) {
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    if (axis != hone_value_shape(graph, x).rank - 1) {
        hone_fail(HONE_ERROR_SHAPE, "a mask needs the channels on the last axis, not on axis %d", axis);
        return HONE_NO_VALUE;
    }
    hone_value weights = hone_op_expand(graph, mask, -1);
    hone_value n = hone_op_affine(graph, hone_op_total(graph, mask), 1, mask_fuzz);
    hone_value mean = hone_op_divide(graph, sum_positions(graph, hone_op_multiply(graph, x, weights)), n);
    hone_value centred = hone_op_multiply(graph, hone_op_subtract(graph, x, mean), weights);
    hone_value variance = hone_op_divide(graph, sum_positions(graph, hone_op_square(graph, centred)), n);
    if (move(layer, graph, "moving_mean", mean, args->momentum) < 0 ||
        move(layer, graph, "moving_variance", variance, args->momentum) < 0)
        return HONE_NO_VALUE;
    return hone_op_normalize(graph, x, axis, mean, variance, weight(layer, graph, "gamma"), weight(layer, graph, "beta"),
                             args->epsilon);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs) {
    (void)count;
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    hone_value gamma = weight(layer, graph, "gamma"), beta = weight(layer, graph, "beta"), x = inputs[0];
    hone_value mask = hone_value_mask(graph, x);
    int axis = hone_internal_shape_axis(hone_value_shape(graph, x), args->axis, "axis");
    if (axis < 0) return hone_error_status();
    if (!hone_graph_training(graph) || !hone_layer_trainable(layer) || graph->frozen_statistics)
        outputs[0] = hone_op_normalize(graph, x, axis, weight(layer, graph, "moving_mean"), weight(layer, graph, "moving_variance"),
                                       gamma, beta, args->epsilon);
    else if (mask >= 0)
        outputs[0] = call_masked(layer, graph, x, mask, axis);
    else
        outputs[0] = hone_op_batch_normalization(graph, x, axis, gamma, beta, hone_layer_weight(layer, "moving_mean"),
                                                 hone_layer_weight(layer, "moving_variance"), args->momentum, args->epsilon);
    return 1;
}

const hone_layer_type hone_internal_batch_normalization_layer = {
    .type = {.name = "batch_normalization", .class_name = "BatchNormalization", .module = "keras.layers",
             .summary = "Gives each channel mean 0 and variance 1 over the batch, then a scale and an offset of its own.",
             HONE_TYPE_FIELDS(hone_batch_normalization_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(batch_normalization)
