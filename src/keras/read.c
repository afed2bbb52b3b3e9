/* Config trees in Keras's form to models: layers from their envelopes, sequential models; graphs are in
 * graph.c. */
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "keras/unknown.h"
#include "operations/refused.h"
#include "registry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 32 }; /* models within models */

static bool module_allowed(const char *module)
{
    return module == NULL || strcmp(module, "keras") == 0 || strncmp(module, "keras.", 6) == 0 ||
           strncmp(module, "tensorflow.keras", 16) == 0 || strncmp(module, "tf_keras", 8) == 0 ||
           strncmp(module, "keras_hub.", 10) == 0 || strncmp(module, "keras_nlp.", 10) == 0 ||
           strcmp(module, "hone") == 0 || strcmp(module, "builtins") == 0;
}

/* "keras_hub>TransformerEncoder", or "keras_nlp>..." before keras_nlp was renamed. */
static bool is_hub_name(const char *registered, const char *class_name)
{
    const char *end = strchr(registered, '>');
    return (strncmp(registered, "keras_hub>", 10) == 0 || strncmp(registered, "keras_nlp>", 10) == 0) &&
           strcmp(end + 1, class_name) == 0;
}

/* Layers of Keras that hold code or another program's objects, and what to do about them. */
static const struct {
    const char *class_name, *advice;
} foreign[] = {
    {"Lambda",
     "a Lambda layer holds Python code, which Hone does not run; in Keras, write it with layers or keras.ops and "
     "save the model again"},
    {"__lambda__",
     "it holds Python code, which Hone does not run; in Keras, write it with layers or keras.ops and save the "
     "model again"},
    {"TorchModuleWrapper",
     "it holds a PyTorch module, which Hone does not run; export the model to ONNX from PyTorch, or "
     "build it of layers in Keras"},
    {"FlaxLayer", "it holds a Flax module, which Hone does not run; build the model of layers in Keras"},
    {"JaxLayer", "it holds a JAX function, which Hone does not run; build the model of layers in Keras"},
    {"TFSMLayer", "it holds a SavedModel of TensorFlow, which Hone does not run; save the model as .keras"},
};

static hone_status check_foreign(const hone_config *envelope, const char *class_name)
{
    const char *name = hone_internal_config_get_text(hone_internal_config_get(envelope, "config"), "name");
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strcmp(class_name, foreign[i].class_name) == 0)
            return hone_internal_config_fail(envelope, "the layer \"%.100s\" (%s): %s",
                                             name != NULL ? name : "?", class_name, foreign[i].advice);
    return HONE_OK;
}

/* Custom classes carry a registered_name of their own; those that Hone does not know are refused by name. */
hone_status hone_internal_keras_check_origin(const hone_config *envelope, const char *class_name)
{
    const char *module = hone_internal_config_get_text(envelope, "module");
    const char *registered = hone_internal_config_get_text(envelope, "registered_name");
    HONE_TRY(check_foreign(envelope, class_name));
    if (!module_allowed(module) && !hone_internal_class_is_own(class_name))
        return hone_internal_config_fail(envelope, "the class \"%s\" of module \"%s\" is not one of Keras's",
                                         class_name, module);
    if (registered != NULL && strcmp(registered, class_name) != 0 && strchr(registered, '>') != NULL &&
        !is_hub_name(registered, class_name))
        return hone_internal_config_fail(envelope, "\"%s\" is a custom class that is not registered",
                                         registered);
    return HONE_OK;
}

/* A policy of another class than the plain one is one of quantised weights. */
static hone_status read_quantization(const hone_type *type, hone_config *config, const char *class_name,
                                     hone_config **kept)
{
    const char *policy =
        hone_internal_config_get_text(hone_internal_config_get(config, "dtype"), "class_name");
    if (policy != NULL && (strcmp(policy, "DTypePolicy") == 0 || strcmp(policy, "FloatDTypePolicy") == 0))
        return HONE_OK;
    return hone_internal_keras_quantization_read(type, config, class_name, kept);
}

/* A dtype policy {class_name: DTypePolicy, config: {name}} becomes its name; values take the form of their
 * fields; the shape that tf.keras wrote into any layer is left to the input. */
