/* Inbound nodes: what one call of a layer or operation is given, in the forms of Keras 3 and 2.
 *
 *     {"args": [x, ...], "kwargs": {"mask": m, ...}}        x: {"class_name": "__keras_tensor__", ...}, or a
 * list or map
 *     [["name", node, tensor, {"mask": ["name", 0, 0]}], ...]
 *
 * The first argument has the inputs, unless the type takes each as an argument of its own (inputs_apart); the
 * others are fields of the call, by their place or by their name. */
#include "base/memory.h"
#include "base/plural.h"
#include "fields/fields.h"
#include "keras/graph.h"
#include "keras/parts.h"
#include "keras/unknown.h"
#include "operations/array.h"

#include <stdio.h>
#include <string.h>

enum { DEEPEST_ARGUMENT = 16, MOST_NAMED = 8 };

/* ---- tensors ---- */

hone_status hone_internal_graph_find(const hone_graph_reader *reader, const hone_config *leaf, int shift,
                                     hone_graph_node *found, hone_tensor **tensor)
{
    if (!hone_internal_config_is(leaf, HONE_CONFIG_LIST) || hone_internal_config_count(leaf) < 3 ||
        !hone_internal_config_is(hone_internal_config_at(leaf, 0), HONE_CONFIG_TEXT) ||
        !hone_internal_config_is(hone_internal_config_at(leaf, 1), HONE_CONFIG_INTEGER) ||
        !hone_internal_config_is(hone_internal_config_at(leaf, 2), HONE_CONFIG_INTEGER))
        return hone_internal_config_fail(leaf, "a tensor must be given as [layer, node, tensor]");
    const char *name = hone_internal_config_text_at(leaf, 0);
    hone_graph_entry *entry = hone_internal_graph_entry(reader, name);
    if (entry == NULL)
        return hone_internal_config_fail(leaf, "there is no layer \"%s\"", name);
    int64_t node = hone_internal_config_as_integer(hone_internal_config_at(leaf, 1)),
            place = hone_internal_config_as_integer(hone_internal_config_at(leaf, 2));
    const hone_model *nested = hone_internal_layer_model(entry->layer);
    if (nested != NULL && !nested->sequential && node > INT64_MIN)
        node -= shift;
    if (node < 0 || place < 0)
        return hone_internal_config_fail(
            leaf, "the %s %lld of the layer \"%s\" is out of range", node < 0 ? "node" : "output",
            (long long)hone_internal_config_as_integer(hone_internal_config_at(leaf, node < 0 ? 1 : 2)),
            name);
    if ((uint64_t)node >= entry->call_count)
        return hone_internal_config_fail(leaf, "the layer \"%s\" has %zu node%s; node %lld does not exist",
                                         name, entry->call_count,
                                         hone_internal_plural((long long)entry->call_count), (long long)node);
    *found = (hone_graph_node){entry, (size_t)node};
    hone_call *call = entry->calls[node];
    if (call != NULL && place >= call->output_count)
        return hone_internal_config_fail(leaf, "the layer \"%s\" has %d output%s; output %lld does not exist",
                                         name, call->output_count, hone_internal_plural(call->output_count),
                                         (long long)place);
    *tensor = call == NULL ? NULL : &call->outputs[place];
    return HONE_OK;
}

/* A node that is being read. */
typedef struct node_reader {
    hone_graph_reader *graph;
    bool old; /* in the form of Keras 2 */
} node_reader;

/* The [layer, node, tensor] of a value that is a tensor, else NULL. */
static const hone_config *leaf_of(const node_reader *reader, const hone_config *value)
{
    const char *class_name = hone_internal_config_get_text(value, "class_name");
    if (class_name != NULL && strcmp(class_name, "__keras_tensor__") == 0) {
        const hone_config *leaf =
            hone_internal_config_get(hone_internal_config_get(value, "config"), "keras_history");
        return leaf != NULL ? leaf : value;
    }
    bool old = reader->old && hone_internal_config_is(value, HONE_CONFIG_LIST) &&
               hone_internal_config_count(value) >= 3 &&
               hone_internal_config_is(hone_internal_config_at(value, 0), HONE_CONFIG_TEXT);
    return old ? value : NULL;
}

static hone_status find(const node_reader *reader, const hone_config *leaf, hone_graph_node *node,
                        hone_tensor **tensor)
{
    return hone_internal_graph_find(reader->graph, leaf, reader->old ? 1 : 0, node, tensor);
}

static bool is_nested(const hone_config *value)
{
    return hone_internal_config_is(value, HONE_CONFIG_LIST) ||
           hone_internal_config_is(value, HONE_CONFIG_MAP);
}

