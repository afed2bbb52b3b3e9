/* layer_normalization: gamma (x - mean) / sqrt(variance + epsilon) + beta over some axes of each sample;
 * gamma, beta have those axes' sizes. With rms_scaling gamma x / sqrt(variance + epsilon), the variance about
 * the mean all the same. rms_normalization: scale x / sqrt(mean(x^2) + epsilon), where scale has those axes'
 * sizes but is spread over the last axes, as in Keras. */
#include "layers/axes.h"

#include <stdlib.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_layer_normalization_args, HONE_LAYER_NORMALIZATION_FIELDS, layer_fields,
                       layer_defaults);
HONE_FIELD_TABLE_NAMED(hone_rms_normalization_args, HONE_RMS_NORMALIZATION_FIELDS, rms_fields, rms_defaults);

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The sizes of the normalised axes, in the order of the numbers they are given by: that of axis [-1, 1]
 * begins with the last, as in Keras's files. The memory is in the order of the axes all the same. */
static hone_status weight_shape(const int64_t *given, hone_shape input, hone_shape *shape)
{
    int axes[HONE_MAX_RANK], count = hone_internal_axes_resolve(given, input, axes);
    int64_t numbers[HONE_MAX_RANK];
    if (count < 0)
        return (hone_status)count;
    if (count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "axis is empty");
    memcpy(numbers, given, (size_t)count * sizeof *numbers);
    qsort(numbers, (size_t)count, sizeof *numbers, by_size);
    *shape = (hone_shape){.rank = count};
    for (int i = 0; i < count; i++) {
        shape->size[i] = input.size[numbers[i] < 0 ? numbers[i] + input.rank : numbers[i]];
        if (shape->size[i] == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the size of axis %lld of its input must be known",
                             (long long)numbers[i]);
    }
    return HONE_OK;
}

static hone_status build_layer(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_layer_normalization_args *args = hone_layer_args(layer);
    hone_shape shape;
    HONE_TRY(weight_shape(args->axis, inputs[0], &shape));
    hone_weight gamma = HONE_LAYER_WEIGHT(args, gamma, shape);
    hone_weight beta = HONE_LAYER_WEIGHT(args, beta, shape);
    if (args->scale && hone_layer_add_weight(layer, &gamma) == NULL)
        return hone_error_status();
    if (args->center && !args->rms_scaling && hone_layer_add_weight(layer, &beta) == NULL)
        return hone_error_status();
    return HONE_OK;
}

/* The sizes are those of the last axes, or 1. */
static hone_status check_spread(hone_shape scale, hone_shape input)
{
    bool fits = true;
    for (int i = 1; i <= scale.rank; i++) {
        int64_t size = scale.size[scale.rank - i];
        fits = fits && (size == 1 || size == input.size[input.rank - i] || input.size[input.rank - i] == 1);
    }
    if (fits)
        return HONE_OK;
    char sizes[128], shape[128];
    hone_internal_shape_to_text(scale, sizes, sizeof sizes);
    hone_internal_shape_to_text(input, shape, sizeof shape);
    return hone_fail(
        HONE_ERROR_SHAPE,
        "the scale of shape %s does not match the last axes of the input of shape %s, which it multiplies",
        sizes, shape);
}

static hone_status build_rms(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_rms_normalization_args *args = hone_layer_args(layer);
    hone_shape shape;
    HONE_TRY(weight_shape(args->axis, inputs[0], &shape));
    HONE_TRY(check_spread(shape, inputs[0]));
    hone_weight scale = {"scale", shape, "ones", NULL, NULL, false};
    return hone_layer_add_weight(layer, &scale) == NULL ? hone_error_status() : HONE_OK;
}

/* How the numbers of a layer are normalised. */
typedef enum way {
    CENTRED, /* (x - mean) / sqrt(variance + epsilon) */
    SCALED,  /* x / sqrt(variance + epsilon) */
    BY_ROOT  /* x / sqrt(mean(x^2) + epsilon) */
} way;

