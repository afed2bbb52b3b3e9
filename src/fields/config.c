/* Config trees: nodes, comparison, description. Recursion goes as deep as the tree. */
#include "fields/config.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_INDEXED = 16 }; /* a map that grows beyond this many keys gets an index of them */

struct hone_config {
    hone_config_kind kind;
    bool boolean;
    int64_t integer; /* of an integer */
    double number;   /* of a number, and of an integer too */
    char *text;
    char *key;           /* its own, in a map */
    hone_config **items; /* of a list or map */
    size_t count, capacity;
    hone_names index;     /* of a large map: from keys to items, NULL for removed ones */
    hone_config *removed; /* what was replaced or removed: somebody may still look at it */
    hone_config *next;    /* among the removed */
    hone_config_place place;
};

static hone_config *make(hone_config_kind kind)
{
    hone_config *config = hone_internal_allocate_zeroed(1, sizeof *config);

    if (config)
        config->kind = kind;
    return config;
}

hone_config *hone_internal_config_null(void)
{
    return make(HONE_CONFIG_NULL);
}

hone_config *hone_internal_config_boolean(bool value)
{
    hone_config *config = make(HONE_CONFIG_BOOLEAN);

    if (config)
        config->boolean = value;
    return config;
}

hone_config *hone_internal_config_integer(int64_t value)
{
    hone_config *config = make(HONE_CONFIG_INTEGER);

    if (!config)
        return NULL;
    config->integer = value;
    config->number = (double)value;
    return config;
}

hone_config *hone_internal_config_number(double value)
{
    hone_config *config = make(HONE_CONFIG_NUMBER);

    if (config)
        config->number = value;
    return config;
}

hone_config *hone_internal_config_text(const char *value)
{
    hone_config *config = make(value ? HONE_CONFIG_TEXT : HONE_CONFIG_NULL);

    if (!config || !value)
        return config;
    config->text = hone_internal_copy_text(value);
    if (config->text)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

hone_config *hone_internal_config_list(void)
{
    return make(HONE_CONFIG_LIST);
}

hone_config *hone_internal_config_map(void)
{
    return make(HONE_CONFIG_MAP);
}

void hone_internal_config_free(hone_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->count; i++)
        hone_internal_config_free(config->items[i]);
    while (config->removed) {
        hone_config *removed = config->removed;
        config->removed = removed->next;
        hone_internal_config_free(removed);
    }
    hone_internal_names_free(&config->index);
    hone_internal_free(config->items);
    hone_internal_free(config->key);
    hone_internal_free(config->text);
    hone_internal_free(config);
}

/* Copies the children of a list or map. */
static hone_status copy_items(const hone_config *from, hone_config *to)
{
    for (size_t i = 0; i < from->count; i++) {
        hone_config *item = hone_internal_config_copy(from->items[i]);
        if (from->kind == HONE_CONFIG_MAP)
            HONE_TRY(hone_internal_config_set(to, from->items[i]->key, item));
        else
            HONE_TRY(hone_internal_config_append(to, item));
    }
    return HONE_OK;
}

hone_config *hone_internal_config_copy(const hone_config *config)
{
    hone_config *copy =
        config->kind == HONE_CONFIG_TEXT ? hone_internal_config_text(config->text) : make(config->kind);

    if (!copy)
        return NULL;
    copy->boolean = config->boolean;
    copy->integer = config->integer;
    copy->number = config->number;
    copy->place = config->place;
    if (copy_items(config, copy) == HONE_OK)
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

/* ---- reading ---- */

hone_config_kind hone_internal_config_kind(const hone_config *config)
{
    return config ? config->kind : HONE_CONFIG_NULL;
}

bool hone_internal_config_is(const hone_config *config, hone_config_kind kind)
{
    return hone_internal_config_kind(config) == kind;
}

bool hone_internal_config_is_numeric(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_INTEGER) ||
           hone_internal_config_is(config, HONE_CONFIG_NUMBER);
}

bool hone_internal_config_present(const hone_config *config)
{
    return !hone_internal_config_is(config, HONE_CONFIG_NULL);
}

bool hone_internal_config_as_boolean(const hone_config *config)
{
    return config && config->boolean;
}

int64_t hone_internal_config_as_integer(const hone_config *config)
{
    return config ? config->integer : 0;
}

double hone_internal_config_as_number(const hone_config *config)
{
    return config ? config->number : 0;
}

const char *hone_internal_config_as_text(const hone_config *config)
{
    return config && config->text ? config->text : "";
}

