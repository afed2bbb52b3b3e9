/* The sections of a recipe: their field tables, and reading `data` and `fit`. */
#include "base/memory.h"
#include "base/text.h"
#include "callbacks/callback.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "recipe/parts.h"

#include <math.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_recipe_compiling, HONE_RECIPE_COMPILE_FIELDS, compile_fields, compile_defaults);
HONE_FIELD_TABLE_NAMED(hone_recipe_data, HONE_RECIPE_DATA_FIELDS, data_fields, data_defaults);
HONE_FIELD_TABLE_NAMED(hone_recipe_fitting, HONE_RECIPE_FIT_FIELDS, fit_fields, fit_defaults);

#define SECTION(name_, args, fields_, defaults_) \
    static const hone_type name_##_type = {.name = #name_, \
                                           .class_name = #name_, \
                                           .module = "hone", \
                                           HONE_TYPE_FIELDS_NAMED(args, fields_, defaults_)}
SECTION(compile, hone_recipe_compiling, compile_fields, compile_defaults);
SECTION(data, hone_recipe_data, data_fields, data_defaults);
SECTION(fit, hone_recipe_fitting, fit_fields, fit_defaults);

/* A section with the keys that are not read by its field table. */
typedef struct section {
    const hone_type *type;
    const char *const *extras;
} section;
static const char *const no_extras[] = {NULL};
static const char *const data_extras[] = {"validation", "augment", NULL};
static const char *const fit_extras[] = {"callbacks", "freeze", "unfreeze", "lora", "learning_rate", NULL};
static const section sections[] = {
    {&compile_type, no_extras}, {&data_type, data_extras}, {&fit_type, fit_extras}};

const hone_type *hone_recipe_section(size_t index)
{
    return index < sizeof sections / sizeof *sections ? sections[index].type : NULL;
}

/* ---- fields ---- */

/* A null under a key that nobody knows is a mistake in a recipe too. */
static hone_status check_keys(const section *part, const hone_config *map)
{
    const char *names[64] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < part->type->field_count && count < 48; i++)
        if (!part->type->fields[i].program_only)
            names[count++] = hone_internal_field_key(&part->type->fields[i]);
    for (size_t i = 0; part->extras[i] != NULL; i++)
        names[count++] = part->extras[i];
    return hone_internal_recipe_check_keys(map, part->type->name, names);
}

bool hone_internal_recipe_has_key(const char *name, const char *key)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (strcmp(sections[i].type->name, name) != 0)
            continue;
        for (size_t k = 0; sections[i].extras[k] != NULL; k++)
            if (strcmp(sections[i].extras[k], key) == 0)
                return true;
        return hone_internal_fields_find(sections[i].type, key) != NULL;
    }
    return false;
}

/* The section's map, checked for its keys; NULL when there is none. */
static hone_status find_section(const hone_recipe *recipe, const section *part, const hone_config **map)
{
    *map = hone_internal_recipe_section(recipe, part->type->name);
    if (!hone_internal_config_present(*map))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_expect(*map, HONE_CONFIG_MAP, part->type->name));
    return check_keys(part, *map);
}

