/* Lists of layers as networks: a chain is a sequential model, everything else a graph. */
#include "base/memory.h"
#include "base/names.h"
#include "base/plural.h"
#include "base/text.h"
#include "model/model.h"
#include "recipe/parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A node of a graph: one use of a layer. */
typedef struct node {
    hone_recipe_item item;
    hone_layer *layer;   /* one reference: a node further on may share it */
    hone_model *file;    /* of {file: ...}: its layers are the network's */
    hone_tensor *tensor; /* borrowed from the network */
    bool read;           /* by a node or as an output */
} node;

typedef struct network {
    const hone_recipe *recipe;
    node *nodes;
    size_t count;
    hone_names by_name, by_kind; /* the only node of a kind */
} network;

static bool shares(const node *one)
{
    return strcmp(one->item.kind, "share") == 0;
}
static bool is_input(const node *one)
{
    return hone_internal_recipe_item_is_input(&one->item);
}

static bool is_file(const node *one)
{
    return hone_internal_recipe_item_is_file(&one->item);
}

/* ---- finding nodes by name ---- */

static const node several; /* stands for the nodes of a kind that has more than one */

/* By the name that a node was given; else by its kind, when there is one of that kind. */
static node *find_node(const network *graph, const char *name)
{
    node *found = hone_internal_names_get(&graph->by_name, name);
    if (found == NULL)
        found = hone_internal_names_get(&graph->by_kind, name);
    return found == &several ? NULL : found;
}

static hone_status enter_node(network *graph, node *one)
{
    const char *name = hone_internal_recipe_item_name(&one->item);
    if (name != NULL && hone_internal_names_get(&graph->by_name, name) == NULL)
        HONE_TRY(hone_internal_names_put(&graph->by_name, name, one));
    bool first = hone_internal_names_get(&graph->by_kind, one->item.kind) == NULL;
    return hone_internal_names_put(&graph->by_kind, one->item.kind, first ? one : (void *)&several);
}

static hone_status fail_node(const network *graph, const hone_config *reference, const char *name)
{
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < graph->count && count < sizeof names / sizeof *names; i++) {
        const char *given = hone_internal_recipe_item_name(&graph->nodes[i].item);
        names[count] = given != NULL ? given : graph->nodes[i].item.kind;
        if (given != NULL || find_node(graph, names[count]) != NULL)
            count++;
    }
    return hone_internal_recipe_place(hone_internal_fail_name("node", name, names, count), reference);
}

/* The output of a layer of a model file above, by the layer's name; NULL when none has it. */
static hone_tensor *find_in_files(const network *graph, const char *name)
{
    for (size_t i = 0; i < graph->count; i++) {
        const hone_model *file = graph->nodes[i].file;
        for (size_t l = 0; file != NULL && l < file->layer_count; l++) {
            if (strcmp(hone_internal_layer_label(file->layers[l]), name) != 0)
                continue;
            graph->nodes[i].read = true;
            return hone_model_layer_output(file, name);
        }
    }
    return NULL;
}

/* Output number `index` of a node; of a model file that is not cut, of the model. */
static hone_tensor *output_of(const node *one, int index)
{
    if (one->file == NULL || one->tensor != hone_model_output(one->file, 0))
        return hone_tensor_output(one->tensor, index);
    if (index < hone_model_output_count(one->file))
        return hone_model_output(one->file, index);
    hone_fail(HONE_ERROR_ARGUMENT, "the model file has %d output%s; output %d does not exist",
              hone_model_output_count(one->file), hone_internal_plural(hone_model_output_count(one->file)),
              index);
    return NULL;
}

