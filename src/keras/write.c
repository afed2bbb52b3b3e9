/* Models to config trees in Keras's form: envelopes of layers, and a graph's calls as inbound nodes. */
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/field_kinds.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "keras/unknown.h"
#include "operations/array.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* {"shapes_dict": {"query_shape": ..., ...}}, with the names of inputs that are arguments of their own. */
static hone_config *named_shapes_config(const hone_layer *layer)
{
    hone_config *map = hone_internal_config_map(), *shapes = hone_internal_config_map();
    bool good = map != NULL && shapes != NULL;
    const char *names = layer->type->input_names;
    for (int i = 0; good && i < layer->input_count; i++) {
        char key[64];
        size_t length = strcspn(names, "|");
        snprintf(key, sizeof key, "%.*s_shape", (int)length, names);
        put(&good, shapes, key, shape_to_config(layer->input_shapes[i]));
        names += length + (names[length] == '|');
    }
    if (good)
        put(&good, map, "shapes_dict", shapes);
    else
        hone_internal_config_free(shapes);
    return finish(good, map);
}

static hone_config *input_shape_config(const hone_layer *layer)
{
    if (layer->type->input_names != NULL)
        return named_shapes_config(layer);
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
    bool good = config != NULL && hone_internal_keras_forms_write(type, config) >= 0 &&
                hone_internal_keras_quantization_write(type, config, layer->quantization) >= 0;
    if (good)
        put(&good, config, "name", hone_internal_config_text(hone_internal_layer_label(layer)));
    if (good && input_shape != NULL)
        put(&good, config, "batch_shape", shape_to_config(*input_shape));
    if (good && hone_internal_config_get(config, "trainable") != NULL)
        put(&good, config, "trainable", hone_internal_config_boolean(layer->trainable));
    good = good && hone_internal_unknown_give(config, layer->unknown) >= 0;
    hone_config *envelope = hone_internal_envelope(type->module, type->class_name, finish(good, config));
    good = envelope != NULL;
    if (good && layer->type->is_operation)
        put(&good, envelope, "registered_name", hone_internal_config_text(type->class_name));
    if (good && type->module != NULL && strncmp(type->module, "keras_hub.", 10) == 0) {
        char registered[100];
        snprintf(registered, sizeof registered, "keras_hub>%s", type->class_name);
        put(&good, envelope, "registered_name", hone_internal_config_text(registered));
    }
    const bool built = layer->input_count > 0 && !layer->type->is_operation;
    if (good && built && (layer->weight_count > 0 || layer->type->input_names != NULL))
        put(&good, envelope, "build_config", input_shape_config(layer));
    return finish(good, envelope);
}

hone_config *hone_internal_layer_to_config(const hone_layer *layer)
{
    return layer_envelope(layer, NULL);
}

static const hone_call *first_call(const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = hone_internal_model_next_call(model, layer, NULL);
    for (int i = 0; i < model->input_count && call == NULL; i++)
        if (model->inputs[i]->call->layer == layer)
            call = model->inputs[i]->call;
    return call;
}

/* Layers over steps, which end a mask or, as those of older files, let it go on. */
static bool walks(const hone_layer *layer)
{
    return layer->type == &hone_internal_bidirectional_layer ||
           layer->type == &hone_internal_time_distributed_layer ||
           hone_internal_fields_find(&layer->type->type, "return_sequences") != NULL;
}

/* Keras takes the shape out of this and passes the rest by. */
static hone_config *steps_config(const hone_layer *layer)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    if (good)
        put(&good, map, "input_shape", shape_to_config(layer->input_shapes[0]));
    if (good)
        put(&good, map, "passes_mask", hone_internal_config_boolean(layer->masks_as_before));
    return finish(good, map);
}

static hone_config *envelope_of(const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = first_call(model, layer);
    bool input = layer->type == &hone_internal_input_layer && call != NULL;
    hone_config *envelope = layer_envelope(layer, input ? &call->outputs[0].shape : NULL);
    bool good = envelope != NULL;
    if (good && walks(layer) && layer->input_count > 0)
        put(&good, envelope, "build_config", steps_config(layer));
    return finish(good, envelope);
}

static hone_config *history_of(const hone_model *model, const hone_tensor *tensor, int shift)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    if (!good)
        return NULL;
    push(&good, list, hone_internal_config_text(hone_internal_layer_label(tensor->call->layer)));
    push(&good, list,
         hone_internal_config_integer(hone_internal_model_call_rank(model, tensor->call) + shift));
    push(&good, list, hone_internal_config_integer(tensor->index));
    return finish(good, list);
}

/* Numbers that stand in place of a tensor, as a file has them; NULL with a message. */
static hone_config *array_value(const char *text)
{
    hone_config *literal = hone_internal_config_text(text);
    hone_config *value = literal == NULL ? NULL : hone_internal_keras_literal_write(literal);
    hone_internal_config_free(literal);
    return value;
}

