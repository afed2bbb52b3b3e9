/* Low-rank adaptations out of a safetensors file: layers that have none yet get theirs, by what the file says
 * of each, "dense/lora_kernel_b": "rank 4, scale 2"; then the numbers are read as other weights are. */
#include "base/text.h"
#include "formats/safetensors.h"
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_variable *find_weight(const hone_model *model, const char *path)
{
    for (size_t i = 0; i < model->weights.count; i++)
        if (model->weights.items[i]->path != NULL && strcmp(model->weights.items[i]->path, path) == 0)
            return model->weights.items[i];
    return NULL;
}

/* The weight that one adapts. */
static hone_variable *adapted_by(const hone_model *model, const hone_variable *b)
{
    for (size_t i = 0; i < model->weights.count; i++)
        if (b != NULL && model->weights.items[i]->lora_b == b)
            return model->weights.items[i];
    return NULL;
}

static hone_status enable(hone_model *model, const char *name, long long rank, double scale)
{
    const char *end = strrchr(name, '/');
    char layer[512];
    if (end == NULL || (size_t)(end - name) >= sizeof layer)
        return hone_fail(HONE_ERROR_NAME, "the tensor \"%.200s\" names no layer", name);
    snprintf(layer, sizeof layer, "%.*s", (int)(end - name), name);
    return hone_enable_lora(model, layer, .rank = rank, .alpha = scale * (double)rank);
}

static hone_status prepare(hone_model *model, const char *name, const char *said)
{
    long long rank;
    double scale;
    hone_variable *adapted = adapted_by(model, find_weight(model, name));
    if (said == NULL)
        return adapted != NULL
                   ? HONE_OK
                   : hone_fail(
                         HONE_ERROR_FORMAT,
                         "the file does not say of what rank \"%.200s\" is; give the model the adaptation "
                         "first (hone_enable_lora)",
                         name);
    if (sscanf(said, "rank %lld, scale %lf", &rank, &scale) != 2 || rank < 1 || rank > INT32_MAX ||
        !isfinite(scale))
        return hone_fail(HONE_ERROR_FORMAT, "\"%.100s\" of \"%.200s\" is not a rank and a scale", said, name);
    if (adapted == NULL)
        return enable(model, name, rank, scale);
    adapted->lora_scale = scale;
    return HONE_OK;
}

static bool ends_adapter(const char *name)
{
    const char *end = strrchr(name, '/');
    size_t length = strlen(name);
    return end != NULL && strncmp(end, "/lora_", 6) == 0 && length > 2 &&
           strcmp(name + length - 2, "_b") == 0;
}

static hone_status prepare_all(hone_model *model, const hone_safetensors *file)
{
    size_t found = 0;
    const hone_config *metadata = hone_internal_safetensors_metadata(file);
    for (size_t i = 0; i < hone_internal_safetensors_count(file); i++) {
        const char *name = hone_internal_safetensors_name(file, i);
        if (!ends_adapter(name))
            continue;
        HONE_TRY(prepare(model, name, hone_internal_config_get_text(metadata, name)));
        found++;
    }
    return found > 0 ? HONE_OK
                     : hone_fail(HONE_ERROR_FORMAT, "has no low-rank adaptations, whose tensors are called "
                                                    "LAYER/lora_kernel_a and LAYER/lora_kernel_b");
}

hone_status hone_load_adapters(hone_model *model, const char *path)
{
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_model_need_built(model, "hone_load_adapters"));
    hone_safetensors *file = hone_internal_safetensors_open(path);
    if (file == NULL)
        return hone_error_status();
    hone_status status = prepare_all(model, file);
    hone_internal_safetensors_close(file);
    if (status < 0)
        return hone_internal_error_in(status, path);
    hone_internal_model_drop_plans(model);
    return hone_load_weights(model, path, .partial = true);
}
