/* batch_normalization: y = gamma (x - mean) / sqrt(variance + epsilon) + beta over all axes but one.
 *
 * In training, when the layer is trainable, mean and (biased) variance are the batch's, and the moving ones
 * follow them: m = momentum m + (1 - momentum) batch. Otherwise the moving ones are used. With a mask (batch,
 * ...) only the unmasked positions count: n = sum(mask) + 1e-7 in place of their number.
 *
 * In the plan of a shard, with synchronized, the sums are those of all shards: sum(x) and n, then
 * sum((x - mean)^2).
 *
 * With renorm the normalised x becomes x r + d, r = deviation / renorm_stddev and d = (mean - renorm_mean) /
 * renorm_stddev without gradient; the moving variance is then the square of the moving deviation. */
#include "layers/axes.h"
#include "layers/space.h"
#include "ops/sum_over_shards.h"

#include <math.h>
#include <string.h>

HONE_FIELD_TABLE(hone_batch_normalization_args, HONE_BATCH_NORMALIZATION_FIELDS);

static const double mask_fuzz = 1e-7;

static hone_status check_renorm(const hone_batch_normalization_args *args)
{
    const double *clipping = args->renorm_clipping_list;
    size_t bounds = args->renorm_clipping_count;
    if (bounds != 0 && bounds != 3)
        return hone_fail(HONE_ERROR_ARGUMENT, "renorm_clipping needs rmin, rmax and dmax");
    if (bounds == 3 && clipping[1] < clipping[0])
        return hone_fail(HONE_ERROR_ARGUMENT, "renorm_clipping: rmax %g is below rmin %g", clipping[1],
                         clipping[0]);
    const hone_type *initializer = hone_internal_type_find("initializer", args->moving_variance_initializer);
    if (initializer != NULL &&
        (strcmp(initializer->name, "ones") == 0 || strcmp(initializer->name, "zeros") == 0))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "with renorm moving_variance_initializer must be ones or zeros, not %s",
                     args->moving_variance_initializer);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    int axis = hone_internal_shape_axis(inputs[0], args->axis, "axis");
    if (axis < 0)
        return hone_error_status();
    int64_t channels = inputs[0].size[axis];
    if (channels == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "the size of axis %d of its input must be known", axis);
    hone_shape shape = HONE_SHAPE(channels);
    hone_weight weights[7] = {
        {"gamma", shape, args->gamma_initializer, args->gamma_regularizer, args->gamma_constraint, false},
        {"beta", shape, args->beta_initializer, args->beta_regularizer, args->beta_constraint, false},
        {"moving_mean", shape, args->moving_mean_initializer, NULL, NULL, true},
        {"moving_variance", shape, args->moving_variance_initializer, NULL, NULL, true},
        {"moving_stddev", shape, args->moving_variance_initializer, NULL, NULL,
         true}, /* zeros and ones are their own roots */
        {"renorm_mean", shape, args->moving_mean_initializer, NULL, NULL, true},
        {"renorm_stddev", shape, args->moving_variance_initializer, NULL, NULL, true},
    };
    if (args->renorm)
        HONE_TRY(check_renorm(args));
    bool wanted[7] = {args->scale, args->center, true, true, args->renorm, args->renorm, args->renorm};
    for (int i = 0; i < 7; i++)
        if (wanted[i] && hone_layer_add_weight(layer, &weights[i]) == NULL)
            return hone_error_status();
    return HONE_OK;
}

static hone_value weight(hone_layer *layer, hone_graph *graph, const char *name)
{
    hone_variable *variable = hone_layer_weight(layer, name);
    return variable == NULL ? HONE_NO_VALUE : hone_graph_variable(graph, variable);
}

/* Over all axes but one. */
static hone_value reduce(hone_graph *graph, const char *how, hone_value x, int axis)
{
    int axes[HONE_MAX_RANK], count = 0;
    for (int i = 0; i < hone_value_shape(graph, x).rank; i++)
        if (i != axis)
            axes[count++] = i;
    return count == 0 ? x : hone_op_reduce(graph, how, x, axes, count, false);
}

/* What the mean of a batch is over. */
typedef struct population {
    int axis;           /* of the channels */
    hone_value weights; /* [..., 1] of the positions; HONE_NO_VALUE: all count alike */
    hone_value n;       /* what these come to; HONE_NO_VALUE: as many as there are */
    bool shared;        /* with the other shards */
} population;

static hone_value sum_of(hone_graph *graph, hone_value x, const population *all)
{
    return reduce(graph, "sum", all->weights < 0 ? x : hone_op_multiply(graph, x, all->weights), all->axis);
}

