/* Functional models from config trees: the layers, then their calls (inbound nodes) in an order in which each
 * finds its tensors. */
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "keras/parts.h"

#include <string.h>

typedef struct graph_reader {
    const hone_config *entries; /* the list of layers */
    hone_layer **layers;        /* as many; one reference each */
    hone_call ***calls;         /* of each layer, by node index */
    size_t *call_counts;
    hone_network *network;
} graph_reader;

static const char *entry_name(const hone_config *entry)
{
    const char *name = hone_internal_config_get_text(entry, "name");
    return name != NULL ? name
                        : hone_internal_config_get_text(hone_internal_config_get(entry, "config"), "name");
}

static ptrdiff_t find_entry(const graph_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->entries->count; i++) {
        const char *known = entry_name(reader->entries->items[i]);
        if (known != NULL && strcmp(known, name) == 0)
            return (ptrdiff_t)i;
    }
    return -1;
}

/* [name, node, tensor]; *found NULL when the node has not been made yet. */
static hone_status find_tensor(const graph_reader *reader, const hone_config *leaf, int shift,
                               hone_tensor **found)
{
    *found = NULL;
    if (leaf == NULL || leaf->kind != HONE_CONFIG_LIST || leaf->count < 3 ||
        leaf->items[0]->kind != HONE_CONFIG_TEXT || leaf->items[1]->kind != HONE_CONFIG_INTEGER ||
        leaf->items[2]->kind != HONE_CONFIG_INTEGER)
        return hone_internal_config_fail(leaf, "a tensor must be given as [layer, node, tensor]");
    ptrdiff_t entry = find_entry(reader, leaf->items[0]->text);
    if (entry < 0)
        return hone_internal_config_fail(leaf, "there is no layer \"%s\"", leaf->items[0]->text);
    int64_t node = leaf->items[1]->integer, tensor = leaf->items[2]->integer;
    if (reader->layers[entry] == NULL)
        return hone_internal_config_fail(leaf, "the operation \"%s\" is not supported", leaf->items[0]->text);
    const hone_model *nested = hone_internal_layer_model(reader->layers[entry]);
    if (nested != NULL && !nested->sequential)
        node -= shift;
    if (node < 0 || tensor < 0)
        return hone_internal_config_fail(leaf, "the node %lld of the layer \"%s\" is out of range",
                                         (long long)leaf->items[1]->integer, leaf->items[0]->text);
    const hone_config *inbound = hone_internal_config_get(reader->entries->items[entry], "inbound_nodes");
    int64_t nodes = inbound != NULL && inbound->count > 0 ? (int64_t)inbound->count : 1;
    if (node >= nodes)
        return hone_internal_config_fail(leaf, "the layer \"%s\" has %lld nodes; there is no number %lld",
                                         leaf->items[0]->text, (long long)nodes, (long long)node);
    hone_call *call = reader->calls[entry][node];
    if (call == NULL)
        return HONE_OK;
    if (tensor >= call->output_count)
        return hone_internal_config_fail(leaf, "the layer \"%s\" has %d outputs; there is no number %lld",
                                         leaf->items[0]->text, call->output_count, (long long)tensor);
    *found = &call->outputs[tensor];
    return HONE_OK;
}

typedef struct tensor_list {
    hone_tensor *items[HONE_MAX_LAYER_INPUTS];
    int count;
    bool waiting; /* for one that has not been made */
} tensor_list;

static hone_status collect(const graph_reader *reader, const hone_config *value, tensor_list *list, int depth)
{
    if (depth > 8)
        return hone_internal_config_fail(value, "the arguments of a call are nested too deeply");
    const char *class_name = hone_internal_config_get_text(value, "class_name");
    const hone_config *leaf = NULL;
    if (class_name != NULL && strcmp(class_name, "__keras_tensor__") == 0)
        leaf = hone_internal_config_get(hone_internal_config_get(value, "config"), "keras_history");
    else if (value->kind == HONE_CONFIG_LIST && value->count >= 3 &&
             value->items[0]->kind == HONE_CONFIG_TEXT)
        leaf = value; /* the form of Keras 2 */
    if (leaf != NULL || class_name != NULL) {
        hone_tensor *tensor;
        HONE_TRY(find_tensor(reader, leaf, leaf == value ? 1 : 0,
                             &tensor)); /* Keras 2 counts a nested graph's own node too */
        if (list->count == HONE_MAX_LAYER_INPUTS)
            return hone_internal_config_fail(value, "a layer takes at most %d inputs", HONE_MAX_LAYER_INPUTS);
        list->waiting = list->waiting || tensor == NULL;
        list->items[list->count++] = tensor;
        return HONE_OK;
    }
    if (value->kind == HONE_CONFIG_LIST || value->kind == HONE_CONFIG_MAP) {
        for (size_t i = 0; i < value->count; i++)
            HONE_TRY(collect(reader, value->items[i], list, depth + 1));
        return HONE_OK;
    }
    if (value->kind == HONE_CONFIG_NULL)
        return HONE_OK;
    return hone_internal_config_fail(value, "a call with an argument that is no tensor is not supported");
}

