/* Which boxes and arrows a model has: those of Keras's model_to_dot. */
#include "diagram/diagram.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BOXES = 5000 };

void hone_internal_diagram_free(hone_diagram *diagram)
{
    hone_internal_arena_free(&diagram->arena);
    hone_internal_free(diagram->boxes);
    hone_internal_free(diagram->frames);
    hone_internal_free(diagram->arrows);
    *diagram = (hone_diagram){.boxes = NULL};
}

/* ---- what a box says ---- */

/* "relu"; Keras says "linear" where there is none. NULL: the layer has no activation. */
static hone_status find_activation(hone_diagram *diagram, const hone_layer *layer, const char **activation)
{
    const hone_field *field = hone_internal_fields_find(&layer->type->type, "activation");
    *activation = NULL;
    if (field == NULL || field->kind != HONE_FIELD_ACTIVATION)
        return HONE_OK;
    const char *text = *(char *const *)((const char *)layer->args + field->offset);
    char name[64];
    snprintf(name, sizeof name, "%.*s", text != NULL ? (int)strcspn(text, "(") : 6,
             text != NULL ? text : "linear");
    *activation = hone_internal_arena_copy_text(&diagram->arena, name);
    return *activation == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* "(None, 4)", "[(None, 4), (None, 2)]" */
static const char *shapes_text(hone_diagram *diagram, const hone_shape *shapes, int count)
{
    hone_text text = {0};
    char shape[128];
    for (int i = 0; i < count; i++) {
        hone_internal_shape_to_text(shapes[i], shape, sizeof shape);
        hone_internal_text_format(&text, "%s%s%s",
                                  i == 0 && count > 1 ? "["
                                  : i > 0             ? ", "
                                                      : "",
                                  shape, i == count - 1 && count > 1 ? "]" : "");
    }
    const char *copy =
        text.failed ? NULL : hone_internal_arena_copy_text(&diagram->arena, count > 0 ? text.data : "?");
    hone_internal_text_free(&text);
    return copy;
}

/* The shapes of a layer are those of its first use. */
static hone_status fill_shapes(hone_diagram *diagram, hone_diagram_box *box, const hone_model *model)
{
    const hone_call *call = hone_internal_model_next_call(model, box->layer, NULL);
    int input_count = call != NULL ? call->input_count : 0,
        output_count = call != NULL ? call->output_count : 0;
    size_t room = (size_t)(input_count + output_count + 1);
    hone_shape *inputs = hone_internal_arena_allocate(&diagram->arena, room * sizeof *inputs),
               *outputs = inputs + input_count;
    if (inputs == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < input_count; i++)
        inputs[i] = call->inputs[i]->shape;
    for (int i = 0; i < output_count; i++)
        outputs[i] = call->outputs[i].shape;
    box->output = shapes_text(diagram, outputs, output_count);
    if (box->layer->type != &hone_internal_input_layer)
        box->input = shapes_text(diagram, inputs, input_count);
    return box->output == NULL || (box->layer->type != &hone_internal_input_layer && box->input == NULL)
               ? HONE_ERROR_MEMORY
               : HONE_OK;
}

static hone_status has_weights(const hone_layer *layer, bool *yes)
{
    hone_variable_list list = {.items = NULL};
    hone_status status = hone_internal_layer_weights(layer, &list);
    *yes = list.count > 0;
    hone_internal_variable_list_free(&list);
    return status;
}

static hone_status add_box(hone_diagram *diagram, const hone_model *model, const hone_layer *layer, int frame,
                           const hone_plot_model_args *args)
{
    hone_diagram_box box = {.layer = layer,
                            .name = args->show_layer_names ? hone_internal_layer_label(layer) : NULL,
                            .class_name = layer->type->type.class_name,
                            .trainable = -1,
                            .frame = frame};
    bool weights = false;
    if (diagram->box_count == MOST_BOXES)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "a diagram of more than %d layers", MOST_BOXES);
    if (args->show_layer_activations)
        HONE_TRY(find_activation(diagram, layer, &box.activation));
    if (args->show_shapes)
        HONE_TRY(fill_shapes(diagram, &box, model));
    if (args->show_trainable)
        HONE_TRY(has_weights(layer, &weights));
    if (weights)
        box.trainable = layer->trainable;
    HONE_TRY(hone_internal_grow(&diagram->boxes, &diagram->box_capacity, diagram->box_count + 1, sizeof box));
    diagram->boxes[diagram->box_count++] = box;
    return HONE_OK;
}

