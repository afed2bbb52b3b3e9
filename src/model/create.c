/* Putting models together: sequential ones from layers, others from a network; names, weights, initial
 * values. */
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"

#include <inttypes.h>
#include <string.h>

static const char layers_end;
hone_layer *const hone_layers_end = (hone_layer *)(const void *)&layers_end;

static hone_model *allocate(const char *site)
{
    hone_model *model = hone_internal_allocate_zeroed(1, sizeof *model);
    if (model == NULL)
        return NULL;
    atomic_init(&model->stop, 0);
    if (site == NULL || (model->site = hone_internal_copy_text(site)) != NULL)
        return model;
    hone_internal_free(model);
    return NULL;
}

hone_status hone_model_set_name(hone_model *model, const char *name)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    char *copy = hone_internal_copy_text(name);
    if (copy == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_free(model->name);
    model->name = copy;
    return HONE_OK;
}

const char *hone_model_name(const hone_model *model)
{
    if (model->name != NULL)
        return model->name;
    return model->sequential ? "sequential" : "functional";
}

void hone_internal_model_drop_plans(hone_model *model)
{
    if (model->training != NULL)
        model->training->drop_plans(model->training);
}

/* ---- weights ---- */

static hone_status give_paths(hone_layer *layer, const char *prefix)
{
    char *path = prefix == NULL ? hone_internal_copy_text(hone_internal_layer_label(layer))
                                : hone_internal_format("%s/%s", prefix, hone_internal_layer_label(layer));
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < layer->weight_count && status == HONE_OK; i++) {
        if (layer->weights[i]->path != NULL)
            continue;
        layer->weights[i]->path = hone_internal_format("%s/%s", path, layer->weights[i]->name);
        if (layer->weights[i]->path == NULL)
            status = HONE_ERROR_MEMORY;
    }
    hone_layer *inner;
    for (int i = 0; status == HONE_OK && (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        status = give_paths(inner, path);
    hone_internal_free(path);
    return status;
}

/* Weights from `first` on: those without memory get it, and their initial values. */
static hone_status fill_weights(hone_model *model, size_t first)
{
    hone_variable **weights = model->weights.items + first;
    size_t count = model->weights.count - first;
    bool *fresh = hone_internal_allocate_zeroed(count + 1, sizeof *fresh);
    if (fresh == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        fresh[i] = weights[i]->memory == NULL;
    hone_status status = hone_internal_variables_place(weights, count);
    for (size_t i = 0; i < count && status == HONE_OK; i++) {
        if (!fresh[i])
            continue;
        status = hone_internal_initializer_fill(weights[i], model->seed);
        weights[i]->fresh = true;
    }
    hone_internal_free(fresh);
    return status;
}

static hone_status list_weights(hone_model *model, hone_layer *layer)
{
    HONE_TRY(give_paths(layer, NULL));
    return hone_internal_layer_weights(layer, &model->weights);
}

static hone_status take_inner_weights(const hone_layer *layer)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return hone_internal_model_take_weights(nested);
    hone_layer *inner;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(take_inner_weights(inner));
    return HONE_OK;
}

static hone_status take_weights(hone_model *model)
{
    hone_internal_variable_list_free(&model->weights);
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(list_weights(model, model->layers[i]));
    return fill_weights(model, 0);
}

hone_status hone_internal_model_take_weights(hone_model *model)
{
    hone_internal_model_drop_plans(model);
    HONE_TRY(take_weights(model));
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(take_inner_weights(model->layers[i]));
    return HONE_OK;
}

/* Connects inputs to outputs: the calls between them, Keras's layer order, names, weights, initial values. */
static void forget_calls(hone_model *model)
{
    hone_internal_free(model->calls_by_layer);
    model->calls_by_layer = NULL;
    model->sorted_capacity = 0;
    model->call_count = 0;
}

static hone_status connect(hone_model *model)
{
    forget_calls(model);
    for (int i = 0; i < model->output_count; i++)
        HONE_TRY(hone_internal_model_add_calls(model, model->outputs[i]));
    if (!model->sequential)
        HONE_TRY(hone_internal_model_order_layers(model));
    HONE_TRY(hone_internal_model_give_names(model));
    HONE_TRY(hone_internal_model_sort_calls(model));
    HONE_TRY(hone_internal_model_find_fed(model));
    HONE_TRY(take_weights(model));
    model->built = true;
    return HONE_OK;
}

/* ---- sequential ---- */

static bool starts_with_input(const hone_model *model)
{
    return model->layer_count > 0 && model->layers[0]->type == &hone_internal_input_layer;
}

static void disconnect(hone_model *model)
{
    hone_internal_model_drop_plans(model);
    if (model->input_count > 0 && model->inputs[0] != NULL)
        hone_internal_network_free(model->inputs[0]->call->network);
    forget_calls(model);
    model->input_count = model->output_count = model->fed_count = 0;
    model->built = false;
}

static hone_status room_for_ends(hone_model *model)
{
    if (model->inputs == NULL)
        model->inputs = hone_internal_allocate_zeroed(1, sizeof *model->inputs);
    if (model->outputs == NULL)
        model->outputs = hone_internal_allocate_zeroed(1, sizeof *model->outputs);
    if (model->input_keys == NULL)
        model->input_keys = hone_internal_allocate_zeroed(1, sizeof *model->input_keys);
    if (model->output_keys == NULL)
        model->output_keys = hone_internal_allocate_zeroed(1, sizeof *model->output_keys);
    return model->inputs == NULL || model->outputs == NULL || model->input_keys == NULL ||
                   model->output_keys == NULL
               ? HONE_ERROR_MEMORY
               : HONE_OK;
}

/* Calls the layers one after the other in a network of their own. */
static hone_status chain_layers(hone_model *model)
{
    HONE_TRY(room_for_ends(model));
    hone_network *network = hone_internal_network_create();
    if (network == NULL)
        return HONE_ERROR_MEMORY;
    hone_call *call = NULL;
    for (size_t i = 0; i < model->layer_count; i++) {
        hone_tensor *before = call == NULL ? NULL : &call->outputs[0];
        call = hone_internal_network_call(network, hone_layer_retain(model->layers[i]), &before,
                                          before == NULL ? 0 : 1, NULL);
        if (call == NULL) {
            hone_internal_network_free(network);
            model->input_count = 0;
            return hone_error_status();
        }
        if (i == 0) {
            model->inputs[0] = &call->outputs[0];
            call->claimed = true; /* the network's one reference is the model's: sub-models take their own */
        }
    }
    model->input_count = model->output_count = 1;
    model->outputs[0] = &call->outputs[0];
    return connect(model);
}

static hone_status build_sequential(hone_model *model, hone_shape input)
{
    if (!starts_with_input(model)) {
        hone_input_args args;
        HONE_TRY(hone_args_default("input", &args, sizeof args));
        for (int i = 1; i < input.rank; i++)
            args.shape[i - 1] = input.size[i];
        if (model->layers[0]->type->transform != NULL)
            args.dtype = model->layers[0]->type == &hone_internal_integer_lookup_layer ? "int64" : "string";
        hone_layer *layer = hone_input_with(&args);
        if (layer == NULL)
            return hone_error_status();
        if (hone_internal_grow(&model->layers, &model->layer_capacity, model->layer_count + 1,
                               sizeof *model->layers) < 0) {
            hone_layer_free(layer);
            return HONE_ERROR_MEMORY;
        }
        memmove(model->layers + 1, model->layers, model->layer_count * sizeof *model->layers);
        model->layers[0] = layer;
        model->layer_count++;
    }
    disconnect(model);
    hone_internal_error_push(NULL, NULL);
    hone_status status = chain_layers(model);
    hone_internal_error_pop();
    return status;
}

/* Before the first data nothing is known of an input; a shape that does not fit leaves it so. */
static void forget_input(hone_model *model)
{
    disconnect(model);
    hone_layer_free(model->layers[0]);
    model->layer_count--;
    memmove(model->layers, model->layers + 1, model->layer_count * sizeof *model->layers);
}

/* Calls one layer more, the last of a built model, on its output. */
static hone_status extend(hone_model *model, hone_layer *layer)
{
    hone_tensor *before = model->outputs[0];
    hone_call *call =
        hone_internal_network_call(before->call->network, hone_layer_retain(layer), &before, 1, NULL);
    if (call == NULL)
        return hone_error_status();
    size_t first = model->weights.count;
    model->outputs[0] = &call->outputs[0];
    HONE_TRY(hone_internal_model_add_calls(model, model->outputs[0]));
    HONE_TRY(hone_internal_model_sort_last_call(model));
    HONE_TRY(hone_internal_model_find_fed(model));
    HONE_TRY(hone_internal_model_name_layer(model, layer));
    HONE_TRY(list_weights(model, layer));
    return fill_weights(model, first);
}

/* Builds a sequential model for the layer that was just added. */
static hone_status build_added(hone_model *model)
{
    if (!model->built)
        return build_sequential(model, (hone_shape){0});
    hone_internal_model_drop_plans(model);
    hone_internal_error_push(NULL, NULL);
    hone_status status = extend(model, model->layers[model->layer_count - 1]);
    hone_internal_error_pop();
    return status;
}

hone_status hone_model_add(hone_model *model, hone_layer *layer)
{
    if (model == NULL || layer == NULL) {
        hone_layer_free(layer);
        return hone_internal_fail_null(model == NULL ? "a model" : "a layer");
    }
    if (!model->sequential) {
        hone_layer_free(layer);
        return hone_fail(HONE_ERROR_STATE, "layers can be added only to a sequential model; this one is a "
                                           "graph");
    }
    const bool late = model->layer_count > 0 && layer->type == &hone_internal_input_layer;
    if (late || hone_internal_grow(&model->layers, &model->layer_capacity, model->layer_count + 1,
                                   sizeof *model->layers) < 0) {
        hone_layer_free(layer);
        return late ? hone_fail(HONE_ERROR_ARGUMENT, "an input must be the first layer") : HONE_ERROR_MEMORY;
    }
    model->layers[model->layer_count++] = layer;
    if (!starts_with_input(model))
        return HONE_OK;
    hone_status status = build_added(model);
    if (status < 0 && model->layer_count > 1) { /* back to what it was */
        hone_layer_free(model->layers[--model->layer_count]);
        hone_failure failure;
        hone_internal_error_take(&failure);
        build_sequential(model, (hone_shape){0});
        hone_internal_error_raise(&failure);
    }
    return status;
}

hone_status hone_model_pop(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    size_t least = starts_with_input(model) ? 1 : 0;
    if (!model->sequential || model->layer_count <= least)
        return hone_fail(HONE_ERROR_STATE, "this model has no layer to remove");
    hone_layer_free(model->layers[--model->layer_count]);
    return starts_with_input(model) ? build_sequential(model, (hone_shape){0}) : HONE_OK;
}

hone_model *hone_sequential_with(const char *site, hone_layer *const *layers)
{
    size_t count;
    hone_internal_error_push(site, NULL);
    const bool good = hone_internal_check_sequence(layers, &count) >= 0;
    hone_internal_error_pop();
    hone_model *model = good ? allocate(site) : NULL;
    if (model != NULL &&
        hone_internal_grow(&model->layers, &model->layer_capacity, count + 1, sizeof *model->layers) < 0) {
        hone_model_free(model);
        model = NULL;
    }
    if (model == NULL) {
        for (size_t i = 0; i < count; i++)
            hone_layer_free(layers[i]);
        return NULL;
    }
    model->sequential = true;
    memcpy(model->layers, layers, count * sizeof *layers);
    model->layer_count = count;
    if (!starts_with_input(model) || build_sequential(model, (hone_shape){0}) >= 0)
        return model;
    hone_model_free(model);
    return NULL;
}

hone_status hone_model_build(hone_model *model, hone_shape input)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    if (model->built)
        return HONE_OK;
    if (input.rank < 1)
        return hone_fail(HONE_ERROR_SHAPE, "the shape of the input must begin with the batch axis");
    bool had_input = starts_with_input(model);
    hone_status status = build_sequential(model, input);
    if (status < 0 && !had_input && starts_with_input(model))
        forget_input(model);
    return status;
}