static hone_config *tensor_reference(const hone_model *model, const hone_tensor *tensor)
{
    const char *array = hone_internal_array_text(tensor->call->layer);
    if (array != NULL)
        return array_value(array);
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

static int count_tensors(const hone_call *call, const hone_field *field)
{
    int count = 0;
    for (int i = 0; i < call->input_count - call->plain_count; i++)
        count += call->roles[i].field == field;
    return count;
}

/* Keras 2 has the states at the start among the inputs of a recurrent layer, Keras 3 as an argument. */
static const hone_field *states_field(const hone_call *call)
{
    const hone_type *type = call->layer->type->call_fields;
    return type == NULL || call->layer->type->is_operation ? NULL
                                                           : hone_internal_fields_find(type, "initial_state");
}

static hone_status give_states(const hone_model *model, const hone_call *call, hone_config *kwargs)
{
    const hone_field *field = states_field(call);
    if (field == NULL || call->plain_count < 2)
        return HONE_OK;
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int i = 1; good && i < call->plain_count; i++)
        push(&good, list, tensor_reference(model, call->inputs[i]));
    put(&good, kwargs, field->name, list);
    return good ? HONE_OK : hone_error_status();
}

/* Keras wants a mask, or null, for each input of attention. */
static void fill_masks(bool *good, const hone_call *call, const hone_field *field, hone_config *list)
{
    while (*good && strcmp(field->name, "mask") == 0 && field->kind == HONE_FIELD_TENSORS &&
           (int)hone_internal_config_count(list) < call->plain_count)
        push(good, list, hone_internal_config_null());
}

/* The tensors of an argument: the one of a TENSOR, a list of those of TENSORS with null for what is left out.
 */
static hone_config *argument_tensors(const hone_model *model, const hone_call *call, const hone_field *field)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int i = call->plain_count; good && i < call->input_count; i++) {
        const hone_call_role *role = &call->roles[i - call->plain_count];
        if (role->field != field)
            continue;
        if (field->kind == HONE_FIELD_TENSOR ||
            (role->place == 0 && call->plain_count == 1 && !call->layer->type->is_operation &&
             count_tensors(call, field) == 1)) {
            hone_internal_config_free(list);
            return tensor_reference(model, call->inputs[i]);
        }
        while (good && (int)hone_internal_config_count(list) < role->place)
            push(&good, list, hone_internal_config_null());
        push(&good, list, tensor_reference(model, call->inputs[i]));
    }
    fill_masks(&good, call, field, list);
    return finish(good, list);
}

/* A list of masks counts also where it holds none. */
static bool has_tensors(const hone_call *call, const hone_field *field)
{
    hone_tensor *one[2];
    if (strcmp(field->name, "mask") == 0 && hone_internal_call_tensors(field, call->args, one) != NULL)
        return true;
    return count_tensors(call, field) > 0;
}

static hone_config *argument_value(const hone_field *field, const void *args)
{
    hone_config *value = hone_internal_field_to_config(field, args);
    if (!hone_internal_keras_is_literal(field))
        return value;
    hone_config *written = hone_internal_keras_literal_write(value);
    hone_internal_config_free(value);
    return written;
}

static hone_status give_others(hone_config *kwargs, const hone_field *field, const void *args)
{
    const char *text = hone_internal_field_text((const char *)args + field->offset);
    return text == NULL ? HONE_OK : hone_internal_keras_others_write(kwargs, text);
}

/* The keyword arguments that differ from their defaults, `training`, and those that are only kept. */
static hone_config *kwargs_of(const hone_model *model, const hone_call *call)
{
    hone_config *kwargs = hone_internal_config_map();
    bool good = kwargs != NULL;
    const hone_type *type =
        call->args == NULL || (call->layer->type->inputs_apart && call->layer->type->input_names == NULL)
            ? NULL
            : call->layer->type->call_fields;
    for (size_t i = 0; good && type != NULL && i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (field->others_here)
            good = give_others(kwargs, field, call->args) >= 0;
        else if (hone_internal_field_is_tensor(field)
                     ? has_tensors(call, field)
                     : !hone_internal_field_equal(field, call->args, type->defaults))
            put(&good, kwargs, hone_internal_field_key(field),
                hone_internal_field_is_tensor(field) ? argument_tensors(model, call, field)
                                                     : argument_value(field, call->args));
    }
    good = good && give_states(model, call, kwargs) >= 0;
    if (good && call->training >= 0)
        put(&good, kwargs, "training", hone_internal_config_boolean(call->training == 1));
    return finish(good && hone_internal_unknown_give(kwargs, call->unknown) >= 0, kwargs);
}

/* Whether a field of a call apart is a constant: a field whose default is none is an operand, which may be a
 * tensor. */