/* The first call that a value needs and that is not made; *missing stays as it is when all are. */
static hone_status find_missing(const node_reader *reader, const hone_config *value, hone_graph_node *missing,
                                int depth)
{
    const hone_config *leaf = leaf_of(reader, value);
    if (leaf != NULL) {
        hone_graph_node node;
        hone_tensor *tensor;
        HONE_TRY(find(reader, leaf, &node, &tensor));
        if (tensor == NULL)
            *missing = node;
        if (!reader->old || hone_internal_config_count(leaf) < 4 || tensor == NULL)
            return HONE_OK;
        value = hone_internal_config_at(leaf, 3); /* its keyword arguments */
    }
    if (depth > DEEPEST_ARGUMENT)
        return hone_internal_config_fail(value, "the arguments of a call are nested too deeply");
    for (size_t i = 0; is_nested(value) && i < hone_internal_config_count(value) && missing->entry == NULL;
         i++)
        HONE_TRY(find_missing(reader, hone_internal_config_at(value, i), missing, depth + 1));
    return HONE_OK;
}

/* Numbers where a tensor may stand become one: the output of a call of their own. What that is called on must
 * be a tensor of the network, and is its first input. */
static hone_status collect_array(const node_reader *reader, const hone_config *value, hone_tensor_list *list)
{
    hone_network *network = reader->graph->network;
    hone_tensor *first = hone_internal_network_first(network);
    if (first == NULL)
        return hone_internal_config_fail(value,
                                         "numbers cannot stand in place of the first tensor of a model");
    hone_config *text = hone_internal_keras_literal_read(value);
    hone_layer *layer = text == NULL ? NULL : hone_internal_array_create(hone_internal_config_as_text(text));
    hone_internal_config_free(text);
    hone_call *call = layer == NULL ? NULL : hone_internal_network_call(network, layer, &first, 1, NULL);
    return call == NULL ? hone_error_status() : hone_internal_tensor_list_add(list, &call->outputs[0]);
}

/* Adds the tensors of a value in Keras's order: those of maps by sorted keys. `blanks`: null is a place left
 * out. */
static hone_status collect(const node_reader *reader, const hone_config *value, bool blanks,
                           hone_tensor_list *list)
{
    const hone_config *leaf = leaf_of(reader, value);
    if (leaf != NULL) {
        hone_graph_node node;
        hone_tensor *tensor;
        HONE_TRY(find(reader, leaf, &node, &tensor));
        return hone_internal_tensor_list_add(list, tensor);
    }
    if (!hone_internal_config_present(value))
        return blanks ? hone_internal_tensor_list_add(list, HONE_NO_TENSOR) : HONE_OK;
    if (hone_internal_keras_is_array(value))
        return collect_array(reader, value, list);
    if (!is_nested(value) || hone_internal_config_get(value, "class_name") != NULL) {
        char received[64];
        hone_internal_config_describe(value, received, sizeof received);
        return hone_internal_config_fail(value, "a call on %s, which is not a tensor, is not supported",
                                         received);
    }
    size_t *order = hone_internal_sorted_items(value);
    hone_status status = order == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(value) && status >= 0; i++) {
        const hone_config *item = hone_internal_config_at(value, order[i]);
        status = blanks || hone_internal_config_present(item)
                     ? collect(reader, item, blanks, list)
                     : hone_internal_config_fail(value, "a call has null in the place of a tensor");
    }
    hone_internal_free(order);
    return status;
}

static hone_status collect_with_blanks(void *context, const hone_config *value, hone_tensor_list *list)
{
    return collect(context, value, true, list);
}

/* A model whose inputs are a list is given a map: each input takes the item of its name. */
static hone_status collect_by_name(const node_reader *reader, const hone_model *model, const hone_config *map,
                                   hone_tensor_list *list)
{
    for (int i = 0; i < model->input_count; i++) {
        const char *name = hone_model_input_name(model, i);
        const hone_config *item = hone_internal_config_get(map, name);
        if (item == NULL)
            return hone_internal_config_fail(map, "the model \"%s\" is called without its input \"%s\"",
                                             hone_model_name(model), name);
        HONE_TRY(collect(reader, item, false, list));
    }
    return HONE_OK;
}

