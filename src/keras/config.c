/* Models to and from config trees in Keras's form (file-formats sections 1.3 to 1.6, 1.15). */
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "keras/unknown.h"
#include "model/model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sets a key and remembers a failure, so that a run of these needs one check. */
static void put(bool *good, hone_config *map, const char *key, hone_config *value)
{
    if (hone_internal_config_set(map, key, value) < 0)
        *good = false;
}

static void push(bool *good, hone_config *list, hone_config *value)
{
    if (hone_internal_config_append(list, value) < 0)
        *good = false;
}

static hone_config *finish(bool good, hone_config *config)
{
    if (good)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

static hone_config *shape_to_config(hone_shape shape)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int i = 0; good && i < shape.rank; i++)
        push(&good, list,
             shape.size[i] == HONE_ANY ? hone_internal_config_null()
                                       : hone_internal_config_integer(shape.size[i]));
    return finish(good, list);
}

/* ---- writing ---- */

static hone_config *input_shape_config(const hone_layer *layer)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    if (!good)
        return NULL;
    if (layer->input_count == 1) {
        put(&good, map, "input_shape", shape_to_config(layer->input_shapes[0]));
        return finish(good, map);
    }
    hone_config *list = hone_internal_config_list();
    for (int i = 0; list != NULL && i < layer->input_count; i++)
        push(&good, list, shape_to_config(layer->input_shapes[i]));
    put(&good, map, "input_shape", list);
    return finish(good, map);
}

/* Keras wants the one mean and variance of a Normalization over all axes as numbers, not as lists of one. */
static hone_status unlist_statistics(hone_config *config, const hone_type *type)
{
    static const char *const KEYS[] = {"mean", "variance"};
    const hone_config *axis = hone_internal_config_get(config, "axis");
    bool all = strcmp(type->class_name, "Normalization") == 0 &&
               (!hone_internal_config_present(axis) || (axis->kind == HONE_CONFIG_LIST && axis->count == 0));
    for (int i = 0; i < 2 && all; i++) {
        const hone_config *list = hone_internal_config_get(config, KEYS[i]);
        if (list != NULL && list->kind == HONE_CONFIG_LIST && list->count == 1)
            HONE_TRY(hone_internal_config_set(config, KEYS[i], hone_internal_config_copy(list->items[0])));
    }
    return HONE_OK;
}

static hone_config *model_config(hone_model *model);

static hone_config *model_envelope(hone_model *model)
{
    const hone_type *type =
        model->sequential ? &hone_internal_sequential_layer.type : &hone_internal_functional_layer.type;
    hone_config *envelope = hone_internal_envelope(type->module, type->class_name, model_config(model));
    bool good = envelope != NULL;
    if (good && !model->sequential)
        put(&good, envelope, "registered_name", hone_internal_config_text("Functional"));
    if (good && model->sequential && model->built) {
        hone_config *build = hone_internal_config_map();
        if (build != NULL)
            put(&good, build, "input_shape", shape_to_config(model->inputs[0]->shape));
        put(&good, envelope, "build_config", build);
    }
    return finish(good, envelope);
}

static hone_config *clipping_item(const hone_config *map, const char *key, double standard)
{
    const hone_config *item = hone_internal_config_get(map, key);
    return hone_internal_config_present(item) ? hone_internal_config_copy(item)
                                              : hone_internal_config_number(standard);
}

/* Bounds of batch renormalisation: in files {"rmin": ..., "rmax": ..., "dmax": ...}, each may be missing;
 * here a list of all. */
static hone_status read_clipping(hone_config *config)
{
    const hone_config *map = hone_internal_config_get(config, "renorm_clipping");
    if (map == NULL || map->kind != HONE_CONFIG_MAP)
        return HONE_OK;
    hone_config *list = map->count == 0 ? hone_internal_config_null() : hone_internal_config_list();
    bool good = list != NULL;
    if (good && map->count > 0) {
        push(&good, list, clipping_item(map, "rmin", 0));
        push(&good, list, clipping_item(map, "rmax", HUGE_VAL));
        push(&good, list, clipping_item(map, "dmax", HUGE_VAL));
    }
    return hone_internal_config_set(config, "renorm_clipping", finish(good, list));
}