static hone_status tidy_layer_config(const hone_type *type, hone_config *config, const char *class_name,
                                     hone_config **quantization)
{
    HONE_TRY(read_quantization(type, config, class_name, quantization));
    const hone_config *dtype = hone_internal_config_get(config, "dtype");
    if (dtype != NULL && !hone_internal_config_present(dtype)) {
        hone_internal_config_remove(config, "dtype");
    } else if (hone_internal_config_is(dtype, HONE_CONFIG_MAP)) {
        const char *policy = hone_internal_config_get_text(dtype, "class_name");
        const char *name = hone_internal_config_get_text(hone_internal_config_get(dtype, "config"), "name");
        if (policy == NULL || (strcmp(policy, "DTypePolicy") != 0 && strcmp(policy, "FloatDTypePolicy") != 0))
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: the dtype policy \"%s\" is not supported",
                             class_name, policy != NULL ? policy : "?");
        if (name == NULL)
            return hone_internal_config_fail(dtype, "%s: the dtype policy \"%s\" lacks the name of its dtype",
                                             class_name, policy);
        HONE_TRY(hone_internal_config_set(config, "dtype", hone_internal_config_text(name)));
    }
    const hone_config *trainable = hone_internal_config_get(config, "trainable");
    if (trainable != NULL && !hone_internal_config_present(trainable))
        return hone_fail(HONE_ERROR_FORMAT, "%s: trainable must be true or false, not null", class_name);
    HONE_TRY(hone_internal_keras_forms_read(type, config));
    if (hone_internal_fields_find(type, "batch_input_shape") == NULL)
        hone_internal_config_remove(config, "batch_input_shape");
    return HONE_OK;
}

static hone_model *model_from_config(const hone_config *envelope, const hone_loading *loading);

static bool is_model_class(const char *class_name)
{
    return strcmp(class_name, "Sequential") == 0 || strcmp(class_name, "Functional") == 0 ||
           strcmp(class_name, "Model") == 0;
}

/* Until Keras 3.15 a mask went on behind layers over steps; then it ends there. Files of Hone tell which. */
static bool masks_as_before(const hone_config *envelope, const hone_loading *loading)
{
    const hone_config *said =
        hone_internal_config_get(hone_internal_config_get(envelope, "build_config"), "passes_mask");
    if (hone_internal_config_is(said, HONE_CONFIG_BOOLEAN))
        return hone_internal_config_as_boolean(said);
    return loading != NULL && loading->release > 0 && loading->release < 316;
}

static void limit(hone_layer *layer, const hone_loading *loading)
{
    if (layer != NULL && loading != NULL)
        hone_internal_layer_limit(layer, loading->allowance);
}

/* A layer or operation of a type, from the config in its envelope. */
static hone_layer *plain_layer(const hone_config *envelope, const hone_type *type, const char *class_name,
                               const hone_loading *loading)
{
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
    hone_config *unknown = NULL, *quantization = NULL;
    const char *name = hone_internal_config_get_text(config, "name");
    char label[200];
    snprintf(label, sizeof label, "the layer \"%.150s\"", name != NULL ? name : class_name);
    if (!hone_internal_config_is(config, HONE_CONFIG_MAP))
        hone_internal_config_fail(given, "%s: its config must be a map", class_name);
    else if (tidy_layer_config(type, config, class_name, &quantization) >= 0 &&
             hone_internal_unknown_take(loading, type, config, label, &unknown) >= 0) {
        void *args = hone_internal_fields_from_file(type, config, loading);
        if (args != NULL)
            layer = hone_layer_create((const hone_layer_type *)type, args);
        if (args != NULL)
            hone_internal_fields_free(type, args);
    }
    if (layer != NULL) {
        limit(layer, loading);
        layer->masks_as_before = masks_as_before(envelope, loading);
        layer->unknown = unknown;
        layer->quantization = quantization;
        unknown = quantization = NULL;
    }
    hone_internal_config_free(quantization);
    hone_internal_config_free(unknown);
    hone_internal_config_free(config);
    return layer;
}

static hone_layer *read_layer(const hone_config *envelope, const hone_loading *loading)
{
    const char *class_name = hone_internal_config_get_text(envelope, "class_name");
    if (class_name == NULL) {
        hone_internal_config_fail(envelope, "a layer needs a class_name");
        return NULL;
    }
    if (hone_internal_keras_check_origin(envelope, class_name) < 0)
        return NULL;
    if (!is_model_class(class_name)) {
        const hone_type *type = hone_internal_type_find("layer", class_name);
        return type == NULL ? NULL : plain_layer(envelope, type, class_name, loading);
    }
    hone_loading within = hone_internal_loading_within(loading);
    hone_model *model = model_from_config(envelope, &within);
    hone_layer *layer = hone_model_as_layer(model);
    const hone_config *trainable =
        hone_internal_config_get(hone_internal_config_get(envelope, "config"), "trainable");
    if (layer != NULL && hone_internal_config_is(trainable, HONE_CONFIG_BOOLEAN))
        layer->trainable = hone_internal_config_as_boolean(trainable); /* its layers each say their own */
    return layer;
}

