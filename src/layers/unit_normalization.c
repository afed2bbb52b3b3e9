/* unit_normalization: x / max(length(x), 1e-12) along some axes of each sample. */
#include "layers/axes.h"

HONE_FIELD_TABLE(hone_unit_normalization_args, HONE_UNIT_NORMALIZATION_FIELDS);

static const double least_square = 1e-24;

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_unit_normalization_args *args = hone_layer_args(layer);
    int axes[HONE_MAX_RANK], found = hone_internal_axes_resolve(args->axis, inputs[0], axes);
    return found < 0    ? (hone_status)found
           : found == 0 ? hone_fail(HONE_ERROR_ARGUMENT, "axis is empty")
                        : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_unit_normalization_args *args = hone_layer_args(layer);
    int axes[HONE_MAX_RANK],
        found = hone_internal_axes_resolve(args->axis, hone_value_shape(graph, inputs[0]), axes);
    if (found < 0)
        return found;
    HONE_TRY(hone_internal_axes_step(graph, axes, found, hone_value_shape(graph, inputs[0]).rank));
    hone_value squares = hone_op_reduce(graph, "sum_squares", inputs[0], axes, found, true);
    hone_value bounded =
        hone_op_unary(graph, "maximum_scalar", squares, (hone_parameters){least_square, 0, 0, 0});
    outputs[0] = hone_op_multiply(graph, inputs[0], hone_op_rsqrt(graph, bounded));
    return 1;
}

const hone_layer_type hone_internal_unit_normalization_layer = {
    .goes_step_by_step = true,
    .type = {.name = "unit_normalization",
             .class_name = "UnitNormalization",
             .module = "keras.layers",
             .summary = "Scales vectors along the given axes to length 1 (L2 norm).",
             HONE_TYPE_FIELDS(hone_unit_normalization_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(unit_normalization)
