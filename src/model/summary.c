/* The summary: Keras's table (keras-semantics section 10.4); and the plan of a model as text. */
#include "base/memory.h"
#include "base/table.h"
#include "base/text.h"
#include "model/model.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 4, LINE_LENGTH = 76, GRAPH_LINE_LENGTH = 96 };

/* A summary in the making: cells in an arena. */
typedef struct summary_text {
    hone_arena arena;
    const char **cells;
    size_t count, capacity;
    int columns;
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

static bool is_linear(const hone_model *model)
{
    if (model->input_count > 1 || model->output_count > 1)
        return false;
    for (int i = 0; i < model->call_count; i++) {
        if (model->calls[i]->input_count > 1)
            return false;
        if (i > 0 && model->calls[i]->input_count == 1 &&
            model->calls[i]->inputs[0]->call != model->calls[i - 1])
            return false;
    }
    return true;
}

static uint64_t count_numbers(const hone_variable_list *list, bool trainable_only)
{
    uint64_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!trainable_only || list->items[i]->trainable)
            count += (uint64_t)hone_internal_variable_count(list->items[i]);
    return count;
}

static hone_status layer_numbers(const hone_layer *layer, uint64_t *count)
{
    hone_variable_list list = {0};
    hone_status status = hone_internal_layer_weights(layer, &list);
    *count = count_numbers(&list, false);
    hone_internal_free(list.items);
    return status;
}

static const hone_call *call_of(const hone_model *model, const hone_layer *layer)
{
    for (int i = 0; i < model->call_count; i++)
        if (model->calls[i]->layer == layer)
            return model->calls[i];
    return NULL;
}

static void add_shape(summary_text *table, const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = call_of(model, layer);
    char text[128] = "?";
    if (call != NULL)
        hone_internal_shape_to_text(call->outputs[0].shape, text, sizeof text);
    add_cell(table, text);
}

static void add_connections(summary_text *table, const hone_model *model, const hone_layer *layer)
{
    hone_text text = {0};
    for (int c = 0; c < model->call_count; c++) {
        const hone_call *call = model->calls[c];
        for (int i = 0; call->layer == layer && i < call->input_count; i++)
            hone_internal_text_format(&text, "%s%s[%d][%d]", text.length > 0 ? ", " : "",
                                      hone_internal_layer_label(call->inputs[i]->call->layer),
                                      call->inputs[i]->call->number, call->inputs[i]->index);
    }
    add_cell(table, text.length > 0 ? text.data : "-");
    hone_internal_text_free(&text);
}

static void add_layer(summary_text *table, const hone_model *model, const hone_layer *layer)
{
    char *title =
        hone_internal_format("%s (%s)", hone_internal_layer_label(layer), layer->type->type.class_name);
    char numbers[32];
    uint64_t count = 0;
    if (title == NULL || layer_numbers(layer, &count) < 0)
        table->failed = true;
    add_cell(table, title != NULL ? title : "");
    hone_internal_free(title);
    add_shape(table, model, layer);
    hone_internal_count_to_text(count, numbers, sizeof numbers);
    add_cell(table, layer->built || layer->type == &hone_internal_input_layer ? numbers : "0 (unbuilt)");
    if (table->columns == COLUMNS)
        add_connections(table, model, layer);
}

static void append(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

static hone_status draw_table(summary_text *table, const hone_model *model, hone_text *text)
{
    static const hone_table_column linear[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.45},
                                               {"Output Shape", HONE_TABLE_LEFT, 0.80},
                                               {"Param #", HONE_TABLE_RIGHT, 1.0}};
    static const hone_table_column graph[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.30},
                                              {"Output Shape", HONE_TABLE_LEFT, 0.56},
                                              {"Param #", HONE_TABLE_RIGHT, 0.74},
                                              {"Connected to", HONE_TABLE_LEFT, 1.0}};
    bool is_graph = table->columns == COLUMNS;
    bool hide_input = model->sequential;
    for (size_t i = 0; i < model->layer_count; i++)
        if (!hide_input || model->layers[i]->type != &hone_internal_input_layer)
            add_layer(table, model, model->layers[i]);
    if (table->failed)
        return HONE_ERROR_MEMORY;
    return hone_internal_table_draw(append, text, is_graph ? graph : linear, (size_t)table->columns,
                                    table->cells, table->count / (size_t)table->columns,
                                    is_graph ? GRAPH_LINE_LENGTH : LINE_LENGTH);
}