size_t hone_internal_config_count(const hone_config *config)
{
    return config ? config->count : 0;
}

hone_config *hone_internal_config_at_mutable(hone_config *config, size_t place)
{
    return place < hone_internal_config_count(config) ? config->items[place] : NULL;
}

const hone_config *hone_internal_config_at(const hone_config *config, size_t place)
{
    return place < hone_internal_config_count(config) ? config->items[place] : NULL;
}

const char *hone_internal_config_text_at(const hone_config *config, size_t place)
{
    return hone_internal_config_as_text(hone_internal_config_at(config, place));
}

const char *hone_internal_config_key(const hone_config *map, size_t place)
{
    const hone_config *item = hone_internal_config_at(map, place);

    return item && item->key ? item->key : "";
}

static hone_config *find(const hone_config *map, const char *key)
{
    if (!hone_internal_config_is(map, HONE_CONFIG_MAP))
        return NULL;
    if (map->index.count > 0)
        return hone_internal_names_get(&map->index, key);
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->items[i]->key, key) == 0)
            return map->items[i];
    return NULL;
}

hone_config *hone_internal_config_get_mutable(hone_config *map, const char *key)
{
    return find(map, key);
}

const hone_config *hone_internal_config_get(const hone_config *map, const char *key)
{
    return find(map, key);
}

const char *hone_internal_config_get_text(const hone_config *map, const char *key)
{
    const hone_config *value = hone_internal_config_get(map, key);

    return hone_internal_config_is(value, HONE_CONFIG_TEXT) ? value->text : NULL;
}

hone_config_place hone_internal_config_place(const hone_config *config)
{
    return config ? config->place : (hone_config_place){0};
}

void hone_internal_config_set_place(hone_config *config, hone_config_place place)
{
    if (config)
        config->place = place;
}

/* ---- changing ---- */

static hone_status refuse(const hone_config *parent, const hone_config *item, hone_config_kind kind)
{
    if (!item)
        return hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_ARGUMENT;
    if (parent && parent->kind == kind)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "a config node is not a %s",
                     kind == HONE_CONFIG_MAP ? "map" : "list");
}

/* Enters an item into the index of a map that has one. Never fails for a key that is there. */
static hone_status enter(hone_config *map, hone_config *item)
{
    return map->index.count == 0 ? HONE_OK : hone_internal_names_put(&map->index, item->key, item);
}

static hone_status make_index(hone_config *map)
{
    hone_status status = HONE_OK;

    for (size_t i = 0; i < map->count && status == HONE_OK; i++)
        status = hone_internal_names_put(&map->index, map->items[i]->key, map->items[i]);
    if (status < 0)
        hone_internal_names_free(&map->index);
    return status;
}

/* Room for an item more, and its key in the index of a large map. */
static hone_status prepare(hone_config *parent, hone_config *item)
{
    HONE_TRY(hone_internal_grow(&parent->items, &parent->capacity, parent->count + 1, sizeof(hone_config *)));
    if (!item->key || parent->count < FIRST_INDEXED)
        return HONE_OK;
    if (parent->index.count == 0)
        HONE_TRY(make_index(parent));
    return enter(parent, item);
}

/* Takes over the item, also on failure. */
static hone_status add(hone_config *parent, hone_config *item)
{
    hone_status status = prepare(parent, item);

    if (status < 0)
        hone_internal_config_free(item);
    else
        parent->items[parent->count++] = item;
    return status;
}

hone_status hone_internal_config_append(hone_config *list, hone_config *item)
{
    hone_status status = refuse(list, item, HONE_CONFIG_LIST);

    if (status < 0)
        hone_internal_config_free(item);
    return status < 0 ? status : add(list, item);
}

/* Keeps an item that is no longer in its parent until that is freed. */
static void bury(hone_config *parent, hone_config *item)
{
    item->next = parent->removed;
    parent->removed = item;
}

/* Puts an item, which has the key of the one there, if any, into its place. */
static void exchange(hone_config *parent, size_t place, hone_config *item)
{
    enter(parent, item);
    bury(parent, parent->items[place]);
    parent->items[place] = item;
}

/* From the end: what removes many keys goes backwards. */
static size_t place_of(const hone_config *parent, const hone_config *item)
{
    size_t place = parent->count;

    while (parent->items[--place] != item)
        continue;
    return place;
}

