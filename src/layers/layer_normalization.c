/* layer_normalization: gamma (x - mean) / sqrt(variance + epsilon) + beta over some axes of each sample;
 * gamma, beta have those axes' sizes. rms_normalization: scale x / sqrt(mean(x^2) + epsilon). */
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
    hone_weight gamma = {
        "gamma", shape, args->gamma_initializer, args->gamma_regularizer, args->gamma_constraint, false};
    hone_weight beta = {"beta", shape, args->beta_initializer, args->beta_regularizer, args->beta_constraint,
                        false};
    if (args->scale && hone_layer_add_weight(layer, &gamma) == NULL)
        return hone_error_status();
    if (args->center && hone_layer_add_weight(layer, &beta) == NULL)
        return hone_error_status();
    return HONE_OK;
}

static hone_status build_rms(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_rms_normalization_args *args = hone_layer_args(layer);
    hone_shape shape;
    HONE_TRY(weight_shape(args->axis, inputs[0], &shape));
    hone_weight scale = {"scale", shape, "ones", NULL, NULL, false};
    return hone_layer_add_weight(layer, &scale) == NULL ? hone_error_status() : HONE_OK;
}

/* Normalises over the axes moved to the end, applies factor and offset (NULL: none), and moves back. */
static hone_value normalize(hone_layer *layer, hone_graph *graph, hone_value x, const int64_t *given,
                            double epsilon, bool centre, const char *factor, const char *offset)
{
    hone_shape shape = hone_value_shape(graph, x);
    int axes[HONE_MAX_RANK], order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    int count = hone_internal_axes_resolve(given, shape, axes);
    if (count < 0)
        return HONE_NO_VALUE;
    hone_internal_axes_to_end(axes, count, shape.rank, order, back);
    hone_value y =
        hone_op_row_normalization(graph, hone_internal_axes_move(graph, x, order), count, epsilon, centre);
    hone_shape sizes = {.rank = count};
    for (int i = 0; i < count; i++)
        sizes.size[i] = shape.size[axes[i]];
    hone_variable *scale = hone_layer_weight(layer, factor), *shift = hone_layer_weight(layer, offset);
    if (scale != NULL)
        y = hone_op_multiply(graph, y, hone_op_reshape(graph, hone_graph_variable(graph, scale), sizes));
    if (shift != NULL)
        y = hone_op_add(graph, y, hone_op_reshape(graph, hone_graph_variable(graph, shift), sizes));
    return y < 0 ? y : hone_internal_axes_move(graph, y, back);
}

static int call_layer(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)count;
    const hone_layer_normalization_args *args = hone_layer_args(layer);
    outputs[0] = normalize(layer, graph, inputs[0], args->axis, args->epsilon, true, "gamma", "beta");
    return 1;
}

static int call_rms(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)count;
    const hone_rms_normalization_args *args = hone_layer_args(layer);
    outputs[0] = normalize(layer, graph, inputs[0], args->axis, args->epsilon, false, "scale", "");
    return 1;
}

const hone_layer_type hone_internal_layer_normalization_layer = {
    .type = {.name = "layer_normalization",
             .class_name = "LayerNormalization",
             .module = "keras.layers",
             .summary = "Gives each sample mean 0 and variance 1, then a scale and an offset.",
             HONE_TYPE_FIELDS_NAMED(hone_layer_normalization_args, layer_fields, layer_defaults)},
    .build = build_layer,
    .call = call_layer,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(layer_normalization)
const hone_layer_type hone_internal_rms_normalization_layer = {
    .type = {.name = "rms_normalization",
             .class_name = "RMSNormalization",
             .module = "keras.layers",
             .summary = "Divides each sample by its root mean square, then a scale.",
             HONE_TYPE_FIELDS_NAMED(hone_rms_normalization_args, rms_fields, rms_defaults)},
    .build = build_rms,
    .call = call_rms,
};
HONE_DEFINE_LAYER(rms_normalization)