static hone_status write_clipping(hone_config *config)
{
    static const char *const keys[] = {"rmin", "rmax", "dmax"};
    const hone_config *list = hone_internal_config_get(config, "renorm_clipping");
    if (list == NULL || list->kind != HONE_CONFIG_LIST || list->count != 3)
        return HONE_OK;
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    for (int i = 0; good && i < 3; i++)
        if (i == 0 ? list->items[i]->number > 0 : list->items[i]->number < HUGE_VAL)
            put(&good, map, keys[i], hone_internal_config_copy(list->items[i]));
    return hone_internal_config_set(config, "renorm_clipping", finish(good, map));
}

static hone_config *layer_envelope(const hone_layer *layer, const hone_shape *input_shape)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL) {
        hone_config *envelope = model_envelope(nested);
        hone_config *config = hone_internal_config_get_mutable(envelope, "config");
        bool good = config != NULL;
        if (good)
            put(&good, config, "name", hone_internal_config_text(hone_internal_layer_label(layer)));
        if (good)
            put(&good, config, "trainable", hone_internal_config_boolean(layer->trainable));
        return finish(good, envelope);
    }
    const hone_type *type = &layer->type->type;
    hone_config *config = hone_internal_fields_to_config(type, layer->args);
    bool good = config != NULL && unlist_statistics(config, type) >= 0;
    if (good)
        put(&good, config, "name", hone_internal_config_text(hone_internal_layer_label(layer)));
    if (good && input_shape != NULL)
        put(&good, config, "batch_shape", shape_to_config(*input_shape));
    if (good && hone_internal_config_get(config, "trainable") != NULL)
        put(&good, config, "trainable", hone_internal_config_boolean(layer->trainable));
    good = good && write_clipping(config) >= 0 && hone_internal_unknown_give(config, layer->unknown) >= 0;
    hone_config *envelope = hone_internal_envelope(type->module, type->class_name, finish(good, config));
    good = envelope != NULL;
    if (good && layer->input_count > 0 && layer->weight_count > 0)
        put(&good, envelope, "build_config", input_shape_config(layer));
    return finish(good, envelope);
}

static const hone_call *first_call(const hone_model *model, const hone_layer *layer)
{
    for (int i = 0; i < model->call_count; i++)
        if (model->calls[i]->layer == layer)
            return model->calls[i];
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i]->call->layer == layer)
            return model->inputs[i]->call;
    return NULL;
}

static hone_config *envelope_of(const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = first_call(model, layer);
    bool input = layer->type == &hone_internal_input_layer && call != NULL;
    return layer_envelope(layer, input ? &call->outputs[0].shape : NULL);
}

/* The number of a call among those of its layer in this model. */
static int node_index(const hone_model *model, const hone_call *call)
{
    int index = 0;
    for (int i = 0; i < model->call_count && model->calls[i] != call; i++)
        index += model->calls[i]->layer == call->layer;
    return index;
}

static hone_config *history_of(const hone_model *model, const hone_tensor *tensor, int shift)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    if (!good)
        return NULL;
    push(&good, list, hone_internal_config_text(hone_internal_layer_label(tensor->call->layer)));
    push(&good, list, hone_internal_config_integer(node_index(model, tensor->call) + shift));
    push(&good, list, hone_internal_config_integer(tensor->index));
    return finish(good, list);
}

static hone_config *tensor_reference(const hone_model *model, const hone_tensor *tensor)
{
    hone_config *config = hone_internal_config_map(), *reference = hone_internal_config_map();
    bool good = config != NULL && reference != NULL;
    if (good) {
        put(&good, config, "shape", shape_to_config(tensor->shape));
        put(&good, config, "dtype", hone_internal_config_text("float32"));
        put(&good, config, "keras_history", history_of(model, tensor, 0));
        put(&good, reference, "class_name", hone_internal_config_text("__keras_tensor__"));
        put(&good, reference, "config", config);
        return finish(good, reference);
    }
    hone_internal_config_free(config);
    return finish(good, reference);
}

/* One call: {"args": [T], "kwargs": {}}, or {"args": [[T1, T2]], ...} when the layer takes several. */
static hone_config *inbound_node(const hone_model *model, const hone_call *call)
{
    hone_config *node = hone_internal_config_map(), *args = hone_internal_config_list(),
                *list = hone_internal_config_list();
    bool good = node != NULL && args != NULL && list != NULL;
    bool one = call->input_count == 1 && call->layer->type->inputs_max <= 1;
    for (int i = 0; good && i < call->input_count; i++)
        push(&good, one ? args : list, tensor_reference(model, call->inputs[i]));
    if (good && !one) {
        push(&good, args, list);
        list = NULL;
    }
    hone_internal_config_free(list);
    if (!good) {
        hone_internal_config_free(args);
        return finish(false, node);
    }
    put(&good, node, "args", args);
    hone_config *kwargs = hone_internal_config_map();
    if (kwargs != NULL && call->training >= 0)
        put(&good, kwargs, "training", hone_internal_config_boolean(call->training == 1));
    put(&good, node, "kwargs", kwargs);
    return finish(good, node);
}

