/* Functional models from config trees: the layers and operations, then their calls in an order in which each
 * finds its tensors. What one inbound node says is read in graph_node.c. */
#include "keras/graph.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"

#include <stdlib.h>
#include <string.h>

/* ---- entries by name ---- */

static const char *name_in(const hone_config *config)
{
    const char *name = hone_internal_config_get_text(config, "name");
    return name != NULL ? name
                        : hone_internal_config_get_text(hone_internal_config_get(config, "config"), "name");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const hone_graph_entry *const *)a)->name, (*(const hone_graph_entry *const *)b)->name);
}

static int compare_to_name(const void *name, const void *entry)
{
    return strcmp(name, (*(const hone_graph_entry *const *)entry)->name);
}

hone_graph_entry *hone_internal_graph_entry(const hone_graph_reader *reader, const char *name)
{
    hone_graph_entry **found =
        bsearch(name, reader->by_name, reader->count, sizeof *reader->by_name, compare_to_name);
    return found == NULL ? NULL : *found;
}

static hone_status sort_names(hone_graph_reader *reader)
{
    for (size_t i = 0; i < reader->count; i++)
        reader->by_name[i] = &reader->entries[i];
    qsort(reader->by_name, reader->count, sizeof *reader->by_name, compare_names);
    for (size_t i = 1; i < reader->count; i++)
        if (strcmp(reader->by_name[i - 1]->name, reader->by_name[i]->name) == 0)
            return hone_internal_config_fail(reader->by_name[i]->config, "two layers are named \"%s\"",
                                             reader->by_name[i]->name);
    return HONE_OK;
}

/* ---- layers and operations ---- */

static hone_status make_layer(hone_graph_entry *entry, const hone_loading *loading)
{
    const hone_config *nodes = hone_internal_config_get(entry->config, "inbound_nodes");
    if (nodes != NULL && !hone_internal_config_is(nodes, HONE_CONFIG_LIST))
        return hone_internal_config_fail(nodes, "inbound_nodes must be a list");
    if ((entry->layer = hone_internal_keras_node_layer(entry->config, loading)) == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_layer_set_name(entry->layer, entry->name));
    if (hone_internal_config_count(nodes) > 0) {
        entry->nodes = nodes;
        entry->call_count = hone_internal_config_count(nodes);
    } else
        entry->call_count = entry->layer->type == &hone_internal_input_layer;
    entry->calls = hone_internal_allocate_zeroed(entry->call_count + 1, sizeof(hone_call *));
    entry->waiting = hone_internal_allocate_zeroed(entry->call_count + 1, sizeof *entry->waiting);
    return entry->calls == NULL || entry->waiting == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status read_entries(hone_graph_reader *reader, const hone_config *list)
{
    for (size_t i = 0; i < hone_internal_config_count(list); i++) {
        reader->entries[i] = (hone_graph_entry){.config = hone_internal_config_at(list, i),
                                                .name = name_in(hone_internal_config_at(list, i))};
        if (reader->entries[i].name == NULL)
            return hone_internal_config_fail(hone_internal_config_at(list, i),
                                             "a layer of a graph needs a name");
        reader->count++;
    }
    HONE_TRY(sort_names(reader));
    for (size_t i = 0; i < reader->count; i++)
        HONE_TRY(make_layer(&reader->entries[i], reader->loading));
    return HONE_OK;
}

/* ---- calls ---- */

/* Nodes that wait for those above them on the stack. */
typedef struct waiting_nodes {
    hone_graph_node *items;
    size_t count, capacity;
} waiting_nodes;

static hone_status push(waiting_nodes *stack, hone_graph_node node)
{
    if (node.entry->waiting[node.index])
        return hone_fail(HONE_ERROR_FORMAT, "the graph has a cycle: \"%s\" depends on itself",
                         node.entry->name);
    node.entry->waiting[node.index] = true;
    HONE_TRY(hone_internal_grow(&stack->items, &stack->capacity, stack->count + 1, sizeof *stack->items));
    stack->items[stack->count++] = node;
    return HONE_OK;
}

/* The calls of one layer are made in their order, since their numbers count. */
static hone_status make_call(hone_graph_reader *reader, hone_graph_node node, waiting_nodes *stack)
{
    HONE_TRY(push(stack, node));
    while (stack->count > 0) {
        hone_graph_node top = stack->items[stack->count - 1], missing = {NULL, 0};
        if (top.index > 0 && top.entry->calls[top.index - 1] == NULL)
            missing = (hone_graph_node){top.entry, top.index - 1};
        else
            HONE_TRY(hone_internal_graph_make_call(reader, top, &missing));
        if (missing.entry == NULL)
            stack->count--;
        else
            HONE_TRY(push(stack, missing));
    }
    return HONE_OK;
}

static hone_status make_calls(hone_graph_reader *reader)
{
    waiting_nodes stack = {NULL, 0, 0};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < reader->count && status >= 0; i++) {
        hone_graph_entry *entry = &reader->entries[i];
        for (size_t index = 0; index < entry->call_count && status >= 0; index++)
            if (entry->calls[index] == NULL)
                status = make_call(reader, (hone_graph_node){entry, index}, &stack);
    }
    hone_internal_free(stack.items);
    return status;
}

/* ---- inputs and outputs ---- */

static bool is_leaf(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_LIST) && hone_internal_config_count(config) == 3 &&
           hone_internal_config_is(hone_internal_config_at(config, 0), HONE_CONFIG_TEXT);
}

