/* Recipes: the tree, its keys, and what follows from the whole of it. */
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "recipe/parts.h"
#include "recipe/yaml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- messages ---- */

hone_status hone_internal_recipe_place(hone_status status, const hone_config *node)
{
    hone_config_place place = hone_internal_config_place(node);
    return hone_internal_error_at(status, place.line, place.column);
}

hone_status hone_internal_recipe_place_key(hone_status status, const hone_config *value)
{
    hone_config_place place = hone_internal_config_place(value);
    return place.key_line > 0 ? hone_internal_error_at(status, place.key_line, place.key_column)
                              : hone_internal_recipe_place(status, value);
}

hone_status hone_internal_recipe_label(hone_status status, const hone_recipe *recipe)
{
    return hone_internal_error_in(status, recipe->label);
}

hone_status hone_internal_recipe_expect(const hone_config *node, hone_config_kind kind, const char *what)
{
    char received[96];
    if (hone_internal_config_kind(node) == kind)
        return HONE_OK;
    hone_internal_config_describe(node, received, sizeof received);
    static const char *const kinds[] = {"null",     "true or false", "an integer", "a number",
                                        "a string", "a list",        "a map"};
    return hone_internal_config_fail(node, "%s must be %s, not %s", what, kinds[kind], received);
}

/* Options of data behind a comma, without quotes, are keys of their own: {train: t.csv#target=y,drop=[id]}.
 */
static hone_status fail_key(const char *label, const char *key, const char *const *keys, size_t count,
                            const hone_config *value)
{
    hone_status status = hone_internal_fail_name(label, key, keys, count);
    if (strchr(key, '=') != NULL)
        hone_internal_error_add(
            status,
            "; within { } a comma ends a value, unless the value stands in quotes: \"t.csv#target=y,drop=[id]\"");
    return hone_internal_recipe_place_key(status, value);
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
            return fail_key(label, hone_internal_config_key(map, i), keys, count,
                            hone_internal_config_at(map, i));
    }
    return HONE_OK;
}

/* ---- reading ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

hone_recipe *hone_internal_recipe_of_tree(hone_config *tree, const char *label)
{
    hone_recipe *recipe = tree == NULL ? NULL : hone_internal_allocate_zeroed(1, sizeof *recipe);
    if (recipe == NULL) {
        hone_internal_config_free(tree);
        return NULL;
    }
    recipe->tree = tree;
    recipe->label = hone_internal_copy_text(label);
    if (recipe->label != NULL &&
        hone_internal_recipe_label(hone_internal_recipe_expect(tree, HONE_CONFIG_MAP, "a recipe"), recipe) >=
            0)
        return recipe;
    hone_recipe_free(recipe);
    return NULL;
}

/* {model: PATH}. */
static hone_recipe *wrap_file(const char *path)
{
    hone_config *tree = hone_internal_config_map();
    if (tree == NULL || hone_internal_config_set(tree, "model", hone_internal_config_text(path)) >= 0)
        return hone_internal_recipe_of_tree(tree, path);
    hone_internal_config_free(tree);
    return NULL;
}

hone_recipe *hone_recipe_load(const char *path)
{
    if (path == NULL) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected the path of a recipe or model file, received NULL");
        return NULL;
    }
    bool yaml = ends_with(path, ".yaml") || ends_with(path, ".yml");
    return yaml ? hone_internal_recipe_of_tree(hone_internal_yaml_load(path), path) : wrap_file(path);
}

hone_recipe *hone_recipe_parse(const char *text, const char *label)
{
    if (label == NULL)
        label = "recipe";
    if (text != NULL)
        return hone_internal_recipe_of_tree(hone_internal_yaml_parse(text, strlen(text), label), label);
    hone_fail(HONE_ERROR_ARGUMENT, "expected the text of a recipe, received NULL");
    return NULL;
}

void hone_recipe_free(hone_recipe *recipe)
{
    if (recipe == NULL)
        return;
    hone_internal_recipe_forget_sections(recipe);
    hone_internal_config_free(recipe->tree);
    hone_internal_free(recipe->label);
    hone_internal_free(recipe);
}

void hone_recipe_set_output(hone_recipe *recipe, hone_sink *output, void *context)
{
    if (recipe == NULL)
        return;
    recipe->output = output;
    recipe->output_context = context;
}

/* ---- keys ---- */

/* A piece of a key: "epochs" of "fit.epochs". */
enum { LONGEST_PIECE = 256 };

static hone_status next_piece(const char **key, char piece[LONGEST_PIECE])
{
    size_t length = strcspn(*key, ".");
    if (length == 0 || length >= LONGEST_PIECE)
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%.60s\" is not a valid key; expected one such as fit.epochs",
                         *key);
    memcpy(piece, *key, length);
    piece[length] = '\0';
    *key += length + ((*key)[length] == '.');
    return HONE_OK;
}