/* A layer of a model, which may be one of integers. */
static hone_layer *read_member(const hone_config *envelope, const hone_loading *loading)
{
    if (hone_internal_keras_integers(envelope) == NULL)
        return read_layer(envelope, loading);
    hone_config *floats = hone_internal_keras_as_floats(envelope);
    hone_layer *layer = floats == NULL ? NULL : read_layer(floats, loading);
    hone_internal_config_free(floats);
    return layer;
}

enum { MOST_OPERATIONS = 512 };

/* Operations are distinguished by their module, in files without modules by having no settings of layers. */
static bool is_operation(const hone_config *envelope)
{
    const char *module = hone_internal_config_get_text(envelope, "module");
    const hone_config *config = hone_internal_config_get(envelope, "config");
    if (module != NULL)
        return strncmp(module, "keras.src.ops", 13) == 0 || strncmp(module, "keras.ops", 9) == 0;
    const char *class_name = hone_internal_config_get_text(envelope, "class_name");
    return class_name != NULL && config != NULL && hone_internal_config_get(config, "trainable") == NULL &&
           hone_internal_type_known("operation", class_name);
}

/* "the operation "e" (Einsums) is not supported; the nearest one that is is "Einsum"". */
static hone_status refuse_operation(const char *name, const char *class_name)
{
    const char *names[MOST_OPERATIONS], *reason = hone_internal_operation_reason(class_name);
    size_t count = 0;
    const hone_type *type;
    if (reason != NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the operation \"%.100s\" (%.100s) is not supported: %s",
                         name, class_name, reason);
    while (count < MOST_OPERATIONS && (type = hone_internal_type_at("operation", count)) != NULL)
        names[count++] = type->class_name;
    const char *nearest = hone_nearest_name(class_name, names, count);
    return hone_fail(HONE_ERROR_UNSUPPORTED, "the operation \"%.100s\" (%.100s) is not supported%s%s%s", name,
                     class_name, nearest != NULL ? "; the nearest one that is: \"" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "\"" : "");
}

hone_layer *hone_internal_keras_node_layer(const hone_config *envelope, const hone_loading *loading)
{
    if (!is_operation(envelope))
        return read_member(envelope, loading);
    const char *class_name = hone_internal_config_get_text(envelope, "class_name"),
               *name = hone_internal_config_get_text(envelope, "name");
    if (class_name != NULL && hone_internal_type_known("operation", class_name))
        return plain_layer(envelope, hone_internal_type_find("operation", class_name), class_name, loading);
    refuse_operation(name != NULL ? name : "?", class_name != NULL ? class_name : "?");
    return NULL;
}

/* Layers within layers (wrappers): text or an envelope. */
hone_layer *hone_internal_layer_from_config(const hone_config *value, const hone_loading *loading)
{
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT)) {
        hone_layer *layer = hone_layer_from_text(hone_internal_config_as_text(value));
        limit(layer, loading);
        return layer;
    }
    hone_loading within = hone_internal_loading_within(loading);
    if (within.depth > DEEPEST) {
        hone_internal_config_fail(value, "layers are nested more than %d deep", DEEPEST);
        return NULL;
    }
    return read_layer(value, &within);
}

static hone_status shape_from_config(const hone_config *config, hone_shape *shape)
{
    *shape = (hone_shape){0};
    if (!hone_internal_config_is(config, HONE_CONFIG_LIST) ||
        hone_internal_config_count(config) > HONE_MAX_RANK)
        return hone_internal_config_fail(config, "a shape must be a list of at most %d sizes", HONE_MAX_RANK);
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        const hone_config *size = hone_internal_config_at(config, i);
        if (hone_internal_config_present(size) && (!hone_internal_config_is(size, HONE_CONFIG_INTEGER) ||
                                                   hone_internal_config_as_integer(size) < 1))
            return hone_internal_config_fail(size, "a size must be a positive integer or null");
        shape->size[shape->rank++] =
            !hone_internal_config_present(size) ? HONE_ANY : hone_internal_config_as_integer(size);
    }
    return HONE_OK;
}