/* "hidden", or "encoder:1" for the second output of a layer that has several; a layer of a model file too. */
static hone_status find_tensor(const network *graph, const hone_config *reference, hone_tensor **tensor)
{
    HONE_TRY(hone_internal_recipe_expect(reference, HONE_CONFIG_TEXT, "the name of a node"));
    int64_t index = 0;
    node *found = find_node(graph, hone_internal_config_as_text(reference));
    char *colon = found == NULL ? strrchr(hone_internal_config_as_text(reference), ':') : NULL;
    if (colon != NULL && hone_internal_text_to_integer(colon + 1, &index) && index >= 0 && index <= INT_MAX) {
        char *name = hone_internal_copy_text_n(hone_internal_config_as_text(reference),
                                               (size_t)(colon - hone_internal_config_as_text(reference)));
        if (name == NULL)
            return HONE_ERROR_MEMORY;
        found = find_node(graph, name);
        hone_internal_free(name);
    }
    if (found == NULL && (*tensor = find_in_files(graph, hone_internal_config_as_text(reference))) != NULL)
        return HONE_OK;
    if (found == NULL)
        return fail_node(graph, reference, hone_internal_config_as_text(reference));
    if (found->tensor == NULL)
        return hone_internal_config_fail(reference,
                                         "the node \"%.100s\" comes later; a node can read only nodes "
                                         "above it",
                                         hone_internal_config_as_text(reference));
    *tensor = output_of(found, (int)index);
    found->read = true;
    return *tensor == NULL ? hone_internal_recipe_place(hone_error_status(), reference) : HONE_OK;
}

static hone_status add_tensor(const network *graph, const hone_config *reference, hone_tensor_list *tensors)
{
    hone_tensor *tensor = NULL;
    HONE_TRY(find_tensor(graph, reference, &tensor));
    return hone_internal_tensor_list_add(tensors, tensor);
}

/* The nodes that a name or a list of names stands for. */
static hone_status find_tensors(void *context, const hone_config *references, hone_tensor_list *tensors)
{
    const network *graph = context;
    if (hone_internal_config_is(references, HONE_CONFIG_TEXT))
        return add_tensor(graph, references, tensors);
    if (!hone_internal_config_is(references, HONE_CONFIG_LIST) || hone_internal_config_count(references) == 0)
        return hone_internal_config_fail(references, "expected the name of a node or a list of names");
    for (size_t i = 0; i < hone_internal_config_count(references); i++)
        HONE_TRY(add_tensor(graph, hone_internal_config_at(references, i), tensors));
    return HONE_OK;
}

/* ---- graphs ---- */

/* share: hidden, or share: {layer: hidden}: the layer of an earlier node once more, with the same weights. */
static hone_status find_shared(const network *graph, node *one)
{
    static const char *const keys[] = {"layer", "name", "#0", NULL};
    const hone_config *which = hone_internal_config_get(one->item.arguments, "layer");
    HONE_TRY(hone_internal_recipe_check_keys(one->item.arguments, "share", keys));
    if (which == NULL)
        which = hone_internal_config_get(one->item.arguments, "#0");
    if (which == NULL)
        return hone_internal_config_fail(one->item.node, "share needs the name of a node: share: hidden");
    HONE_TRY(hone_internal_recipe_expect(which, HONE_CONFIG_TEXT, "share"));
    node *found = find_node(graph, hone_internal_config_as_text(which));
    if (found == NULL)
        return fail_node(graph, which, hone_internal_config_as_text(which));
    if (found->layer == NULL || is_input(found))
        return hone_internal_config_fail(which,
                                         "the node \"%.100s\" has no layer to share; expected a node above",
                                         hone_internal_config_as_text(which));
    one->layer = hone_layer_retain(found->layer);
    return HONE_OK;
}

static hone_status find_inputs(network *graph, const node *one, hone_tensor_list *inputs)
{
    if (one->item.inputs != NULL)
        return find_tensors(graph, one->item.inputs, inputs);
    if (one == graph->nodes)
        return hone_internal_config_fail(one->item.node, "the first node of a graph must be an input");
    node *before = graph->nodes + (one - graph->nodes) - 1;
    before->read = true;
    return hone_internal_tensor_list_add(inputs, before->tensor);
}

