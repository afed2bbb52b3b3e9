/* rescaling: x scale + offset, each a number or one for each index of the last axis. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_rescaling_args, HONE_RESCALING_FIELDS);

typedef struct state {
    hone_variable *scale, *offset; /* of lists */
} state;

static void free_state(hone_layer *layer)
{
    state *own = hone_layer_state(layer);
    hone_internal_variable_free(own->scale);
    hone_internal_variable_free(own->offset);
    *own = (state){0};
}

/* A list as a constant; no list gives none. */
static hone_status keep_list(const hone_layer *layer, const char *name, const double *list, size_t length,
                             hone_shape input, hone_variable **kept)
{
    const int64_t count = (int64_t)length;
    if (count == 0)
        return HONE_OK;
    if (input.rank < 2 || (count != 1 && count != input.size[input.rank - 1])) {
        char text[128];
        hone_internal_shape_to_text(input, text, sizeof text);
        return hone_fail(HONE_ERROR_SHAPE, "%s has %lld numbers for the last axis of an input of shape %s",
                         name, (long long)count, text);
    }
    *kept = hone_internal_layer_constant(layer, HONE_SHAPE(count), list, count);
    return *kept == NULL ? hone_error_status() : HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_rescaling_args *args = hone_layer_args(layer);
    state *own = hone_layer_state(layer);
    free_state(layer);
    HONE_TRY(
        keep_list(layer, "scale", args->scale_values_list, args->scale_values_count, inputs[0], &own->scale));
    return keep_list(layer, "offset", args->offset_values_list, args->offset_values_count, inputs[0],
                     &own->offset);
}

/* Keras rounds each constant and each step under mixed_bfloat16 and mixed_float16. */
static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_rescaling_args *args = hone_layer_args(layer);
    const state *own = hone_layer_state(layer);
    double scale = hone_internal_layer_round_number(graph, args->scale),
           offset = hone_internal_layer_round_number(graph, args->offset);
    if (own->scale == NULL && own->offset == NULL && graph->half == HONE_HALF_NONE) {
        outputs[0] = hone_op_affine(graph, inputs[0], scale, offset);
        return 1;
    }
    hone_value scaled =
        own->scale == NULL
            ? hone_op_affine(graph, inputs[0], scale, 0)
            : hone_op_multiply(graph, inputs[0],
                               hone_internal_layer_round(graph, hone_graph_variable(graph, own->scale)));
    scaled = hone_internal_layer_round(graph, scaled);
    outputs[0] = own->offset == NULL
                     ? hone_op_affine(graph, scaled, 1, offset)
                     : hone_op_add(graph, scaled,
                                   hone_internal_layer_round(graph, hone_graph_variable(graph, own->offset)));
    return 1;
}

const hone_layer_type hone_internal_rescaling_layer = {
    .goes_step_by_step = true,
    .type = {.name = "rescaling",
             .class_name = "Rescaling",
             .module = "keras.layers",
             .summary = "x scale + offset.",
             HONE_TYPE_FIELDS(hone_rescaling_args)},
    .state_bytes = sizeof(state),
    .build = build,
    .call = call,
    .free_state = free_state,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(rescaling)
