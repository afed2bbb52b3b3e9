/* What a recorded graph shows: its layers with what goes in and comes out, their depth, how its outputs end,
 * what is wired how. By operations, not by names of layers. */
#include "doctor/doctor.h"
#include "doctor/walk.h"
#include "graph/op.h"
#include "ops/differentiate.h"
#include "ops/softmax.h"
#include "ops/unary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- layers ---- */

/* What is left of a path behind a layer's name: "" of the layer itself, NULL of another's. */
static const char *behind(const hone_layer *layer, const char *path)
{
    const char *name = hone_internal_layer_label(layer);
    size_t length = strlen(name);
    if (strncmp(path, name, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return path + length + (path[length] == '/');
}

static const hone_layer *find_in_model(const hone_model *model, const char *path);

/* "value" of an attention, "dense" of a model that is a layer. */
static const hone_layer *find_inside(const hone_layer *layer, const char *path)
{
    const hone_model *model = hone_internal_layer_model(layer);
    const hone_layer *found = path[0] == '\0' ? layer : NULL, *inner = layer;
    const char *attribute;
    if (found == NULL && model != NULL)
        return find_in_model(model, path);
    for (int i = 0; found == NULL && layer->type->inner != NULL && inner != NULL; i++) {
        inner = layer->type->inner(layer, i, &attribute);
        const char *rest = inner == NULL ? NULL : behind(inner, path);
        found = rest == NULL ? NULL : find_inside(inner, rest);
    }
    return found;
}

/* A layer by its place: "dense", "multi_head_attention/value". */
static const hone_layer *find_in_model(const hone_model *model, const char *path)
{
    const hone_layer *found = NULL;
    for (size_t i = 0; i < model->layer_count && found == NULL; i++) {
        const char *rest = behind(model->layers[i], path);
        found = rest == NULL ? NULL : find_inside(model->layers[i], rest);
    }
    return found;
}

static int scope_of(const hone_graph *graph, hone_value value)
{
    const hone_graph_value *found = hone_internal_graph_value(graph, value);
    return found->kind == HONE_VALUE_RESULT ? found->node : -1;
}

/* The last value of a layer that another reads, or that the model gives: its output. */
static hone_value output_of(const hone_graph_walk *walk, const hone_pass *pass, int outputs,
                            const char *scope)
{
    const hone_graph *graph = walk->graph;
    hone_value last = HONE_NO_VALUE, read = HONE_NO_VALUE;
    for (size_t n = 0; n < graph->node_count; n++) {
        const hone_node *node = &graph->nodes[n];
        bool inside = strcmp(node->path, scope) == 0;
        if (inside && node->output_count > 0 && hone_value_shape(graph, node->outputs[0]).rank > 1)
            last = node->outputs[0];
        for (int i = 0; !inside && i < node->input_count; i++) {
            int from = node->inputs[i] < 0 ? -1 : scope_of(graph, node->inputs[i]);
            if (from >= 0 && strcmp(graph->nodes[from].path, scope) == 0 &&
                hone_value_shape(graph, node->inputs[i]).rank > 1)
                read = node->inputs[i] > read ? node->inputs[i] : read;
        }
    }
    for (int i = 0; i < outputs; i++) {
        int from = scope_of(graph, pass->outputs[i]);
        if (from >= 0 && strcmp(graph->nodes[from].path, scope) == 0)
            return pass->outputs[i];
    }
    return read >= 0 ? read : last;
}

/* What comes before the function of each element that `a` comes from. */
static void find_function(const hone_graph_walk *walk, hone_value a, hone_value *z, const char **name)
{
    const hone_graph *graph = walk->graph;
    hone_value at = a;
    const hone_node *node = hone_internal_graph_producer(graph, at);
    while (node != NULL && node->op->view) {
        at = node->inputs[0];
        node = hone_internal_graph_producer(graph, at);
    }
    *z = a;
    *name = hone_internal_walk_function(graph, at);
    if (*name != NULL)
        *z = node->inputs[0];
}

/* A number among the arguments of a layer whose class has a word in its name. */
static double argument_of(const hone_layer *layer, const char *word, const char *name)
{
    const double *number = layer == NULL || strstr(layer->type->type.class_name, word) == NULL
                               ? NULL
                               : hone_internal_layer_argument(layer, name);
    return number == NULL ? HONE_NONE : *number;
}

static void describe_weights(const hone_graph_walk *walk, hone_doctor_layer *layer, hone_probe_layer *seen,
                             const char *scope)
{
    const hone_graph *graph = walk->graph;
    for (size_t n = 0; n < graph->node_count; n++) {
        const hone_node *node = &graph->nodes[n];
        if (strcmp(node->path, scope) != 0)
            continue;
        int operand = hone_internal_walk_product(graph, node);
        layer->normalizes = layer->normalizes || strncmp(node->op->name, "batch_", 6) == 0;
        if (operand < 0 || layer->weights)
            continue;
        layer->weights = true;
        seen->kernel = hone_internal_walk_variable(graph, node->inputs[1 - operand]);
        seen->input = node->inputs[operand];
        layer->reads_input = walk->raw[node->inputs[operand]];
        layer->depth = walk->depth[node->outputs[0]];
        layer->trainable = seen->kernel->trainable;
        layer->fresh = seen->kernel->fresh;
        layer->initializer = seen->kernel->initializer;
        layer->regularizer = seen->kernel->regularizer;
    }
}

static void describe_layer(hone_examination *examination, const hone_graph_walk *walk, const hone_pass *pass,
                           const char *scope, hone_doctor_layer *layer, hone_probe_layer *seen)
{
    const hone_model *model = examination->subject->model;
    const hone_layer *found = find_in_model(model, scope);
    *seen =
        (hone_probe_layer){HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE, NULL, HONE_NO_VALUE};
    *layer = (hone_doctor_layer){.name = hone_internal_examination_text(examination, scope),
                                 .class_name = found == NULL ? "" : found->type->type.class_name,
                                 .drop_rate = argument_of(found, "Dropout", "rate"),
                                 .noise = argument_of(found, "Noise", "stddev"),
                                 .constant_initial = HONE_NONE,
                                 .update = HONE_NONE};
    hone_doctor_check none = {HONE_NONE, HONE_NONE, HONE_NONE, HONE_NONE, HONE_NONE,
                              HONE_NONE, HONE_NONE, HONE_NONE, HONE_NONE};
    layer->start = layer->early = layer->end = none;
    describe_weights(walk, layer, seen, scope);
    seen->a = output_of(walk, pass, model->output_count, scope);
    if (seen->a < 0)
        return;
    find_function(walk, seen->a, &seen->z, &layer->activation);
    hone_shape shape = hone_value_shape(walk->graph, seen->a);
    layer->units = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    layer->multiplied = walk->multiplied[seen->a];
    layer->after_weights = !walk->feeds[seen->a];
    layer->initializer = hone_internal_examination_text(examination, layer->initializer);
    layer->regularizer = hone_internal_examination_text(examination, layer->regularizer);
    for (int i = 0; i < model->output_count; i++)
        layer->output = layer->output || hone_internal_walk_reaches(walk, pass->outputs[i], seen->a);
    const char *owner = hone_internal_walk_owner(walk, seen->a);
    layer->owner =
        layer->weights || owner == NULL ? layer->name : hone_internal_examination_text(examination, owner);
    layer->statistics_rows = 1;
    for (int axis = 1; axis + 1 < shape.rank; axis++)
        layer->statistics_rows *= shape.size[axis];
}

static bool known(const char *const *scopes, int count, const char *scope)
{
    for (int i = 0; i < count; i++)
        if (strcmp(scopes[i], scope) == 0)
            return true;
    return false;
}

static hone_status describe_layers(hone_examination *examination, const hone_graph_walk *walk,
                                   hone_probe *probe)
{
    const hone_graph *graph = walk->graph;
    hone_diagnosis *diagnosis = examination->diagnosis;
    const char **scopes = hone_internal_allocate((graph->node_count + 1) * sizeof *scopes);
    int count = 0;
    if (scopes == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->nodes[n].path[0] != '\0' && !known(scopes, count, graph->nodes[n].path))
            scopes[count++] = graph->nodes[n].path;
    diagnosis->layers =
        hone_internal_arena_allocate(&diagnosis->arena, (size_t)(count + 1) * sizeof *diagnosis->layers);
    probe->layers = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *probe->layers);
    hone_status status = diagnosis->layers == NULL || probe->layers == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < count && status >= 0; i++)
        describe_layer(examination, walk, &probe->pass, scopes[i], &diagnosis->layers[i], &probe->layers[i]);
    hone_internal_free(scopes);
    probe->layer_count = count;
    diagnosis->facts.layers = diagnosis->layers;
    diagnosis->facts.layer_count = status < 0 ? 0 : count;
    return status;
}

