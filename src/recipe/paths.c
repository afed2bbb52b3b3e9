/* Paths into a recipe as people write them: "model.1.dense.units", "model.hidden.units" (a layer by its name,
 * or by its kind if it is the only one), "compile.optimizer.learning_rate", "fit.callbacks.0.patience". Short
 * forms on the way become maps, {dense: 300} to {dense: {units: 300}} and "adam(0.01)" to {adam:
 * {learning_rate: 0.01}}, so that there is something to set; what leads nowhere is named with the nearest
 * path. */
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "recipe/parts.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_PIECE = 256, MOST_PATHS = 512 };

/* A path on its way: what is left of it, and what it has become. */
typedef struct walk {
    const hone_recipe *recipe;
    const char *whole, *rest;
    char piece[LONGEST_PIECE];
    hone_text plain;
} walk;

static hone_status take(walk *at)
{
    size_t length = strcspn(at->rest, ".");
    if (length == 0 || length >= LONGEST_PIECE)
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%.60s\" is not a valid key; expected one such as fit.epochs",
                         at->whole);
    memcpy(at->piece, at->rest, length);
    at->piece[length] = '\0';
    at->rest += length + (at->rest[length] == '.');
    return HONE_OK;
}

static bool ended(const walk *at)
{
    return *at->rest == '\0';
}

static void add(walk *at, const char *piece)
{
    hone_internal_text_format(&at->plain, "%s%s", at->plain.length > 0 ? "." : "", piece);
}

/* The rest stands in the tree as it is written. */
static hone_status keep_rest(walk *at)
{
    if (!ended(at))
        add(at, at->rest);
    at->rest += strlen(at->rest);
    return HONE_OK;
}

/* ---- what a wrong path may have meant ---- */

typedef struct paths {
    char *all[MOST_PATHS];
    size_t count;
} paths;

static void offer(paths *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void offer(paths *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = list->count < MOST_PATHS ? hone_internal_format_list(format, arguments) : NULL;
    va_end(arguments);
    if (text != NULL)
        list->all[list->count++] = text;
}

static void offer_fields(paths *list, const char *before, const hone_type *type)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (!type->fields[i].program_only && !type->fields[i].unsupported)
            offer(list, "%s.%s", before, hone_internal_field_key(&type->fields[i]));
}

static const hone_type *type_of(const char *family, const char *kind)
{
    const hone_type *type = hone_internal_type_find(family, kind);
    if (type == NULL)
        hone_error_clear();
    return type;
}

static void offer_layers(paths *list, const hone_recipe *recipe)
{
    const hone_config *model = hone_internal_config_get(recipe->tree, "model");
    hone_recipe_item item;
    char before[LONGEST_PIECE];
    for (size_t i = 0;
         hone_internal_config_is(model, HONE_CONFIG_LIST) && i < hone_internal_config_count(model); i++) {
        if (hone_internal_recipe_item_read(hone_internal_config_at(model, i), &item) < 0) {
            hone_error_clear();
            continue;
        }
        snprintf(before, sizeof before, "model.%zu.%.200s", i, item.kind);
        const hone_type *type = type_of("layer", item.kind);
        if (type != NULL)
            offer_fields(list, before, type);
        hone_internal_recipe_item_free(&item);
    }
}

/* "dense.units" is the end of "model.1.dense.units". */
static const char *with_end(const paths *list, const char *end)
{
    size_t wanted = strlen(end);
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->all[i]);
        if (length > wanted && list->all[i][length - wanted - 1] == '.' &&
            strcmp(list->all[i] + length - wanted, end) == 0)
            return list->all[i];
    }
    return NULL;
}

static hone_status fail_path(const walk *at)
{
    static const char *const roots[] = {"name", "dtype_policy", "ignore_unknown", "model", "outputs"};
    paths list = {.count = 0};
    const hone_type *section;
    for (size_t i = 0; (section = hone_recipe_section(i)) != NULL; i++)
        offer_fields(&list, section->name, section);
    offer_layers(&list, at->recipe);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        offer(&list, "%s", roots[i]);
    const char *nearest = with_end(&list, at->whole);
    if (nearest == NULL)
        nearest = hone_nearest_name(at->whole, (const char *const *)list.all, list.count);
    hone_status status =
        nearest != NULL
            ? hone_fail(HONE_ERROR_NAME, "the recipe has no key \"%.200s\"; did you mean \"%s\"?", at->whole,
                        nearest)
            : hone_fail(
                  HONE_ERROR_NAME,
                  "the recipe has no key \"%.200s\"; expected one such as fit.epochs or model.1.dense.units",
                  at->whole);
    for (size_t i = 0; i < list.count; i++)
        hone_internal_free(list.all[i]);
    return status;
}