/* sum(x w) / n */
static hone_value mean_of(hone_graph *graph, hone_value x, const population *all)
{
    if (all->n < 0)
        return reduce(graph, "mean", x, all->axis);
    const hone_value sum = sum_of(graph, x, all);
    return hone_op_divide(graph, all->shared ? hone_internal_op_sum_over_shards(graph, sum) : sum, all->n);
}

/* [C] as it broadcasts over x. */
static hone_value along(hone_graph *graph, hone_value value, hone_value x, int axis)
{
    hone_shape spread = {.rank = hone_value_shape(graph, x).rank};
    for (int i = 0; i < spread.rank; i++)
        spread.size[i] = i == axis ? HONE_ANY : 1;
    return hone_op_reshape(graph, value, spread);
}

/* Positions of x that have a channel each. */
static double positions_of(hone_graph *graph, hone_value x, int axis)
{
    const hone_shape shape = hone_value_shape(graph, x);
    return (double)(hone_internal_shape_count(shape) / shape.size[axis]);
}

/* The mean over all shards, and their n, in one sum: [C + 1]. */
static hone_value shared_mean(hone_graph *graph, hone_value x, population *all)
{
    const hone_value n = all->n >= 0
                             ? hone_op_reshape(graph, all->n, HONE_SHAPE(1))
                             : hone_graph_filled(graph, HONE_SHAPE(1), positions_of(graph, x, all->axis)),
                     parts[2] = {sum_of(graph, x, all), n};
    const hone_value sums = hone_internal_op_sum_over_shards(graph, hone_op_concatenate(graph, parts, 2, 0));
    if (sums < 0)
        return HONE_NO_VALUE;
    const int64_t channels = hone_value_size(graph, sums, 0) - 1;
    all->n = hone_op_slice(graph, sums, 0, channels, channels + 1);
    if (all->weights >= 0)
        all->n = hone_op_affine(graph, all->n, 1, mask_fuzz);
    return hone_op_divide(graph, hone_op_slice(graph, sums, 0, 0, channels), all->n);
}

static hone_status take_mask(hone_graph *graph, hone_value x, hone_value mask, population *all)
{
    if (mask < 0)
        return HONE_OK;
    if (all->axis != hone_value_shape(graph, x).rank - 1)
        return hone_fail(HONE_ERROR_SHAPE, "a mask needs the channels on the last axis, not on axis %d",
                         all->axis);
    all->weights = hone_op_expand(graph, mask, -1);
    all->n = hone_op_affine(graph, hone_op_total(graph, mask), 1, all->shared ? 0 : mask_fuzz);
    return all->weights < 0 || all->n < 0 ? hone_error_status() : HONE_OK;
}

static bool is_shared(const hone_layer *layer, const hone_graph *graph)
{
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    return args->synchronized && graph->in_rows;
}

/* Mean and variance of the batch, of the unmasked positions when there is a mask; then the channels are the
 * last axis. */
static hone_status moments(hone_layer *layer, hone_graph *graph, hone_value x, int axis, hone_value mask,
                           hone_value *mean, hone_value *variance)
{
    population all = {axis, HONE_NO_VALUE, HONE_NO_VALUE, is_shared(layer, graph)};
    HONE_TRY(take_mask(graph, x, mask, &all));
    *mean = all.shared ? shared_mean(graph, x, &all) : mean_of(graph, x, &all);
    *variance =
        mean_of(graph, hone_op_square(graph, hone_op_subtract(graph, x, along(graph, *mean, x, axis))), &all);
    return *variance < 0 ? hone_error_status() : HONE_OK;
}

static hone_status move(hone_layer *layer, hone_graph *graph, const char *name, hone_value batch,
                        double momentum)
{
    hone_variable *variable = hone_layer_weight(layer, name);
    hone_value old = hone_op_affine(graph, hone_graph_variable(graph, variable), momentum, 0);
    hone_value fresh = hone_op_affine(graph, hone_op_stop_gradient(graph, batch), 1 - momentum, 0);
    return hone_op_assign(graph, variable, hone_op_add(graph, old, fresh));
}

/* Training with a mask or with other shards, composed of plain operations. */
static hone_value call_composed(hone_layer *layer, hone_graph *graph, hone_value x, hone_value mask, int axis)
{
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    hone_value mean, variance;
    if (moments(layer, graph, x, axis, mask, &mean, &variance) < 0 ||
        move(layer, graph, "moving_mean", mean, args->momentum) < 0 ||
        move(layer, graph, "moving_variance", variance, args->momentum) < 0)
        return HONE_NO_VALUE;
    return hone_op_normalize(graph, x, axis, mean, variance, weight(layer, graph, "gamma"),
                             weight(layer, graph, "beta"), args->epsilon);
}