static hone_config *graph_layer(const hone_model *model, const hone_layer *layer)
{
    hone_config *envelope = envelope_of(model, layer), *nodes = hone_internal_config_list();
    bool good = envelope != NULL && nodes != NULL;
    if (!good) {
        hone_internal_config_free(nodes);
        return finish(false, envelope);
    }
    put(&good, envelope, "name", hone_internal_config_text(hone_internal_layer_label(layer)));
    for (int i = 0; good && i < model->call_count; i++)
        if (model->calls[i]->layer == layer && model->calls[i]->input_count > 0 &&
            layer->type != &hone_internal_input_layer)
            push(&good, nodes, inbound_node(model, model->calls[i]));
    put(&good, envelope, "inbound_nodes", nodes);
    return finish(good, envelope);
}

/* One end bare, several as a list, or as a map when they have keys. A nested graph owns a node 0 of its own,
 * so its calls count from 1 here. */
static hone_config *ends_to_config(const hone_model *model, hone_tensor *const *ends, char *const *keys,
                                   int count)
{
    hone_config *list = keys[0] != NULL ? hone_internal_config_map() : hone_internal_config_list();
    bool good = list != NULL;
    for (int i = 0; good && i < count; i++) {
        const hone_model *nested = hone_internal_layer_model(ends[i]->call->layer);
        hone_config *history = history_of(model, ends[i], nested != NULL && !nested->sequential ? 1 : 0);
        if (count == 1 && keys[0] == NULL) {
            hone_internal_config_free(list);
            return history;
        }
        if (keys[0] != NULL)
            put(&good, list, keys[i], history);
        else
            push(&good, list, history);
    }
    return finish(good, list);
}

static hone_config *model_config(hone_model *model)
{
    hone_config *config = hone_internal_config_map(), *layers = hone_internal_config_list();
    bool good = config != NULL && layers != NULL;
    if (!good) {
        hone_internal_config_free(layers);
        return finish(false, config);
    }
    put(&good, config, "name", hone_internal_config_text(hone_model_name(model)));
    put(&good, config, "trainable", hone_internal_config_boolean(true));
    if (model->sequential)
        put(&good, config, "dtype", hone_internal_config_text("float32"));
    for (size_t i = 0; good && i < model->layer_count; i++)
        push(&good, layers,
             model->sequential ? envelope_of(model, model->layers[i]) : graph_layer(model, model->layers[i]));
    put(&good, config, "layers", layers);
    if (good && model->sequential && model->built)
        put(&good, config, "build_input_shape", shape_to_config(model->inputs[0]->shape));
    if (good && !model->sequential) {
        put(&good, config, "input_layers",
            ends_to_config(model, model->inputs, model->input_keys, model->input_count));
        put(&good, config, "output_layers",
            ends_to_config(model, model->outputs, model->output_keys, model->output_count));
    }
    return finish(good, config);
}

static hone_config *copy_or_null(const hone_config *config)
{
    return config == NULL ? hone_internal_config_null() : hone_internal_config_copy(config);
}

/* Losses or metrics as Keras reads them: a name stays the user's text, "huber(delta=2)" becomes an object. */
static hone_config *settings_to_config(const hone_config *settings, const char *family)
{
    if (settings == NULL)
        return hone_internal_config_null();
    if (settings->kind == HONE_CONFIG_TEXT && strchr(settings->text, '(') != NULL)
        return hone_internal_spec_to_config(family, settings->text);
    bool nested =
        settings->kind == HONE_CONFIG_LIST ||
        (settings->kind == HONE_CONFIG_MAP && hone_internal_config_get(settings, "class_name") == NULL);
    if (!nested)
        return hone_internal_config_copy(settings);
    hone_config *copy =
        settings->kind == HONE_CONFIG_LIST ? hone_internal_config_list() : hone_internal_config_map();
    bool good = copy != NULL;
    for (size_t i = 0; good && i < settings->count; i++) {
        hone_config *item = settings_to_config(settings->items[i], family);
        if (settings->kind == HONE_CONFIG_LIST)
            push(&good, copy, item);
        else
            put(&good, copy, settings->keys[i], item);
    }
    return finish(good, copy);
}