/* ---- short forms ---- */

bool hone_internal_recipe_beside_layer(const char *key)
{
    return strcmp(key, "inputs") == 0 || strcmp(key, "call") == 0 || strcmp(key, "name") == 0;
}

/* Where the thing's own key stands in its map; the count when there is none. */
static size_t place_of_kind(const hone_config *map)
{
    size_t place = 0;
    while (place < hone_internal_config_count(map) &&
           hone_internal_recipe_beside_layer(hone_internal_config_key(map, place)))
        place++;
    return place;
}

/* Arguments at a place under their names, those of a type that is not known as they are. */
static hone_config *named(const hone_type *type, const hone_config *arguments)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(arguments) && status >= 0; i++) {
        const char *key = hone_internal_config_key(arguments, i);
        const hone_field *field =
            key[0] == '#' && type != NULL ? hone_internal_fields_of_key(type, arguments, key) : NULL;
        if (key[0] == '#' && type != NULL && field == NULL)
            status = hone_error_status();
        else
            status =
                hone_internal_config_set(map, field != NULL ? hone_internal_field_key(field) : key,
                                         hone_internal_config_copy(hone_internal_config_at(arguments, i)));
    }
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

/* What stands under a thing's key, as a map: nothing is none, one value the first argument. Taken over. */
static hone_config *as_map(const hone_type *type, hone_config *value)
{
    hone_config *first = hone_internal_config_map(), *result = NULL;
    if (first != NULL && hone_internal_config_is(value, HONE_CONFIG_MAP))
        result = named(type, value);
    else if (first != NULL && (!hone_internal_config_present(value) ||
                               hone_internal_config_set(first, "#0", hone_internal_config_copy(value)) >= 0))
        result = named(type, first);
    hone_internal_config_free(first);
    hone_internal_config_free(value);
    return result;
}

/* "adam(0.01)", {dense: 300} as {kind: {argument: value}}, in their place. Gives the kind, to be freed; NULL
 * with HONE_OK for what has no kind. */
static hone_status expand(hone_config *holder, size_t place, const char *family, char **kind)
{
    const hone_config *node = hone_internal_config_at(holder, place);
    hone_config *arguments = NULL, *map = NULL;
    *kind = NULL;
    if (hone_internal_config_is(node, HONE_CONFIG_TEXT)) {
        *kind = hone_internal_spec_parse(hone_internal_config_as_text(node), &arguments);
        map = *kind == NULL ? NULL : hone_internal_config_map();
    } else if (hone_internal_config_is(node, HONE_CONFIG_MAP) &&
               place_of_kind(node) < hone_internal_config_count(node) &&
               hone_internal_config_get(node, "file") == NULL &&
               hone_internal_config_get(node, "class_name") == NULL) {
        size_t own = place_of_kind(node);
        *kind = hone_internal_copy_text(hone_internal_config_key(node, own));
        map = *kind == NULL ? NULL : hone_internal_config_copy(node);
        arguments = map == NULL ? NULL : hone_internal_config_copy(hone_internal_config_at(node, own));
    } else
        return HONE_OK;
    if (map == NULL)
        hone_internal_config_free(arguments);
    arguments = map == NULL || arguments == NULL ? NULL : as_map(type_of(family, *kind), arguments);
    hone_status status =
        arguments == NULL ? hone_error_status() : hone_internal_config_set(map, *kind, arguments);
    if (status >= 0)
        status = hone_internal_config_replace(holder, place, map);
    else
        hone_internal_config_free(map);
    if (status >= 0)
        return HONE_OK;
    hone_internal_free(*kind);
    *kind = NULL;
    return status;
}

/* ---- the way ---- */

