/* Operations of keras.ops.nn that normalise: by the statistics of each sample or by given ones, with scales
 * and offsets that are operands; the statistics themselves; gated units, rows of several ones. */
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

#define EPSILON_FIELDS(F, A) F(A, NUMBER, epsilon, HONE_NONE, "added to the variance (None: 1e-7)")
static double epsilon_of(double given)
{
    return isnan(given) ? 1e-7 : given;
}

/* ---- by the statistics of each sample ---- */

#define LAYER_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axes to normalise", .scalar_or_list = true) \
    EPSILON_FIELDS(F, A) \
    F(A, BOOLEAN, rms_scaling, false, "scale alone, without taking off the mean")
HONE_OPERATION_ARGS(layer, LAYER_FIELDS)
#define SCALED_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, gamma, "the scale when it is a constant") \
    HONE_OPERAND(F, A, beta, "the offset when it is a constant")
HONE_OPERATION_CALL_FIELDS(scaled, SCALED_FIELDS)

/* An operand of fewer axes than x, one for each normalised axis, with those axes where x has them. */
static hone_value in_place(hone_graph *graph, hone_value operand, hone_shape x, const int *axes, int count)
{
    hone_shape shape = {.rank = x.rank};
    if (operand < 0 || hone_value_shape(graph, operand).rank == x.rank ||
        (count == 1 && axes[0] == x.rank - 1))
        return operand;
    for (int axis = 0; axis < x.rank; axis++)
        shape.size[axis] = 1;
    for (int i = 0; i < count; i++)
        shape.size[axes[i]] = x.size[axes[i]];
    return hone_op_reshape(graph, operand, shape);
}

static hone_value scaled_by(hone_graph *graph, hone_value y, hone_value gamma, hone_value beta)
{
    y = gamma >= 0 ? hone_op_multiply(graph, y, gamma) : y;
    return beta >= 0 ? hone_op_add(graph, y, beta) : y;
}

/* The mean over axes, and the mean of squares about it, with the axes kept. */
static hone_value mean_of(hone_graph *graph, hone_value x, const int *axes, int count)
{
    return hone_op_reduce(graph, "mean", x, axes, count, true);
}
static hone_value variance_of(hone_graph *graph, hone_value x, hone_value mean, const int *axes, int count)
{
    return mean_of(graph, hone_op_square(graph, hone_op_subtract(graph, x, mean)), axes, count);
}

static int resolve(const hone_graph *graph, hone_value x, const int64_t *given, int *axes)
{
    int count = hone_internal_axes_resolve(given, hone_value_shape(graph, x), axes);
    if (count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "axis is empty");
    if (count > 0 && hone_internal_is_batch(hone_value_shape(graph, x), axes[0]))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "statistics over the first axis, that of the batch, would mix the samples");
    return count;
}

static int call_layer_norm(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                           hone_value *outputs)
{
    const layer_args *args = hone_layer_args(layer);
    hone_value x[3];
    int axes[HONE_MAX_RANK];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 1, x));
    hone_shape shape = hone_value_shape(graph, x[0]);
    int along = resolve(graph, x[0], args->axis, axes);
    if (along < 0)
        return along;
    hone_value mean = mean_of(graph, x[0], axes, along),
               variance = variance_of(graph, x[0], mean, axes, along),
               centred = args->rms_scaling ? x[0] : hone_op_subtract(graph, x[0], mean),
               root = hone_op_rsqrt(graph, hone_op_affine(graph, variance, 1, epsilon_of(args->epsilon)));
    outputs[0] =
        scaled_by(graph, hone_op_multiply(graph, centred, root), in_place(graph, x[1], shape, axes, along),
                  args->rms_scaling ? HONE_NO_VALUE : in_place(graph, x[2], shape, axes, along));
    return 1;
}
HONE_OPERATION_OF(nn, layer_norm, "LayerNorm", layer_args, layer_fields, layer_defaults,
                  .call = call_layer_norm, HONE_OPERATION_OPERANDS(scaled_call_type, 3));

/* ---- by the root of the mean of squares ---- */

#define RMS_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axes to normalise", .scalar_or_list = true) EPSILON_FIELDS(F, A)
HONE_OPERATION_ARGS(rms, RMS_FIELDS)
#define RMS_CALL_FIELDS(F, A) F(A, TEXT, scale, NULL, "the scale, a constant", HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_CALL_FIELDS(rms, RMS_CALL_FIELDS)