static hone_config *optimizer_to_config(const hone_optimizer *optimizer)
{
    hone_config *envelope = hone_internal_optimizer_to_config(optimizer);
    hone_config *config = hone_internal_config_get_mutable(envelope, "config");
    return finish(config == NULL || hone_internal_unknown_give(config, optimizer->unknown) >= 0, envelope);
}

static hone_config *compile_to_config(const hone_model *model)
{
    const hone_compiled *compiled = &model->compiled;
    hone_config *config = hone_internal_config_map();
    bool good = config != NULL;
    if (!good || !compiled->ready)
        return config;
    put(&good, config, "optimizer", optimizer_to_config(compiled->optimizer));
    put(&good, config, "loss", settings_to_config(compiled->loss, "loss"));
    put(&good, config, "loss_weights", copy_or_null(compiled->loss_weights));
    put(&good, config, "metrics", settings_to_config(compiled->metrics, "metric"));
    put(&good, config, "weighted_metrics", settings_to_config(compiled->weighted_metrics, "metric"));
    put(&good, config, "run_eagerly", hone_internal_config_boolean(false));
    put(&good, config, "steps_per_execution", hone_internal_config_integer(1));
    put(&good, config, "jit_compile", hone_internal_config_text("auto"));
    good = good && hone_internal_unknown_give(config, compiled->unknown) >= 0;
    return finish(good, config);
}

hone_config *hone_internal_model_to_config(hone_model *model)
{
    hone_config *envelope = model_envelope(model);
    bool good = envelope != NULL;
    if (good)
        put(&good, envelope, "compile_config", compile_to_config(model));
    return finish(good, envelope);
}

/* ---- reading ---- */

enum { DEEPEST = 32 }; /* models within models */

static bool module_allowed(const char *module)
{
    return module == NULL || strcmp(module, "keras") == 0 || strncmp(module, "keras.", 6) == 0 ||
           strncmp(module, "tensorflow.keras", 16) == 0 || strncmp(module, "tf_keras", 8) == 0 ||
           strcmp(module, "hone") == 0 || strcmp(module, "builtins") == 0;
}

/* Custom classes carry a registered_name of their own; those that Hone does not know are refused by name. */
static hone_status check_origin(const hone_config *envelope, const char *class_name)
{
    const char *module = hone_internal_config_get_text(envelope, "module");
    const char *registered = hone_internal_config_get_text(envelope, "registered_name");
    if (strcmp(class_name, "Lambda") == 0 || strcmp(class_name, "__lambda__") == 0)
        return hone_internal_config_fail(envelope, "the file holds a Lambda layer, whose code is not run");
    if (!module_allowed(module))
        return hone_internal_config_fail(envelope, "the class \"%s\" of module \"%s\" is not one of Keras's",
                                         class_name, module);
    if (registered != NULL && strcmp(registered, class_name) != 0 && strchr(registered, '>') != NULL)
        return hone_internal_config_fail(envelope, "\"%s\" is a custom class that is not registered",
                                         registered);
    return HONE_OK;
}

/* A dtype policy {class_name: DTypePolicy, config: {name}} becomes its name; a list axis of one item becomes
 * the item. */