static hone_status collect_inputs(const node_reader *reader, const hone_layer *layer,
                                  const hone_config *value, hone_tensor_list *list)
{
    if (!hone_internal_config_is(value, HONE_CONFIG_MAP) || leaf_of(reader, value) != NULL ||
        hone_internal_keras_is_array(value))
        return collect(reader, value, false, list);
    const hone_model *model = hone_internal_layer_model(layer);
    if (model == NULL)
        return hone_internal_config_fail(value, "the layer \"%s\" is called with a map; only models take one",
                                         hone_internal_layer_label(layer));
    return model->built && model->input_keys[0] == NULL ? collect_by_name(reader, model, value, list)
                                                        : collect(reader, value, false, list);
}

/* ---- arguments ---- */

typedef struct node_parts {
    hone_tensor_list inputs;
    hone_config *given; /* the other arguments, by name */
    hone_config *unknown;
} node_parts;

/* The place of a name in "query|value|key"; -1: it is none of them. */
static int place_of_name(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (int place = 0; names != NULL; place++) {
        if (strncmp(names, name, length) == 0 && (names[length] == '|' || names[length] == '\0'))
            return place;
        names = strchr(names, '|');
        names = names == NULL ? NULL : names + 1;
    }
    return -1;
}

static size_t count_names(const char *names)
{
    size_t count = names != NULL;
    for (; names != NULL && *names != '\0'; names++)
        count += *names == '|';
    return count;
}

/* The field of a positional argument. */
static hone_status give_field(const hone_layer *layer, size_t place, const hone_config *value,
                              hone_config *given)
{
    const hone_type *type = layer->type->call_fields;
    if (type == NULL || place >= type->field_count)
        return hone_internal_config_fail(value,
                                         "the call of \"%s\" has a positional argument %zu, which is not "
                                         "supported",
                                         hone_internal_layer_label(layer), place + 1);
    return hone_internal_config_set(given, hone_internal_field_key(&type->fields[place]),
                                    hone_internal_config_copy(value));
}

/* An operand that is left out is "None": those behind it are known by their places, and Keras wants it again.
 */
static hone_status give_nothing(const hone_field *field, hone_config *given)
{
    if (field == NULL || !hone_internal_keras_is_literal(field))
        return HONE_OK;
    return hone_internal_config_set(given, field->name, hone_internal_config_text("None"));
}

/* `training` by position: a truth value where the call has no field for one. */
static bool is_training(const hone_layer *layer, size_t place, const hone_config *value)
{
    const hone_type *type = layer->type->call_fields;
    return hone_internal_config_is(value, HONE_CONFIG_BOOLEAN) &&
           (type == NULL || place >= type->field_count ||
            hone_internal_field_is_tensor(&type->fields[place]));
}

static hone_status read_args(const node_reader *reader, const hone_layer *layer, const hone_config *args,
                             node_parts *parts)
{
    if (!hone_internal_config_is(args, HONE_CONFIG_LIST))
        return hone_internal_config_fail(args, "the args of a call must be a list");
    bool apart = layer->type->inputs_apart;
    size_t named = count_names(layer->type->input_names), first_field = named > 0 ? named : apart ? 0 : 1;
    for (size_t i = 0; i < hone_internal_config_count(args); i++) {
        const hone_config *value = hone_internal_config_at(args, i);
        bool input = named > 0 ? i < named : apart ? leaf_of(reader, value) != NULL : i == 0;
        if (input)
            HONE_TRY(collect_inputs(reader, layer, value, &parts->inputs));
        else if (!apart && is_training(layer, i - first_field, value)) {
            HONE_TRY(hone_internal_config_set(parts->given, "training", hone_internal_config_copy(value)));
            first_field++; /* what follows is a field earlier */
        } else if (hone_internal_config_present(value))
            HONE_TRY(give_field(layer, i - first_field, value, parts->given));
        else if (apart && named == 0 && layer->type->call_fields != NULL &&
                 i < layer->type->call_fields->field_count)
            HONE_TRY(give_nothing(&layer->type->call_fields->fields[i], parts->given));
    }
    return HONE_OK;
}

/* Inputs by their names: f(x, value=y), in the order of the names behind those that stand by position. */
static hone_status take_named_inputs(const node_reader *reader, const hone_layer *layer,
                                     const hone_config *kwargs, node_parts *parts)
{
    size_t named = count_names(layer->type->input_names), found = 0;
    const hone_config *inputs[MOST_NAMED] = {NULL};
    for (size_t i = 0;
         hone_internal_config_is(kwargs, HONE_CONFIG_MAP) && i < hone_internal_config_count(kwargs); i++) {
        int place = place_of_name(layer->type->input_names, hone_internal_config_key(kwargs, i));
        if (place < 0 || !hone_internal_config_present(hone_internal_config_at(kwargs, i)))
            continue;
        if (place < parts->inputs.count)
            return hone_internal_config_fail(
                hone_internal_config_at(kwargs, i), "the call of \"%s\" is given \"%s\" twice",
                hone_internal_layer_label(layer), hone_internal_config_key(kwargs, i));
        inputs[place] = hone_internal_config_at(kwargs, i);
        found++;
    }
    for (size_t place = (size_t)parts->inputs.count; place < named && found > 0; place++) {
        if (inputs[place] == NULL)
            return hone_internal_config_fail(kwargs, "the call of \"%s\" lacks an input before those by name",
                                             hone_internal_layer_label(layer));
        HONE_TRY(collect(reader, inputs[place], false, &parts->inputs));
        found--;
    }
    return HONE_OK;
}

