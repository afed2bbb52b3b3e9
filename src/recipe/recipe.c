/* Recipes: the tree, its keys, and the sections `data` and `fit`. */
#include "recipe/recipe.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "recipe/parts.h"
#include "recipe/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_recipe_data, HONE_RECIPE_DATA_FIELDS, data_fields, data_defaults);
HONE_FIELD_TABLE_NAMED(hone_recipe_fit, HONE_RECIPE_FIT_FIELDS, fit_fields, fit_defaults);
const hone_type hone_internal_recipe_data_type = {
    .name = "data",
    .class_name = "data",
    .module = "hone",
    HONE_TYPE_FIELDS_NAMED(hone_recipe_data, data_fields, data_defaults)};
const hone_type hone_internal_recipe_fit_type = {
    .name = "fit",
    .class_name = "fit",
    .module = "hone",
    HONE_TYPE_FIELDS_NAMED(hone_recipe_fit, fit_fields, fit_defaults)};

/* Keys that no field table knows. */
static const char *const root_keys[] = {"name",    "dtype_policy", "model", "outputs",
                                        "compile", "data",         "fit",   NULL};
static const char *const data_extras[] = {"validation", NULL};
static const char *const fit_extras[] = {"callbacks", NULL};

/* ---- messages ---- */

hone_status hone_internal_recipe_place(hone_status status, const hone_config *node)
{
    hone_config_place place = hone_internal_config_place(node);
    return hone_internal_error_at(status, place.line, place.column);
}

/* The recipe's path in front of the sentence. */
static hone_status labelled(const hone_recipe *recipe, hone_status status)
{
    return hone_internal_error_in(status, recipe->label);
}

hone_status hone_internal_recipe_place_key(hone_status status, const hone_config *value)
{
    hone_config_place place = hone_internal_config_place(value);
    return place.key_line > 0 ? hone_internal_error_at(status, place.key_line, place.key_column)
                              : hone_internal_recipe_place(status, value);
}

hone_status hone_internal_recipe_expect(const hone_config *node, hone_config_kind kind, const char *what)
{
    char received[96];
    if (hone_internal_config_kind(node) == kind)
        return HONE_OK;
    hone_internal_config_describe(node, received, sizeof received);
    static const char *const kinds[] = {"null",   "true or false", "an integer", "a number",
                                        "a text", "a list",        "a map"};
    return hone_internal_config_fail(node, "%s must be %s, not %s", what, kinds[kind], received);
}

hone_status hone_internal_recipe_check_keys(const hone_config *map, const char *what, const char *const *keys)
{
    size_t count = 0;
    char label[96];
    while (keys[count] != NULL)
        count++;
    snprintf(label, sizeof label, "key of %s", what);
    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        bool known = false;
        for (size_t k = 0; k < count; k++)
            known = known || strcmp(hone_internal_config_key(map, i), keys[k]) == 0;
        if (!known)
            return hone_internal_recipe_place_key(
                hone_internal_fail_name(label, hone_internal_config_key(map, i), keys, count),
                hone_internal_config_at(map, i));
    }
    return HONE_OK;
}

/* ---- making and changing ---- */

static hone_recipe *wrap(hone_config *tree, const char *label)
{
    hone_recipe *recipe = tree == NULL ? NULL : hone_internal_allocate_zeroed(1, sizeof *recipe);
    if (recipe == NULL) {
        hone_internal_config_free(tree);
        return NULL;
    }
    recipe->tree = tree;
    recipe->label = hone_internal_copy_text(label);
    hone_status status = recipe->label == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        status = labelled(recipe, hone_internal_recipe_expect(tree, HONE_CONFIG_MAP, "a recipe"));
    if (status >= 0)
        return recipe;
    hone_internal_recipe_free(recipe);
    return NULL;
}

hone_recipe *hone_internal_recipe_load(const char *path)
{
    return wrap(hone_internal_yaml_load(path), path);
}

hone_recipe *hone_internal_recipe_parse(const char *text, size_t length, const char *label)
{
    return wrap(hone_internal_yaml_parse(text, length, label), label);
}

static void forget_sections(hone_recipe *recipe)
{
    hone_internal_fields_free(&hone_internal_recipe_data_type, recipe->data);
    hone_internal_fields_free(&hone_internal_recipe_fit_type, recipe->fit);
    recipe->data = NULL;
    recipe->fit = NULL;
}

void hone_internal_recipe_free(hone_recipe *recipe)
{
    if (recipe == NULL)
        return;
    forget_sections(recipe);
    hone_internal_config_free(recipe->tree);
    hone_internal_free(recipe->label);
    hone_internal_free(recipe);
}