static hone_status tidy_layer_config(hone_config *config, const char *class_name)
{
    const hone_config *dtype = hone_internal_config_get(config, "dtype");
    if (dtype != NULL && dtype->kind == HONE_CONFIG_NULL)
        hone_internal_config_remove(config, "dtype");
    if (dtype != NULL && dtype->kind == HONE_CONFIG_MAP) {
        const char *policy = hone_internal_config_get_text(dtype, "class_name");
        const char *name = hone_internal_config_get_text(hone_internal_config_get(dtype, "config"), "name");
        if (policy == NULL || name == NULL ||
            (strcmp(policy, "DTypePolicy") != 0 && strcmp(policy, "FloatDTypePolicy") != 0))
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: the dtype policy \"%s\" is not supported",
                             class_name, policy != NULL ? policy : "?");
        HONE_TRY(hone_internal_config_set(config, "dtype", hone_internal_config_text(name)));
    }
    HONE_TRY(read_clipping(config));
    const hone_config *axis = hone_internal_config_get(config, "axis");
    if (strcmp(class_name, "BatchNormalization") == 0 && axis != NULL && axis->kind == HONE_CONFIG_LIST &&
        axis->count == 1)
        HONE_TRY(hone_internal_config_set(config, "axis", hone_internal_config_copy(axis->items[0])));
    const hone_config *trainable = hone_internal_config_get(config, "trainable");
    if (trainable != NULL && trainable->kind == HONE_CONFIG_NULL)
        return hone_fail(HONE_ERROR_FORMAT, "%s: trainable must be true or false, not null", class_name);
    hone_config *old_shape = hone_internal_config_get_mutable(config, "batch_input_shape");
    if (old_shape != NULL) {
        if (strcmp(class_name, "InputLayer") == 0)
            HONE_TRY(hone_internal_config_set(config, "batch_shape", hone_internal_config_copy(old_shape)));
        hone_internal_config_remove(config, "batch_input_shape");
    }
    return HONE_OK;
}

static hone_model *model_from_config(const hone_config *envelope, int depth);

static bool is_model_class(const char *class_name)
{
    return strcmp(class_name, "Sequential") == 0 || strcmp(class_name, "Functional") == 0 ||
           strcmp(class_name, "Model") == 0;
}

static hone_layer *plain_layer(const hone_config *envelope, const char *class_name)
{
    const hone_type *type = hone_internal_type_find("layer", class_name);
    if (type == NULL)
        return NULL;
    if (type == &hone_internal_sequential_layer.type || type == &hone_internal_functional_layer.type) {
        hone_internal_config_fail(envelope, "a model is written as \"%s\", not \"%s\"", type->class_name,
                                  class_name);
        return NULL;
    }
    const hone_config *given = hone_internal_config_get(envelope, "config");
    hone_config *config =
        hone_internal_config_present(given) ? hone_internal_config_copy(given) : hone_internal_config_map();
    if (config == NULL)
        return NULL;
    hone_layer *layer = NULL;
    hone_config *unknown = NULL;
    const char *name = hone_internal_config_get_text(config, "name");
    char label[200];
    snprintf(label, sizeof label, "the layer \"%.150s\"", name != NULL ? name : class_name);
    if (config->kind != HONE_CONFIG_MAP)
        hone_internal_config_fail(given, "%s: its config must be a map", class_name);
    else if (tidy_layer_config(config, class_name) >= 0 &&
             hone_internal_unknown_take(type, config, label, &unknown) >= 0) {
        void *args = hone_internal_fields_from_config(type, config, NULL);
        if (args != NULL)
            layer = hone_layer_create((const hone_layer_type *)type, args);
        if (args != NULL)
            hone_internal_fields_free(type, args);
    }
    if (layer != NULL) {
        layer->unknown = unknown;
        unknown = NULL;
    }
    hone_internal_config_free(unknown);
    hone_internal_config_free(config);
    return layer;
}

static hone_layer *layer_from_config(const hone_config *envelope, int depth)
{
    const char *class_name = hone_internal_config_get_text(envelope, "class_name");
    if (class_name == NULL) {
        hone_internal_config_fail(envelope, "a layer needs a class_name");
        return NULL;
    }
    if (check_origin(envelope, class_name) < 0)
        return NULL;
    if (!is_model_class(class_name))
        return plain_layer(envelope, class_name);
    hone_model *model = model_from_config(envelope, depth + 1);
    hone_layer *layer = hone_model_as_layer(model);
    const hone_config *trainable =
        hone_internal_config_get(hone_internal_config_get(envelope, "config"), "trainable");
    if (layer != NULL && trainable != NULL && trainable->kind == HONE_CONFIG_BOOLEAN && !trainable->boolean)
        hone_internal_layer_set_trainable(layer, false);
    return layer;
}

/* Layers within layers (wrappers): text or an envelope. */
hone_layer *hone_internal_layer_from_config(const hone_config *value)
{
    static _Thread_local int depth;
    if (value->kind == HONE_CONFIG_TEXT)
        return hone_layer_from_text(value->text);
    if (depth == DEEPEST) {
        hone_internal_config_fail(value, "layers within layers more than %d deep", DEEPEST);
        return NULL;
    }
    depth++;
    hone_layer *layer = layer_from_config(value, depth);
    depth--;
    return layer;
}