static int call_rms_norm(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                         hone_value *outputs)
{
    const rms_args *args = hone_layer_args(layer);
    const char *scale = ((const rms_call *)hone_call_args(graph))->scale;
    int axes[HONE_MAX_RANK], along = resolve(graph, inputs[0], args->axis, axes);
    (void)count;
    if (along < 0)
        return along;
    hone_value mean = mean_of(graph, hone_op_square(graph, inputs[0]), axes, along),
               root = hone_op_rsqrt(graph, hone_op_affine(graph, mean, 1, epsilon_of(args->epsilon)));
    outputs[0] = hone_op_multiply(graph, inputs[0], root);
    if (scale != NULL && strcmp(scale, "None") != 0)
        outputs[0] = hone_op_multiply(graph, outputs[0], hone_internal_constant_of(graph, layer, scale));
    return 1;
}
HONE_OPERATION_OF(nn, rms_norm, "RMSNorm", rms_args, rms_fields, rms_defaults, .call = call_rms_norm,
                  .call_fields = &rms_call_type);

/* ---- by given statistics ---- */

#define BATCH_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "the axis that has statistics", HONE_REQUIRED) \
    F(A, NUMBER, epsilon, 0.001, "added to the variance")
HONE_OPERATION_ARGS(batch, BATCH_FIELDS)
#define GIVEN_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, mean, "the means when they are a constant") \
    HONE_OPERAND(F, A, variance, "the variances when they are a constant") \
    HONE_OPERAND(F, A, offset, "the offsets when they are a constant") \
    HONE_OPERAND(F, A, scale, "the scales when they are a constant")
HONE_OPERATION_CALL_FIELDS(given, GIVEN_FIELDS)

static int call_batch_norm(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                           hone_value *outputs)
{
    const batch_args *args = hone_layer_args(layer);
    hone_value x[5];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 3, x));
    hone_shape shape = hone_value_shape(graph, x[0]);
    int axis = hone_internal_shape_axis(shape, args->axis, "axis");
    if (axis < 0)
        return axis;
    for (int i = 1; i < 5; i++) {
        hone_shape own = {.rank = 1, .size = {shape.size[axis]}};
        if (x[i] >= 0 && !hone_internal_shape_equal(hone_value_shape(graph, x[i]), own))
            return hone_internal_fail_shapes(layer->type->call_fields->fields[i].name,
                                             hone_value_shape(graph, x[i]), own);
    }
    outputs[0] = hone_op_normalize(graph, x[0], axis, x[1], x[2], x[4], x[3], args->epsilon);
    return 1;
}
HONE_OPERATION_OF(nn, batch_norm, "BatchNorm", batch_args, batch_fields, batch_defaults,
                  .call = call_batch_norm, HONE_OPERATION_OPERANDS(given_call_type, 5));

/* ---- the statistics ---- */

#define MOMENTS_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, "axes to reduce", HONE_REQUIRED, .scalar_or_list = true, \
      .always_list = true) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1") \
    F(A, BOOLEAN, synchronized, false, "over several devices", .unsupported = "there is one device")
HONE_OPERATION_ARGS(moments, MOMENTS_FIELDS)

/* Two results: mean and variance. */
static int call_moments(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    const moments_args *args = hone_layer_args(layer);
    int axes[HONE_MAX_RANK],
        along = hone_internal_axes_resolve(args->axes, hone_value_shape(graph, inputs[0]), axes);
    (void)count;
    if (along < 0)
        return along;
    outputs[0] = mean_of(graph, inputs[0], axes, along);
    outputs[1] = variance_of(graph, inputs[0], outputs[0], axes, along);
    for (int i = along - 1; i >= 0 && !args->keepdims; i--) {
        outputs[0] = hone_op_squeeze(graph, outputs[0], axes[i]);
        outputs[1] = hone_op_squeeze(graph, outputs[1], axes[i]);
    }
    return 2;
}
HONE_OPERATION_OF(nn, moments, "Moments", moments_args, moments_fields, moments_defaults,
                  .call = call_moments);

/* ---- gated units; several ones ---- */

#define GLU_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, -1, "the axis that is halved")
HONE_OPERATION_ARGS(glu, GLU_FIELDS)

/* One half times the sigmoid of the other. */
static hone_value gated(hone_graph *graph, hone_value x, int64_t along)
{
    int axis = hone_internal_shape_axis(hone_value_shape(graph, x), along, "axis");
    int64_t size = axis < 0 ? 0 : hone_value_size(graph, x, axis);
    if (axis < 0)
        return HONE_NO_VALUE;
    if (size == HONE_ANY || size % 2 != 0) {
        hone_fail(HONE_ERROR_SHAPE, "an axis of size %lld has no halves", (long long)size);
        return HONE_NO_VALUE;
    }
    return hone_op_multiply(graph, hone_op_slice(graph, x, axis, 0, size / 2),
                            hone_op_sigmoid(graph, hone_op_slice(graph, x, axis, size / 2, size)));
}
HONE_OPERATION_CALL(glu, glu_args, gated(graph, x, args->axis))
HONE_OPERATION_OF(nn, glu, "Glu", glu_args, glu_fields, glu_defaults, .call = call_glu);