static hone_status read_section(const hone_recipe *recipe, const section *part, void **args)
{
    const hone_config *map;
    HONE_TRY(find_section(recipe, part, &map));
    const hone_config *weights = hone_internal_config_get(map, "class_weight");
    if (part->type != &fit_type || !hone_internal_recipe_weights_wait(weights)) {
        *args = hone_internal_fields_from_config(part->type, map, part->extras);
        return *args == NULL ? hone_error_status() : HONE_OK;
    }
    HONE_TRY(hone_internal_recipe_check_weights(weights));
    hone_config *others = hone_internal_config_copy(map);
    if (others == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_config_remove(others, "class_weight");
    *args = hone_internal_fields_from_config(part->type, others, part->extras);
    hone_internal_config_free(others);
    return *args == NULL ? hone_error_status() : HONE_OK;
}

/* What the ranges of fields cannot say. */
static hone_status check_section(const hone_type *type, const void *args)
{
    const hone_recipe_data *data = args;
    const hone_recipe_fitting *fit = args;
    if (type == &data_type && (isinf(data->scale) || data->scale == 0))
        return hone_fail(HONE_ERROR_ARGUMENT, "scale must be a finite number other than 0, not %g",
                         data->scale);
    if (type == &fit_type && fit->epochs < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "epochs must be at least 1, not %lld", (long long)fit->epochs);
    return HONE_OK;
}

/* ---- callbacks ---- */

static const hone_config *callbacks_of(const hone_recipe *recipe)
{
    const hone_config *list = hone_internal_recipe_get(recipe, "fit", "callbacks");
    return hone_internal_config_present(list) ? list : NULL;
}

static hone_callback *make_callback(const hone_recipe *recipe, const hone_config *item)
{
    char *text = hone_internal_config_is(item, HONE_CONFIG_TEXT)
                     ? hone_internal_copy_text(hone_internal_config_as_text(item))
                     : hone_internal_spec_from_config("callback", item);
    hone_callback *callback = text == NULL ? NULL : hone_callback_from_text(text);
    hone_internal_free(text);
    if (callback == NULL)
        hone_internal_recipe_label(hone_internal_recipe_place(hone_error_status(), item), recipe);
    return callback;
}

hone_callback_list *hone_internal_recipe_callbacks(const hone_recipe *recipe, hone_callback_list *more)
{
    const hone_config *list = callbacks_of(recipe);
    size_t own = list == NULL ? 0 : hone_internal_config_count(list),
           further = more == HONE_NO_CALLBACKS ? 0 : more->count;
    hone_callback **all = hone_internal_allocate((own + further + 1) * sizeof *all);
    hone_callback_list *result = NULL;
    if (all != NULL) {
        for (size_t i = 0; i < own; i++)
            all[i] = make_callback(recipe, hone_internal_config_at(list, i));
        for (size_t i = 0; i < further; i++)
            all[own + i] = hone_callback_retain(more->items[i]);
        all[own + further] = hone_callbacks_end;
        result = hone_callbacks_with(all);
    }
    hone_internal_free(all);
    if (more != HONE_NO_CALLBACKS)
        hone_callback_list_free(more);
    return result;
}

static hone_status check_callback(const hone_config *item)
{
    if (hone_internal_config_is(item, HONE_CONFIG_TEXT))
        return hone_internal_recipe_place(
            hone_internal_recipe_check_spec("callback", hone_internal_config_as_text(item)), item);
    if (!hone_internal_config_is(item, HONE_CONFIG_MAP) || hone_internal_config_count(item) != 1)
        return hone_internal_config_fail(
            item, "a callback must be a string such as early_stopping(patience=10), or a map with one key");
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

void hone_internal_recipe_forget_sections(hone_recipe *recipe)
{
    hone_internal_recipe_forget_holdout(recipe);
    hone_internal_fields_free(&data_type, recipe->data);
    hone_internal_fields_free(&fit_type, recipe->fit);
    hone_internal_config_free(recipe->merged);
    hone_internal_config_free(recipe->embedded);
    recipe->embedded = NULL;
    recipe->data = NULL;
    recipe->fit = NULL;
    recipe->merged = NULL;
    recipe->checked = false;
}

hone_status hone_internal_recipe_read_stage(hone_recipe *recipe, size_t stage)
{
    void *args;
    hone_internal_fields_free(&fit_type, recipe->fit);
    recipe->fit = NULL;
    HONE_TRY(hone_internal_recipe_merge_stage(recipe, stage));
    HONE_TRY(read_section(recipe, &sections[2], &args));
    recipe->fit = args;
    HONE_TRY(hone_internal_recipe_place(check_section(sections[2].type, recipe->fit),
                                        hone_internal_recipe_get(recipe, "fit", "epochs")));
    return check_callbacks(recipe);
}

hone_status hone_internal_recipe_read_sections(hone_recipe *recipe)
{
    void *args;
    const hone_config *compile;
    hone_internal_recipe_forget_sections(recipe);
    HONE_TRY(find_section(recipe, &sections[0], &compile));
    HONE_TRY(read_section(recipe, &sections[1], &args));
    recipe->data = args;
    HONE_TRY(hone_internal_recipe_place(check_section(sections[1].type, recipe->data),
                                        hone_internal_recipe_get(recipe, "data", "scale")));
    for (size_t stage = hone_internal_recipe_stage_count(recipe); stage-- > 1;)
        HONE_TRY(hone_internal_recipe_read_stage(recipe, stage));
    HONE_TRY(hone_internal_recipe_read_stage(recipe, 0));
    HONE_TRY(hone_internal_recipe_read_holdout(recipe));
    return hone_internal_recipe_check_augment(recipe);
}

/* ---- one value, before there is a recipe ---- */

/* The section of "fit.epochs", and where the field's name begins; NULL when there is none. */
static const hone_type *section_of(const char *key, const char **name)
{
    const char *dot = strchr(key, '.');
    for (size_t i = 0; dot != NULL && i < sizeof sections / sizeof *sections; i++) {
        const hone_type *type = sections[i].type;
        *name = dot + 1;
        if (strlen(type->name) == (size_t)(dot - key) && strncmp(type->name, key, strlen(type->name)) == 0)
            return type;
    }
    return NULL;
}

static hone_status check_field(const char *key, const char *text)
{
    const char *name;
    const hone_type *type = section_of(key, &name);
    if (type == NULL)
        return hone_fail(HONE_ERROR_NAME, "\"%s\" is not a valid key; expected one such as fit.epochs", key);
    void *args = hone_internal_fields_defaults(type);
    hone_status status =
        args == NULL ? HONE_ERROR_MEMORY : hone_internal_fields_set_text(type, args, name, text);
    if (status >= 0)
        status = check_section(type, args);
    hone_internal_fields_free(type, args);
    return status;
}

char *hone_internal_recipe_default(const char *key)
{
    const char *name;
    const hone_type *type = section_of(key, &name);
    const hone_field *field = type == NULL ? NULL : hone_internal_fields_find(type, name);
    return field == NULL ? NULL : hone_internal_field_default(type, field);
}

/* The family of a field whose text is a spec: "loss"; NULL for others. */
static const char *spec_family(const hone_field *field)
{
    return field == NULL ? NULL : field->kind == HONE_FIELD_OPTIMIZER ? "optimizer" : field->specs;
}

hone_status hone_recipe_check_value(const char *key, const char *text)
{
    const char *name;
    const hone_type *type = section_of(key, &name);
    const hone_field *field = type == NULL ? NULL : hone_internal_fields_find(type, name);
    const char *family = spec_family(field);
    double number;
    if (field != NULL && strcmp(field->name, "validation_split") == 0 &&
        hone_internal_text_to_number(text, true, &number) && number == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split must be above 0 and below 1, not 0");
    if (strcmp(key, "fit.class_weight") == 0)
        return hone_internal_recipe_check_weight_text(text);
    if (family == NULL)
        return check_field(key, text);
    return field->kind == HONE_FIELD_TEXTS ? hone_internal_recipe_check_metrics(text)
                                           : hone_internal_recipe_check_spec(family, text);
}
