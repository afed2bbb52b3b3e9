/* bidirectional: a recurrent layer forwards and a copy of it backwards, whose outputs are turned round in
 * time and merged: concat (along the last axis), sum, mul, ave, or none (both). */
#include "layers/recurrent.h"
#include "base/memory.h"

#include <string.h>

HONE_FIELD_TABLE(hone_bidirectional_args, HONE_BIDIRECTIONAL_FIELDS);

enum { DIRECTIONS = 2 };

static hone_layer *direction(const hone_layer *layer, int index)
{
    const hone_bidirectional_args *args = hone_layer_args(layer);
    hone_layer *found = index == 0 ? args->layer : args->backward_layer;
    return hone_internal_object_given(found) ? found : NULL;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = index == 0 ? "forward_layer" : "backward_layer";
    return index < DIRECTIONS ? direction(layer, index) : NULL;
}

/* ---- the two layers, as Keras makes them from the one ---- */

static bool *flag_of(const hone_type *type, void *args, const char *name)
{
    const hone_field *field = hone_internal_fields_find(type, name);
    return field == NULL || field->kind != HONE_FIELD_BOOLEAN ? NULL : (bool *)((char *)args + field->offset);
}

static bool flag(const hone_layer *layer, const char *name)
{
    const bool *value = flag_of(&layer->type->type, layer->args, name);
    return value != NULL && *value;
}

static bool is_recurrent(const hone_layer *layer)
{
    return flag_of(&layer->type->type, layer->args, "go_backwards") != NULL &&
           flag_of(&layer->type->type, layer->args, "return_sequences") != NULL;
}

/* "forward_lstm", from "lstm" or "forward_lstm". */
static char *name_for(const hone_layer *layer, const char *prefix)
{
    const char *label = hone_internal_layer_label(layer);
    size_t length = strlen(prefix);
    return hone_internal_format("%s%s", prefix, strncmp(label, prefix, length) == 0 ? label + length : label);
}

/* A layer of the same arguments; `turned`: that goes backwards. */
static hone_layer *copy_of(const hone_layer *layer, const char *prefix, bool turned)
{
    const hone_type *type = &layer->type->type;
    void *args = hone_internal_fields_copy(type, layer->args);
    char *name = args == NULL ? NULL : name_for(layer, prefix);
    hone_layer *copy = NULL;
    if (name != NULL && hone_internal_fields_set_text(type, args, "name", name) >= 0) {
        bool *backwards = flag_of(type, args, "go_backwards");
        *backwards = *backwards || turned;
        copy = hone_layer_create(layer->type, args);
    }
    hone_internal_free(name);
    if (args != NULL)
        hone_internal_fields_free(type, args);
    return copy;
}

static void replace(hone_layer **place, hone_layer *layer)
{
    if (hone_internal_object_given(*place))
        hone_layer_free(*place);
    *place = layer;
}

/* Steps that a mask hides give 0 where all steps are given. */
static void clear_masked(hone_layer *layer)
{
    bool *zero = flag_of(&layer->type->type, layer->args, "zero_output_for_mask");
    if (zero != NULL)
        *zero = flag(layer, "return_sequences");
}

static hone_status make_directions(hone_layer *layer)
{
    hone_bidirectional_args *args = layer->args;
    if (!is_recurrent(args->layer))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "the layer \"%s\" is not recurrent: give a simple_rnn, an lstm or a gru",
                         hone_internal_layer_label(args->layer));
    if (!hone_internal_object_given(args->backward_layer)) {
        hone_layer *backward = copy_of(args->layer, "backward_", true);
        if (backward == NULL)
            return hone_error_status();
        replace(&args->backward_layer, backward);
    } else if (!is_recurrent(args->backward_layer)) {
        return hone_fail(HONE_ERROR_ARGUMENT, "the layer \"%s\" is not recurrent",
                         hone_internal_layer_label(args->backward_layer));
    }
    hone_layer *forward = copy_of(args->layer, "forward_", false);
    if (forward == NULL)
        return hone_error_status();
    replace(&args->layer, forward);
    clear_masked(args->layer);
    clear_masked(args->backward_layer);
    return HONE_OK;
}