static hone_status move_renorm(hone_layer *layer, hone_graph *graph, hone_value mean, hone_value deviation)
{
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    HONE_TRY(move(layer, graph, "renorm_mean", mean, args->renorm_momentum));
    HONE_TRY(move(layer, graph, "renorm_stddev", deviation, args->renorm_momentum));
    HONE_TRY(move(layer, graph, "moving_mean", mean, args->momentum));
    HONE_TRY(move(layer, graph, "moving_stddev", deviation, args->momentum));
    hone_value square = hone_op_square(graph, weight(layer, graph, "moving_stddev")); /* as it is now */
    hone_value variance = hone_op_unary(graph, "relu_plain", hone_op_affine(graph, square, 1, -args->epsilon),
                                        (hone_parameters){0});
    return hone_op_assign(graph, hone_layer_weight(layer, "moving_variance"), variance);
}

/* (x r + d) gamma + beta with the x normalised by the batch is a normalisation with scale r gamma and offset
 * d gamma + beta. */
static hone_value call_renorm(hone_layer *layer, hone_graph *graph, hone_value x, hone_value mask, int axis)
{
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    hone_value mean, variance, gamma = weight(layer, graph, "gamma"), beta = weight(layer, graph, "beta");
    if (moments(layer, graph, x, axis, mask, &mean, &variance) < 0)
        return HONE_NO_VALUE;
    hone_value deviation = hone_op_sqrt(graph, hone_op_affine(graph, variance, 1, args->epsilon));
    hone_value running = hone_op_unary(graph, "maximum_scalar", weight(layer, graph, "renorm_stddev"),
                                       (hone_parameters){sqrt(args->epsilon), 0, 0, 0});
    hone_value r = hone_op_divide(graph, deviation, running);
    hone_value d =
        hone_op_divide(graph, hone_op_subtract(graph, mean, weight(layer, graph, "renorm_mean")), running);
    if (args->renorm_clipping_count == 3) {
        const double *clipping = args->renorm_clipping_list;
        r = hone_op_clip(graph, r, clipping[0], clipping[1]);
        d = hone_op_clip(graph, d, -clipping[2], clipping[2]);
    }
    r = hone_op_stop_gradient(graph, r);
    d = hone_op_stop_gradient(graph, d);
    hone_value scale = gamma < 0 ? r : hone_op_multiply(graph, r, gamma),
               offset = gamma < 0 ? d : hone_op_multiply(graph, d, gamma);
    if (beta >= 0)
        offset = hone_op_add(graph, offset, beta);
    if (scale < 0 || offset < 0)
        return HONE_NO_VALUE;
    hone_value y = hone_op_normalize(graph, x, axis, mean, variance, scale, offset, args->epsilon);
    return move_renorm(layer, graph, mean, deviation) < 0 ? HONE_NO_VALUE : y;
}

static hone_value normalize(hone_layer *layer, hone_graph *graph, hone_value x, int axis)
{
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    const hone_value gamma = weight(layer, graph, "gamma"), beta = weight(layer, graph, "beta"),
                     mask = hone_value_mask(graph, x);
    if (!hone_graph_training(graph) || !hone_layer_trainable(layer) || graph->frozen_statistics)
        return hone_op_normalize(graph, x, axis, weight(layer, graph, "moving_mean"),
                                 weight(layer, graph, "moving_variance"), gamma, beta, args->epsilon);
    if (args->renorm)
        return call_renorm(layer, graph, x, mask, axis);
    if (mask >= 0 || is_shared(layer, graph))
        return call_composed(layer, graph, x, mask, axis);
    return hone_op_batch_normalization(graph, x, axis, gamma, beta, hone_layer_weight(layer, "moving_mean"),
                                       hone_layer_weight(layer, "moving_variance"), args->momentum,
                                       args->epsilon);
}

/* Behind a convolution with channels_first, axis 1 is where it has left its channels: at the end. */
static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_batch_normalization_args *args = hone_layer_args(layer);
    const hone_shape shape = hone_value_shape(graph, inputs[0]);
    const int axis = hone_internal_shape_axis(shape, args->axis, "axis");
    if (axis < 0 || hone_internal_axes_step(graph, &axis, 1, shape.rank) < 0)
        return hone_error_status();
    const hone_value last = axis == 1 ? hone_internal_space_channels_last(graph, inputs[0]) : HONE_NO_VALUE;
    outputs[0] = last < 0
                     ? normalize(layer, graph, inputs[0], axis)
                     : hone_internal_space_leave(graph, normalize(layer, graph, last, shape.rank - 1), true);
    return 1;
}

const hone_layer_type hone_internal_batch_normalization_layer = {
    .goes_step_by_step = true,
    .type =
        {.name = "batch_normalization",
         .class_name = "BatchNormalization",
         .ignored = "fused|virtual_batch_size",
         .module = "keras.layers",
         .summary =
             "Normalises each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
         HONE_TYPE_FIELDS(hone_batch_normalization_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_mask_call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(batch_normalization)