/* The layers of a model file, up to `until`. */
static hone_status open_file(network *graph, node *one)
{
    const hone_config *map = one->item.arguments;
    const hone_config *inputs = hone_internal_config_get(map, "inputs");
    if (inputs != NULL)
        return hone_internal_config_fail(
            inputs, "a model file has its own inputs; to use it as a layer that reads other nodes, write "
                    "model: {file: ...}");
    one->file = hone_internal_recipe_file_load(graph->recipe, map, HONE_RECIPE_FILE_ITEM);
    if (one->file == NULL || hone_internal_model_need_built(one->file, "file") < 0)
        return hone_internal_recipe_place(hone_error_status(), one->item.node);
    bool whole = !hone_internal_config_present(hone_internal_config_get(map, "until"));
    one->tensor = whole ? hone_model_output(one->file, 0) : hone_internal_recipe_file_end(one->file, map);
    return one->tensor == NULL ? hone_error_status() : HONE_OK;
}

/* The layer on its inputs, with the arguments under `call`. */
static hone_tensor *call_layer(network *graph, const node *one, hone_tensor_list *inputs)
{
    hone_made_call made = {0};
    hone_tensor *tensor = NULL;
    if (find_inputs(graph, one, inputs) >= 0 &&
        hone_internal_tensor_list_add(inputs, hone_tensors_end) >= 0 &&
        hone_internal_call_args_read(&made, one->layer, one->item.call, find_tensors, graph) >= 0)
        tensor = hone_apply_with(hone_layer_retain(one->layer), inputs->items, made.args);
    if (tensor != NULL)
        tensor->call->training = made.training;
    hone_internal_call_args_free(&made);
    return tensor;
}

static hone_status apply(network *graph, node *one)
{
    hone_tensor_list inputs = {0};
    if (is_file(one))
        return open_file(graph, one);
    if (shares(one))
        HONE_TRY(find_shared(graph, one));
    else if ((one->layer = hone_internal_recipe_item_layer(graph->recipe, &one->item)) == NULL)
        return hone_error_status();
    const hone_config *other = one->item.inputs != NULL ? one->item.inputs : one->item.call;
    if (is_input(one) && other != NULL)
        return hone_internal_config_fail(other, "an input cannot have inputs");
    one->tensor =
        is_input(one) ? hone_tensor_input(hone_layer_retain(one->layer)) : call_layer(graph, one, &inputs);
    hone_internal_free(inputs.items);
    return one->tensor == NULL ? hone_internal_recipe_place(hone_error_status(), one->item.node) : HONE_OK;
}

static hone_status check_read(const network *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const node *one = &graph->nodes[i];
        const char *name = hone_internal_recipe_item_name(&one->item);
        if (!one->read)
            return hone_internal_config_fail(
                one->item.node,
                "the node \"%.100s\" is unused: no node reads it and it is not an output; name it in \"outputs\"",
                name != NULL ? name : one->item.kind);
    }
    return HONE_OK;
}

static hone_status connect(network *graph, const hone_config *outputs, hone_tensor_list *outs)
{
    for (size_t i = 0; i < graph->count; i++)
        HONE_TRY(apply(graph, &graph->nodes[i]));
    node *last = &graph->nodes[graph->count - 1];
    if (hone_internal_config_present(outputs)) {
        HONE_TRY(find_tensors(graph, outputs, outs));
    } else {
        HONE_TRY(hone_internal_tensor_list_add(outs, last->tensor));
        last->read = true;
    }
    return check_read(graph);
}

/* The inputs of a node: itself, or those of its file. */
static hone_status add_inputs(const node *one, hone_tensor_list *ins)
{
    if (is_input(one))
        return hone_internal_tensor_list_add(ins, one->tensor);
    for (int i = 0; i < hone_model_input_count(one->file); i++)
        HONE_TRY(hone_internal_tensor_list_add(ins, hone_model_input(one->file, i)));
    return HONE_OK;
}

