/* Fuzz target: what becomes of a model. The input is a configuration of Keras (JSON with a class_name), a
 * recipe (other JSON, YAML), or an ONNX graph; structure.h changes values, kinds, names and sizes in it. What
 * is still a model is used in every way (whole.h). */
#include "keras/keras.h"
#include "model/model.h"
#include "onnx/import.h"
#include "structure.h"
#include "limited.h"
#include "whole.h"

enum { MOST_BYTES = 1 << 24 };

/* ---- reading ---- */

static hone_model *read_config(const uint8_t *data, size_t size)
{
    hone_config *tree = hone_internal_json_parse((const char *)data, size, "fuzz");
    hone_loading loading;
    hone_model *model = NULL;
    if (tree != NULL && hone_internal_loading_begin(&loading, NULL, 1 << 20) >= 0) {
        model = hone_internal_model_from_config(tree, &loading);
        hone_internal_loading_end(&loading);
    }
    const hone_config *settings = hone_internal_config_get(tree, "compile_config");
    if (model != NULL && model->built && hone_internal_config_present(settings))
        hone_internal_model_compile_config(model, settings, NULL); /* or else it only predicts */
    hone_internal_config_free(tree);
    return model;
}

static hone_model *read_recipe(const uint8_t *data, size_t size)
{
    char *text = hone_internal_copy_text_n((const char *)data, size);
    hone_recipe *recipe = text == NULL ? NULL : hone_recipe_parse(text, "fuzz");
    hone_model *model = recipe == NULL ? NULL : hone_recipe_model(recipe);
    hone_recipe_free(recipe);
    hone_internal_free(text);
    return model;
}

static hone_model *read_graph(const uint8_t *data, size_t size)
{
    hone_onnx_file *file = hone_internal_onnx_parse(data, size, "fuzz");
    hone_model *model = file == NULL ? NULL : hone_internal_onnx_model(file, NULL);
    hone_internal_onnx_close(file);
    return model;
}

static hone_model *read_any(const uint8_t *data, size_t size)
{
    if (!is_tree(data, size))
        return read_graph(data, size);
    return data[0] == '{' && has_word(data, size, "\"class_name\"") ? read_config(data, size)
                                                                    : read_recipe(data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    limit_memory(MOST_BYTES);
    hone_set_threads(1);
    hone_error_clear();
    hone_model *model = read_any(data, size);
    fuzz_said(model == NULL);
    if (model != NULL)
        use_model(model, is_smooth(data, size), has_word(data, size, "\"stateful\": true"));
    hone_model_free(model);
    return 0;
}
