/* Low-rank adaptation of a model's layers: giving it to those that a pattern names, and merging it. */
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "verbs.h"

#include <string.h>

/* A pattern on its way through the layers. */
typedef struct search {
    const char *pattern;
    const hone_enable_lora_args *args;
    const hone_layer *other; /* one that matches and cannot be adapted */
    size_t found, count;     /* layers that match and can be; names of those that can, for messages */
    const char *names[256];
} search;

/* ---- enabling ---- */

static hone_status enable(search *looking, hone_layer *layer)
{
    const hone_enable_lora_args *args = looking->args;
    if (!layer->built)
        return hone_fail(HONE_ERROR_STATE,
                         "the layer \"%s\" has no weights yet: give the model an input first",
                         hone_internal_layer_label(layer));
    looking->found++;
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = hone_internal_layer_enable_lora(layer, args->rank, args->alpha, args->a_initializer,
                                                         args->b_initializer);
    hone_internal_error_pop();
    return status;
}

static hone_status visit(search *looking, hone_layer *layer, const char *outer, bool inside)
{
    const char *name = hone_internal_layer_label(layer);
    char *path = outer == NULL ? hone_internal_copy_text(name) : hone_internal_format("%s/%s", outer, name);
    hone_status status = path == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    const bool meant = inside || (path != NULL && hone_internal_pattern_means(looking->pattern, name, path));
    if (layer->type->adapted != NULL && looking->count < sizeof looking->names / sizeof *looking->names)
        looking->names[looking->count++] = name;
    if (status >= 0 && meant && layer->type->adapted != NULL)
        status = enable(looking, layer);
    else if (meant)
        looking->other = layer;
    hone_layer *inner;
    for (int i = 0; status >= 0 && (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        status = visit(looking, inner, path, meant);
    hone_internal_free(path);
    return status;
}

static hone_status visit_all(search *looking, hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(visit(looking, model->layers[i], NULL, false));
    if (looking->found > 0)
        return HONE_OK;
    if (looking->count == 0)
        return hone_fail(HONE_ERROR_NAME,
                         "the model has no layer that can have a low-rank adaptation; Dense, "
                         "EinsumDense, Embedding, Conv1D, Conv2D and Conv3D can");
    if (looking->other != NULL)
        return hone_fail(
            HONE_ERROR_NAME,
            "the layer \"%s\" (%s) cannot have a low-rank adaptation; there is, for example, \"%s\", "
            "which can",
            hone_internal_layer_label(looking->other), looking->other->type->type.class_name,
            looking->names[0]);
    return hone_internal_fail_pattern(looking->pattern, looking->names, looking->count);
}

hone_status hone_enable_lora_with(hone_model *model, const char *pattern, const hone_enable_lora_args *said)
{
    hone_enable_lora_args args;
    HONE_TRY(hone_internal_args_read(&hone_internal_enable_lora_verb, said, &args));
    if (model == NULL || pattern == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a pattern");
    search looking = {.pattern = pattern, .args = &args};
    hone_status status = visit_all(&looking, model);
    if (looking.found == 0)
        return status;
    hone_failure failure; /* those before one that failed have theirs */
    if (status < 0)
        hone_internal_error_take(&failure);
    hone_status taken = hone_internal_model_take_weights(model);
    if (status < 0)
        hone_internal_error_raise(&failure);
    return status < 0 ? status : taken;
}

/* ---- merging ---- */

static hone_status merge(hone_layer *layer)
{
    hone_layer *inner;
    HONE_TRY(hone_internal_layer_merge(layer));
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(merge(inner));
    return HONE_OK;
}

hone_status hone_merge_lora(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    hone_status status = HONE_OK;
    for (size_t i = 0; i < model->layer_count && status >= 0; i++)
        status = merge(model->layers[i]);
    hone_status taken = hone_internal_model_take_weights(model);
    return status < 0 ? status : taken;
}