static hone_status list_inputs(const network *graph, hone_tensor_list *ins)
{
    for (size_t i = 0; i < graph->count; i++)
        HONE_TRY(add_inputs(&graph->nodes[i], ins));
    return ins->count > 0 ? HONE_OK
                          : hone_internal_config_fail(graph->nodes[0].item.node, "a graph needs an input");
}

/* The input nodes' references go into the model, or are given up. */
static hone_model *build_graph(network *graph, const hone_config *outputs)
{
    hone_tensor_list ins = {0}, outs = {0};
    hone_model *model = NULL;
    if (connect(graph, outputs, &outs) >= 0 && list_inputs(graph, &ins) >= 0)
        model = hone_internal_model_from_ends(&ins, &outs);
    else
        for (size_t i = 0; i < graph->count; i++)
            if (is_input(&graph->nodes[i]))
                hone_tensor_free(graph->nodes[i].tensor);
    hone_internal_free(ins.items);
    hone_internal_free(outs.items);
    return model;
}

/* ---- chains ---- */

/* One input at most, at the start; every node reads the one before it; the last one is the output. */
static bool is_chain(const network *graph, const hone_config *outputs)
{
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i].item.inputs != NULL || graph->nodes[i].item.call != NULL ||
            shares(&graph->nodes[i]) || is_file(&graph->nodes[i]) || (i > 0 && is_input(&graph->nodes[i])))
            return false;
    return !hone_internal_config_present(outputs);
}

static hone_model *build_chain(const network *graph)
{
    hone_model *model = hone_sequential_with(NULL, &hone_layers_end);
    for (size_t i = 0; model != NULL && i < graph->count; i++) {
        hone_layer *layer = hone_internal_recipe_item_layer(graph->recipe, &graph->nodes[i].item);
        if (hone_model_add(model, layer) >= 0)
            continue;
        hone_internal_recipe_place(hone_error_status(), graph->nodes[i].item.node);
        hone_model_free(model);
        model = NULL;
    }
    return model;
}

/* ---- both ---- */

static hone_status check_names(const network *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const hone_config *name = hone_internal_config_get(graph->nodes[i].item.arguments, "name");
        if (!hone_internal_config_present(name))
            continue;
        HONE_TRY(hone_internal_recipe_expect(name, HONE_CONFIG_TEXT, "name"));
        if (find_node(graph, hone_internal_config_as_text(name)) != &graph->nodes[i])
            return hone_internal_config_fail(name, "two nodes are named \"%.100s\"",
                                             hone_internal_config_as_text(name));
    }
    return HONE_OK;
}

static hone_status read_nodes(const hone_config *layers, network *graph)
{
    if (hone_internal_config_count(layers) == 0)
        return hone_internal_config_fail(layers, "the list of layers is empty");
    graph->nodes = hone_internal_allocate_zeroed(hone_internal_config_count(layers), sizeof *graph->nodes);
    if (graph->nodes == NULL)
        return HONE_ERROR_MEMORY;
    while (graph->count < hone_internal_config_count(layers)) {
        node *one = &graph->nodes[graph->count];
        HONE_TRY(hone_internal_recipe_item_read(hone_internal_config_at(layers, graph->count), &one->item));
        graph->count++;
        HONE_TRY(enter_node(graph, one));
    }
    return check_names(graph);
}

hone_model *hone_internal_recipe_network(const hone_recipe *recipe, const hone_config *layers,
                                         const hone_config *outputs)
{
    network graph = {.recipe = recipe};
    hone_model *model = NULL;
    if (read_nodes(layers, &graph) >= 0)
        model = is_chain(&graph, outputs) ? build_chain(&graph) : build_graph(&graph, outputs);
    for (size_t i = 0; i < graph.count; i++) {
        hone_layer_free(graph.nodes[i].layer);
        hone_model_free(graph.nodes[i].file);
        hone_internal_recipe_item_free(&graph.nodes[i].item);
    }
    hone_internal_names_free(&graph.by_name);
    hone_internal_names_free(&graph.by_kind);
    hone_internal_free(graph.nodes);
    return model;
}
