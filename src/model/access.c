/* Looking at a model: its layers, ends, weights. */
#include "base/memory.h"
#include "base/plural.h"
#include "initializers/initializers.h"
#include "model/model.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sequential model does not count its input layer. */
static size_t first_layer(const hone_model *model)
{
    return model->sequential && model->layer_count > 0 && model->layers[0]->type == &hone_internal_input_layer
               ? 1
               : 0;
}

int hone_model_layer_count(const hone_model *model)
{
    return model == NULL ? 0 : (int)(model->layer_count - first_layer(model));
}

hone_layer *hone_model_layer_at(const hone_model *model, int index)
{
    int count = hone_model_layer_count(model);
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (index < 0)
        index += count;
    if (index < 0 || index >= count) {
        hone_fail(HONE_ERROR_ARGUMENT, "the model has %d layer%s; layer %d does not exist", count,
                  hone_internal_plural(count), index);
        return NULL;
    }
    return model->layers[first_layer(model) + (size_t)index];
}

hone_layer *hone_model_layer(const hone_model *model, const char *name)
{
    if (model == NULL || name == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a name"), NULL;
    const char *names[256];
    size_t count = 0;
    for (size_t i = 0; i < model->layer_count; i++) {
        if (strcmp(hone_internal_layer_label(model->layers[i]), name) == 0)
            return model->layers[i];
        if (count < sizeof names / sizeof *names)
            names[count++] = hone_internal_layer_label(model->layers[i]);
    }
    hone_internal_fail_name("layer", name, names, count);
    return NULL;
}

int hone_model_input_count(const hone_model *model)
{
    return model == NULL ? 0 : model->input_count;
}
int hone_model_output_count(const hone_model *model)
{
    return model == NULL ? 0 : model->output_count;
}

const char *hone_model_input_name(const hone_model *model, int index)
{
    return model->input_keys[index] != NULL ? model->input_keys[index]
                                            : hone_internal_layer_label(model->inputs[index]->call->layer);
}

const char *hone_model_output_name(const hone_model *model, int index)
{
    return model->output_keys[index] != NULL ? model->output_keys[index]
                                             : hone_internal_layer_label(model->outputs[index]->call->layer);
}

static int count_outputs(const hone_model *model, const char *name, int before)
{
    int count = 0;
    for (int i = 0; i < before; i++)
        count += strcmp(hone_model_output_name(model, i), name) == 0;
    return count;
}

const char *hone_model_output_key(const hone_model *model, int index, char *key, size_t size)
{
    const char *name = hone_model_output_name(model, index);
    int same = count_outputs(model, name, index);
    snprintf(key, size, "%s", name);
    for (int number = 1; same > 0 && number <= 2 * model->output_count; number++) {
        snprintf(key, size, "%s_%d", name, number);
        same -= count_outputs(model, key, model->output_count) == 0;
    }
    return key;
}

hone_tensor *hone_model_input(const hone_model *model, int index)
{
    return model->inputs[index];
}
hone_tensor *hone_model_output(const hone_model *model, int index)
{
    return model->outputs[index];
}

hone_tensor *hone_model_layer_output(const hone_model *model, const char *layer)
{
    for (int i = 0; model != NULL && layer != NULL && i < model->call_count; i++)
        if (strcmp(hone_internal_layer_label(model->calls[i]->layer), layer) == 0)
            return &model->calls[i]->outputs[0];
    return hone_model_layer(model, layer) == NULL
               ? NULL
               : (hone_fail(HONE_ERROR_STATE, "the layer \"%s\" is not in use", layer), NULL);
}

/* ---- the calls of a layer ---- */

/* By layer, then by number. */
static int compare_calls(const void *a, const void *b)
{
    const hone_call *first = *(const hone_call *const *)a, *second = *(const hone_call *const *)b;
    uintptr_t first_layer = (uintptr_t)first->layer, second_layer = (uintptr_t)second->layer;
    if (first_layer != second_layer)
        return first_layer < second_layer ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

hone_status hone_internal_model_sort_calls(hone_model *model)
{
    size_t count = (size_t)model->call_count;
    HONE_TRY((hone_status)hone_internal_grow(&model->calls_by_layer, &model->sorted_capacity, count,
                                             sizeof(hone_call *)));
    for (size_t i = 0; i < count; i++)
        model->calls_by_layer[i] = model->calls[i];
    qsort(model->calls_by_layer, count, sizeof(hone_call *), compare_calls);
    return HONE_OK;
}

/* The place of the layer's first call whose number is not below `number`, if it has such a call, among the
 * first `count`. */
static int place_among(const hone_model *model, int count, const hone_layer *layer, int number)
{
    int low = 0, high = model->calls_by_layer == NULL ? 0 : count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const hone_call *call = model->calls_by_layer[middle];
        bool before =
            call->layer == layer ? call->number < number : (uintptr_t)call->layer < (uintptr_t)layer;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int place_of(const hone_model *model, const hone_layer *layer, int number)
{
    return place_among(model, model->call_count, layer, number);
}

hone_status hone_internal_model_sort_last_call(hone_model *model)
{
    int others = model->call_count - 1;
    const hone_call *last = model->calls[others];
    HONE_TRY((hone_status)hone_internal_grow(&model->calls_by_layer, &model->sorted_capacity,
                                             (size_t)others + 1, sizeof(hone_call *)));
    int place = place_among(model, others, last->layer, last->number);
    const hone_call **at = &model->calls_by_layer[place];
    memmove(at + 1, at, (size_t)(others - place) * sizeof *at);
    *at = last;
    return HONE_OK;
}

static const hone_call *call_at(const hone_model *model, const hone_layer *layer, int place)
{
    bool there = model->calls_by_layer != NULL && place >= 0 && place < model->call_count &&
                 model->calls_by_layer[place]->layer == layer;
    return there ? model->calls_by_layer[place] : NULL;
}

const hone_call *hone_internal_model_next_call(const hone_model *model, const hone_layer *layer,
                                               const hone_call *after)
{
    return call_at(model, layer, place_of(model, layer, after == NULL ? INT_MIN : after->number + 1));
}

const hone_call *hone_internal_model_last_call(const hone_model *model, const hone_layer *layer)
{
    int place = place_of(model, layer, INT_MAX);
    return call_at(model, layer, call_at(model, layer, place) == NULL ? place - 1 : place);
}

int hone_internal_model_call_rank(const hone_model *model, const hone_call *call)
{
    return place_of(model, call->layer, call->number) - place_of(model, call->layer, INT_MIN);
}

void hone_model_set_trainable(hone_model *model, bool trainable)
{
    if (model != NULL)
        model->frozen = !trainable;
    for (size_t i = 0; model != NULL && i < model->layer_count; i++)
        hone_internal_layer_set_trainable(model->layers[i], trainable);
}

hone_status hone_model_reset_states(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    for (size_t i = 0; i < model->layer_count; i++)
        hone_layer_reset_states(model->layers[i]);
    return HONE_OK;
}

hone_status hone_model_set_seed(hone_model *model, uint64_t seed)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    model->seed = seed;
    hone_internal_model_drop_plans(model);
    for (size_t i = 0; i < model->weights.count; i++) {
        hone_variable *variable = model->weights.items[i];
        if (!variable->fresh)
            continue;
        memset(hone_internal_variable_data(variable), 0,
               (size_t)hone_internal_variable_count(variable) * sizeof(float));
        HONE_TRY(hone_internal_initializer_fill(variable, seed));
    }
    return HONE_OK;
}

uint64_t hone_model_seed(const hone_model *model)
{
    return model->seed;
}

int hone_model_weight_count(const hone_model *model)
{
    return model == NULL ? 0 : (int)model->weights.count;
}

hone_variable *hone_model_weight(const hone_model *model, int index)
{
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (index >= 0 && index < (int)model->weights.count) {
        model->weights.items[index]->fresh = false; /* it may be written now */
        return model->weights.items[index];
    }
    hone_fail(HONE_ERROR_ARGUMENT, "the model has %d weight%s; weight %d does not exist",
              hone_model_weight_count(model), hone_internal_plural(hone_model_weight_count(model)), index);
    return NULL;
}

const char *hone_variable_name(const hone_variable *variable)
{
    return variable->name;
}
const char *hone_variable_path(const hone_variable *variable)
{
    return variable->path != NULL ? variable->path : variable->name;
}
hone_shape hone_variable_shape(const hone_variable *variable)
{
    return variable->shape;
}
bool hone_variable_trainable(const hone_variable *variable)
{
    return variable->trainable;
}
float *hone_variable_data(hone_variable *variable)
{
    return hone_internal_variable_hold(variable);
}

static int list_trainable(const hone_model *model, hone_variable **variables)
{
    int count = 0;
    for (size_t i = 0; i < model->weights.count; i++)
        if (model->weights.items[i]->trainable)
            variables[count++] = model->weights.items[i];
    return count;
}

hone_status hone_internal_model_make_slots(hone_model *model)
{
    hone_variable **trainable = hone_internal_allocate(sizeof(hone_variable *) * (model->weights.count + 1));
    if (trainable == NULL)
        return HONE_ERROR_MEMORY;
    int count = list_trainable(model, trainable);
    hone_status status = hone_internal_optimizer_build(model->compiled.optimizer, trainable, count);
    hone_internal_free(trainable);
    return status;
}

void hone_free(void *memory)
{
    hone_internal_free(memory);
}