/* Over the last axes. */
static hone_value normalize(hone_graph *graph, hone_value x, int count, double epsilon, way how)
{
    if (how != SCALED)
        return hone_op_row_normalization(graph, x, count, epsilon, how == CENTRED);
    int axes[HONE_MAX_RANK];
    for (int i = 0; i < count; i++)
        axes[i] = i - count;
    hone_value mean = hone_op_reduce(graph, "mean", x, axes, count, true);
    hone_value squares = hone_op_square(graph, hone_op_subtract(graph, x, mean));
    hone_value variance = hone_op_reduce(graph, "mean", squares, axes, count, true);
    return hone_op_multiply(graph, x, hone_op_rsqrt(graph, hone_op_affine(graph, variance, 1, epsilon)));
}

/* A weight with the sizes of the axes as they are sorted; HONE_NO_VALUE when there is none. */
static hone_value weight_of(hone_layer *layer, hone_graph *graph, const char *name, hone_shape sizes)
{
    hone_variable *weight = hone_layer_weight(layer, name);
    return weight == NULL ? HONE_NO_VALUE : hone_op_reshape(graph, hone_graph_variable(graph, weight), sizes);
}

static int call_layer(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)count;
    const hone_layer_normalization_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    int axes[HONE_MAX_RANK], order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    int found = hone_internal_axes_resolve(args->axis, shape, axes);
    if (found < 0)
        return found;
    HONE_TRY(hone_internal_axes_step(graph, axes, found, shape.rank));
    hone_internal_axes_to_end(axes, found, shape.rank, order, back);
    hone_value y = normalize(graph, hone_internal_axes_move(graph, inputs[0], order), found, args->epsilon,
                             args->rms_scaling ? SCALED : CENTRED);
    hone_shape sizes = {.rank = found};
    for (int i = 0; i < found; i++)
        sizes.size[i] = shape.size[axes[i]];
    hone_value gamma = weight_of(layer, graph, "gamma", sizes), beta = weight_of(layer, graph, "beta", sizes);
    if (gamma >= 0)
        y = hone_op_multiply(graph, y, gamma);
    if (beta >= 0)
        y = hone_op_add(graph, y, beta);
    outputs[0] = y < 0 ? y : hone_internal_axes_move(graph, y, back);
    return 1;
}

static int call_rms(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)count;
    const hone_rms_normalization_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    int axes[HONE_MAX_RANK], order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    int found = hone_internal_axes_resolve(args->axis, shape, axes);
    if (found < 0)
        return found;
    HONE_TRY(hone_internal_axes_step(graph, axes, found, shape.rank));
    hone_internal_axes_to_end(axes, found, shape.rank, order, back);
    hone_value y =
        normalize(graph, hone_internal_axes_move(graph, inputs[0], order), found, args->epsilon, BY_ROOT);
    hone_value scale = hone_graph_variable(graph, hone_layer_weight(layer, "scale"));
    outputs[0] = hone_op_multiply(graph, hone_internal_axes_move(graph, y, back), scale);
    return 1;
}

const hone_layer_type hone_internal_layer_normalization_layer = {
    .goes_step_by_step = true,
    .type = {.name = "layer_normalization",
             .class_name = "LayerNormalization",
             .module = "keras.layers",
             .summary = "Normalises each sample to mean 0 and variance 1, then scales and shifts it.",
             HONE_TYPE_FIELDS_NAMED(hone_layer_normalization_args, layer_fields, layer_defaults)},
    .build = build_layer,
    .call = call_layer,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(layer_normalization)
const hone_layer_type hone_internal_rms_normalization_layer = {
    .goes_step_by_step = true,
    .type = {.name = "rms_normalization",
             .class_name = "RMSNormalization",
             .since = 309,
             .module = "keras.layers",
             .summary = "Divides each sample by its root mean square, then scales it.",
             HONE_TYPE_FIELDS_NAMED(hone_rms_normalization_args, rms_fields, rms_defaults)},
    .build = build_rms,
    .call = call_rms,
};
HONE_DEFINE_LAYER(rms_normalization)
