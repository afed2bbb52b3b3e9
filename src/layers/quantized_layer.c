/* Turning a layer that is built into its quantised form: its weights are built anew, and filled with what the
 * old ones hold; those that stay floats (the bias) are kept. */
#include "base/memory.h"
#include "layers/einsum_dense.h"
#include "layers/quantized.h"

#include <string.h>

bool hone_internal_layer_quantizes(const hone_layer *layer)
{
    return hone_internal_layer_argument(layer, "quantization_config") != NULL;
}

bool hone_internal_layer_quantizes_parts(const hone_layer *layer)
{
    return layer->type->adapted == NULL && hone_internal_layer_quantizes(layer);
}

/* ---- the numbers of a weight ---- */

/* Tables of rows have their scales by row. */
static bool is_by_row(const hone_variable *weight)
{
    return strcmp(weight->name, "embeddings") == 0;
}

static hone_status fill_weight(hone_layer *layer, const hone_variable *weight, const float *numbers)
{
    return layer->type == &hone_internal_einsum_dense_layer
               ? hone_internal_einsum_dense_fill(layer, numbers)
               : hone_internal_quantized_fill(layer, weight->name, is_by_row(weight), numbers);
}

static hone_status restore_weight(hone_layer *layer, const hone_variable *weight, float *numbers)
{
    if (layer->type == &hone_internal_einsum_dense_layer)
        return hone_internal_einsum_dense_restore(layer, numbers);
    hone_internal_quantized_restore(layer, weight->name, is_by_row(weight), numbers);
    return HONE_OK;
}

/* ---- building anew ---- */

/* Weights that a layer had before. */
typedef struct weights_before {
    hone_variable **items;
    size_t count, capacity;
} weights_before;

static hone_variable *find(const weights_before *before, const char *name)
{
    for (size_t i = 0; i < before->count; i++)
        if (strcmp(before->items[i]->name, name) == 0)
            return before->items[i];
    return NULL;
}

static void free_before(weights_before *before)
{
    for (size_t i = 0; i < before->count; i++)
        hone_internal_variable_free(before->items[i]);
    hone_internal_free(before->items);
}

/* A weight that was a float and is one keeps its variable. */
static void keep(hone_layer *layer, const weights_before *before)
{
    for (size_t i = 0; i < layer->weight_count; i++) {
        hone_variable *had = find(before, layer->weights[i]->name);
        if (had == NULL || layer->weights[i]->stored != HONE_FLOAT32)
            continue;
        hone_internal_variable_free(layer->weights[i]);
        layer->weights[i] = hone_internal_variable_retain(had);
    }
}

static hone_status fill(hone_layer *layer, const weights_before *before)
{
    HONE_TRY(hone_internal_variables_place(layer->weights, layer->weight_count));
    for (size_t i = 0; i < layer->weight_count; i++) {
        hone_variable *now = layer->weights[i], *had = find(before, now->name);
        if (had == NULL || had == now)
            continue;
        HONE_TRY(fill_weight(layer, now, hone_internal_variable_data(had)));
        had->retired = true;
        now->lora_past[0] = hone_internal_variable_retain(had); /* other models may know it */
    }
    return HONE_OK;
}

static hone_status rebuild(hone_layer *layer, const weights_before *before)
{
    layer->weights = NULL;
    layer->weight_count = layer->weight_capacity = 0;
    HONE_TRY(layer->type->build(layer, layer->input_shapes, layer->input_count));
    keep(layer, before);
    return fill(layer, before);
}

/* Back to the weights before. */
static void restore(hone_layer *layer, const weights_before *before)
{
    hone_failure failure;
    hone_internal_error_take(&failure);
    for (size_t i = 0; i < layer->weight_count; i++)
        hone_internal_variable_free(layer->weights[i]);
    hone_internal_free(layer->weights);
    layer->weights = before->items;
    layer->weight_count = before->count;
    layer->weight_capacity = before->capacity;
    hone_internal_fields_set_text(&layer->type->type, layer->args, "quantization_config", "none");
    hone_internal_error_raise(&failure);
}