const hone_config *hone_internal_recipe_get(const hone_recipe *recipe, const char *section, const char *key)
{
    return hone_internal_config_get(hone_internal_config_get(recipe->tree, section), key);
}

hone_status hone_internal_recipe_set(hone_recipe *recipe, const char *section, const char *key,
                                     hone_config *value)
{
    if (value == NULL)
        return hone_error_status();
    hone_config *map = hone_internal_config_get_mutable(recipe->tree, section);
    hone_status status = HONE_OK;
    if (!hone_internal_config_present(map)) {
        if (hone_internal_config_present(value))
            status = hone_internal_config_set(recipe->tree, section, hone_internal_config_map());
        map = hone_internal_config_get_mutable(recipe->tree, section);
    }
    if (status >= 0 && hone_internal_config_present(map))
        status = labelled(recipe, hone_internal_recipe_expect(map, HONE_CONFIG_MAP, section));
    if (status < 0 || !hone_internal_config_present(value)) {
        hone_internal_config_free(value);
        if (status >= 0)
            hone_internal_config_remove(map, key);
        return status;
    }
    return hone_internal_config_set(map, key, value);
}

/* ---- the sections ---- */

/* A null under a key that nobody knows is a mistake in a recipe too. */
static hone_status check_nulls(const hone_type *type, const hone_config *map, const char *const *extras)
{
    const char *names[64] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < type->field_count && count < 48; i++)
        names[count++] = type->fields[i].name;
    for (size_t i = 0; extras[i] != NULL; i++)
        names[count++] = extras[i];
    return hone_internal_recipe_check_keys(map, type->name, names);
}

static hone_status read_section(const hone_recipe *recipe, const hone_type *type, const char *const *extras,
                                void **args)
{
    const hone_config *map = hone_internal_config_get(recipe->tree, type->name);
    if (hone_internal_config_present(map)) {
        HONE_TRY(hone_internal_recipe_expect(map, HONE_CONFIG_MAP, type->name));
        HONE_TRY(check_nulls(type, map, extras));
    }
    *args = hone_internal_fields_from_config(type, map, extras);
    return *args == NULL ? hone_error_status() : HONE_OK;
}

static hone_status fail_validation(const hone_config *node)
{
    return hone_internal_config_fail(
        node, "validation must be \"last N\" samples, a share between 0 and 1, or data");
}

/* last 5000, 0.1, valid.npz */
static hone_status read_validation(hone_recipe *recipe)
{
    const hone_config *node = hone_internal_recipe_get(recipe, "data", "validation");
    hone_holdout *holdout = &recipe->validation;
    *holdout = (hone_holdout){.source = NULL};
    if (!isnan(recipe->fit->validation_split)) {
        if (hone_internal_config_present(node))
            return hone_internal_config_fail(node,
                                             "validation and fit's validation_split cannot both be given");
        holdout->share = recipe->fit->validation_split;
    }
    if (!hone_internal_config_present(node))
        return HONE_OK;
    double share = hone_internal_config_as_number(node);
    if (hone_internal_config_is(node, HONE_CONFIG_TEXT) &&
        strncmp(hone_internal_config_as_text(node), "last ", 5) == 0) {
        if (hone_internal_text_to_integer(hone_internal_config_as_text(node) + 5 +
                                              strspn(hone_internal_config_as_text(node) + 5, " "),
                                          &holdout->last) &&
            holdout->last > 0)
            return HONE_OK;
        return hone_internal_config_fail(
            node, "validation: expected a number of samples above 0 after \"last\", received \"%.100s\"",
            hone_internal_config_as_text(node));
    }
    bool number = hone_internal_config_is(node, HONE_CONFIG_NUMBER) ||
                  hone_internal_config_is(node, HONE_CONFIG_INTEGER) ||
                  (hone_internal_config_is(node, HONE_CONFIG_TEXT) &&
                   hone_internal_text_to_number(hone_internal_config_as_text(node), true, &share));
    if (number) {
        if (!(share > 0 && share < 1))
            return fail_validation(node);
        holdout->share = share;
        return HONE_OK;
    }
    if (!hone_internal_config_is(node, HONE_CONFIG_TEXT))
        return fail_validation(node);
    holdout->source = hone_internal_config_as_text(node);
    return HONE_OK;
}

/* ---- callbacks ---- */

static const hone_config *callbacks_of(const hone_recipe *recipe)
{
    const hone_config *list = hone_internal_recipe_get(recipe, "fit", "callbacks");
    return hone_internal_config_present(list) ? list : NULL;
}

size_t hone_internal_recipe_callbacks(const hone_recipe *recipe)
{
    const hone_config *list = callbacks_of(recipe);
    return list == NULL ? 0 : hone_internal_config_count(list);
}