/* The layers of a list, ended by hone_layers_end; NULL when one of them cannot be. */
static hone_layer **layers_from_config(const hone_config *entries, const hone_loading *loading)
{
    hone_layer **layers = hone_internal_allocate((hone_internal_config_count(entries) + 1) * sizeof *layers);
    size_t made = 0;
    if (layers == NULL)
        return NULL;
    while (made < hone_internal_config_count(entries) &&
           (layers[made] = read_member(hone_internal_config_at(entries, made), loading)) != NULL)
        made++;
    layers[made] = hone_layers_end;
    if (made == hone_internal_config_count(entries))
        return layers;
    for (size_t i = 0; i < made; i++)
        hone_layer_free(layers[i]);
    hone_internal_free(layers);
    return NULL;
}

hone_status hone_internal_keras_check_layers(const hone_config *config, const char *what)
{
    const hone_config *layers = hone_internal_config_get(config, "layers");
    if (!hone_internal_config_is(layers, HONE_CONFIG_LIST))
        return hone_internal_config_fail(config, "a %s model needs a list of layers", what);
    if (hone_internal_config_count(layers) == 0)
        return hone_internal_config_fail(layers, "the %s model has no layers", what);
    return HONE_OK;
}

static hone_model *sequential_from_config(const hone_config *config, const hone_loading *loading)
{
    const hone_config *entries = hone_internal_config_get(config, "layers");
    const hone_config *build_shape = hone_internal_config_get(config, "build_input_shape");
    if (hone_internal_keras_check_layers(config, "Sequential") < 0 ||
        hone_internal_keras_check_whole(entries) < 0)
        return NULL;
    const hone_config *first = hone_internal_config_get(hone_internal_config_at(entries, 0), "config");
    if (build_shape == NULL)
        build_shape = hone_internal_config_get(first, "batch_input_shape");
    hone_layer **layers = layers_from_config(entries, loading);
    hone_model *model =
        layers == NULL ? NULL : hone_sequential_with(NULL, layers); /* takes the layers over, all at once */
    hone_internal_free(layers);
    hone_shape shape;
    if (model != NULL && !model->built && hone_internal_config_present(build_shape) &&
        (shape_from_config(build_shape, &shape) < 0 || hone_model_build(model, shape) < 0)) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

static hone_model *model_from_config(const hone_config *envelope, const hone_loading *loading)
{
    const char *class_name = hone_internal_config_get_text(envelope, "class_name");
    const hone_config *config = hone_internal_config_get(envelope, "config");
    if (loading != NULL && loading->depth > DEEPEST) {
        hone_internal_config_fail(envelope, "models are nested more than %d deep", DEEPEST);
        return NULL;
    }
    if (class_name == NULL || !is_model_class(class_name) ||
        !hone_internal_config_is(config, HONE_CONFIG_MAP)) {
        hone_internal_config_fail(envelope, "expected a Sequential or Functional model, received \"%s\"",
                                  class_name != NULL ? class_name : "something else");
        return NULL;
    }
    bool sequential = strcmp(class_name, "Sequential") == 0;
    hone_model *model =
        sequential ? sequential_from_config(config, loading) : hone_internal_keras_graph(config, loading);
    const char *name = hone_internal_config_get_text(config, "name");
    if (model != NULL && name != NULL && hone_model_set_name(model, name) < 0) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

/* A functional model that is not trainable trains nothing, whatever its layers say. */
static void take_frozen(hone_model *model, const hone_config *config)
{
    const hone_config *trainable = hone_internal_config_get(config, "trainable");
    if (model->sequential || !hone_internal_config_is(trainable, HONE_CONFIG_BOOLEAN) ||
        hone_internal_config_as_boolean(trainable))
        return;
    model->frozen = true;
    for (size_t i = 0; i < model->weights.count; i++)
        model->weights.items[i]->trainable = false;
}

hone_model *hone_internal_model_from_config(const hone_config *envelope, const hone_loading *loading)
{
    hone_model *model = model_from_config(envelope, loading);
    if (model != NULL)
        take_frozen(model, hone_internal_config_get(envelope, "config"));
    return model;
}

hone_model *hone_model_clone(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    hone_config *config = hone_internal_model_to_config(model);
    hone_model *clone = config == NULL ? NULL : hone_internal_model_from_config(config, NULL);
    if (clone != NULL && (hone_model_set_seed(clone, model->seed) < 0 ||
                          (model->compiled.ready &&
                           hone_internal_model_compile_config(
                               clone, hone_internal_config_get(config, "compile_config"), NULL) < 0))) {
        hone_model_free(clone);
        clone = NULL;
    }
    hone_internal_config_free(config);
    return clone;
}
