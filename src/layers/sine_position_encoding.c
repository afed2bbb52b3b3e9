/* sine_position_encoding: at step p and feature i sin(p r_i) for even i, cos(p r_i) for odd i, with the rates
 * r_i = max_wavelength^(-2 (i / 2) / n). */
#include "layers/positions.h"

#include "base/memory.h"
#include "ops/ops.h"

HONE_FIELD_TABLE(hone_sine_position_encoding_args, HONE_SINE_POSITION_ENCODING_FIELDS);

/* ---- what rotary_embedding has too ---- */

hone_status hone_internal_waves_build(hone_layer *layer, double max_wavelength, int64_t n,
                                      int64_t denominator, bool halved)
{
    hone_waves *waves = hone_layer_state(layer);
    HONE_TRY(hone_internal_check_memory((uint64_t)n, sizeof(double), "the rates of \"%s\"",
                                        hone_internal_layer_label(layer)));
    double *rates = hone_internal_allocate(sizeof *rates * (size_t)(n > 0 ? n : 1));
    for (int64_t i = 0; rates != NULL && i < n; i++) {
        int64_t pair = halved ? i % (n / 2) : i / 2;
        rates[i] = pow(max_wavelength, -2.0 * (double)pair / (double)denominator);
    }
    hone_internal_variable_free(waves->rates);
    waves->rates = rates == NULL ? NULL : hone_internal_layer_constant(layer, HONE_SHAPE(1, n), rates, n);
    hone_internal_free(rates);
    return waves->rates == NULL ? hone_error_status() : HONE_OK;
}

void hone_internal_waves_free(hone_layer *layer)
{
    hone_internal_variable_free(((hone_waves *)hone_layer_state(layer))->rates);
}

hone_value hone_internal_waves_angles(hone_layer *layer, hone_graph *graph, int64_t steps, double start,
                                      double factor)
{
    const hone_waves *waves = hone_layer_state(layer);
    hone_value counted =
                   graph->kept != NULL
                       ? hone_op_affine(
                             graph,
                             hone_op_reshape(graph, hone_internal_positions_now(graph), HONE_SHAPE(steps, 1)),
                             1, 1)
                       : hone_op_cumulative_sum(graph, hone_graph_filled(graph, HONE_SHAPE(steps, 1), 1), 0),
               numbers = hone_op_affine(graph, counted, factor, (start - 1) * factor);
    return hone_op_multiply(graph, numbers, hone_graph_variable(graph, waves->rates));
}

/* ---- sine_position_encoding ---- */

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_sine_position_encoding_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_positions_check(inputs[0]));
    int64_t n = inputs[0].size[inputs[0].rank - 1];
    return hone_internal_waves_build(layer, args->max_wavelength, n, n, false);
}

/* 0, 1, 0, 1, ... [1, n]. */
static hone_value odd(hone_graph *graph, int64_t n)
{
    hone_value places = hone_op_cumulative_sum(graph, hone_graph_filled(graph, HONE_SHAPE(1, n), 1), 1),
               half = hone_op_affine(graph, places, 0.5, 0),
               whole = hone_op_unary(graph, "floor", half, (hone_parameters){0});
    return hone_op_affine(graph, hone_op_subtract(graph, half, whole), -2, 1);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_positions_call *how = hone_call_args(graph);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    HONE_TRY(hone_internal_positions_step(graph, shape.rank - 2));
    int64_t steps = shape.size[shape.rank - 2], n = shape.size[shape.rank - 1];
    if (steps == HONE_ANY) {
        outputs[0] = hone_internal_graph_input(graph, shape, NULL);
        return 1;
    }
    hone_value angles = hone_internal_waves_angles(layer, graph, steps, (double)how->start_index, 1),
               sines = hone_op_unary(graph, "sin", angles, (hone_parameters){0}),
               cosines = hone_op_unary(graph, "cos", angles, (hone_parameters){0});
    outputs[0] =
        hone_internal_positions_repeat(graph, hone_op_select(graph, odd(graph, n), cosines, sines), shape);
    return 1;
}

const hone_layer_type hone_internal_sine_position_encoding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "sine_position_encoding",
             .class_name = "SinePositionEncoding",
             .module = "keras_hub.layers",
             .summary = "Sines and cosines of each step of a sequence (keras_hub).",
             HONE_TYPE_FIELDS(hone_sine_position_encoding_args)},
    .state_bytes = sizeof(hone_waves),
    .build = build,
    .call = call,
    .free_state = hone_internal_waves_free,
    .call_fields = &hone_internal_positions_call_fields,
};
HONE_DEFINE_LAYER(sine_position_encoding)
