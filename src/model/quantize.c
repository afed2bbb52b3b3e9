/* Quantising a model's layers, those of models within it too. */
#include "base/memory.h"
#include "layers/quantized.h"
#include "model/model.h"

static hone_status quantize_layers(hone_model *model, const char *mode, size_t *found);

static hone_status quantize(hone_layer *layer, const char *mode, size_t *found)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return quantize_layers(nested, mode, found);
    if (!hone_internal_layer_quantizes(layer) || hone_internal_layer_quantization(layer).bits > 0)
        return HONE_OK;
    ++*found;
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = hone_internal_layer_quantize(layer, mode);
    hone_internal_error_pop();
    return status;
}

static hone_status quantize_layers(hone_model *model, const char *mode, size_t *found)
{
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(quantize(model->layers[i], mode, found));
    return HONE_OK;
}

/* The optimizer's state was that of weights which are not trained any more. */
static hone_status forget_state(hone_model *model)
{
    hone_optimizer *had = model->compiled.optimizer;
    if (had == NULL || !model->compiled.ready)
        return HONE_OK;
    hone_optimizer *fresh = hone_optimizer_create(had->type, had->args);
    if (fresh == NULL)
        return hone_error_status();
    if (had->schedule == NULL)
        hone_optimizer_set_learning_rate(fresh, hone_optimizer_learning_rate(had));
    hone_optimizer_free(had);
    model->compiled.optimizer = fresh;
    return hone_internal_model_make_slots(model);
}

hone_status hone_quantize(hone_model *model, const char *mode)
{
    hone_quantization how;
    size_t found = 0;
    if (model == NULL || mode == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a mode");
    HONE_TRY(hone_internal_quantization_parse(mode, &how));
    HONE_TRY(hone_internal_model_need_built(model, "hone_quantize"));
    hone_status status = quantize_layers(model, mode, &found),
                taken = hone_internal_model_take_weights(model);
    if (status < 0 || taken < 0)
        return status < 0 ? status : taken;
    if (found == 0)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "the model has no layer to quantise: Dense, EinsumDense, Embedding, ReversibleEmbedding, "
            "MultiHeadAttention and GroupQueryAttention can be, each once");
    return forget_state(model);
}