/* The place of an item in a list by its number, or the item's count when there is none. */
static size_t number_in(const hone_config *list, const char *piece)
{
    int64_t number;
    bool good = hone_internal_text_to_integer(piece, &number) && number >= 0 &&
                number < (int64_t)hone_internal_config_count(list);
    return good ? (size_t)number : hone_internal_config_count(list);
}

/* The value of one piece within a map or list, or NULL. */
static hone_config *step_into(hone_config *node, const char *piece)
{
    if (node != NULL && hone_internal_config_is(node, HONE_CONFIG_MAP))
        return hone_internal_config_get_mutable(node, piece);
    if (node == NULL || !hone_internal_config_is(node, HONE_CONFIG_LIST) ||
        number_in(node, piece) == hone_internal_config_count(node))
        return NULL;
    return hone_internal_config_at_mutable(node, number_in(node, piece));
}

/* Puts `value`, taken over, in the place of one piece; NULL takes it out. */
static hone_status put(hone_config *node, const char *piece, hone_config *value)
{
    hone_status status = HONE_OK;
    size_t number = hone_internal_config_is(node, HONE_CONFIG_LIST) ? number_in(node, piece) : 0;
    if (hone_internal_config_is(node, HONE_CONFIG_MAP) && value != NULL)
        return hone_internal_config_set(node, piece, value);
    if (hone_internal_config_is(node, HONE_CONFIG_MAP))
        hone_internal_config_remove(node, piece);
    else if (!hone_internal_config_is(node, HONE_CONFIG_LIST) || number == hone_internal_config_count(node))
        status = hone_internal_config_fail(node, "there is nothing under \"%s\"", piece);
    else if (value == NULL)
        status = hone_internal_config_fail(node, "an item of a list cannot be removed; give it a value");
    else
        return hone_internal_config_replace(node, number, value);
    hone_internal_config_free(value);
    return status;
}

/* The map or list that holds the last piece of a key, made on the way when `make`; NULL with HONE_OK when it
 * is not there. */
static hone_status find_holder(hone_recipe *recipe, const char *key, bool make, hone_config **holder,
                               char piece[LONGEST_PIECE])
{
    *holder = recipe->tree;
    for (;;) {
        HONE_TRY(next_piece(&key, piece));
        if (*key == '\0')
            return HONE_OK;
        hone_config *inner = step_into(*holder, piece);
        if (!hone_internal_config_present(inner) && make) {
            HONE_TRY(put(*holder, piece, hone_internal_config_map()));
            inner = step_into(*holder, piece);
        }
        if (!hone_internal_config_present(inner)) {
            *holder = NULL;
            return make ? HONE_ERROR_MEMORY : HONE_OK;
        }
        if (!hone_internal_config_is(inner, HONE_CONFIG_MAP) &&
            !hone_internal_config_is(inner, HONE_CONFIG_LIST))
            return hone_internal_recipe_expect(inner, HONE_CONFIG_MAP, piece);
        *holder = inner;
    }
}

/* Takes the value over; NULL takes the key out. */
static hone_status set_one(hone_recipe *recipe, const char *key, hone_config *value)
{
    char piece[LONGEST_PIECE];
    hone_config *holder;
    hone_internal_recipe_forget_sections(recipe);
    hone_status status = find_holder(recipe, key, value != NULL, &holder, piece);
    if (status >= 0 && holder != NULL)
        return hone_internal_recipe_label(put(holder, piece, value), recipe);
    hone_internal_config_free(value);
    return hone_internal_recipe_label(status, recipe);
}

/* "epochs" of "fit.epochs" when `fit` is a list, whose stages all get it; NULL of other keys. */
static const char *key_of_stages(const hone_recipe *recipe, const char *key)
{
    const hone_config *fit = hone_internal_config_get(recipe->tree, "fit");
    bool all = hone_internal_config_is(fit, HONE_CONFIG_LIST) && strncmp(key, "fit.", 4) == 0 &&
               strspn(key + 4, "0123456789") == 0;
    return all ? key + 4 : NULL;
}

/* Takes the value over. */
static hone_status set_plain(hone_recipe *recipe, const char *key, hone_config *value)
{
    const char *name = key_of_stages(recipe, key);
    hone_status status = HONE_OK;
    if (name == NULL)
        return set_one(recipe, key, value);
    for (size_t i = 0; i < hone_internal_recipe_stage_count(recipe) && status >= 0; i++) {
        char stage[LONGEST_PIECE + 32];
        hone_config *copy = value == NULL ? NULL : hone_internal_config_copy(value);
        snprintf(stage, sizeof stage, "fit.%zu.%.250s", i, name);
        status = value != NULL && copy == NULL ? HONE_ERROR_MEMORY : set_one(recipe, stage, copy);
    }
    hone_internal_config_free(value);
    return status;
}

