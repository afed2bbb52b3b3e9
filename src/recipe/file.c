/* Model files in recipes, to continue from: cut at a layer, with layers frozen or thawed.
 *
 *   model: base.keras                                      the file's model, as it is
 *   model: {file: base.keras, unfreeze: "block5*"}         the same, with other layers trained
 *   model: {file: base.keras, lora: {layers: "block*", rank: 4, alpha: 8}}    low-rank adaptations of some
 *   model: {file: base.keras, adapters: task.safetensors}   those of a file, to go on training them
 *   model:                                                 its layers up to one of them, and new ones behind
 *     - {file: base.keras, until: pooling, freeze: "*"}
 *     - dense: 2
 *     - model: {file: base.keras, name: base}               the model as one layer
 *
 * `freeze` and `unfreeze` are names of layers or patterns ("block1*", where * stands for any letters and ?
 * for one), one or a list; `true` is all layers. A layer within another is called inner, or outer/inner. */
#include "base/memory.h"
#include "model/model.h"
#include "recipe/parts.h"
#include "verbs.h"

#include <hone/files.h>
#include <string.h>

/* ---- which layers are trained ---- */

static hone_status set_matching(hone_model *model, const char *pattern, bool trainable,
                                const hone_config *node)
{
    return hone_internal_recipe_place(hone_model_set_trainable_matching(model, pattern, trainable), node);
}

/* freeze: true, "dense_1", ["block1*", "block2*"]. */
static hone_status set_trainable(hone_model *model, const hone_config *map, const char *key, bool trainable)
{
    const hone_config *value = hone_internal_config_get(map, key);
    if (!hone_internal_config_present(value))
        return HONE_OK;
    if (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN))
        return hone_internal_config_as_boolean(value) ? set_matching(model, "*", trainable, value) : HONE_OK;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT))
        return set_matching(model, hone_internal_config_as_text(value), trainable, value);
    if (!hone_internal_config_is(value, HONE_CONFIG_LIST))
        return hone_internal_config_fail(value,
                                         "%s: expected true, or the name of a layer or a list of names", key);
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        HONE_TRY(hone_internal_recipe_expect(hone_internal_config_at(value, i), HONE_CONFIG_TEXT,
                                             "the name of a layer"));
        HONE_TRY(set_matching(model, hone_internal_config_text_at(value, i), trainable,
                              hone_internal_config_at(value, i)));
    }
    return HONE_OK;
}

/* ---- low-rank adaptations ---- */

static hone_status enable_lora(hone_model *model, const hone_enable_lora_args *args, const hone_config *node)
{
    return hone_internal_recipe_place(hone_enable_lora_with(model, hone_internal_config_as_text(node), args),
                                      node);
}

/* lora: {rank: 4}, {layers: "dense*", rank: 4, alpha: 8}, {layers: [query, value], rank: 4}. */
static hone_status set_lora(hone_model *model, const hone_config *map)
{
    const hone_config *value = hone_internal_config_get(map, "lora"),
                      *layers = hone_internal_config_get(value, "layers");
    static const char *const extras[] = {"layers", NULL};
    if (!hone_internal_config_present(value))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_expect(value, HONE_CONFIG_MAP, "lora"));
    hone_enable_lora_args *args =
        hone_internal_fields_from_config(&hone_internal_enable_lora_verb, value, extras);
    if (args == NULL)
        return hone_internal_recipe_place(hone_error_status(), value);
    hone_status status = HONE_OK;
    if (!hone_internal_config_present(layers))
        status = hone_internal_recipe_place(hone_enable_lora_with(model, "*", args), value);
    else if (hone_internal_config_is(layers, HONE_CONFIG_TEXT))
        status = enable_lora(model, args, layers);
    else if (!hone_internal_config_is(layers, HONE_CONFIG_LIST))
        status = hone_internal_config_fail(layers, "layers: expected the name of a layer or a list of names");
    for (size_t i = 0; hone_internal_config_is(layers, HONE_CONFIG_LIST) && status >= 0 &&
                       i < hone_internal_config_count(layers);
         i++) {
        const hone_config *one = hone_internal_config_at(layers, i);
        status = hone_internal_recipe_expect(one, HONE_CONFIG_TEXT, "the name of a layer");
        if (status >= 0)
            status = enable_lora(model, args, one);
    }
    hone_internal_fields_free(&hone_internal_enable_lora_verb, args);
    return status;
}