/* Keyword arguments of a call: `training` is honoured; `mask` repeats what layers pass on anyway. */
static hone_status check_kwargs(const hone_config *node)
{
    const hone_config *kwargs = hone_internal_config_get(node, "kwargs");
    if (hone_internal_config_present(kwargs) && kwargs->kind != HONE_CONFIG_MAP)
        return hone_internal_config_fail(kwargs, "the kwargs of a call must be a map");
    for (size_t i = 0; kwargs != NULL && i < kwargs->count; i++)
        if (kwargs->items[i]->kind != HONE_CONFIG_NULL && strcmp(kwargs->keys[i], "mask") != 0 &&
            !(strcmp(kwargs->keys[i], "training") == 0 && kwargs->items[i]->kind == HONE_CONFIG_BOOLEAN))
            return hone_internal_config_fail(kwargs->items[i], "the call argument \"%s\" is not supported",
                                             kwargs->keys[i]);
    return HONE_OK;
}

/* Tries one node; *progress when it was made. */
static hone_status try_node(graph_reader *reader, size_t entry, size_t index, bool *progress)
{
    const hone_config *nodes = hone_internal_config_get(reader->entries->items[entry], "inbound_nodes");
    tensor_list list = {.count = 0};
    if (nodes != NULL && nodes->count > 0) {
        const hone_config *node = nodes->items[index], *args = hone_internal_config_get(node, "args");
        HONE_TRY(check_kwargs(node));
        HONE_TRY(collect(reader, args != NULL ? args : node, &list, 0));
        if (list.waiting)
            return HONE_OK;
    }
    hone_layer *layer = reader->layers[entry];
    bool input = layer->type == &hone_internal_input_layer;
    if (!input && list.count == 0)
        return hone_internal_config_fail(reader->entries->items[entry], "the layer \"%s\" has no input",
                                         hone_internal_layer_label(layer));
    reader->calls[entry][index] = hone_internal_network_call(reader->network, hone_layer_retain(layer),
                                                             list.items, input ? 0 : list.count);
    if (reader->calls[entry][index] == NULL)
        return hone_error_status();
    const hone_config *node = nodes != NULL && nodes->count > 0 ? nodes->items[index] : NULL;
    const hone_config *training =
        hone_internal_config_get(hone_internal_config_get(node, "kwargs"), "training");
    if (hone_internal_config_present(training))
        reader->calls[entry][index]->training = training->boolean ? 1 : 0;
    *progress = true;
    return HONE_OK;
}

static hone_status make_calls(graph_reader *reader)
{
    for (bool progress = true, waiting = true; waiting;) {
        if (!progress)
            return hone_fail(HONE_ERROR_FORMAT, "the graph has a cycle, or a layer that is missing");
        progress = waiting = false;
        for (size_t entry = 0; entry < reader->entries->count; entry++)
            for (size_t index = 0; index < reader->call_counts[entry]; index++) {
                if (reader->calls[entry][index] != NULL)
                    continue;
                if (index > 0 && reader->calls[entry][index - 1] == NULL)
                    break;
                HONE_TRY(try_node(reader, entry, index, &progress));
                waiting = waiting || reader->calls[entry][index] == NULL;
            }
        for (size_t entry = 0; entry < reader->entries->count && !waiting; entry++)
            for (size_t index = 0; index < reader->call_counts[entry]; index++)
                waiting = waiting || reader->calls[entry][index] == NULL;
    }
    return HONE_OK;
}

/* An embedding with mask_zero makes Keras write the mask as an operation of its own, id != 0; Hone's layers
 * carry masks themselves. */
static bool is_mask_operation(const hone_config *entry)
{
    const char *module = hone_internal_config_get_text(entry, "module"),
               *class_name = hone_internal_config_get_text(entry, "class_name");
    return (module == NULL || strncmp(module, "keras.src.ops", 13) == 0) && class_name != NULL &&
           strcmp(class_name, "NotEqual") == 0;
}