static bool shows(const hone_model *model, const hone_layer *layer)
{
    return !model->sequential || layer->type != &hone_internal_input_layer;
}

static hone_status add_boxes(hone_diagram *diagram, const hone_model *model, int frame,
                             const hone_plot_model_args *args)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_layer *layer = model->layers[i];
        const hone_model *inner = args->expand_nested ? hone_internal_layer_model(layer) : NULL;
        if (inner != NULL) {
            HONE_TRY(hone_internal_grow(&diagram->frames, &diagram->frame_capacity, diagram->frame_count + 1,
                                        sizeof *diagram->frames));
            int own = (int)diagram->frame_count++;
            diagram->frames[own] = (hone_diagram_frame){hone_internal_layer_label(layer), frame};
            HONE_TRY(add_boxes(diagram, inner, own, args));
        } else if (shows(model, layer)) {
            HONE_TRY(add_box(diagram, model, layer, frame, args));
        }
    }
    return HONE_OK;
}

/* ---- arrows ---- */

static size_t find_box(const hone_diagram *diagram, const hone_layer *layer)
{
    size_t i = 0;
    while (i < diagram->box_count && diagram->boxes[i].layer != layer)
        i++;
    return i;
}

static const hone_layer *source_of(const hone_tensor *tensor, bool expand)
{
    const hone_model *inner = NULL;
    while (expand && (inner = hone_internal_layer_model(tensor->call->layer)) != NULL)
        tensor = inner->outputs[tensor->index];
    return tensor->call->layer;
}

/* Into an inner model: its input layer, or the first box of a sequential one. */
static const hone_layer *destination_of(const hone_layer *layer, int input, bool expand)
{
    const hone_model *inner = NULL;
    while (expand && (inner = hone_internal_layer_model(layer)) != NULL) {
        size_t first = 0;
        while (first + 1 < inner->layer_count && !shows(inner, inner->layers[first]))
            first++;
        layer = inner->sequential ? inner->layers[first] : inner->inputs[input]->call->layer;
    }
    return layer;
}

static hone_status add_arrow(hone_diagram *diagram, const hone_layer *source, const hone_layer *destination)
{
    hone_arrow arrow = {.from = find_box(diagram, source), .to = find_box(diagram, destination)};
    if (arrow.from == diagram->box_count || arrow.to == diagram->box_count)
        return HONE_OK;
    for (size_t i = 0; i < diagram->arrow_count; i++)
        if (diagram->arrows[i].from == arrow.from && diagram->arrows[i].to == arrow.to)
            return HONE_OK;
    HONE_TRY(hone_internal_grow(&diagram->arrows, &diagram->arrow_capacity, diagram->arrow_count + 1,
                                sizeof arrow));
    diagram->arrows[diagram->arrow_count++] = arrow;
    return HONE_OK;
}

static hone_status add_arrows(hone_diagram *diagram, const hone_model *model, bool expand)
{
    for (int c = 0; c < model->call_count; c++) {
        const hone_call *call = model->calls[c];
        const hone_model *inner = expand ? hone_internal_layer_model(call->layer) : NULL;
        for (int i = 0; i < call->input_count; i++)
            HONE_TRY(add_arrow(diagram, source_of(call->inputs[i], expand),
                               destination_of(call->layer, i, expand)));
        if (inner != NULL && call->number == 0)
            HONE_TRY(add_arrows(diagram, inner, expand));
    }
    return HONE_OK;
}

hone_status hone_internal_diagram_make(hone_diagram *diagram, const hone_model *model,
                                       const hone_plot_model_args *args)
{
    HONE_TRY(hone_internal_model_need_built(model, "a picture"));
    HONE_TRY(add_boxes(diagram, model, -1, args));
    return add_arrows(diagram, model, args->expand_nested);
}

/* ---- .dot ---- */

