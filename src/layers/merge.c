/* add, subtract, multiply, average, maximum, minimum: element by element over all inputs, which broadcast.
 *
 * Masks: multiply takes a masked element for 1, maximum and minimum pass it over; the output counts where any input does, when all have a mask. */
#include "layers/merge.h"

#include <math.h>

HONE_FIELD_TABLE(hone_add_args, HONE_MERGE_FIELDS);

hone_value hone_internal_merge_align(hone_graph *graph, hone_value value, int rank) {
    while (value >= 0 && hone_value_shape(graph, value).rank < rank) value = hone_op_expand(graph, value, 1);
    return value;
}

hone_value hone_internal_merge_mask(hone_graph *graph, const hone_value *inputs, int count) {
    hone_value all = HONE_NO_VALUE;
    for (int i = 0; i < count; i++) {
        hone_value mask = hone_value_mask(graph, inputs[i]);
        if (mask < 0) return HONE_NO_VALUE;
        all = all < 0 ? mask : hone_op_maximum(graph, all, mask);
    }
    return all;
}

/* A masked element becomes `neutral`, which leaves the other inputs' say. */
static hone_value neutralize(hone_graph *graph, hone_value x, double neutral) {
    hone_value mask = hone_value_mask(graph, x);
    if (mask < 0) return x;
    while (mask >= 0 && hone_value_shape(graph, mask).rank < hone_value_shape(graph, x).rank) mask = hone_op_expand(graph, mask, -1);
    return hone_op_select(graph, mask, x, hone_graph_constant(graph, neutral));
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count) {
    (void)layer;
    hone_shape all = inputs[0];
    for (int i = 1; i < count; i++) {
        hone_shape a = all, b = inputs[i], longer = a.rank > b.rank ? a : b, shorter = a.rank > b.rank ? b : a, aligned = longer;
        int added = longer.rank - shorter.rank;
        for (int axis = 1; axis < aligned.rank; axis++) aligned.size[axis] = axis <= added ? 1 : shorter.size[axis - added];
        aligned.size[0] = shorter.size[0];
        if (hone_internal_shape_broadcast(longer, aligned, &all)) continue;
        char text_a[128], text_b[128];
        hone_internal_shape_to_text(a, text_a, sizeof text_a);
        hone_internal_shape_to_text(b, text_b, sizeof text_b);
        return hone_fail(HONE_ERROR_SHAPE, "inputs of shapes %s and %s do not fit", text_a, text_b);
    }
    return HONE_OK;
}

/* Folds the inputs by a function of two; `neutral` NaN: masked elements are taken as they are. */
static int fold(hone_graph *graph, const hone_value *inputs, int count, const char *function, double neutral, hone_value *outputs) {
    int rank = 0;
    for (int i = 0; i < count; i++)
        if (hone_value_shape(graph, inputs[i]).rank > rank) rank = hone_value_shape(graph, inputs[i]).rank;
    for (int i = 0; i < count; i++) {
        hone_value x = isnan(neutral) ? inputs[i] : neutralize(graph, inputs[i], neutral);
        x = hone_internal_merge_align(graph, x, rank);
        outputs[0] = i == 0 ? x : hone_op_binary(graph, function, outputs[0], x);
    }
    hone_value mask = hone_internal_merge_mask(graph, inputs, count);
    if (mask >= 0 && outputs[0] >= 0) hone_value_set_mask(graph, outputs[0], mask);
    return 1;
}

static int call_average(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs) {
    (void)layer;
    fold(graph, inputs, count, "add", HONE_NONE, outputs);
    hone_value mask = hone_value_mask(graph, outputs[0]);
    outputs[0] = hone_op_affine(graph, outputs[0], 1.0 / count, 0);
    hone_value_set_mask(graph, outputs[0], mask);
    return 1;
}

#define MERGE(thing, function, neutral) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs) { \
        (void)layer; \
        return fold(graph, inputs, count, function, neutral, outputs); \
    }
MERGE(add, "add", HONE_NONE)
MERGE(subtract, "subtract", HONE_NONE)
MERGE(multiply, "multiply", 1)
MERGE(maximum, "maximum", -HUGE_VAL)
MERGE(minimum, "minimum", HUGE_VAL)

#define MERGE_TYPE(thing, class_name_, most, summary_) \
    const hone_layer_type hone_internal_##thing##_layer = { \
        .type = {.name = #thing, .class_name = class_name_, .module = "keras.layers", .summary = summary_, HONE_TYPE_FIELDS(hone_add_args)}, \
        .build = build, .call = call_##thing, .inputs_min = 2, .inputs_max = most, .uses_mask = true}; \
    HONE_DEFINE_LAYER(thing)
MERGE_TYPE(add, "Add", HONE_MAX_LAYER_INPUTS, "The sum of its inputs.")
MERGE_TYPE(subtract, "Subtract", 2, "The first input less the second.")
MERGE_TYPE(multiply, "Multiply", HONE_MAX_LAYER_INPUTS, "The product of its inputs, element by element.")
MERGE_TYPE(average, "Average", HONE_MAX_LAYER_INPUTS, "The mean of its inputs.")
MERGE_TYPE(maximum, "Maximum", HONE_MAX_LAYER_INPUTS, "The largest of its inputs, element by element.")
MERGE_TYPE(minimum, "Minimum", HONE_MAX_LAYER_INPUTS, "The smallest of its inputs, element by element.")
