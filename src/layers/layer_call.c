/* What happens around a layer's own call: masks, the activity regularizer, the dtype policy; shapes of
 * outputs. */
#include "base/bfloat16.h"
#include "base/half.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "layers/layer.h"
#include "ops/ops.h"

#include <string.h>

hone_status hone_layer_add_loss(hone_layer *layer, hone_graph *graph, hone_value loss)
{
    (void)layer;
    if (loss < 0)
        return hone_error_status();
    graph->penalty = graph->penalty < 0 ? loss : hone_op_add(graph, graph->penalty, loss);
    return graph->penalty < 0 ? hone_error_status() : HONE_OK;
}

/* penalty(output) / batch size, in training and evaluation alike. */
static hone_status add_activity_penalty(hone_layer *layer, hone_graph *graph, hone_value output)
{
    const char *const *spec = hone_internal_layer_argument(layer, "activity_regularizer");
    if (spec == NULL || hone_internal_spec_is_none(*spec) || graph->symbolic ||
        layer->type->regularizes_inside)
        return HONE_OK;
    hone_value penalty = hone_internal_regularizer_apply(graph, *spec, output);
    int64_t batch = hone_value_size(graph, output, 0);
    return hone_layer_add_loss(layer, graph,
                               hone_op_affine(graph, penalty, 1.0 / (double)(batch > 0 ? batch : 1), 0));
}

/* Another value with the same numbers. */
static hone_value same_numbers(hone_graph *graph, hone_value x)
{
    return hone_value_shape(graph, x).rank < HONE_MAX_RANK
               ? hone_op_squeeze(graph, hone_op_expand(graph, x, 0), 0)
               : hone_op_affine(graph, x, 1, 0);
}

/* Sees to an output's mask: passed on, left as the call set it, or stopped, also when the output is the input
 * itself. */
static hone_value finish_mask(const hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                              hone_value output)
{
    bool made_here = true, passes = layer->type->passes_mask, stops = !passes && !layer->type->uses_mask;
    for (int i = 0; i < count; i++)
        made_here = made_here && output != inputs[i];
    if (stops && !made_here && hone_value_mask(graph, output) >= 0)
        return same_numbers(graph, output);
    if (stops && made_here)
        hone_value_set_mask(graph, output, HONE_NO_VALUE);
    if (passes && made_here && count > 0 && hone_value_mask(graph, output) < 0)
        hone_value_set_mask(graph, output, hone_value_mask(graph, inputs[0]));
    return output;
}

/* A value rounded to numbers of two bytes, with its mask. */
static hone_value in_half(hone_graph *graph, hone_half half, hone_value x)
{
    hone_value rounded = hone_internal_round_half(graph, half, x);
    if (rounded >= 0 && rounded != x)
        hone_value_set_mask(graph, rounded, hone_value_mask(graph, x));
    return rounded;
}

hone_value hone_internal_layer_round(hone_graph *graph, hone_value x)
{
    return hone_internal_round_half(graph, graph->half, x);
}

double hone_internal_layer_round_number(const hone_graph *graph, double number)
{
    return graph->half == HONE_HALF_BFLOAT16  ? (double)hone_internal_round_bfloat16((float)number)
           : graph->half == HONE_HALF_FLOAT16 ? (double)hone_internal_round_float16((float)number)
                                              : number;
}

/* The policies of numbers of two bytes: what comes in and goes out is rounded, and so are the
 * operands of products; weights and all that is between stay floats. Ids are not numbers to be rounded. */
static int call_in_half(hone_layer *layer, hone_graph *graph, hone_half half, const hone_value *inputs,
                        int count, hone_value *outputs)
{
    hone_value *rounded = hone_internal_arena_allocate(&graph->arena, sizeof *rounded * (size_t)(count + 1));
    const hone_half before = graph->half;
    if (rounded == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        if ((rounded[i] = layer->type->takes_ids ? inputs[i] : in_half(graph, half, inputs[i])) < 0)
            return hone_error_status();
    graph->half = half;
    int output_count = layer->type->call(layer, graph, rounded, count, outputs);
    graph->half = before;
    for (int i = 0; i < output_count; i++)
        outputs[i] = in_half(graph, half, outputs[i]);
    return output_count;
}

/* The argument `mask` of a call takes the place of the masks that came with the inputs. NULL: there is none.
 */
static const hone_value *replace_masks(hone_graph *graph, const hone_value *inputs, int count)
{
    hone_value *masked = hone_internal_arena_allocate(&graph->arena, sizeof *masked * (size_t)(count + 1));
    for (int i = 0; masked != NULL && i < count; i++) {
        hone_value mask = hone_call_value(graph, "mask", i);
        masked[i] = mask < 0 ? inputs[i] : same_numbers(graph, inputs[i]);
        if (mask >= 0)
            hone_value_set_mask(graph, masked[i], mask);
    }
    return masked;
}

static bool has_mask(const hone_given *given)
{
    for (int i = 0; i < given->count; i++)
        if (strcmp(given->values[i].name, "mask") == 0)
            return true;
    return false;
}

/* A layer over texts computes before the graph does, which has the shape of what comes out. */
static int call_transformed(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    hone_shape *shapes = hone_internal_arena_allocate(&graph->arena, sizeof *shapes * (size_t)(count + 1)),
               shape;
    if (shapes == NULL)
        return HONE_ERROR_MEMORY;
    if (!graph->symbolic)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "texts and integers come from inputs of the outermost model alone");
    for (int i = 0; i < count; i++)
        shapes[i] = hone_value_shape(graph, inputs[i]);
    HONE_TRY(layer->type->transformed(layer, shapes, count, &shape));
    outputs[0] = hone_internal_graph_input(graph, shape, NULL);
    return outputs[0] < 0 ? hone_error_status() : 1;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_half half = graph->whole ? HONE_HALF_NONE : hone_internal_layer_half(layer);
    if (layer->type->transform != NULL)
        return call_transformed(layer, graph, inputs, count, outputs);
    if (has_mask(graph->given) && (inputs = replace_masks(graph, inputs, count)) == NULL)
        return HONE_ERROR_MEMORY;
    int output_count = half != HONE_HALF_NONE ? call_in_half(layer, graph, half, inputs, count, outputs)
                                              : layer->type->call(layer, graph, inputs, count, outputs);
    for (int i = 0; i < output_count; i++) {
        if (outputs[i] >= 0)
            outputs[i] = finish_mask(layer, graph, inputs, count, outputs[i]);
        if (outputs[i] < 0)
            return hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_STATE;
        HONE_TRY(add_activity_penalty(layer, graph, outputs[i]));
    }
    return output_count;
}