static void say(hone_text *text, const char *words)
{
    for (; *words != '\0'; words++)
        if (*words == '&')
            hone_internal_text_append(text, "&amp;");
        else if (*words == '<')
            hone_internal_text_append(text, "&lt;");
        else if (*words == '>')
            hone_internal_text_append(text, "&gt;");
        else
            hone_internal_text_append_n(text, words, 1);
}

static void put_cell(hone_text *text, const char *label, const char *words)
{
    hone_internal_text_format(text, "<td bgcolor=\"white\"><font point-size=\"14\">%s: <b>", label);
    say(text, words);
    hone_internal_text_append(text, "</b></font></td>");
}

/* Keras's table of a layer, in HTML as Graphviz has it. */
static void put_label(hone_text *text, const hone_diagram_box *box, const hone_plot_model_args *args)
{
    int columns = (args->show_trainable ? 1 : 0) + (args->show_shapes ? 2 : 0);
    columns = columns > 0 ? columns : 1;
    hone_internal_text_format(
        text,
        "<<table border=\"0\" cellborder=\"1\" bgcolor=\"black\" cellpadding=\"10\">"
        "<tr><td colspan=\"%d\" bgcolor=\"black\"><font point-size=\"16\" color=\"white\"><b>",
        columns);
    say(text, box->name != NULL ? box->name : box->class_name);
    hone_internal_text_append(text, "</b>");
    if (box->name != NULL)
        hone_internal_text_format(text, " (%s)", box->class_name);
    hone_internal_text_append(text, "</font></td></tr>");
    if (box->activation != NULL)
        hone_internal_text_format(text,
                                  "<tr><td bgcolor=\"white\" colspan=\"%d\"><font point-size=\"14\">"
                                  "Activation: <b>%s</b></font></td></tr>",
                                  columns, box->activation);
    if (box->output != NULL || box->trainable >= 0)
        hone_internal_text_append(text, "<tr>");
    if (box->input != NULL)
        put_cell(text, "Input shape", box->input);
    if (box->output != NULL)
        put_cell(text, "Output shape", box->output);
    if (box->trainable >= 0)
        hone_internal_text_format(
            text, "<td bgcolor=\"%s\"><font point-size=\"14\" color=\"white\"><b>%s</b></font></td>",
            box->trainable ? "forestgreen" : "firebrick", box->trainable ? "Trainable" : "Non-trainable");
    if (box->output != NULL || box->trainable >= 0)
        hone_internal_text_append(text, "</tr>");
    hone_internal_text_append(text, "</table>>");
}

static void put_boxes(hone_text *text, const hone_diagram *diagram, const hone_plot_model_args *args,
                      int frame)
{
    for (size_t i = 0; i < diagram->box_count; i++) {
        if (diagram->boxes[i].frame != frame)
            continue;
        hone_internal_text_format(text, "box%zu [label=", i);
        put_label(text, &diagram->boxes[i], args);
        hone_internal_text_append(text, ", fontname=Helvetica, border=0, margin=0];\n");
    }
    for (size_t i = 0; i < diagram->frame_count; i++) {
        if (diagram->frames[i].outer != frame)
            continue;
        hone_internal_text_format(text, "subgraph cluster_%zu {\nstyle=dashed;\nlabel=<", i);
        say(text, diagram->frames[i].name);
        hone_internal_text_append(text, ">;\nlabeljust=l;\n");
        put_boxes(text, diagram, args, (int)i);
        hone_internal_text_append(text, "}\n");
    }
}

void hone_internal_diagram_dot(const hone_diagram *diagram, const hone_plot_model_args *args, hone_text *text)
{
    hone_internal_text_format(text,
                              "digraph G {\nrankdir=%s;\nconcentrate=true;\ndpi=200;\nsplines=ortho;\n"
                              "node [shape=record];\n",
                              args->rankdir);
    put_boxes(text, diagram, args, -1);
    for (size_t i = 0; i < diagram->arrow_count; i++)
        hone_internal_text_format(text, "box%zu -> box%zu [penwidth=2];\n", diagram->arrows[i].from,
                                  diagram->arrows[i].to);
    hone_internal_text_append(text, "}\n");
}