static hone_status make_layers(graph_reader *reader, int depth)
{
    for (size_t i = 0; i < reader->entries->count; i++) {
        const hone_config *entry = reader->entries->items[i];
        const char *name = entry_name(entry);
        if (name == NULL)
            return hone_internal_config_fail(entry, "a layer of a graph needs a name");
        if (find_entry(reader, name) != (ptrdiff_t)i)
            return hone_internal_config_fail(entry, "two layers are named \"%s\"", name);
        if (is_mask_operation(entry))
            continue;
        if ((reader->layers[i] = hone_internal_keras_layer(entry, depth)) == NULL)
            return hone_error_status();
        HONE_TRY(hone_internal_layer_set_name(reader->layers[i], name));
        const hone_config *nodes = hone_internal_config_get(entry, "inbound_nodes");
        if (nodes != NULL && nodes->kind != HONE_CONFIG_LIST)
            return hone_internal_config_fail(nodes, "inbound_nodes must be a list");
        reader->call_counts[i] = nodes != NULL && nodes->count > 0
                                     ? nodes->count
                                     : reader->layers[i]->type == &hone_internal_input_layer;
        reader->calls[i] = hone_internal_allocate_zeroed(reader->call_counts[i] + 1, sizeof(hone_call *));
        if (reader->calls[i] == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static bool is_leaf(const hone_config *config)
{
    return config != NULL && config->kind == HONE_CONFIG_LIST && config->count == 3 &&
           config->items[0]->kind == HONE_CONFIG_TEXT;
}

/* A leaf, a list of leaves, or a map of them (by sorted names, as Keras flattens). */
static hone_status read_ends(const graph_reader *reader, const hone_config *config, hone_tensor **ends,
                             int *count)
{
    if (is_leaf(config)) {
        if (*count == HONE_MAX_ENDS)
            return hone_internal_config_fail(config, "a model has at most %d inputs and outputs",
                                             HONE_MAX_ENDS);
        HONE_TRY(find_tensor(reader, config, 1, &ends[*count]));
        if (ends[*count] == NULL)
            return hone_internal_config_fail(config, "the end \"%s\" is not made by any layer",
                                             config->items[0]->text);
        ++*count;
        return HONE_OK;
    }
    if (config == NULL || (config->kind != HONE_CONFIG_LIST && config->kind != HONE_CONFIG_MAP))
        return hone_internal_config_fail(config,
                                         "input_layers and output_layers must say which tensors they are");
    for (size_t done = 0, next = 0; done < config->count; done++) {
        next = done;
        if (config->kind == HONE_CONFIG_MAP) { /* the key with exactly `done` smaller ones */
            for (size_t i = 0; i < config->count; i++) {
                size_t smaller = 0;
                for (size_t j = 0; j < config->count; j++)
                    smaller += strcmp(config->keys[j], config->keys[i]) < 0;
                if (smaller == done)
                    next = i;
            }
        }
        HONE_TRY(read_ends(reader, config->items[next], ends, count));
    }
    return HONE_OK;
}

static void free_reader(graph_reader *reader)
{
    for (size_t i = 0; i < reader->entries->count; i++) {
        if (reader->layers != NULL)
            hone_layer_free(reader->layers[i]);
        if (reader->calls != NULL)
            hone_internal_free(reader->calls[i]);
    }
    hone_internal_free(reader->layers);
    hone_internal_free(reader->calls);
    hone_internal_free(reader->call_counts);
}

/* The keys of ends that are given as a map, in the order in which read_ends reads them. */
static hone_status read_keys(const hone_config *config, char **keys, int count)
{
    if (config == NULL || config->kind != HONE_CONFIG_MAP || (int)config->count != count)
        return HONE_OK;
    for (size_t i = 0; i < config->count; i++) {
        size_t smaller = 0;
        for (size_t j = 0; j < config->count; j++)
            smaller += strcmp(config->keys[j], config->keys[i]) < 0;
        if (keys[smaller] == NULL && (keys[smaller] = hone_internal_copy_text(config->keys[i])) == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static hone_model *connect_graph(graph_reader *reader, const hone_config *config, int depth)
{
    hone_model_args args = {.base = {sizeof args, NULL}};
    if (make_layers(reader, depth) < 0 || make_calls(reader) < 0 ||
        read_ends(reader, hone_internal_config_get(config, "input_layers"), args.inputs, &args.input_count) <
            0 ||
        read_ends(reader, hone_internal_config_get(config, "output_layers"), args.outputs,
                  &args.output_count) < 0)
        return NULL;
    for (int i = 0; i < args.input_count; i++) {
        hone_internal_network_retain(reader->network); /* the reference that goes with each input */
        args.inputs[i]->call->claimed = false;
    }
    hone_model *model = hone_model_from_args(&args);
    if (model == NULL || (read_keys(hone_internal_config_get(config, "input_layers"), model->input_keys,
                                    model->input_count) >= 0 &&
                          read_keys(hone_internal_config_get(config, "output_layers"), model->output_keys,
                                    model->output_count) >= 0))
        return model;
    hone_model_free(model);
    return NULL;
}

hone_model *hone_internal_keras_graph(const hone_config *config, int depth)
{
    graph_reader reader = {.entries = hone_internal_config_get(config, "layers")};
    if (reader.entries == NULL || reader.entries->kind != HONE_CONFIG_LIST) {
        hone_internal_config_fail(config, "a Functional model needs a list of layers");
        return NULL;
    }
    size_t count = reader.entries->count + 1;
    reader.layers = hone_internal_allocate_zeroed(count, sizeof(hone_layer *));
    reader.calls = hone_internal_allocate_zeroed(count, sizeof(hone_call **));
    reader.call_counts = hone_internal_allocate_zeroed(count, sizeof *reader.call_counts);
    reader.network = hone_internal_network_create();
    hone_model *model = NULL;
    if (reader.layers != NULL && reader.calls != NULL && reader.call_counts != NULL && reader.network != NULL)
        model = connect_graph(&reader, config, depth);
    free_reader(&reader);
    hone_internal_network_free(reader.network);
    return model;
}