/* ---- outputs ---- */

static void describe_end(hone_examination *examination, const hone_graph_walk *walk, hone_value value,
                         hone_doctor_output *output)
{
    const hone_graph *graph = walk->graph;
    hone_shape shape = hone_value_shape(graph, value);
    hone_value z;
    find_function(walk, value, &z, &output->activation);
    output->unbounded = output->activation == NULL && walk->straight[value];
    output->units = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    output->rank = shape.rank;
    const char *owner = hone_internal_walk_owner(walk, value);
    output->layer = hone_internal_examination_text(examination, owner == NULL ? "" : owner);
    if (output->activation == NULL || strcmp(output->activation, "softmax") != 0)
        return;
    const hone_node *node = hone_internal_graph_producer(graph, value);
    while (node->op->view)
        node = hone_internal_graph_producer(graph, node->inputs[0]);
    const hone_softmax_attributes *attributes = node->attributes;
    hone_shape within = hone_value_shape(graph, z);
    output->softmax_size = within.size[attributes->axis < 0 ? within.rank - 1 : attributes->axis];
    const char *before;
    hone_value further;
    find_function(walk, z, &further, &before);
    output->softmax_twice = before != NULL && strcmp(before, "softmax") == 0;
}

static void describe_loss(const hone_loss *loss, hone_doctor_output *output)
{
    output->has_loss = loss != NULL;
    if (loss == NULL)
        return;
    output->loss = loss->type->type.name;
    output->wants_ids = loss->type->class_ids;
    const hone_field *field = hone_internal_fields_find(&loss->type->type, "from_logits");
    output->from_logits = field != NULL && *(const bool *)((const char *)loss->args + field->offset);
}