/* ---- from a network ---- */

static hone_status copy_ends(const hone_tensor_list *list, hone_tensor ***ends, char ***keys, int *count)
{
    size_t room = (size_t)list->count + 1;
    *ends = hone_internal_allocate_zeroed(room, sizeof **ends);
    *keys = hone_internal_allocate_zeroed(room, sizeof **keys);
    if (*ends == NULL || *keys == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(*ends, list->items, sizeof **ends * (size_t)list->count);
    *count = list->count;
    return HONE_OK;
}

static hone_status take_ends(hone_model *model, const hone_tensor_list *inputs,
                             const hone_tensor_list *outputs)
{
    if (inputs->count < 1 || outputs->count < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "a model needs at least one input and one output");
    HONE_TRY(hone_internal_network_join(inputs, outputs));
    HONE_TRY(copy_ends(inputs, &model->inputs, &model->input_keys, &model->input_count));
    HONE_TRY(copy_ends(outputs, &model->outputs, &model->output_keys, &model->output_count));
    return connect(model);
}

static bool has_failed(const hone_tensor_list *list)
{
    for (int i = 0; i < list->count; i++)
        if (list->items[i] == NULL)
            return hone_internal_fail_null("a tensor"), true;
    return false;
}

/* Gives up the references that come with inputs, once each, whether or not there is a model now. */
static void claim_inputs(const hone_tensor_list *inputs)
{
    for (int i = 0; i < inputs->count; i++) {
        hone_tensor *input = inputs->items[i];
        if (input == NULL || hone_internal_tensor_list_repeats(inputs, i) || input->call->input_count > 0 ||
            input->call->claimed)
            continue;
        input->call->claimed = true;
        hone_tensor_free(input);
    }
}

static hone_model *from_ends(const hone_tensor_list *inputs, const hone_tensor_list *outputs,
                             const char *name, const char *site)
{
    hone_model *model = has_failed(inputs) || has_failed(outputs) ? NULL : allocate(site);
    if (model != NULL) {
        hone_internal_error_push(site, NULL);
        hone_status status = name == NULL ? HONE_OK : hone_model_set_name(model, name);
        if (status >= 0)
            status = take_ends(model, inputs, outputs);
        hone_internal_error_pop();
        if (status < 0) {
            model->input_count = model->output_count = 0;
            hone_model_free(model);
            model = NULL;
        } else
            hone_internal_network_retain(model->inputs[0]->call->network);
    }
    claim_inputs(inputs);
    return model;
}

hone_model *hone_internal_model_from_ends(const hone_tensor_list *inputs, const hone_tensor_list *outputs)
{
    return from_ends(inputs, outputs, NULL, NULL);
}

/* The tensors of an argument: those in the struct's own array, or any number of others. */
static hone_tensor_list list_of(hone_tensor *const own[HONE_MAX_ENDS], int own_count,
                                hone_tensor *const *others)
{
    hone_tensor_list list = {.count = own_count < HONE_MAX_ENDS ? own_count : HONE_MAX_ENDS};
    for (list.count = others != NULL ? 0 : list.count;
         others != NULL && others[list.count] != hone_tensors_end;)
        list.count++;
    const void *items = others != NULL ? (const void *)others : (const void *)own;
    memcpy(&list.items, &items, sizeof list.items);
    return list;
}

hone_model *hone_functional_with(const hone_functional_args *args)
{
    bool grown = args->base.size >= sizeof *args; /* a caller from before the lists */
    hone_tensor_list inputs = list_of(args->inputs, args->input_count, grown ? args->input_list : NULL),
                     outputs = list_of(args->outputs, args->output_count, grown ? args->output_list : NULL);
    return from_ends(&inputs, &outputs, args->name, args->base.site);
}

void hone_model_free(hone_model *model)
{
    if (model == NULL)
        return;
    if (model->training != NULL)
        model->training->free(model->training); /* its plans use what is freed below */
    hone_internal_compiled_free(&model->compiled);
    for (size_t i = 0; i < model->layer_count; i++)
        hone_layer_free(model->layers[i]);
    if (model->input_count > 0 && model->inputs[0] != NULL)
        hone_internal_network_free(model->inputs[0]->call->network);
    hone_internal_free(model->layers);
    hone_internal_free(model->calls);
    hone_internal_free(model->calls_by_layer);
    hone_internal_names_free(&model->names);
    hone_internal_names_free(&model->numbers);
    hone_internal_variable_list_free(&model->weights);
    for (int i = 0; i < model->input_count; i++)
        hone_internal_free(model->input_keys[i]);
    for (int i = 0; i < model->output_count; i++)
        hone_internal_free(model->output_keys[i]);
    hone_internal_free(model->input_keys);
    hone_internal_free(model->output_keys);
    hone_internal_free(model->fed);
    hone_internal_free(model->inputs);
    hone_internal_free(model->outputs);
    hone_internal_free(model->name);
    hone_internal_free(model->site);
    hone_internal_config_free(model->schema);
    hone_internal_free(model);
}

hone_status hone_internal_model_need_built(const hone_model *model, const char *what)
{
    if (model->built)
        return HONE_OK;
    return hone_fail(HONE_ERROR_STATE,
                     "%s: the model does not know the shape of its input yet; start it with an input layer",
                     what);
}