hone_callback *hone_internal_recipe_callback(const hone_recipe *recipe, size_t index)
{
    const hone_config *item = hone_internal_config_at(callbacks_of(recipe), index);
    char *text = hone_internal_config_is(item, HONE_CONFIG_TEXT)
                     ? hone_internal_copy_text(hone_internal_config_as_text(item))
                     : hone_internal_spec_from_config("callback", item);
    hone_callback *callback = text == NULL ? NULL : hone_callback_from_text(text);
    hone_internal_free(text);
    if (callback == NULL)
        labelled(recipe, hone_internal_recipe_place(hone_error_status(), item));
    return callback;
}

static hone_status check_callback(const hone_config *item)
{
    if (hone_internal_config_is(item, HONE_CONFIG_TEXT))
        return hone_internal_recipe_place(
            hone_internal_recipe_check_spec("callback", hone_internal_config_as_text(item)), item);
    if (!hone_internal_config_is(item, HONE_CONFIG_MAP) || hone_internal_config_count(item) != 1)
        return hone_internal_config_fail(
            item, "a callback is a text such as early_stopping(patience=10), or a map of one name");
    char *text = hone_internal_spec_from_config("callback", item);
    hone_status status = text == NULL ? hone_internal_recipe_place(hone_error_status(), item) : HONE_OK;
    hone_internal_free(text);
    return status;
}

static hone_status check_callbacks(const hone_recipe *recipe)
{
    const hone_config *list = callbacks_of(recipe);
    if (list == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_expect(list, HONE_CONFIG_LIST, "callbacks"));
    for (size_t i = 0; i < hone_internal_config_count(list); i++)
        HONE_TRY(check_callback(hone_internal_config_at(list, i)));
    return HONE_OK;
}

/* ---- the whole ---- */

static hone_status check_root(const hone_recipe *recipe)
{
    const hone_config *model = hone_internal_config_get(recipe->tree, "model"),
                      *name = hone_internal_config_get(recipe->tree, "name");
    HONE_TRY(hone_internal_recipe_check_keys(recipe->tree, "a recipe", root_keys));
    if (!hone_internal_config_present(model))
        return hone_internal_config_fail(recipe->tree, "a recipe needs \"model\", a list of layers");
    HONE_TRY(hone_internal_recipe_expect(model, HONE_CONFIG_LIST, "model"));
    return hone_internal_config_present(name) ? hone_internal_recipe_expect(name, HONE_CONFIG_TEXT, "name")
                                              : HONE_OK;
}

static hone_status read_all(hone_recipe *recipe)
{
    void *args;
    HONE_TRY(check_root(recipe));
    HONE_TRY(read_section(recipe, &hone_internal_recipe_data_type, data_extras, &args));
    recipe->data = args;
    HONE_TRY(read_section(recipe, &hone_internal_recipe_fit_type, fit_extras, &args));
    recipe->fit = args;
    if (!isfinite(recipe->data->scale) || recipe->data->scale == 0)
        return hone_internal_config_fail(hone_internal_recipe_get(recipe, "data", "scale"),
                                         "scale must be a finite number other than 0");
    HONE_TRY(read_validation(recipe));
    return check_callbacks(recipe);
}

hone_status hone_internal_recipe_read(hone_recipe *recipe)
{
    forget_sections(recipe);
    return labelled(recipe, read_all(recipe));
}

static hone_model *make_network(const hone_recipe *recipe)
{
    return hone_internal_recipe_network(hone_internal_config_get(recipe->tree, "model"),
                                        hone_internal_config_get(recipe->tree, "outputs"));
}

/* The network with layers of the recipe's dtype policy, if it has one; the host's is put back. */
static hone_model *make_network_by_policy(const hone_recipe *recipe)
{
    const hone_config *node = hone_internal_config_get(recipe->tree, "dtype_policy");
    if (node == NULL)
        return make_network(recipe);
    const char *before = hone_dtype_policy();
    if (hone_internal_recipe_place(hone_internal_recipe_expect(node, HONE_CONFIG_TEXT, "dtype_policy"),
                                   node) < 0 ||
        hone_internal_recipe_place(hone_set_dtype_policy(hone_internal_config_as_text(node)), node) < 0)
        return NULL;
    hone_model *model = make_network(recipe);
    hone_set_dtype_policy(before);
    return model;
}

hone_model *hone_internal_recipe_model(const hone_recipe *recipe)
{
    const char *name = hone_internal_config_get_text(recipe->tree, "name");
    hone_model *model = make_network_by_policy(recipe);
    if (model != NULL && (name == NULL || hone_model_set_name(model, name) >= 0))
        return model;
    if (model == NULL)
        labelled(recipe, hone_error_status());
    hone_model_free(model);
    return NULL;
}