static hone_status read_end(const hone_graph_reader *reader, const hone_config *leaf, hone_tensor_list *ends)
{
    hone_graph_node node;
    hone_tensor *tensor = NULL;
    HONE_TRY(hone_internal_graph_find(reader, leaf, 1, &node, &tensor));
    if (tensor == NULL)
        return hone_internal_config_fail(leaf, "no layer produces the input or output \"%s\"",
                                         hone_internal_config_text_at(leaf, 0));
    return hone_internal_tensor_list_add(ends, tensor);
}

enum { DEEPEST_ENDS = 8 };

/* A leaf, a list of leaves, or a map of them (by sorted names, as Keras flattens). */
static hone_status read_ends(const hone_graph_reader *reader, const hone_config *config,
                             hone_tensor_list *ends, int depth)
{
    if (is_leaf(config))
        return read_end(reader, config, ends);
    if (depth == DEEPEST_ENDS || config == NULL ||
        (!hone_internal_config_is(config, HONE_CONFIG_LIST) &&
         !hone_internal_config_is(config, HONE_CONFIG_MAP)))
        return hone_internal_config_fail(config,
                                         "input_layers and output_layers must say which tensors they are");
    size_t *order = hone_internal_sorted_items(config);
    hone_status status = order == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(config) && status >= 0; i++)
        status = read_ends(reader, hone_internal_config_at(config, order[i]), ends, depth + 1);
    hone_internal_free(order);
    return status;
}

/* The keys of ends that are given as a map, in the order in which read_ends reads them. */
static hone_status read_keys(const hone_config *config, char **keys, int count)
{
    if (!hone_internal_config_is(config, HONE_CONFIG_MAP) || (int)hone_internal_config_count(config) != count)
        return HONE_OK;
    size_t *order = hone_internal_sorted_items(config);
    bool good = order != NULL;
    for (int i = 0; good && i < count; i++)
        good = (keys[i] = hone_internal_copy_text(hone_internal_config_key(config, order[i]))) != NULL;
    hone_internal_free(order);
    return good ? HONE_OK : HONE_ERROR_MEMORY;
}

/* ---- the model ---- */

/* A model takes over a reference with each input, once: what is not an input layer, or named twice, has none.
 */
static void give_references(const hone_graph_reader *reader, const hone_tensor_list *inputs)
{
    for (int i = 0; i < inputs->count; i++)
        inputs->items[i]->call->claimed = true;
    for (int i = 0; i < inputs->count; i++) {
        hone_call *call = inputs->items[i]->call;
        if (call->input_count > 0 || !call->claimed)
            continue;
        hone_internal_network_retain(reader->network);
        call->claimed = false;
    }
}

/* A model that begins inside another has no form in a file: Keras writes input layers of its own for it. */
static hone_status check_inputs(const hone_tensor_list *inputs, const hone_config *config)
{
    for (int i = 0; i < inputs->count; i++)
        if (inputs->items[i]->call->input_count > 0)
            return hone_internal_config_fail(config,
                                             "input_layers must name input layers, and \"%s\" is none",
                                             hone_layer_name(inputs->items[i]->call->layer));
    return HONE_OK;
}

static hone_model *connect_ends(hone_graph_reader *reader, const hone_config *config)
{
    const hone_config *inputs = hone_internal_config_get(config, "input_layers"),
                      *outputs = hone_internal_config_get(config, "output_layers");
    hone_tensor_list ins = {0}, outs = {0};
    hone_model *model = NULL;
    if (read_ends(reader, inputs, &ins, 0) >= 0 && check_inputs(&ins, inputs) >= 0 &&
        read_ends(reader, outputs, &outs, 0) >= 0) {
        give_references(reader, &ins);
        model = hone_internal_model_from_ends(&ins, &outs);
    }
    hone_internal_free(ins.items);
    hone_internal_free(outs.items);
    if (model == NULL || (read_keys(inputs, model->input_keys, model->input_count) >= 0 &&
                          read_keys(outputs, model->output_keys, model->output_count) >= 0))
        return model;
    hone_model_free(model);
    return NULL;
}

static void free_reader(hone_graph_reader *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        hone_layer_free(reader->entries[i].layer);
        hone_internal_free(reader->entries[i].calls);
        hone_internal_free(reader->entries[i].waiting);
    }
    hone_internal_free(reader->entries);
    hone_internal_free(reader->by_name);
    hone_internal_network_free(reader->network);
}

hone_model *hone_internal_keras_graph(const hone_config *config, const hone_loading *loading)
{
    const hone_config *list = hone_internal_config_get(config, "layers");
    if (hone_internal_keras_check_layers(config, "Functional") < 0)
        return NULL;
    hone_graph_reader reader = {.entries = hone_internal_allocate_zeroed(hone_internal_config_count(list) + 1,
                                                                         sizeof *reader.entries),
                                .by_name = hone_internal_allocate((hone_internal_config_count(list) + 1) *
                                                                  sizeof(hone_graph_entry *)),
                                .network = hone_internal_network_create(),
                                .loading = loading};
    hone_model *model = NULL;
    if (reader.entries != NULL && reader.by_name != NULL && reader.network != NULL &&
        read_entries(&reader, list) >= 0 && make_calls(&reader) >= 0)
        model = connect_ends(&reader, config);
    free_reader(&reader);
    return model;
}