static bool is_constant(const hone_field *field, const hone_call *call, const hone_type *type)
{
    if (!hone_internal_field_equal(field, call->args, type->defaults))
        return true;
    hone_config *standard = hone_internal_field_to_config(field, type->defaults);
    const bool there = standard != NULL && hone_internal_config_kind(standard) != HONE_CONFIG_NULL;
    hone_internal_config_free(standard);
    return there;
}

/* [T1, 0.5, T2]: each input in its place, a constant where the call's field at that place is one. */
static hone_config *args_apart(const hone_model *model, const hone_call *call)
{
    hone_config *args = hone_internal_config_list();
    bool named = call->layer->type->input_names != NULL; /* its fields are keyword arguments */
    const hone_type *type = call->args == NULL || named ? NULL : call->layer->type->call_fields;
    size_t fields = type == NULL ? 0 : type->field_count;
    bool good = args != NULL;
    int next = 0;
    for (size_t place = 0; good && (place < fields || next < call->plain_count); place++) {
        const hone_field *field = place < fields ? &type->fields[place] : NULL;
        if (field != NULL && is_constant(field, call, type))
            push(&good, args, argument_value(field, call->args));
        else if (next < call->plain_count)
            push(&good, args, tensor_reference(model, call->inputs[next++]));
    }
    return finish(good, args);
}

/* Whether Keras wants a list of `count` inputs: always where there may be any number of them, and where there
 * are several; images that may have labels beside them stand alone without. */
static bool takes_list(const hone_layer *layer, int count)
{
    const hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return nested->input_count > 1;
    const hone_layer_type *type = layer->type;
    return type->inputs_max > 1 &&
           (count > 1 || type->inputs_min > 1 || type->inputs_max >= HONE_MANY_INPUTS);
}

/* [T]; [[T1, T2]] when the layer takes a list; [{"a": T1, "b": T2}] of a model whose inputs have keys. */
static hone_config *args_together(const hone_model *model, const hone_call *call)
{
    hone_config *args = hone_internal_config_list();
    const hone_model *nested = hone_internal_layer_model(call->layer);
    bool keyed = nested != NULL && nested->input_keys[0] != NULL;
    int count = states_field(call) != NULL ? 1 : call->plain_count;
    bool one = count == 1 && !keyed && (states_field(call) != NULL || !takes_list(call->layer, count)),
         good = args != NULL;
    hone_config *list = !good || one ? NULL
                        : keyed      ? hone_internal_config_map()
                                     : hone_internal_config_list();
    for (int i = 0; good && i < count; i++)
        if (keyed)
            put(&good, list, nested->input_keys[i], tensor_reference(model, call->inputs[i]));
        else
            push(&good, one ? args : list, tensor_reference(model, call->inputs[i]));
    if (good && !one)
        push(&good, args, list);
    else
        hone_internal_config_free(list);
    return finish(good, args);
}

static hone_config *inbound_node(const hone_model *model, const hone_call *call)
{
    hone_config *node = hone_internal_config_map();
    bool good = node != NULL;
    if (good)
        put(&good, node, "args",
            call->layer->type->inputs_apart ? args_apart(model, call) : args_together(model, call));
    if (good)
        put(&good, node, "kwargs", kwargs_of(model, call));
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
    const hone_call *call = NULL;
    while (good && layer->type != &hone_internal_input_layer &&
           (call = hone_internal_model_next_call(model, layer, call)) != NULL)
        push(&good, nodes, inbound_node(model, call));
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

/* Where a model begins inside another, what it begins with would be a layer without its input. */
static hone_status check_begin(const hone_model *model)
{
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i] != NULL && model->inputs[i]->call->input_count > 0)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "the model begins at the output of \"%s\": a file has models that begin with "
                             "inputs of their own",
                             hone_layer_name(model->inputs[i]->call->layer));
    return HONE_OK;
}

static hone_config *model_config(hone_model *model)
{
    if (check_begin(model) < 0)
        return NULL;
    hone_config *config = hone_internal_config_map(), *layers = hone_internal_config_list();
    bool good = config != NULL && layers != NULL;
    if (!good) {
        hone_internal_config_free(layers);
        return finish(false, config);
    }
    put(&good, config, "name", hone_internal_config_text(hone_model_name(model)));
    put(&good, config, "trainable", hone_internal_config_boolean(!model->frozen));
    if (model->sequential)
        put(&good, config, "dtype", hone_internal_config_text("float32"));
    for (size_t i = 0; good && i < model->layer_count; i++)
        if (hone_internal_array_text(model->layers[i]) == NULL)
            push(&good, layers,
                 model->sequential ? envelope_of(model, model->layers[i])
                                   : graph_layer(model, model->layers[i]));
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

hone_config *hone_internal_model_to_config(hone_model *model)
{
    hone_config *envelope = model_envelope(model);
    bool good = envelope != NULL;
    if (good)
        put(&good, envelope, "compile_config", hone_internal_keras_compile_settings(model));
    return finish(good, envelope);
}