/* Fields that are known before: the targets' (doctor_data). */
static void describe_outputs(hone_examination *examination, const hone_graph_walk *walk,
                             const hone_pass *pass)
{
    const hone_model *model = examination->subject->model;
    for (int i = 0; i < examination->diagnosis->facts.output_count; i++) {
        hone_doctor_output *output = &examination->diagnosis->outputs[i];
        output->name = hone_internal_examination_text(examination, hone_model_output_name(model, i));
        describe_end(examination, walk, pass->outputs[i], output);
        describe_loss(hone_internal_model_loss(model, i), output);
        bool squashes = output->activation != NULL && (strcmp(output->activation, "softmax") == 0 ||
                                                       strcmp(output->activation, "sigmoid") == 0);
        output->softmax_twice = output->softmax_twice || (output->from_logits && squashes);
    }
}

/* ---- the whole ---- */

static void count_weights(hone_examination *examination)
{
    const hone_model *model = examination->subject->model;
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    facts->all_numbers = facts->trainable_numbers = 0;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *variable = model->weights.items[i];
        int64_t numbers = hone_internal_variable_count(variable);
        facts->all_numbers += numbers;
        facts->trainable_numbers += variable->trainable ? numbers : 0;
    }
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].weights && facts->layers[i].depth > facts->weight_layers)
            facts->weight_layers = facts->layers[i].depth;
}

/* Where the weights read the data first. */
static void find_entry(hone_examination *examination, const hone_graph_walk *walk, hone_probe *probe)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    probe->entry = HONE_NO_VALUE;
    for (int i = 0; i < facts->layer_count && probe->entry < 0; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || !layer->reads_input)
            continue;
        probe->entry = probe->layers[i].input;
        facts->entry_layer = layer->name;
        facts->entry_normalized = layer->activation == NULL && probe->layers[i].a >= 0 &&
                                  hone_internal_walk_normalized(walk, probe->layers[i].a);
    }
}

hone_status hone_internal_doctor_network(hone_examination *examination, const hone_graph *graph,
                                         hone_probe *probe)
{
    hone_graph_walk walk;
    hone_status status = hone_internal_walk_begin(&walk, graph);
    if (status >= 0)
        status = describe_layers(examination, &walk, probe);
    if (status >= 0) {
        describe_outputs(examination, &walk, &probe->pass);
        find_entry(examination, &walk, probe);
        hone_internal_doctor_wiring(examination, &walk, probe);
        count_weights(examination);
        examination->diagnosis->facts.affine = walk.affine;
        examination->diagnosis->facts.bfloat16 = walk.bfloat16;
    }
    hone_internal_walk_end(&walk);
    return status;
}