static size_t place_of(const hone_config *holder, const char *piece)
{
    size_t count = hone_internal_config_count(holder);
    int64_t number;
    if (hone_internal_config_is(holder, HONE_CONFIG_LIST))
        return hone_internal_text_to_integer(piece, &number) && number >= 0 && number < (int64_t)count
                   ? (size_t)number
                   : count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(hone_internal_config_key(holder, i), piece) == 0)
            return i;
    return count;
}

static hone_status walk_list(walk *at, hone_config *list, const char *family);

/* An argument of a thing, and what lies below it: another thing, a list of layers, or plain data. */
static hone_status walk_argument(walk *at, hone_config *arguments, const hone_type *type);

/* Below a thing: its kind may be left out of the path. */
static hone_status walk_thing(walk *at, hone_config *holder, size_t place, const char *family)
{
    char *kind;
    if (ended(at))
        return HONE_OK;
    HONE_TRY(expand(holder, place, family, &kind));
    hone_config *node = hone_internal_config_at_mutable(holder, place);
    if (kind == NULL)
        return keep_rest(at);
    size_t length = strcspn(at->rest, ".");
    bool said = strlen(kind) == length && strncmp(at->rest, kind, length) == 0;
    const hone_type *type = type_of(family, kind);
    hone_config *arguments = hone_internal_config_get_mutable(node, kind);
    hone_status status = HONE_OK;
    if (!said && strcmp(family, "layer") == 0 && hone_internal_config_get(node, at->rest) != NULL)
        status = keep_rest(at);
    else {
        if (said)
            status = take(at);
        add(at, kind);
        if (status >= 0 && !ended(at))
            status = walk_argument(at, arguments, type);
    }
    hone_internal_free(kind);
    return status;
}

static hone_status check_argument(const walk *at, const hone_type *type)
{
    if (type == NULL || hone_internal_fields_find(type, at->piece) != NULL ||
        hone_internal_recipe_beside_layer(at->piece))
        return HONE_OK;
    const char *names[64];
    size_t count = 0;
    char what[128];
    snprintf(what, sizeof what, "argument of %.100s", type->name);
    for (size_t i = 0; i < type->field_count && count < 64; i++)
        if (!type->fields[i].program_only && !type->fields[i].unsupported)
            names[count++] = hone_internal_field_key(&type->fields[i]);
    return hone_internal_fail_name(what, at->piece, names, count);
}

static hone_status walk_argument(walk *at, hone_config *arguments, const hone_type *type)
{
    HONE_TRY(take(at));
    HONE_TRY(check_argument(at, type));
    add(at, at->piece);
    size_t place = place_of(arguments, at->piece);
    const hone_field *field = type == NULL ? NULL : hone_internal_fields_find(type, at->piece);
    const hone_field *beside = field == NULL ? NULL : hone_internal_field_schedule_beside(type, field);
    const char *family = field == NULL ? NULL : hone_internal_field_family(beside != NULL ? beside : field);
    if (ended(at) || place == hone_internal_config_count(arguments))
        return keep_rest(at);
    hone_config *value = hone_internal_config_at_mutable(arguments, place);
    if (hone_internal_config_is(value, HONE_CONFIG_LIST) && strcmp(at->piece, "layers") == 0)
        return walk_list(at, value, "layer");
    return family == NULL ? keep_rest(at) : walk_thing(at, arguments, place, family);
}

/* The item of a list by its number, its name, or its kind if no other is of that kind; -1 when there is none.
 */
static int64_t find_item(const hone_config *list, const char *piece)
{
    int64_t by_kind = -1, number;
    hone_recipe_item item;
    if (hone_internal_text_to_integer(piece, &number))
        return number >= 0 && number < (int64_t)hone_internal_config_count(list) ? number : -1;
    for (size_t i = 0; i < hone_internal_config_count(list); i++) {
        if (hone_internal_recipe_item_read(hone_internal_config_at(list, i), &item) < 0) {
            hone_error_clear();
            continue;
        }
        const char *name = hone_internal_recipe_item_name(&item);
        bool named_so = name != NULL && strcmp(name, piece) == 0, of_kind = strcmp(item.kind, piece) == 0;
        hone_internal_recipe_item_free(&item);
        if (named_so)
            return (int64_t)i;
        if (of_kind)
            by_kind = by_kind == -1 ? (int64_t)i : -2;
    }
    return by_kind;
}

