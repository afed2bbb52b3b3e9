/* The summary: Keras's table. */
#include "base/memory.h"
#include "base/text.h"
#include "graph/stored.h"
#include "model/model.h"
#include "terminal/table.h"
#include "verbs.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_COLUMNS = 5, MARGIN = 4, LINEAR_LENGTH = 88, GRAPH_LENGTH = 108, TRAINABLE_LENGTH = 12 };

/* A summary in the making: cells in an arena. */
typedef struct summary_text {
    hone_arena arena;
    const hone_summary_args *args;
    const char **cells;
    size_t count, capacity;
    bool linear; /* without the column of connections */
    bool failed;
} summary_text;

static void add_cell(summary_text *table, const char *text)
{
    const char *copy = hone_internal_arena_copy_text(&table->arena, text);
    if (copy == NULL ||
        hone_internal_grow(&table->cells, &table->capacity, table->count + 1, sizeof *table->cells) < 0) {
        table->failed = true;
        return;
    }
    table->cells[table->count++] = copy;
}

/* The last call of the layer: its shape is Keras's. An input that nothing reads is not among the model's
 * calls. */
static const hone_call *call_of(const hone_model *model, const hone_layer *layer)
{
    const hone_call *last = hone_internal_model_last_call(model, layer);
    for (int i = 0; i < model->input_count && last == NULL; i++)
        if (model->inputs[i]->call->layer == layer)
            last = model->inputs[i]->call;
    return last;
}

static bool is_linear(const hone_model *model)
{
    if (model->input_count > 1 || model->output_count > 1)
        return false;
    for (int i = 0; i < model->call_count; i++) {
        if (model->calls[i]->input_count > 1 || call_of(model, model->calls[i]->layer) != model->calls[i])
            return false;
        if (i > 0 && model->calls[i]->input_count == 1 &&
            model->calls[i]->inputs[0]->call != model->calls[i - 1])
            return false;
    }
    return true;
}

uint64_t hone_internal_variable_list_numbers(const hone_variable_list *list, bool trainable_only)
{
    uint64_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!trainable_only || list->items[i]->trainable)
            count += hone_internal_stored_count(list->items[i]);
    return count;
}

/* Bytes that they take in a file. */
static uint64_t bytes_of(const hone_variable_list *list, bool trainable_only)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!trainable_only || list->items[i]->trainable)
            bytes += hone_internal_stored_bytes(list->items[i]);
    return bytes;
}

static hone_status layer_numbers(const hone_layer *layer, uint64_t *count)
{
    hone_variable_list list = {0};
    hone_status status = hone_internal_layer_weights(layer, &list);
    *count = hone_internal_variable_list_numbers(&list, false);
    hone_internal_variable_list_free(&list);
    return status;
}

/* "(None, 4)", "[(None, 4), (None, 2)]", or "?" */
static void add_shape(summary_text *table, const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = call_of(model, layer);
    hone_text text = {0};
    char shape[128];
    bool several = call != NULL && call->output_count > 1;
    hone_internal_text_append(&text, call == NULL ? "?" : several ? "[" : "");
    for (int i = 0; call != NULL && i < call->output_count; i++) {
        hone_internal_shape_to_text(call->outputs[i].shape, shape, sizeof shape);
        hone_internal_text_format(&text, "%s%s", i > 0 ? ", " : "", shape);
    }
    hone_internal_text_append(&text, several ? "]" : "");
    table->failed = table->failed || text.failed;
    add_cell(table, text.failed ? "" : text.data);
    hone_internal_text_free(&text);
}

static void add_connections(summary_text *table, const hone_model *model, const hone_layer *layer)
{
    hone_text text = {0};
    const hone_call *call = NULL;
    while ((call = hone_internal_model_next_call(model, layer, call)) != NULL)
        for (int i = 0; i < call->input_count; i++)
            hone_internal_text_format(&text, "%s%s[%d][%d]", text.length > 0 ? ", " : "",
                                      hone_internal_layer_label(call->inputs[i]->call->layer),
                                      call->inputs[i]->call->number, call->inputs[i]->index);
    table->failed = table->failed || text.failed;
    add_cell(table, text.length > 0 ? text.data : "-");
    hone_internal_text_free(&text);
}

static void add_title(summary_text *table, const hone_layer *layer, int level)
{
    const hone_layer_type *type = layer->type; /* Keras prints the name of the Python class */
    char *title = hone_internal_format(
        "%*s%s%s (%s)", 3 * level, "", level > 0 ? "\xe2\x94\x94 " : "", hone_internal_layer_label(layer),
        type->python_class != NULL ? type->python_class : type->type.class_name);
    table->failed = table->failed || title == NULL;
    add_cell(table, title != NULL ? title : "");
    hone_internal_free(title);
}

static bool shows(const hone_model *model, const hone_layer *layer)
{
    return !model->sequential || layer->type != &hone_internal_input_layer;
}