HONE_FIELD_TABLE_NAMED(hone_mask_call, HONE_MASK_CALL_FIELDS, mask_fields, no_mask);
const hone_type hone_internal_mask_call = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(hone_mask_call, mask_fields, no_mask)};

const void *hone_call_args(const hone_graph *graph)
{
    return graph->given == NULL ? NULL : graph->given->args;
}

hone_value hone_call_value(const hone_graph *graph, const char *name, int place)
{
    for (int i = 0; graph->given != NULL && i < graph->given->count; i++)
        if (strcmp(graph->given->values[i].name, name) == 0 && graph->given->values[i].place == place)
            return graph->given->values[i].value;
    return HONE_NO_VALUE;
}

int hone_internal_layer_most_outputs(const hone_layer *layer)
{
    return layer->type->outputs_max == NULL ? HONE_MAX_OUTPUTS : layer->type->outputs_max(layer);
}

int hone_internal_layer_call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                             const hone_given *given, hone_value *outputs, uint64_t number, uint64_t seed)
{
    hone_given now = given != NULL ? *given : (hone_given){0};
    const hone_given *before = graph->given;
    if (now.args == NULL && layer->type->call_fields != NULL)
        now.args = layer->type->call_fields->defaults;
    const int64_t *own_seed = hone_internal_layer_argument(layer, "seed");
    if (own_seed != NULL && *own_seed != HONE_NONE_INTEGER)
        seed = (uint64_t)*own_seed * 2 + 1;
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_graph_scope previous =
        hone_internal_graph_enter(graph, hone_internal_layer_label(layer), number, seed);
    graph->given = &now;
    int output_count = call(layer, graph, inputs, count, outputs);
    graph->given = before;
    if (layer == graph->watched && output_count > 0)
        graph->seen = outputs[0];
    hone_internal_graph_leave(graph, previous);
    hone_internal_error_pop();
    return output_count;
}

hone_value hone_internal_layer_through(hone_layer *inner, hone_graph *graph, const hone_value *inputs,
                                       int count, const hone_given *given)
{
    hone_value outputs[HONE_MAX_OUTPUTS] = {HONE_NO_VALUE};
    int found =
        hone_internal_layer_call(inner, graph, inputs, count, given, outputs, graph->scope_call, graph->seed);
    return found == 1 ? outputs[0] : HONE_NO_VALUE;
}

/* The values of a call on symbolic inputs: those of `given`, whose values are places in `shapes`, follow. */
static hone_given_value *symbolic_values(hone_graph *graph, const hone_shape *shapes, const hone_given *given)
{
    hone_given_value *values =
        hone_internal_arena_allocate(&graph->arena, sizeof *values * (size_t)(given->count + 1));
    for (int i = 0; values != NULL && i < given->count; i++) {
        values[i] = given->values[i];
        values[i].value = hone_internal_graph_input(graph, shapes[given->values[i].value], NULL);
    }
    return values;
}

static int call_symbolically(hone_layer *layer, hone_graph *graph, const hone_shape *shapes, int count,
                             const hone_given *given, hone_shape *outputs)
{
    size_t room = (size_t)hone_internal_layer_most_outputs(layer);
    hone_value *values = hone_internal_arena_allocate(&graph->arena, sizeof *values * (size_t)(count + 1)),
               *results = hone_internal_arena_allocate(&graph->arena, sizeof *results * (room + 1));
    hone_given now = given != NULL ? *given : (hone_given){0};
    if (values == NULL || results == NULL || (now.values = symbolic_values(graph, shapes, &now)) == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        if ((values[i] = hone_internal_graph_input(graph, shapes[i], NULL)) < 0)
            return hone_error_status();
    int output_count = hone_internal_layer_call(layer, graph, values, count, &now, results, 0, 0);
    for (int i = 0; i < output_count; i++)
        outputs[i] = hone_value_shape(graph, results[i]);
    return output_count;
}

int hone_internal_layer_output_shapes(hone_layer *layer, const hone_shape *shapes, int count,
                                      const hone_given *given, hone_shape *outputs)
{
    hone_graph *graph = hone_internal_graph_create(false, true);
    if (graph == NULL)
        return HONE_ERROR_MEMORY;
    int output_count = call_symbolically(layer, graph, shapes, count, given, outputs);
    hone_internal_graph_free(graph);
    return output_count;
}
