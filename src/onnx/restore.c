/* Graphs that Hone wrote: the model that is in their metadata, with the graph's weights. */
#include "onnx/import.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "onnx/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Each weight from the tensor that the list names for it. */
static hone_status restore_weights(const hone_onnx_file *file, hone_model *model, const hone_config *names)
{
    if (!hone_internal_config_is(names, HONE_CONFIG_LIST) ||
        hone_internal_config_count(names) != model->weights.count)
        return hone_fail(HONE_ERROR_FORMAT, "its list of weights does not match its model");
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        const char *name = hone_internal_config_text_at(names, i);
        const hone_onnx_tensor *tensor = name == NULL ? NULL : hone_internal_onnx_tensor(file, name);
        if (tensor == NULL)
            return hone_fail(HONE_ERROR_FORMAT, "the weight \"%.200s\" is missing", name != NULL ? name : "");
        hone_array *numbers = hone_internal_onnx_read(file, tensor);
        hone_status status =
            numbers == NULL ? hone_error_status()
            : numbers->type != HONE_FLOAT32
                ? hone_fail(HONE_ERROR_FORMAT, "the weight \"%.200s\" is not of floats", name)
                : hone_internal_onnx_fill_variable(model->weights.items[i], "model", name, numbers);
        hone_array_free(numbers);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status restore_compiled(hone_model *model, const hone_config *config, const hone_loading *loading)
{
    const hone_config *compile_config = hone_internal_config_get(config, "compile_config");
    if (!hone_internal_config_is(compile_config, HONE_CONFIG_MAP) ||
        hone_internal_config_count(compile_config) == 0)
        return HONE_OK;
    return hone_internal_model_compile_config(model, compile_config, loading);
}

/* The graph is the one that the metadata were written for. */
bool hone_internal_onnx_is_as_written(const hone_onnx_file *file)
{
    char digest[32];
    const char *written = hone_internal_onnx_get_property(file, HONE_ONNX_DIGEST);
    if (written == NULL || hone_internal_onnx_get_property(file, HONE_ONNX_CONFIG) == NULL ||
        hone_internal_onnx_get_property(file, HONE_ONNX_WEIGHTS) == NULL)
        return false;
    snprintf(digest, sizeof digest, "%016" PRIx64, hone_internal_onnx_digest(file->model->graph));
    return strcmp(digest, written) == 0;
}

static hone_config *parse_property(const hone_onnx_file *file, const char *key)
{
    const char *text = hone_internal_onnx_get_property(file, key);
    return hone_internal_json_parse(text, strlen(text), key);
}

hone_model *hone_internal_onnx_restore(const hone_onnx_file *file, const hone_loading *loading)
{
    hone_config *config = parse_property(file, HONE_ONNX_CONFIG), *names = NULL;
    hone_model *model = config == NULL ? NULL : hone_internal_model_from_config(config, loading);
    if (model != NULL)
        names = parse_property(file, HONE_ONNX_WEIGHTS);
    bool good = names != NULL && hone_internal_model_need_built(model, "weights") >= 0 &&
                restore_weights(file, model, names) >= 0 && restore_compiled(model, config, loading) >= 0;
    if (!good) {
        hone_model_free(model);
        model = NULL;
    }
    hone_internal_config_free(config);
    hone_internal_config_free(names);
    return model;
}