/* A row; then, of an inner model, those of its layers. `level` counts the models around it. */
static void add_layer(summary_text *table, const hone_model *model, const hone_layer *layer, int level)
{
    char numbers[32];
    uint64_t count = 0;
    if (layer_numbers(layer, &count) < 0)
        table->failed = true;
    add_title(table, layer, level);
    add_shape(table, model, layer);
    hone_internal_count_to_text(count, numbers, sizeof numbers);
    add_cell(table, layer->built || layer->type == &hone_internal_input_layer ? numbers : "0 (unbuilt)");
    if (!table->linear && level == 0)
        add_connections(table, model, layer);
    else if (!table->linear)
        add_cell(table, "-");
    if (table->args->show_trainable)
        add_cell(table, count == 0 ? "-" : layer->trainable ? "Y" : "N");
    const hone_model *inner = table->args->expand_nested ? hone_internal_layer_model(layer) : NULL;
    for (size_t i = 0; inner != NULL && i < inner->layer_count; i++)
        if (shows(inner, inner->layers[i]) && !inner->layers[i]->type->is_operation)
            add_layer(table, inner, inner->layers[i], level + 1);
}

static void append(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

/* The columns, and how many there are. */
static size_t fill_columns(const summary_text *table, hone_table_column columns[MOST_COLUMNS])
{
    static const hone_table_column linear[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.45},
                                               {"Output Shape", HONE_TABLE_LEFT, 0.80},
                                               {"Param #", HONE_TABLE_RIGHT, 1.0}};
    static const hone_table_column graph[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.30},
                                              {"Output Shape", HONE_TABLE_LEFT, 0.56},
                                              {"Param #", HONE_TABLE_RIGHT, 0.74},
                                              {"Connected to", HONE_TABLE_LEFT, 1.0}};
    size_t count = table->linear ? 3 : 4;
    memcpy(columns, table->linear ? linear : graph, count * sizeof *columns);
    if (!table->args->show_trainable)
        return count;
    for (size_t i = 0; i < count; i++)
        columns[i].edge *= 0.9;
    columns[count] = (hone_table_column){"Trainable", HONE_TABLE_CENTER, 1.0};
    return count + 1;
}

static size_t line_length(const summary_text *table)
{
    int64_t length =
        (table->linear ? LINEAR_LENGTH : GRAPH_LENGTH) + (table->args->show_trainable ? TRAINABLE_LENGTH : 0);
    int64_t columns = table->args->columns;
    if (table->args->line_length != HONE_NONE_INTEGER)
        return (size_t)table->args->line_length;
    return (size_t)(length < columns - MARGIN ? length : columns > MARGIN ? columns - MARGIN : 1);
}

static hone_status draw_table(summary_text *table, const hone_model *model, hone_text *text)
{
    hone_table_column columns[MOST_COLUMNS];
    size_t count = fill_columns(table, columns);
    for (size_t i = 0; i < model->layer_count; i++)
        if (shows(model, model->layers[i]))
            add_layer(table, model, model->layers[i], 0);
    if (table->failed)
        return HONE_ERROR_MEMORY;
    return hone_internal_table_draw(append, text, columns, count, table->cells, table->count / count,
                                    line_length(table));
}

static void add_count(hone_text *text, const char *what, uint64_t count, uint64_t size)
{
    char numbers[32], bytes[32];
    hone_internal_count_to_text(count, numbers, sizeof numbers);
    hone_internal_bytes_to_text(size, bytes, sizeof bytes);
    hone_internal_text_format(text, " %s: %s (%s)\n", what, numbers, bytes);
}

uint64_t hone_internal_model_optimizer_numbers(const hone_model *model)
{
    const hone_optimizer *optimizer = model->compiled.optimizer;
    if (optimizer == NULL || !hone_internal_optimizer_built(optimizer))
        return 0;
    uint64_t count = optimizer->schedule == NULL ? 2 : 1;
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(optimizer); i++)
        count += (uint64_t)hone_internal_variable_count(hone_internal_optimizer_slot_at(optimizer, i));
    return count;
}

char *hone_summary_with(hone_model *model, const hone_summary_args *said)
{
    hone_summary_args args;
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (hone_internal_args_read(&hone_internal_summary_verb, said, &args) < 0)
        return NULL;
    summary_text table = {.args = &args, .linear = is_linear(model)};
    hone_text text = {0};
    hone_internal_text_format(&text, "Model: \"%s\"\n", hone_model_name(model));
    hone_status status = draw_table(&table, model, &text);
    hone_internal_arena_free(&table.arena);
    hone_internal_free(table.cells);
    uint64_t total = hone_internal_variable_list_numbers(&model->weights, false),
             trainable = hone_internal_variable_list_numbers(&model->weights, true);
    uint64_t of_optimizer = hone_internal_model_optimizer_numbers(model);
    const uint64_t all = bytes_of(&model->weights, false), trained = bytes_of(&model->weights, true),
                   slots = of_optimizer * sizeof(float);
    add_count(&text, "Total params", total + of_optimizer, all + slots);
    add_count(&text, "Trainable params", trainable, trained);
    add_count(&text, "Non-trainable params", total - trainable, all - trained);
    if (of_optimizer > 0)
        add_count(&text, "Optimizer params", of_optimizer, slots);
    if (status >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}