static hone_status set(hone_recipe *recipe, const char *key, hone_config *value)
{
    char *path = value == NULL ? hone_internal_copy_text(key) : hone_internal_recipe_resolve(recipe, key);
    hone_status status = path == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0)
        status = set_plain(recipe, path, value);
    else
        hone_internal_config_free(value);
    hone_internal_free(path);
    return hone_internal_recipe_label(status, recipe);
}

void hone_internal_recipe_forget_places(hone_config *value)
{
    hone_internal_config_set_place(value, (hone_config_place){0});
    for (size_t i = 0; i < hone_internal_config_count(value); i++)
        hone_internal_recipe_forget_places(hone_internal_config_at_mutable(value, i));
}

hone_status hone_recipe_set(hone_recipe *recipe, const char *key, const char *yaml)
{
    if (recipe == NULL || key == NULL || yaml == NULL)
        return hone_internal_fail_null(recipe == NULL ? "a recipe" : key == NULL ? "a key" : "a value");
    hone_config *value = hone_internal_yaml_parse(yaml, strlen(yaml), key);
    if (value != NULL)
        hone_internal_recipe_forget_places(value);
    return value == NULL ? hone_error_status() : set(recipe, key, value);
}

hone_status hone_recipe_set_text(hone_recipe *recipe, const char *key, const char *text)
{
    if (recipe == NULL || key == NULL)
        return hone_internal_fail_null(recipe == NULL ? "a recipe" : "a key");
    hone_config *value = text == NULL ? NULL : hone_internal_config_text(text);
    return text != NULL && value == NULL ? HONE_ERROR_MEMORY : set(recipe, key, value);
}

static hone_status add_one(hone_recipe *recipe, const char *key, const char *text)
{
    char piece[LONGEST_PIECE];
    hone_config *holder;
    HONE_TRY(hone_internal_recipe_label(find_holder(recipe, key, true, &holder, piece), recipe));
    if (!hone_internal_config_present(step_into(holder, piece)))
        HONE_TRY(put(holder, piece, hone_internal_config_list()));
    hone_config *list = step_into(holder, piece);
    HONE_TRY(hone_internal_recipe_label(hone_internal_recipe_expect(list, HONE_CONFIG_LIST, piece), recipe));
    hone_internal_recipe_forget_sections(recipe);
    return hone_internal_config_append(list, hone_internal_config_text(text));
}

/* A stage that says nothing has what the one before it has. */
hone_status hone_recipe_add_text(hone_recipe *recipe, const char *key, const char *text)
{
    if (recipe == NULL)
        return hone_internal_fail_null("a recipe");
    const char *name = key_of_stages(recipe, key);
    if (name == NULL)
        return add_one(recipe, key, text);
    for (size_t i = 0; i < hone_internal_recipe_stage_count(recipe); i++) {
        char stage[LONGEST_PIECE + 32];
        const hone_config *one = hone_internal_config_at(hone_internal_config_get(recipe->tree, "fit"), i);
        snprintf(stage, sizeof stage, "fit.%zu.%.250s", i, name);
        if (i == 0 || hone_internal_config_present(hone_internal_config_get(one, name)))
            HONE_TRY(add_one(recipe, stage, text));
    }
    return HONE_OK;
}

char *hone_recipe_get(const hone_recipe *recipe, const char *key)
{
    char piece[LONGEST_PIECE];
    const char *rest = key;
    hone_config *node = recipe == NULL ? NULL : recipe->tree;
    while (node != NULL && *rest != '\0') {
        if (next_piece(&rest, piece) < 0) {
            hone_error_clear();
            return NULL;
        }
        bool stages = node == recipe->tree && strcmp(piece, "fit") == 0 && *rest != '\0' &&
                      key_of_stages(recipe, key) != NULL;
        node = step_into(node, piece);
        if (stages && node != NULL) /* the first one stands for all */
            node = step_into(node, "0");
    }
    return node == NULL ? hone_internal_recipe_default(key) : hone_internal_config_to_json(node, false);
}

const hone_config *hone_internal_recipe_section(const hone_recipe *recipe, const char *name)
{
    bool stage = recipe->merged != NULL && strcmp(name, "fit") == 0;
    return stage ? recipe->merged : hone_internal_config_get(recipe->tree, name);
}

const hone_config *hone_internal_recipe_get(const hone_recipe *recipe, const char *section, const char *key)
{
    return hone_internal_config_get(hone_internal_recipe_section(recipe, section), key);
}

/* ---- checking ---- */