hone_config *hone_internal_layer_to_config(const hone_layer *layer)
{
    return layer_envelope(layer, NULL);
}

static hone_status shape_from_config(const hone_config *config, hone_shape *shape)
{
    *shape = (hone_shape){0};
    if (config == NULL || config->kind != HONE_CONFIG_LIST || config->count > HONE_MAX_RANK)
        return hone_internal_config_fail(config, "a shape must be a list of at most %d sizes", HONE_MAX_RANK);
    for (size_t i = 0; i < config->count; i++) {
        const hone_config *size = config->items[i];
        if (size->kind != HONE_CONFIG_NULL && (size->kind != HONE_CONFIG_INTEGER || size->integer < 1))
            return hone_internal_config_fail(size, "a size must be a positive integer or null");
        shape->size[shape->rank++] = size->kind == HONE_CONFIG_NULL ? HONE_ANY : size->integer;
    }
    return HONE_OK;
}

/* The layers of a list, ended by hone_layers_end; NULL when one of them cannot be. */
static hone_layer **layers_from_config(const hone_config *entries, int depth)
{
    hone_layer **layers = hone_internal_allocate((entries->count + 1) * sizeof *layers);
    size_t made = 0;
    if (layers == NULL)
        return NULL;
    while (made < entries->count && (layers[made] = layer_from_config(entries->items[made], depth)) != NULL)
        made++;
    layers[made] = hone_layers_end;
    if (made == entries->count)
        return layers;
    for (size_t i = 0; i < made; i++)
        hone_layer_free(layers[i]);
    hone_internal_free(layers);
    return NULL;
}