/* Whether its tensors are operands, each of which is a field of its call too, for when it is a constant. */
static bool has_operands(const hone_layer *layer)
{
    return layer->type->inputs_apart && layer->type->input_names == NULL && layer->type->call_fields != NULL;
}

/* f(x, weights=w), operands by their names: in the order of the fields, "None" for those left out before. */
static hone_status take_operands(const node_reader *reader, const hone_layer *layer,
                                 const hone_config *kwargs, size_t given, node_parts *parts)
{
    const hone_type *type = layer->type->call_fields;
    size_t end = has_operands(layer) ? type->field_count : 0;
    while (end > given &&
           leaf_of(reader, hone_internal_config_get(kwargs, type->fields[end - 1].name)) == NULL)
        end--;
    for (size_t i = given; i < end; i++) {
        const hone_config *value = hone_internal_config_get(kwargs, type->fields[i].name);
        if (leaf_of(reader, value) != NULL)
            HONE_TRY(collect(reader, value, false, &parts->inputs));
        else if (!hone_internal_config_present(value))
            HONE_TRY(give_nothing(&type->fields[i], parts->given));
    }
    return HONE_OK;
}

/* f(inputs=x): the first of the keyword arguments that holds tensors and is no field. Its key; NULL: there is
 * none. */
static const char *named_first_argument(const node_reader *reader, const hone_layer *layer,
                                        const hone_config *kwargs)
{
    const hone_type *type = layer->type->call_fields;
    for (size_t i = 0;
         hone_internal_config_is(kwargs, HONE_CONFIG_MAP) && i < hone_internal_config_count(kwargs); i++) {
        const hone_config *value = hone_internal_config_at(kwargs, i);
        const char *key = hone_internal_config_key(kwargs, i);
        bool tensors = leaf_of(reader, value) != NULL || hone_internal_config_is(value, HONE_CONFIG_LIST);
        if (tensors && strcmp(key, "training") != 0 && strcmp(key, "mask") != 0 &&
            (type == NULL || hone_internal_fields_find(type, key) == NULL))
            return key;
    }
    return NULL;
}

/* A tensor by the name of an operand, which take_operands takes. */
static bool is_operand(const node_reader *reader, const hone_layer *layer, const char *key,
                       const hone_config *value)
{
    return has_operands(layer) && hone_internal_fields_find(layer->type->call_fields, key) != NULL &&
           leaf_of(reader, value) != NULL;
}

static hone_status take_kwargs(const node_reader *reader, const hone_layer *layer, const hone_config *kwargs,
                               const char *inputs, node_parts *parts)
{
    const hone_type *type = layer->type->call_fields;
    if (!hone_internal_config_present(kwargs))
        return HONE_OK;
    if (!hone_internal_config_is(kwargs, HONE_CONFIG_MAP))
        return hone_internal_config_fail(kwargs, "the kwargs of a call must be a map");
    for (size_t i = 0; i < hone_internal_config_count(kwargs); i++) {
        const hone_config *value = hone_internal_config_at(kwargs, i);
        const char *key = hone_internal_config_key(kwargs, i);
        if (place_of_name(layer->type->input_names, key) >= 0 || key == inputs ||
            is_operand(reader, layer, key, value))
            continue;
        HONE_TRY(
            hone_internal_config_present(value)
                ? hone_internal_config_set(parts->given, key, hone_internal_config_copy(value))
                : give_nothing(type == NULL ? NULL : hone_internal_fields_find(type, key), parts->given));
    }
    return HONE_OK;
}

/* The keyword arguments that Keras 2 writes with each tensor are the same in all of them. */
static const hone_config *old_kwargs(const hone_config *node)
{
    const hone_config *first =
        hone_internal_config_is(node, HONE_CONFIG_LIST) && hone_internal_config_count(node) > 0
            ? hone_internal_config_at(node, 0)
            : NULL;
    if (hone_internal_config_is(first, HONE_CONFIG_TEXT))
        first = node; /* one tensor without a list around it */
    return hone_internal_config_is(first, HONE_CONFIG_LIST) && hone_internal_config_count(first) >= 4
               ? hone_internal_config_at(first, 3)
               : NULL;
}