/* A text that could not be a file is more likely a layer without its list. */
static hone_status check_path(const hone_config *model)
{
    const char *path = hone_internal_config_as_text(model);
    char endings[64];
    if ((hone_file_uses(path) & HONE_LOADS_MODEL) != 0 || access(path, F_OK) == 0)
        return HONE_OK;
    return hone_internal_config_fail(model,
                                     "model must be a list of layers, or a model file (%s), not \"%.100s\"",
                                     hone_file_endings(HONE_LOADS_MODEL, endings, sizeof endings), path);
}

static hone_status check_root(const hone_recipe *recipe)
{
    static const char *const keys[] = {
        "name", "dtype_policy", "ignore_unknown", "model", "outputs", "compile", "data", "fit", NULL};
    static const struct {
        const char *key;
        hone_config_kind kind;
    } kinds[] = {{"name", HONE_CONFIG_TEXT},
                 {"dtype_policy", HONE_CONFIG_TEXT},
                 {"ignore_unknown", HONE_CONFIG_BOOLEAN}};
    const hone_config *model = hone_internal_config_get(recipe->tree, "model");
    HONE_TRY(hone_internal_recipe_check_keys(recipe->tree, "a recipe", keys));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const hone_config *value = hone_internal_config_get(recipe->tree, kinds[i].key);
        if (hone_internal_config_present(value))
            HONE_TRY(hone_internal_recipe_expect(value, kinds[i].kind, kinds[i].key));
    }
    if (!hone_internal_config_present(model))
        return hone_internal_config_fail(recipe->tree,
                                         "a recipe needs \"model\": a list of layers, or a model file");
    if (hone_internal_config_is(model, HONE_CONFIG_TEXT))
        return check_path(model);
    if (hone_internal_config_get(model, "file") != NULL)
        return HONE_OK;
    return hone_internal_recipe_expect(model, HONE_CONFIG_LIST, "model");
}

hone_status hone_recipe_check(hone_recipe *recipe)
{
    if (recipe == NULL)
        return hone_internal_fail_null(recipe == NULL ? "a recipe" : "a value");
    if (recipe->checked)
        return HONE_OK;
    hone_status status = check_root(recipe);
    if (status >= 0)
        status = hone_internal_recipe_read_sections(recipe);
    recipe->checked = status >= 0;
    return hone_internal_recipe_label(status, recipe);
}

/* ---- the model ---- */

static hone_model *make_network(const hone_recipe *recipe)
{
    const hone_config *model = hone_internal_config_get(recipe->tree, "model"),
                      *outputs = hone_internal_config_get(recipe->tree, "outputs");
    if (hone_internal_config_is(model, HONE_CONFIG_LIST))
        return hone_internal_recipe_network(recipe, recipe->embedded != NULL ? recipe->embedded : model,
                                            outputs);
    if (!hone_internal_config_present(outputs))
        return hone_internal_recipe_file_model(recipe, model, HONE_RECIPE_FILE_MODEL);
    hone_internal_config_fail(outputs, "outputs need a list of layers; a model file has its own");
    return NULL;
}

/* The network with layers of the recipe's dtype policy, if it has one; the host's is put back. */
static hone_model *make_network_by_policy(const hone_recipe *recipe)
{
    const hone_config *node = hone_internal_config_get(recipe->tree, "dtype_policy");
    if (!hone_internal_config_present(node))
        return make_network(recipe);
    const char *before = hone_dtype_policy();
    if (hone_internal_recipe_place(hone_set_dtype_policy(hone_internal_config_as_text(node)), node) < 0)
        return NULL;
    hone_model *model = make_network(recipe);
    hone_set_dtype_policy(before);
    return model;
}

/* A model file draws nothing new unless the recipe says so. */
static hone_status seed(const hone_recipe *recipe, hone_model *model)
{
    bool list = hone_internal_config_is(hone_internal_config_get(recipe->tree, "model"), HONE_CONFIG_LIST);
    if (!list && !hone_internal_config_present(hone_internal_recipe_get(recipe, "fit", "seed")))
        return HONE_OK;
    return hone_model_set_seed(model, (uint64_t)recipe->fit->seed);
}

static hone_status finish_model(const hone_recipe *recipe, hone_model *model)
{
    const char *name = hone_internal_config_get_text(recipe->tree, "name");
    if (name != NULL)
        HONE_TRY(hone_model_set_name(model, name));
    HONE_TRY(hone_internal_recipe_compile(recipe, model));
    return seed(recipe, model);
}

hone_model *hone_recipe_model(hone_recipe *recipe)
{
    if (hone_recipe_check(recipe) < 0)
        return NULL;
    hone_model *model = hone_internal_recipe_read_columns(recipe) < 0 ? NULL : make_network_by_policy(recipe);
    if (model != NULL && finish_model(recipe, model) >= 0)
        return model;
    hone_internal_recipe_label(hone_error_status(), recipe);
    hone_model_free(model);
    return NULL;
}
