/* rotary_embedding: y = x cos + (-x2, x1) sin over the features in halves x1, x2, with the angle p r_i /
 * scaling_factor of step p and pair i, r_i = max_wavelength^(-2 i / n). */
#include "layers/positions.h"

#include <string.h>

HONE_FIELD_TABLE(hone_rotary_embedding_args, HONE_ROTARY_EMBEDDING_FIELDS);

/* The axes of steps and of features, counted from 0. */
static hone_status find_axes(const hone_rotary_embedding_args *args, hone_shape input, int *steps,
                             int *features)
{
    *steps = hone_internal_shape_axis(input, args->sequence_axis, "sequence_axis");
    *features = hone_internal_shape_axis(input, args->feature_axis, "feature_axis");
    if (*steps < 0 || *features < 0)
        return hone_error_status();
    if (*steps == *features || *steps == 0 || *features == 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "sequence_axis and feature_axis must be two axes after the batch");
    return HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_rotary_embedding_args *args = hone_layer_args(layer);
    int steps, features;
    HONE_TRY(find_axes(args, inputs[0], &steps, &features));
    int64_t n = inputs[0].size[features];
    if (n == HONE_ANY || n % 2 != 0)
        return hone_fail(HONE_ERROR_SHAPE, "needs an even number of features, not %lld", (long long)n);
    if (strcmp(args->rope_type, "yarn") == 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "rope_type yarn is not supported; linear and dynamic are");
    int64_t denominator = args->denominator_dim == HONE_NONE_INTEGER ? n : args->denominator_dim;
    return hone_internal_waves_build(layer, args->max_wavelength, n, denominator, true);
}

/* What steps are multiplied by. */
static double scale_of(const hone_rotary_embedding_args *args, int64_t n)
{
    double power = strcmp(args->rope_type, "dynamic") == 0 ? (double)n / (double)(n > 3 ? n - 2 : 1) : 1;
    return 1 / pow(args->scaling_factor, power);
}

/* [steps, n] as a tensor of this rank with these axes, and 1 elsewhere. */
static hone_value placed(hone_graph *graph, hone_value rows, int rank, int steps, int features)
{
    hone_shape shape = {.rank = rank}, own = hone_value_shape(graph, rows);
    if (rows >= 0 && features < steps)
        rows = hone_op_transpose(graph, rows, (int[]){1, 0});
    for (int axis = 0; axis < rank; axis++)
        shape.size[axis] = axis == steps ? own.size[0] : axis == features ? own.size[1] : 1;
    return hone_op_reshape(graph, rows, shape);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_rotary_embedding_args *args = hone_layer_args(layer);
    const hone_positions_call *how = hone_call_args(graph);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    int steps, features;
    HONE_TRY(find_axes(args, shape, &steps, &features));
    HONE_TRY(hone_internal_positions_step(graph, steps));
    int64_t n = shape.size[features];
    if (shape.size[steps] == HONE_ANY) {
        outputs[0] = hone_internal_graph_input(graph, shape, NULL);
        return 1;
    }
    hone_value angles = hone_internal_waves_angles(layer, graph, shape.size[steps], (double)how->start_index,
                                                   scale_of(args, n));
    hone_value sines = hone_op_unary(graph, "sin", angles, (hone_parameters){0}),
               cosines = hone_op_unary(graph, "cos", angles, (hone_parameters){0});
    hone_value halves[] = {hone_op_negative(graph, hone_op_slice(graph, inputs[0], features, n / 2, n)),
                           hone_op_slice(graph, inputs[0], features, 0, n / 2)};
    hone_value turned = hone_op_concatenate(graph, halves, 2, features);
    outputs[0] = hone_op_add(
        graph, hone_op_multiply(graph, inputs[0], placed(graph, cosines, shape.rank, steps, features)),
        hone_op_multiply(graph, turned, placed(graph, sines, shape.rank, steps, features)));
    return 1;
}

const hone_layer_type hone_internal_rotary_embedding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "rotary_embedding",
             .class_name = "RotaryEmbedding",
             .module = "keras_hub.layers",
             .summary = "Turns pairs of features by an angle that grows with the step (keras_hub).",
             HONE_TYPE_FIELDS(hone_rotary_embedding_args)},
    .state_bytes = sizeof(hone_waves),
    .build = build,
    .call = call,
    .free_state = hone_internal_waves_free,
    .call_fields = &hone_internal_positions_call_fields,
};
HONE_DEFINE_LAYER(rotary_embedding)