/* adapters: task.safetensors */
static hone_status load_adapters(hone_model *model, const hone_config *map)
{
    const hone_config *path = hone_internal_config_get(map, "adapters");
    if (!hone_internal_config_present(path))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_expect(path, HONE_CONFIG_TEXT, "a file of low-rank adaptations"));
    return hone_internal_recipe_place(hone_load_adapters(model, hone_internal_config_as_text(path)), path);
}

hone_status hone_internal_recipe_set_trainable(hone_model *model, const hone_config *map)
{
    HONE_TRY(set_trainable(model, map, "freeze", false));
    HONE_TRY(set_trainable(model, map, "unfreeze", true));
    HONE_TRY(load_adapters(model, map));
    return set_lora(model, map);
}

bool hone_internal_recipe_file_moves(const hone_config *map)
{
    return hone_internal_config_present(hone_internal_config_get(map, "freeze")) ||
           hone_internal_config_present(hone_internal_config_get(map, "unfreeze")) ||
           hone_internal_config_present(hone_internal_config_get(map, "lora")) ||
           hone_internal_config_present(hone_internal_config_get(map, "adapters"));
}

/* ---- loading ---- */

static hone_model *load(const hone_recipe *recipe, const hone_config *node)
{
    const hone_config *unknown = hone_internal_config_get(recipe->tree, "ignore_unknown");
    hone_model *model =
        hone_load(hone_internal_config_as_text(node),
                  .ignore_unknown = unknown != NULL && hone_internal_config_as_boolean(unknown),
                  .output = recipe->output, .output_context = recipe->output_context);
    if (model == NULL)
        hone_internal_recipe_place(hone_error_status(), node);
    return model;
}

hone_model *hone_internal_recipe_file_load(const hone_recipe *recipe, const hone_config *map,
                                           hone_recipe_file_use use)
{
    static const char *const keys[] = {"trainable", "name", "file",     "until", "freeze",
                                       "unfreeze",  "lora", "adapters", NULL};
    const hone_config *path =
        hone_internal_config_is(map, HONE_CONFIG_TEXT) ? map : hone_internal_config_get(map, "file");
    if (hone_internal_config_is(map, HONE_CONFIG_MAP) &&
        hone_internal_recipe_check_keys(map, "a model file", keys + HONE_RECIPE_FILE_LAYER - use) < 0)
        return NULL;
    if (hone_internal_recipe_expect(path, HONE_CONFIG_TEXT, "file") < 0)
        return NULL;
    hone_model *model = load(recipe, path);
    if (model != NULL && hone_internal_config_is(map, HONE_CONFIG_MAP) &&
        hone_internal_recipe_set_trainable(model, map) < 0) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

/* ---- cutting ---- */

hone_tensor *hone_internal_recipe_file_end(const hone_model *model, const hone_config *map)
{
    const hone_config *until = hone_internal_config_get(map, "until");
    if (!hone_internal_config_present(until) ||
        hone_internal_recipe_expect(until, HONE_CONFIG_TEXT, "until") < 0 ||
        hone_internal_recipe_place(hone_internal_model_need_built(model, "until"), until) < 0)
        return NULL;
    hone_tensor *end = hone_model_layer_output(model, hone_internal_config_as_text(until));
    if (end == NULL)
        hone_internal_recipe_place(hone_error_status(), until);
    return end;
}

hone_model *hone_internal_recipe_file_model(const hone_recipe *recipe, const hone_config *map,
                                            hone_recipe_file_use use)
{
    hone_model *model = hone_internal_recipe_file_load(recipe, map, use);
    if (model == NULL || !hone_internal_config_present(hone_internal_config_get(map, "until")))
        return model;
    const hone_config *until = hone_internal_config_get(map, "until");
    hone_model *part = hone_internal_recipe_file_end(model, map) == NULL
                           ? NULL
                           : hone_model_until(model, hone_internal_config_as_text(until));
    hone_model_free(model);
    return part;
}
