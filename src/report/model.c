/* The model in a report: its numbers and its layers. */
#include "base/memory.h"
#include "model/model.h"
#include "report/report.h"

#include <stdio.h>

enum { MOST_ROWS = 500 };

static void put_count(hone_text *page, uint64_t count)
{
    char number[32];
    hone_internal_count_to_text(count, number, sizeof number);
    hone_internal_text_append(page, number);
}

static uint64_t count_weights(const hone_variable_list *list, bool trainable_only)
{
    uint64_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!trainable_only || list->items[i]->trainable)
            count += (uint64_t)hone_internal_variable_count(list->items[i]);
    return count;
}

static hone_status put_layer(hone_text *page, const hone_model *model, const hone_layer *layer)
{
    hone_variable_list weights = {.items = NULL};
    const hone_call *found = NULL;
    hone_status status = hone_internal_layer_weights(layer, &weights);
    for (int i = 0; i < model->call_count && found == NULL; i++)
        if (model->calls[i]->layer == layer)
            found = model->calls[i];
    char shape[128] = "?";
    if (found != NULL)
        hone_internal_shape_to_text(found->outputs[0].shape, shape, sizeof shape);
    hone_internal_text_append(page, "<tr><td class=\"name\">");
    hone_internal_page_say(page, hone_internal_layer_label(layer));
    hone_internal_text_append(page, "</td><td class=\"name\">");
    hone_internal_page_say(page, layer->type->type.class_name);
    hone_internal_text_append(page, "</td><td class=\"name\">");
    hone_internal_page_say(page, shape);
    hone_internal_text_append(page, "</td><td>");
    put_count(page, count_weights(&weights, false));
    hone_internal_text_append(page, "</td><td class=\"name\">");
    for (int i = 0; found != NULL && i < found->input_count; i++) {
        hone_internal_text_append(page, i > 0 ? ", " : "");
        hone_internal_page_say(page, hone_internal_layer_label(found->inputs[i]->call->layer));
    }
    hone_internal_text_append(page, "</td></tr>\n");
    hone_internal_variable_list_free(&weights);
    return status;
}

static void say_training(hone_text *page, const hone_model *model)
{
    const hone_optimizer *optimizer = model->compiled.optimizer;
    if (!model->compiled.ready || optimizer == NULL)
        return;
    hone_internal_text_append(page, "<p class=\"soft\">Compiled with the optimizer ");
    hone_internal_page_say(page, optimizer->type->type.name);
    if (hone_internal_config_present(model->compiled.loss)) {
        char *loss = hone_internal_config_is(model->compiled.loss, HONE_CONFIG_TEXT)
                         ? hone_internal_copy_text(hone_internal_config_as_text(model->compiled.loss))
                         : hone_internal_config_to_json(model->compiled.loss, false);
        hone_internal_text_append(page, " and the loss ");
        hone_internal_page_say(page, loss != NULL ? loss : "");
        hone_internal_free(loss);
    }
    hone_internal_text_format(page, "; %lld training steps so far.</p>\n", (long long)optimizer->iterations);
}

hone_status hone_internal_report_model(hone_text *page, hone_model *model)
{
    uint64_t all = count_weights(&model->weights, false), trainable = count_weights(&model->weights, true);
    hone_status status = HONE_OK;
    hone_internal_page_section(page, "Model");
    hone_internal_text_append(page, "<p>");
    hone_internal_page_say(page, hone_model_name(model));
    hone_internal_text_append(page, ": ");
    put_count(page, all);
    hone_internal_text_append(page, " parameters, ");
    put_count(page, trainable);
    hone_internal_text_append(page, " of them trained.</p>\n");
    say_training(page, model);
    hone_internal_text_append(page, "<div class=\"wide\"><table><thead><tr><th class=\"name\">layer</th>"
                                    "<th class=\"name\">type</th><th class=\"name\">output shape</th>"
                                    "<th>parameters</th><th class=\"name\">reads</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < model->layer_count && i < MOST_ROWS && status >= 0; i++)
        status = put_layer(page, model, model->layers[i]);
    hone_internal_text_append(page, "</tbody></table></div>\n");
    if (model->layer_count > MOST_ROWS)
        hone_internal_text_format(page, "<p class=\"soft\">The first %d of %zu layers.</p>\n", MOST_ROWS,
                                  model->layer_count);
    return status;
}