static hone_status check_directions(const hone_layer *forward, const hone_layer *backward)
{
    static const char *const common[] = {"stateful", "return_sequences", "return_state"};
    if (flag(forward, "go_backwards") == flag(backward, "go_backwards"))
        return hone_fail(HONE_ERROR_ARGUMENT, "both layers go %s: one must have go_backwards, the other not",
                         flag(forward, "go_backwards") ? "backwards" : "forwards");
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (flag(forward, common[i]) != flag(backward, common[i]))
            return hone_fail(HONE_ERROR_ARGUMENT, "%s is %s in layer, but %s in backward_layer", common[i],
                             flag(forward, common[i]) ? "true" : "false",
                             flag(backward, common[i]) ? "true" : "false");
    return HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    HONE_TRY(make_directions(layer));
    HONE_TRY(check_directions(direction(layer, 0), direction(layer, 1)));
    for (int i = 0; i < DIRECTIONS; i++) {
        hone_internal_layer_limit(direction(layer, i), layer->allowance);
        HONE_TRY(hone_internal_layer_build(direction(layer, i), inputs, 1));
        if (!hone_layer_trainable(layer))
            hone_internal_layer_set_trainable(direction(layer, i), false);
    }
    return HONE_OK;
}

/* ---- the call ---- */

enum { STATES = 2 * HONE_WALK_STATES };

/* Its half of the states at the start. */
static int states_for(const hone_graph *graph, int index, hone_given_value *states)
{
    hone_value given[STATES];
    int total = 0, count = 0;
    while (total < STATES && (given[total] = hone_call_value(graph, "initial_state", total)) >= 0)
        total++;
    for (int i = index * (total / 2); i < (index == 0 ? total / 2 : total); i++, count++)
        states[count] = (hone_given_value){"initial_state", count, given[i]};
    return count;
}

static hone_value merge(hone_graph *graph, const char *mode, hone_value x, hone_value y)
{
    if (strcmp(mode, "concat") == 0)
        return hone_op_concatenate(graph, (hone_value[]){x, y}, 2, -1);
    if (strcmp(mode, "mul") == 0)
        return hone_op_multiply(graph, x, y);
    hone_value sum = hone_op_add(graph, x, y);
    return strcmp(mode, "ave") == 0 ? hone_op_affine(graph, sum, 0.5, 0) : sum;
}

/* What a direction gives: its number of outputs, or a status. */
static int call_direction(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int index,
                          hone_value *outputs)
{
    hone_given_value values[STATES + 1];
    hone_given given = {.values = values, .count = states_for(graph, index, values)};
    const hone_value mask = hone_call_value(graph, "mask", 0);
    if (mask >= 0)
        values[given.count++] = (hone_given_value){"mask", 0, mask};
    int count = hone_internal_layer_call(direction(layer, index), graph, inputs, 1, &given, outputs,
                                         graph->scope_call, graph->seed);
    if (count > 0 && index == 1 && flag(direction(layer, 1), "return_sequences"))
        outputs[0] = hone_op_reverse(graph, outputs[0], 1);
    return count;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_bidirectional_args *args = hone_layer_args(layer);
    hone_value forward[1 + HONE_WALK_STATES], backward[1 + HONE_WALK_STATES];
    int ahead = call_direction(layer, graph, inputs, 0, forward),
        back = ahead < 0 ? ahead : call_direction(layer, graph, inputs, 1, backward), next = 0;
    if (back < 0)
        return back;
    if (args->merge_mode != NULL) {
        outputs[next++] = merge(graph, args->merge_mode, forward[0], backward[0]);
    } else {
        outputs[next++] = forward[0];
        outputs[next++] = backward[0];
    }
    for (int i = 0; layer->masks_as_before && i < next; i++)
        if (flag(direction(layer, 0), "return_sequences") && outputs[i] >= 0)
            hone_value_set_mask(graph, outputs[i], hone_value_mask(graph, inputs[0]));
    for (int i = 1; i < ahead; i++)
        outputs[next++] = forward[i];
    for (int i = 1; i < back; i++)
        outputs[next++] = backward[i];
    return next;
}

static int outputs_max(const hone_layer *layer)
{
    (void)layer;
    return 2 + 2 * HONE_WALK_STATES;
}

const hone_layer_type hone_internal_bidirectional_layer = {
    .type = {.name = "bidirectional",
             .class_name = "Bidirectional",
             .module = "keras.layers",
             .summary = "Wraps a recurrent layer and runs it over a sequence in both directions.",
             HONE_TYPE_FIELDS(hone_bidirectional_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_recurrent_call_fields,
    .uses_mask = true,
    .outputs_max = outputs_max,
    .inner = inner,
};
HONE_DEFINE_LAYER(bidirectional)
