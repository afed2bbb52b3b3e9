/* add, subtract, multiply, average, maximum, minimum: element by element over all inputs, which broadcast.
 *
 * Masks: multiply takes a masked element for 1, maximum and minimum for the other side's; the output counts
 * where any input does, when all have a mask. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_add_args, HONE_MERGE_FIELDS);

/* Axes of size 1 after the batch, until the value has `rank` axes. */
static hone_value align(hone_graph *graph, hone_value value, int rank)
{
    while (value >= 0 && hone_value_shape(graph, value).rank < rank)
        value = hone_op_expand(graph, value, 1);
    return value;
}

/* Where any input counts, if all have a mask; else none. */
static hone_value joint_mask(hone_graph *graph, const hone_value *inputs, int count)
{
    hone_value all = HONE_NO_VALUE;
    for (int i = 0; i < count; i++) {
        hone_value mask = hone_value_mask(graph, inputs[i]);
        if (mask < 0)
            return HONE_NO_VALUE;
        all = all < 0 ? mask : hone_op_maximum(graph, all, mask);
    }
    return all;
}

/* The mask of a value, with axes of size 1 behind it up to the value's rank; HONE_NO_VALUE without an error
 * when it has none. */
static hone_value own_mask(hone_graph *graph, hone_value x)
{
    hone_value mask = hone_value_mask(graph, x);
    while (mask >= 0 && hone_value_shape(graph, mask).rank < hone_value_shape(graph, x).rank)
        mask = hone_op_expand(graph, mask, -1);
    return mask;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer;
    hone_shape all = inputs[0];
    for (int i = 1; i < count; i++) {
        hone_shape a = all, b = inputs[i], longer = a.rank > b.rank ? a : b,
                   shorter = a.rank > b.rank ? b : a, aligned = longer;
        int added = longer.rank - shorter.rank;
        for (int axis = 1; axis < aligned.rank; axis++)
            aligned.size[axis] = axis <= added ? 1 : shorter.size[axis - added];
        aligned.size[0] = shorter.size[0];
        if (hone_internal_shape_broadcast(longer, aligned, &all))
            continue;
        char text_a[128], text_b[128];
        hone_internal_shape_to_text(a, text_a, sizeof text_a);
        hone_internal_shape_to_text(b, text_b, sizeof text_b);
        return hone_fail(HONE_ERROR_SHAPE, "inputs of shapes %s and %s do not match", text_a, text_b);
    }
    return HONE_OK;
}

static int highest_rank(const hone_graph *graph, const hone_value *inputs, int count)
{
    int rank = 0;
    for (int i = 0; i < count; i++)
        if (hone_value_shape(graph, inputs[i]).rank > rank)
            rank = hone_value_shape(graph, inputs[i]).rank;
    return rank;
}

static int finish(hone_graph *graph, const hone_value *inputs, int count, hone_value result,
                  hone_value *outputs)
{
    hone_value mask = joint_mask(graph, inputs, count);
    if (mask >= 0 && result >= 0)
        hone_value_set_mask(graph, result, mask);
    outputs[0] = result;
    return 1;
}

/* Folds the inputs by a function of two, whatever their masks. */
static hone_value fold(hone_graph *graph, const hone_value *inputs, int count, const char *function)
{
    int rank = highest_rank(graph, inputs, count);
    hone_value result = align(graph, inputs[0], rank);
    for (int i = 1; i < count; i++)
        result = hone_op_binary(graph, function, result, align(graph, inputs[i], rank));
    return result;
}

/* Masked elements count as 1; where all are masked the result is 0. */
static int call_multiply(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                         hone_value *outputs)
{
    (void)layer;
    int rank = highest_rank(graph, inputs, count);
    hone_value result = HONE_NO_VALUE, all = HONE_NO_VALUE;
    bool all_masked = true;
    for (int i = 0; i < count; i++) {
        hone_value mask = own_mask(graph, inputs[i]);
        all_masked = all_masked && mask >= 0;
        hone_value x =
            mask < 0 ? inputs[i] : hone_op_select(graph, mask, inputs[i], hone_graph_constant(graph, 1));
        x = align(graph, x, rank);
        result = i == 0 ? x : hone_op_multiply(graph, result, x);
        if (all_masked)
            mask = align(graph, mask, rank), all = i == 0 ? mask : hone_op_maximum(graph, all, mask);
    }
    if (all_masked)
        result = hone_op_select(graph, all, result, hone_graph_constant(graph, 0));
    return finish(graph, inputs, count, result, outputs);
}

/* A masked element takes the value of the other side; where both are masked, the left one's. */
static int fold_extreme(hone_graph *graph, const hone_value *inputs, int count, const char *function,
                        hone_value *outputs)
{
    int rank = highest_rank(graph, inputs, count);
    hone_value result = align(graph, inputs[0], rank);
    hone_value known = own_mask(graph, inputs[0]);
    if (known >= 0)
        known = align(graph, known, rank);
    for (int i = 1; i < count; i++) {
        hone_value x = align(graph, inputs[i], rank), mask = own_mask(graph, inputs[i]);
        if (mask >= 0) {
            mask = align(graph, mask, rank);
            x = hone_op_select(graph, mask, x, result);
        }
        if (known >= 0)
            result = hone_op_select(graph, known, result, x);
        known = mask >= 0 && known >= 0 ? hone_op_maximum(graph, known, mask) : HONE_NO_VALUE;
        result = hone_op_binary(graph, function, result, x);
    }
    return finish(graph, inputs, count, result, outputs);
}

static int call_average(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    (void)layer;
    return finish(graph, inputs, count,
                  hone_op_affine(graph, fold(graph, inputs, count, "add"), 1.0 / count, 0), outputs);
}

#define FOLD(thing) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        (void)layer; \
        return finish(graph, inputs, count, fold(graph, inputs, count, #thing), outputs); \
    }
FOLD(add)
FOLD(subtract)

#define FOLD_EXTREME(thing) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        (void)layer; \
        return fold_extreme(graph, inputs, count, #thing, outputs); \
    }
FOLD_EXTREME(maximum)
FOLD_EXTREME(minimum)

#define MERGE_TYPE(thing, class_name_, most, summary_) \
    const hone_layer_type hone_internal_##thing##_layer = {.type = {.name = #thing, \
                                                                    .class_name = class_name_, \
                                                                    .module = "keras.layers", \
                                                                    .summary = summary_, \
                                                                    HONE_TYPE_FIELDS(hone_add_args)}, \
                                                           .goes_step_by_step = true, \
                                                           .build = build, \
                                                           .call = call_##thing, \
                                                           .inputs_min = 2, \
                                                           .inputs_max = most, \
                                                           .uses_mask = true}; \
    HONE_DEFINE_LAYER(thing)
MERGE_TYPE(add, "Add", HONE_MANY_INPUTS, "The sum of its inputs.")
MERGE_TYPE(subtract, "Subtract", 2, "The first input minus the second.")
MERGE_TYPE(multiply, "Multiply", HONE_MANY_INPUTS, "The product of its inputs, element by element.")
MERGE_TYPE(average, "Average", HONE_MANY_INPUTS, "The mean of its inputs.")
MERGE_TYPE(maximum, "Maximum", HONE_MANY_INPUTS, "The maximum of its inputs, element by element.")
MERGE_TYPE(minimum, "Minimum", HONE_MANY_INPUTS, "The minimum of its inputs, element by element.")