static hone_status read_parts(const node_reader *reader, const hone_layer *layer, const hone_config *node,
                              node_parts *parts)
{
    static const hone_type none = {.name = "call", .class_name = "its call"};
    char label[200];
    snprintf(label, sizeof label, "the layer \"%.150s\"", hone_internal_layer_label(layer));
    if (reader->old)
        HONE_TRY(collect(reader, node, false, &parts->inputs));
    else
        HONE_TRY(read_args(reader, layer, hone_internal_config_get(node, "args"), parts));
    const hone_config *kwargs = reader->old ? old_kwargs(node) : hone_internal_config_get(node, "kwargs");
    const bool nothing = parts->inputs.count == 0 && layer->type->input_names == NULL;
    const char *first = nothing ? named_first_argument(reader, layer, kwargs) : NULL;
    if (first != NULL)
        HONE_TRY(collect_inputs(reader, layer, hone_internal_config_get(kwargs, first), &parts->inputs));
    HONE_TRY(take_kwargs(reader, layer, kwargs, first, parts));
    if (!reader->old && first == NULL)
        HONE_TRY(take_operands(reader, layer, kwargs,
                               hone_internal_config_count(hone_internal_config_get(node, "args")), parts));
    HONE_TRY(take_named_inputs(reader, layer, kwargs, parts));
    const hone_config *training = hone_internal_config_get(parts->given, "training");
    hone_config *kept = training == NULL ? NULL : hone_internal_config_copy(training);
    hone_internal_config_remove(parts->given, "training"); /* every layer has it, and no type says so */
    const hone_type *type = layer->type->call_fields != NULL ? layer->type->call_fields : &none;
    hone_status status = hone_internal_keras_forms_read(type, parts->given);
    if (status >= 0)
        status =
            hone_internal_unknown_take(reader->graph->loading, type, parts->given, label, &parts->unknown);
    if (training == NULL)
        return status;
    hone_status put_back = hone_internal_config_set(parts->given, "training", kept);
    return status < 0 ? status : put_back;
}

/* ---- the call ---- */

static hone_status call_with(node_reader *reader, hone_graph_node node, node_parts *parts)
{
    hone_layer *layer = node.entry->layer;
    if (parts->inputs.count == 0)
        return hone_internal_config_fail(node.entry->config, "the layer \"%s\" has no input",
                                         node.entry->name);
    hone_made_call made;
    HONE_TRY(hone_internal_keras_cast_inputs(node.entry->config, reader->graph->network, &parts->inputs));
    hone_status status =
        hone_internal_call_args_read(&made, layer, parts->given, collect_with_blanks, reader);
    hone_call *call = status < 0
                          ? NULL
                          : hone_internal_network_call(reader->graph->network, hone_layer_retain(layer),
                                                       parts->inputs.items, parts->inputs.count, made.args);
    if (call != NULL)
        call->training = made.training;
    hone_internal_call_args_free(&made);
    if (call == NULL)
        return status < 0 ? status : hone_error_status();
    call->unknown = parts->unknown;
    parts->unknown = NULL;
    node.entry->calls[node.index] = call;
    return HONE_OK;
}

static hone_status call_input(hone_graph_reader *reader, hone_graph_node node)
{
    hone_call *call =
        hone_internal_network_call(reader->network, hone_layer_retain(node.entry->layer), NULL, 0, NULL);
    node.entry->calls[node.index] = call;
    return call == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_graph_make_call(hone_graph_reader *graph, hone_graph_node node,
                                          hone_graph_node *missing)
{
    if (node.entry->layer->type == &hone_internal_input_layer)
        return call_input(graph, node);
    const hone_config *config = hone_internal_config_at(node.entry->nodes, node.index);
    node_reader reader = {graph, hone_internal_config_get(config, "args") == NULL};
    HONE_TRY(find_missing(&reader, config, missing, 0));
    if (missing->entry != NULL)
        return HONE_OK;
    node_parts parts = {.given = hone_internal_config_map()};
    hone_status status =
        parts.given == NULL ? HONE_ERROR_MEMORY : read_parts(&reader, node.entry->layer, config, &parts);
    if (status >= 0)
        status = call_with(&reader, node, &parts);
    hone_internal_free(parts.inputs.items);
    hone_internal_config_free(parts.given);
    hone_internal_config_free(parts.unknown);
    return status;
}