static void add_count(hone_text *text, const char *what, uint64_t count)
{
    char numbers[32], bytes[32];
    hone_internal_count_to_text(count, numbers, sizeof numbers);
    hone_internal_bytes_to_text(count * sizeof(float), bytes, sizeof bytes);
    hone_internal_text_format(text, " %s: %s (%s)\n", what, numbers, bytes);
}

static uint64_t optimizer_numbers(const hone_model *model)
{
    const hone_optimizer *optimizer = model->compiled.optimizer;
    if (optimizer == NULL || !hone_internal_optimizer_built(optimizer))
        return 0;
    uint64_t count = optimizer->schedule == NULL ? 2 : 1;
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(optimizer); i++)
        count += (uint64_t)hone_internal_variable_count(hone_internal_optimizer_slot_at(optimizer, i));
    return count;
}

char *hone_model_summary(hone_model *model)
{
    if (model == NULL)
        return NULL;
    summary_text table = {.columns = is_linear(model) ? COLUMNS - 1 : COLUMNS};
    hone_text text = {0};
    hone_internal_text_format(&text, "Model: \"%s\"\n", hone_model_name(model));
    hone_status status = draw_table(&table, model, &text);
    hone_internal_arena_free(&table.arena);
    hone_internal_free(table.cells);
    uint64_t total = count_numbers(&model->weights, false), trainable = count_numbers(&model->weights, true);
    uint64_t of_optimizer = optimizer_numbers(model);
    add_count(&text, "Total params", total + of_optimizer);
    add_count(&text, "Trainable params", trainable);
    add_count(&text, "Non-trainable params", total - trainable);
    if (of_optimizer > 0)
        add_count(&text, "Optimizer params", of_optimizer);
    if (status >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}

/* Shapes of arrays as a data set of one batch would have them; axes that are open get a size for the sake of
 * the plan. */
static hone_status plan_arrays(const hone_model *model, int64_t batch, hone_batch *arrays)
{
    for (int i = 0; i < model->input_count; i++) {
        hone_shape shape = model->inputs[i]->shape;
        arrays->x[i] = (hone_array){.type = HONE_FLOAT32, .rank = shape.rank};
        memcpy(arrays->x[i].shape, shape.size, sizeof shape.size);
        arrays->x[i].shape[0] = batch;
        for (int axis = 1; axis < shape.rank; axis++)
            if (shape.size[axis] == HONE_ANY)
                return hone_fail(HONE_ERROR_SHAPE,
                                 "the input \"%s\" has an open size on axis %d: the plan depends on the data",
                                 hone_model_input_name(model, i), axis);
    }
    for (int i = 0, target = 0; i < model->output_count; i++) {
        const hone_loss *loss = model->compiled.outputs[i].loss;
        if (loss == NULL)
            continue;
        hone_shape shape = model->outputs[i]->shape;
        int rank = shape.rank - (loss->type->class_ids ? 1 : 0);
        arrays->y[target] = (hone_array){.type = HONE_FLOAT32, .rank = rank};
        memcpy(arrays->y[target].shape, shape.size, sizeof shape.size);
        for (int axis = 0; axis < rank; axis++)
            if (arrays->y[target].shape[axis] == HONE_ANY)
                arrays->y[target].shape[axis] = axis == 0 ? batch : 1;
        target++;
    }
    return HONE_OK;
}

char *hone_model_plan(hone_model *model, int64_t batch_size, bool training)
{
    hone_batch arrays = {0};
    hone_text text = {0};
    if (model == NULL || hone_internal_model_need_built(model, "plan") < 0 ||
        plan_arrays(model, batch_size, &arrays) < 0)
        return NULL;
    training = training && model->compiled.ready;
    if (training && hone_internal_model_make_slots(model) < 0)
        return NULL;
    hone_pass *pass = hone_internal_model_pass(model, training ? HONE_MODE_TRAIN : HONE_MODE_PREDICT, NULL,
                                               batch_size, false, &arrays);
    if (pass == NULL)
        return NULL;
    hone_internal_text_format(&text, "Plan of \"%s\" for a batch of %" PRId64 ", %s\n\n",
                              hone_model_name(model), batch_size, training ? "training" : "prediction");
    hone_internal_plan_print(pass->plan, &text);
    char bytes[32];
    hone_internal_bytes_to_text(count_numbers(&model->weights, false) * sizeof(float), bytes, sizeof bytes);
    hone_internal_text_format(&text, "Weights: %s", bytes);
    hone_internal_bytes_to_text(optimizer_numbers(model) * sizeof(float), bytes, sizeof bytes);
    hone_internal_text_format(&text, "; optimizer: %s\n", bytes);
    return hone_internal_text_take(&text);
}