/* The argument is set first: a layer that is built anew has such parts. */
static hone_status quantize_parts(hone_layer *layer, const char *how)
{
    hone_layer *part = hone_internal_layer_within(layer, 0, NULL);
    if (part == NULL)
        return hone_fail(HONE_ERROR_STATE, "has no weights yet: give the model an input first");
    HONE_TRY(hone_internal_fields_set_text(&layer->type->type, layer->args, "quantization_config", how));
    for (int i = 0; (part = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(hone_internal_layer_quantize(part, how));
    return HONE_OK;
}

hone_status hone_internal_layer_quantize(hone_layer *layer, const char *how)
{
    hone_quantization kind;
    HONE_TRY(hone_internal_quantization_parse(how, &kind));
    if (hone_internal_layer_quantization(layer).bits > 0)
        return hone_fail(HONE_ERROR_STATE, "is quantised already");
    if (hone_internal_layer_quantizes_parts(layer))
        return quantize_parts(layer, how);
    const hone_variable *adapted = hone_layer_weight(layer, layer->type->adapted);
    if (adapted == NULL)
        return hone_fail(HONE_ERROR_STATE, "has no weights yet: give the model an input first");
    if (adapted->lora_a != NULL)
        return hone_fail(HONE_ERROR_STATE, "has a low-rank adaptation: merge it first");
    HONE_TRY(hone_internal_fields_set_text(&layer->type->type, layer->args, "quantization_config", how));
    weights_before before = {layer->weights, layer->weight_count, layer->weight_capacity};
    hone_status status = rebuild(layer, &before);
    if (status < 0)
        restore(layer, &before);
    else
        free_before(&before);
    return status;
}

/* ---- merging ---- */

/* The weight that is quantised and adapted; NULL: none. */
static hone_variable *quantized_adapted(const hone_layer *layer)
{
    hone_variable *adapted = layer->type->adapted != NULL && hone_internal_layer_quantization(layer).bits > 0
                                 ? hone_layer_weight(layer, layer->type->adapted)
                                 : NULL;
    return adapted == NULL || adapted->lora_a == NULL ? NULL : adapted;
}

hone_status hone_internal_quantized_merge(hone_layer *layer)
{
    hone_variable *adapted = quantized_adapted(layer);
    if (adapted == NULL)
        return HONE_OK;
    float *w = hone_internal_allocate((size_t)hone_internal_variable_count(adapted) * sizeof *w + 1);
    if (w == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = restore_weight(layer, adapted, w);
    if (status >= 0) {
        hone_internal_variable_adapt(adapted, w);
        status = fill_weight(layer, adapted, w);
    }
    hone_internal_free(w);
    return status;
}

static hone_status hold(hone_variable *variable, hone_held_numbers **held)
{
    const size_t bytes = (size_t)hone_internal_variable_count(variable) * sizeof(float);
    hone_held_numbers *one = hone_internal_allocate(sizeof *one);
    float *numbers = hone_internal_allocate(bytes + 1);
    if (one == NULL || numbers == NULL) {
        hone_internal_free(one);
        hone_internal_free(numbers);
        return HONE_ERROR_MEMORY;
    }
    memcpy(numbers, hone_internal_variable_data(variable), bytes);
    *one = (hone_held_numbers){*held, variable, numbers};
    *held = one;
    return HONE_OK;
}

hone_status hone_internal_quantized_lend(hone_layer *layer, hone_held_numbers **held)
{
    if (quantized_adapted(layer) == NULL)
        return HONE_OK;
    for (size_t i = 0; i < layer->weight_count; i++)
        if (!layer->weights[i]->adapts)
            HONE_TRY(hold(layer->weights[i], held));
    return hone_internal_quantized_merge(layer);
}

void hone_internal_quantized_give_back(hone_held_numbers **held)
{
    while (*held != NULL) {
        hone_held_numbers *one = *held;
        memcpy(hone_internal_variable_data(one->variable), one->numbers,
               (size_t)hone_internal_variable_count(one->variable) * sizeof(float));
        *held = one->next;
        hone_internal_free(one->numbers);
        hone_internal_free(one);
    }
}