static hone_status give_key(hone_config *item, const char *key)
{
    char *copy = hone_internal_copy_text(key);

    if (!copy)
        return HONE_ERROR_MEMORY;
    hone_internal_free(item->key);
    item->key = copy;
    return HONE_OK;
}

hone_status hone_internal_config_replace(hone_config *config, size_t place, hone_config *item)
{
    hone_status status = refuse(config, item, hone_internal_config_kind(config));

    if (status == HONE_OK && place >= config->count)
        status = hone_fail(HONE_ERROR_ARGUMENT, "a config node has no item %zu", place);
    if (status == HONE_OK && config->items[place]->key)
        status = give_key(item, config->items[place]->key);
    if (status < 0)
        hone_internal_config_free(item);
    else
        exchange(config, place, item);
    return status;
}

hone_status hone_internal_config_set(hone_config *map, const char *key, hone_config *item)
{
    hone_status status = refuse(map, item, HONE_CONFIG_MAP);
    const hone_config *known;

    if (status == HONE_OK)
        status = give_key(item, key);
    if (status < 0) {
        hone_internal_config_free(item);
        return status;
    }
    known = find(map, key);
    if (!known)
        return add(map, item);
    exchange(map, place_of(map, known), item);
    return HONE_OK;
}

void hone_internal_config_remove(hone_config *map, const char *key)
{
    hone_config *item = find(map, key);
    size_t place, after;

    if (!item)
        return;
    if (map->index.count > 0)
        hone_internal_names_put(&map->index, item->key, NULL); /* a name that is there: never fails */
    place = place_of(map, item);
    after = --map->count - place;
    memmove(map->items + place, map->items + place + 1, after * sizeof *map->items);
    bury(map, item);
}

/* ---- comparing and describing ---- */

static bool equal_numbers(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool equal_items(const hone_config *a, const hone_config *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const hone_config *other =
            a->kind == HONE_CONFIG_MAP ? hone_internal_config_get(b, a->items[i]->key) : b->items[i];
        if (!other || !hone_internal_config_equal(a->items[i], other))
            return false;
    }
    return true;
}

/* Maps are equal in any order; 1 and 1.0 differ. */
bool hone_internal_config_equal(const hone_config *a, const hone_config *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case HONE_CONFIG_NULL: return true;
    case HONE_CONFIG_BOOLEAN: return a->boolean == b->boolean;
    case HONE_CONFIG_INTEGER: return a->integer == b->integer;
    case HONE_CONFIG_NUMBER: return equal_numbers(a->number, b->number);
    case HONE_CONFIG_TEXT: return strcmp(a->text, b->text) == 0;
    case HONE_CONFIG_LIST:
    case HONE_CONFIG_MAP: return equal_items(a, b);
    }
    return false;
}

/* The text is cut so that the closing quote still fits. */
static void describe_text(const char *text, char *buffer, size_t size)
{
    const size_t around = sizeof "the string \"...\"";
    size_t length = strlen(text), room = size > around ? size - around : 0;

    if (length <= room) {
        snprintf(buffer, size, "the string \"%s\"", text);
        return;
    }
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--; /* not within a UTF-8 character */
    snprintf(buffer, size, "the string \"%.*s...\"", (int)room, text);
}

void hone_internal_config_describe(const hone_config *config, char *buffer, size_t size)
{
    char number[32];

    switch (config ? config->kind : HONE_CONFIG_NULL) {
    case HONE_CONFIG_NULL: snprintf(buffer, size, "null"); break;
    case HONE_CONFIG_BOOLEAN: snprintf(buffer, size, "%s", config->boolean ? "true" : "false"); break;
    case HONE_CONFIG_INTEGER: snprintf(buffer, size, "the number %" PRId64, config->integer); break;
    case HONE_CONFIG_NUMBER:
        hone_internal_number_to_text(config->number, number, sizeof number);
        snprintf(buffer, size, "the number %s", number);
        break;
    case HONE_CONFIG_TEXT: describe_text(config->text, buffer, size); break;
    case HONE_CONFIG_LIST: snprintf(buffer, size, "a list"); break;
    case HONE_CONFIG_MAP: snprintf(buffer, size, "a map"); break;
    }
}

hone_status hone_internal_config_fail(const hone_config *config, const char *format, ...)
{
    char sentence[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    hone_fail(HONE_ERROR_FORMAT, "%s", sentence);
    return hone_internal_error_at(HONE_ERROR_FORMAT, hone_internal_config_place(config).line,
                                  hone_internal_config_place(config).column);
}
