/* Recording a model: its calls in order, each layer in its own scope. */
#include "base/memory.h"
#include "base/pointers.h"
#include "model/model.h"
#include "model/whole.h"
#include "ops/ops.h"

#include <string.h>

/* The values of tensors so far. */
typedef hone_pointers value_table;

static hone_value find_value(const value_table *table, const hone_tensor *tensor)
{
    size_t value;
    return hone_internal_pointers_get(table, tensor, &value) ? (hone_value)value : HONE_NO_VALUE;
}

static hone_status note_value(value_table *table, const hone_tensor *tensor, hone_value value)
{
    return value < 0 ? hone_error_status()
                     : (hone_status)hone_internal_pointers_put(table, tensor, (size_t)value);
}

/* The tensors among a call's arguments, as values. */
static hone_given_value *given_values(hone_graph *graph, const hone_call *call, const value_table *table)
{
    int count = call->input_count - call->plain_count;
    hone_given_value *values =
        hone_internal_arena_allocate(&graph->arena, sizeof *values * (size_t)(count + 1));
    for (int i = 0; values != NULL && i < count; i++)
        values[i] = (hone_given_value){call->roles[i].field->name, call->roles[i].place,
                                       find_value(table, call->inputs[call->plain_count + i])};
    return values;
}

/* Where steps come in pieces, as many come out as go in. */
static hone_status check_step(const hone_graph *graph, const hone_call *call, const hone_value *outputs,
                              int count)
{
    for (int i = 0; graph->kept != NULL && i < count; i++)
        if (hone_value_shape(graph, outputs[i]).rank > 2 &&
            hone_value_size(graph, outputs[i], 1) != graph->kept->steps)
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: gives %lld steps for %lld",
                             hone_internal_layer_label(call->layer),
                             (long long)hone_value_size(graph, outputs[i], 1), (long long)graph->kept->steps);
    return HONE_OK;
}

static hone_status record_call(hone_model *model, hone_graph *graph, const hone_call *call,
                               value_table *table)
{
    hone_value *inputs = hone_internal_arena_allocate(&graph->arena,
                                                      sizeof *inputs * (size_t)(call->plain_count + 1)),
               *outputs = hone_internal_arena_allocate(&graph->arena,
                                                       sizeof *outputs * (size_t)(call->output_count + 1));
    hone_given given = {call->args, given_values(graph, call, table), call->input_count - call->plain_count};
    if (inputs == NULL || outputs == NULL || given.values == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < call->plain_count; i++)
        inputs[i] = find_value(table, call->inputs[i]);
    HONE_TRY(hone_internal_whole_operands(graph, call, inputs));
    int count = hone_internal_layer_call(call->layer, graph, inputs, call->plain_count, &given, outputs,
                                         (uint64_t)call->number, model->seed);
    if (count < 0)
        return (hone_status)count;
    HONE_TRY(check_step(graph, call, outputs, count));
    for (int i = 0; i < count; i++)
        HONE_TRY(
            note_value(table, &call->outputs[i], hone_internal_whole_result(graph, call, i, outputs[i])));
    return HONE_OK;
}

/* A truth value is 1 whatever other number says it. */
static hone_value as_input(hone_graph *graph, const hone_tensor *tensor, hone_value value)
{
    const hone_layer *layer = tensor->call->layer;
    if (layer->type != &hone_internal_input_layer)
        return value;
    const hone_input_args *args = hone_layer_args(layer);
    return args->dtype != NULL && strcmp(args->dtype, "bool") == 0
               ? hone_op_unary(graph, "not_equal_scalar", value, (hone_parameters){0})
               : value;
}

/* A layer over texts, or an input that only such layers take. */
static bool is_before(const hone_model *model, const hone_call *call)
{
    return call->layer->type->transform != NULL || (model->prepared && call->input_count == 0);
}

hone_status hone_internal_model_record(hone_model *model, hone_graph *graph, const hone_value *inputs,
                                       hone_value *outputs)
{
    value_table table = {.count = 0};
    hone_status status = HONE_OK;
    for (int i = 0; i < model->fed_count && status == HONE_OK; i++)
        status = note_value(&table, model->fed[i], as_input(graph, model->fed[i], inputs[i]));
    for (int c = 0; c < model->call_count && status == HONE_OK; c++) {
        const hone_call *call = model->calls[c];
        bool given =
            find_value(&table, &call->outputs[0]) >= 0; /* an input of the model, also an inner tensor */
        if (!given && !is_before(model, call))
            status = record_call(model, graph, call, &table);
    }
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = find_value(&table, model->outputs[i]);
    hone_internal_pointers_free(&table);
    return status;
}
