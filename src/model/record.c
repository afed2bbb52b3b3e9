/* Recording a model: its calls in order, each layer in its own scope. */
#include "base/memory.h"
#include "model/model.h"

#include <string.h>

typedef struct value_of {
    const hone_tensor *tensor;
    hone_value value;
} value_of;

typedef struct value_table {
    value_of *items;
    int count;
} value_table;

static hone_value find_value(const value_table *table, const hone_tensor *tensor)
{
    for (int i = table->count - 1; i >= 0; i--)
        if (table->items[i].tensor == tensor)
            return table->items[i].value;
    return HONE_NO_VALUE;
}

static void note_value(value_table *table, const hone_tensor *tensor, hone_value value)
{
    table->items[table->count++] = (value_of){tensor, value};
}

static hone_status record_call(hone_model *model, hone_graph *graph, const hone_call *call,
                               value_table *table)
{
    hone_value inputs[HONE_MAX_LAYER_INPUTS], outputs[HONE_MAX_OUTPUTS];
    for (int i = 0; i < call->input_count; i++)
        inputs[i] = find_value(table, call->inputs[i]);
    int count = hone_internal_layer_call(call->layer, graph, inputs, call->input_count, outputs,
                                         (uint64_t)call->number, model->seed);
    if (count < 0)
        return (hone_status)count;
    for (int i = 0; i < count; i++)
        note_value(table, &call->outputs[i], outputs[i]);
    return HONE_OK;
}

hone_status hone_internal_model_record(hone_model *model, hone_graph *graph, const hone_value *inputs,
                                       hone_value *outputs)
{
    value_table table = {
        hone_internal_allocate(sizeof(value_of) * (size_t)(model->call_count + 1) * HONE_MAX_OUTPUTS +
                               sizeof(value_of) * HONE_MAX_ENDS),
        0};
    if (table.items == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < model->input_count; i++)
        note_value(&table, model->inputs[i], inputs[i]);
    hone_status status = HONE_OK;
    for (int c = 0; c < model->call_count && status == HONE_OK; c++) {
        const hone_call *call = model->calls[c];
        bool given =
            find_value(&table, &call->outputs[0]) >= 0; /* an input of the model, also an inner tensor */
        if (!given)
            status = record_call(model, graph, call, &table);
    }
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = find_value(&table, model->outputs[i]);
    hone_internal_free(table.items);
    return status;
}