static hone_status walk_list(walk *at, hone_config *list, const char *family)
{
    char number[24];
    size_t count = hone_internal_config_count(list);
    HONE_TRY(take(at));
    int64_t place = find_item(list, at->piece);
    if (place == -2)
        return hone_fail(HONE_ERROR_NAME,
                         "\"%s\": there are several items \"%s\"; say which by its number (0 to %zu)",
                         at->whole, at->piece, count - 1);
    if (place < 0)
        return hone_fail(HONE_ERROR_NAME,
                         "\"%s\": there is no item \"%s\"; expected a number from 0 to %zu, or a name",
                         at->whole, at->piece, count > 0 ? count - 1 : 0);
    snprintf(number, sizeof number, "%lld", (long long)place);
    add(at, number);
    return walk_thing(at, list, (size_t)place, family);
}

/* ---- sections ---- */

/* Values that are things, or lists of them. */
static const struct {
    const char *section, *key, *family;
} things[] = {{"compile", "optimizer", "optimizer"},
              {"compile", "loss", "loss"},
              {"compile", "metrics", "metric"},
              {"fit", "callbacks", "callback"},
              {"data", "augment", "layer"}};

static hone_status walk_value(walk *at, const char *section, hone_config *map)
{
    size_t place = place_of(map, at->piece);
    if (ended(at))
        return HONE_OK;
    if (place == hone_internal_config_count(map))
        return keep_rest(at);
    hone_config *value = hone_internal_config_at_mutable(map, place);
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        if (strcmp(things[i].section, section) != 0 || strcmp(things[i].key, at->piece) != 0)
            continue;
        if (hone_internal_config_is(value, HONE_CONFIG_LIST))
            return walk_list(at, value, things[i].family);
        bool optimizer = strcmp(things[i].key, "optimizer") == 0;
        if (optimizer || hone_internal_config_is(value, HONE_CONFIG_TEXT)) /* maps may be by output */
            return walk_thing(at, map, place, things[i].family);
    }
    return keep_rest(at);
}

/* `fit` as a list: a stage by its number, or a key for all of them. */
static hone_status walk_section(walk *at, const char *section)
{
    hone_config *map = hone_internal_config_get_mutable(at->recipe->tree, section);
    int64_t stage;
    if (ended(at))
        return HONE_OK;
    HONE_TRY(take(at));
    if (hone_internal_config_is(map, HONE_CONFIG_LIST) && hone_internal_text_to_integer(at->piece, &stage)) {
        map = hone_internal_config_at_mutable(map, place_of(map, at->piece));
        add(at, at->piece);
        if (ended(at))
            return HONE_OK;
        HONE_TRY(take(at));
    }
    if (!hone_internal_recipe_has_key(section, at->piece))
        return fail_path(at);
    add(at, at->piece);
    return walk_value(at, section, map);
}

static hone_status walk_root(walk *at)
{
    static const char *const plain[] = {"name", "dtype_policy", "ignore_unknown", "outputs", NULL};
    hone_config *model = hone_internal_config_get_mutable(at->recipe->tree, "model");
    HONE_TRY(take(at));
    const hone_type *section;
    for (size_t i = 0; (section = hone_recipe_section(i)) != NULL; i++)
        if (strcmp(section->name, at->piece) == 0) {
            add(at, at->piece);
            return walk_section(at, section->name);
        }
    for (size_t i = 0; plain[i] != NULL; i++)
        if (strcmp(plain[i], at->piece) == 0) {
            add(at, at->piece);
            return keep_rest(at);
        }
    if (strcmp(at->piece, "model") != 0)
        return fail_path(at);
    add(at, "model");
    if (ended(at) || hone_internal_config_is(model, HONE_CONFIG_MAP))
        return keep_rest(at);
    if (hone_internal_config_is(model, HONE_CONFIG_LIST))
        return walk_list(at, model, "layer");
    return hone_fail(HONE_ERROR_NAME, "\"%.200s\": the recipe has no list of layers; its model is a file",
                     at->whole);
}

char *hone_internal_recipe_resolve(hone_recipe *recipe, const char *path)
{
    walk at = {.recipe = recipe, .whole = path, .rest = path};
    hone_status status = walk_root(&at);
    if (status >= 0)
        return hone_internal_text_take(&at.plain);
    hone_internal_text_free(&at.plain);
    return NULL;
}
