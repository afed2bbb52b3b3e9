/* discretization: the number of the bin of each number, that is how many boundaries are at most x (NaN: all of them), as an id or a vector. */
#include "layers/categories.h"

HONE_FIELD_TABLE(hone_discretization_args, HONE_DISCRETIZATION_FIELDS);

typedef struct state {
    hone_variable *boundaries; /* [bins - 1] */
} state;

static void free_state(hone_layer *layer) {
    state *own = hone_layer_state(layer);
    hone_internal_variable_free(own->boundaries);
    own->boundaries = NULL;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count) {
    (void)count;
    const hone_discretization_args *args = hone_layer_args(layer);
    int64_t boundaries = hone_internal_layer_count_numbers(args->bin_boundaries);
    if (boundaries == 0) return hone_fail(HONE_ERROR_ARGUMENT, "bin_boundaries must be given");
    for (int64_t i = 1; i < boundaries; i++)
        if (args->bin_boundaries[i] < args->bin_boundaries[i - 1])
            return hone_fail(HONE_ERROR_ARGUMENT, "bin_boundaries must ascend: %g follows %g", args->bin_boundaries[i], args->bin_boundaries[i - 1]);
    if (inputs[0].rank >= HONE_MAX_RANK) return hone_fail(HONE_ERROR_SHAPE, "its input has too many axes");
    HONE_TRY(hone_internal_categories_check(args->output_mode, inputs[0]));
    free_state(layer);
    state *own = hone_layer_state(layer);
    own->boundaries = hone_internal_layer_constant(HONE_SHAPE(boundaries), args->bin_boundaries, boundaries);
    return own->boundaries == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs) {
    (void)count;
    const hone_discretization_args *args = hone_layer_args(layer);
    hone_variable *boundaries = ((const state *)hone_layer_state(layer))->boundaries;
    hone_value below = hone_op_binary(graph, "less", hone_op_expand(graph, inputs[0], -1), hone_graph_variable(graph, boundaries));
    hone_value bins = hone_op_sum(graph, hone_op_affine(graph, below, -1, 1), -1);
    outputs[0] = hone_internal_categories_encode(graph, bins, args->output_mode, boundaries->shape.size[0] + 1);
    return 1;
}

const hone_layer_type hone_internal_discretization_layer = {
    .type = {.name = "discretization", .class_name = "Discretization", .module = "keras.layers",
             .summary = "Gives each number the number of its bin.", HONE_TYPE_FIELDS(hone_discretization_args)},
    .state_bytes = sizeof(state),
    .build = build,
    .call = call,
    .free_state = free_state,
};
HONE_DEFINE_LAYER(discretization)