static hone_model *sequential_from_config(const hone_config *config, int depth)
{
    const hone_config *entries = hone_internal_config_get(config, "layers");
    const hone_config *build_shape = hone_internal_config_get(config, "build_input_shape");
    if (entries == NULL || entries->kind != HONE_CONFIG_LIST) {
        hone_internal_config_fail(config, "a Sequential model needs a list of layers");
        return NULL;
    }
    const hone_config *first =
        entries->count == 0 ? NULL : hone_internal_config_get(entries->items[0], "config");
    if (build_shape == NULL)
        build_shape = hone_internal_config_get(first, "batch_input_shape");
    hone_layer **layers = layers_from_config(entries, depth);
    hone_model *model =
        layers == NULL ? NULL : hone_sequential_create(NULL, layers); /* takes the layers over, all at once */
    hone_internal_free(layers);
    hone_shape shape;
    if (model != NULL && !model->built && hone_internal_config_present(build_shape) &&
        (shape_from_config(build_shape, &shape) < 0 || hone_model_build(model, shape) < 0)) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

/* ---- graphs ---- */

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
        if ((reader->layers[i] = layer_from_config(entry, depth)) == NULL)
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

static hone_model *graph_from_config(const hone_config *config, int depth)
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

static hone_model *model_from_config(const hone_config *envelope, int depth)
{
    const char *class_name = hone_internal_config_get_text(envelope, "class_name");
    const hone_config *config = hone_internal_config_get(envelope, "config");
    if (depth > DEEPEST) {
        hone_internal_config_fail(envelope, "models are nested more than %d deep", DEEPEST);
        return NULL;
    }
    if (class_name == NULL || !is_model_class(class_name) || config == NULL ||
        config->kind != HONE_CONFIG_MAP) {
        hone_internal_config_fail(envelope, "the file holds no Sequential or Functional model but \"%s\"",
                                  class_name != NULL ? class_name : "something else");
        return NULL;
    }
    bool sequential = strcmp(class_name, "Sequential") == 0;
    hone_model *model = sequential ? sequential_from_config(config, depth) : graph_from_config(config, depth);
    const char *name = hone_internal_config_get_text(config, "name");
    if (model != NULL && name != NULL && hone_model_set_name(model, name) < 0) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

hone_model *hone_internal_model_from_config(const hone_config *config)
{
    return model_from_config(config, 0);
}

/* The optimizer of compile settings, with what is unknown of it kept apart. */
static hone_optimizer *read_optimizer(const hone_config *setting)
{
    if (!hone_internal_config_present(setting))
        return hone_optimizer_from_text("rmsprop");
    hone_config *copy = hone_internal_config_copy(setting), *unknown = NULL;
    hone_config *config = hone_internal_config_get_mutable(copy, "config");
    const char *class_name = hone_internal_config_get_text(copy, "class_name");
    const hone_type *type = class_name == NULL ? NULL : hone_internal_type_find("optimizer", class_name);
    hone_optimizer *made = NULL;
    bool good = copy != NULL && (class_name == NULL || (type != NULL && check_origin(copy, class_name) >= 0));
    if (good && (type == NULL || config == NULL ||
                 hone_internal_unknown_take(type, config, "the optimizer", &unknown) >= 0))
        made = hone_internal_optimizer_from_config(copy);
    if (made != NULL) {
        made->unknown = unknown;
        unknown = NULL;
    }
    hone_internal_config_free(unknown);
    hone_internal_config_free(copy);
    return made;
}

/* The keys of compile settings that make the model; others tell how Keras is to run it, or are unknown. */
static const char *const COMPILE_KEYS[] = {
    "optimizer",           "loss",        "loss_weights",    "metrics", "weighted_metrics", "run_eagerly",
    "steps_per_execution", "jit_compile", "auto_scale_loss", NULL};

static const hone_type compile_type = {.name = "compile", .class_name = "compile_config"};

static bool is_compile_key(const char *key)
{
    for (size_t i = 0; COMPILE_KEYS[i] != NULL; i++)
        if (strcmp(COMPILE_KEYS[i], key) == 0)
            return true;
    return false;
}

/* Takes unknown keys out of a copy of the settings, at each of their levels. */
static hone_status take_unknown_settings(hone_config *settings, hone_config **kept)
{
    static const char *const PARTS[][2] = {
        {"loss", "loss"}, {"metrics", "metric"}, {"weighted_metrics", "metric"}};
    hone_config *others = hone_internal_config_map();
    hone_status status = others == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < settings->count && status >= 0; i++)
        if (!is_compile_key(settings->keys[i]))
            status = hone_internal_config_set(others, settings->keys[i],
                                              hone_internal_config_copy(settings->items[i]));
    if (status >= 0)
        status = hone_internal_unknown_take(&compile_type, others, "the compile settings", kept);
    hone_internal_config_free(others);
    for (int i = 0; i < 3 && status >= 0; i++) {
        hone_config *part = NULL;
        status = hone_internal_unknown_take_settings(
            PARTS[i][1], hone_internal_config_get_mutable(settings, PARTS[i][0]), PARTS[i][0], &part);
        if (status >= 0 && part != NULL && *kept == NULL && (*kept = hone_internal_config_map()) == NULL)
            status = HONE_ERROR_MEMORY;
        if (status >= 0 && part != NULL)
            status = hone_internal_config_set(*kept, PARTS[i][0], part);
    }
    return status;
}

static hone_status compile_settings(hone_model *model, hone_config *settings)
{
    hone_config *kept = NULL;
    hone_status status = take_unknown_settings(settings, &kept);
    hone_optimizer *optimizer =
        status < 0 ? NULL : read_optimizer(hone_internal_config_get(settings, "optimizer"));
    if (status >= 0)
        status = optimizer == NULL
                     ? hone_error_status()
                     : hone_internal_model_compile(
                           model, optimizer, copy_or_null(hone_internal_config_get(settings, "loss")),
                           copy_or_null(hone_internal_config_get(settings, "loss_weights")),
                           copy_or_null(hone_internal_config_get(settings, "metrics")),
                           copy_or_null(hone_internal_config_get(settings, "weighted_metrics")));
    if (status >= 0) {
        model->compiled.unknown = kept;
        kept = NULL;
    }
    hone_internal_config_free(kept);
    return status;
}

hone_status hone_internal_model_compile_config(hone_model *model, const hone_config *compile_config)
{
    hone_config *settings = hone_internal_config_copy(compile_config);
    if (settings == NULL)
        return hone_error_status();
    hone_status status = compile_settings(model, settings);
    hone_internal_config_free(settings);
    return status;
}

hone_model *hone_model_clone(hone_model *model)
{
    if (model == NULL)
        return NULL;
    hone_config *config = hone_internal_model_to_config(model);
    hone_model *clone = config == NULL ? NULL : model_from_config(config, 0);
    if (clone != NULL &&
        (hone_model_set_seed(clone, model->seed) < 0 ||
         (model->compiled.ready && hone_internal_model_compile_config(
                                       clone, hone_internal_config_get(config, "compile_config")) < 0))) {
        hone_model_free(clone);
        clone = NULL;
    }
    hone_internal_config_free(config);
    return clone;
}
