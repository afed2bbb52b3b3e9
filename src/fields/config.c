/* Config trees: nodes, comparison, description, JSON out. Recursion goes as deep as the tree. */
#include "fields/config.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

hone_config *hone_internal_config_numbers(const double *values, int count)
{
    if (count == 1)
        return hone_internal_config_number(values[0]);
    hone_config *list = hone_internal_config_list();
    for (int i = 0; list != NULL && i < count; i++) {
        if (hone_internal_config_append(list, hone_internal_config_number(values[i])) >= 0)
            continue;
        hone_internal_config_free(list);
        list = NULL;
    }
    return list;
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
    for (size_t i = 0; i < config->count; i++) {
        hone_internal_config_free(config->items[i]);
        if (config->keys)
            hone_internal_free(config->keys[i]);
    }
    hone_internal_free(config->items);
    hone_internal_free(config->keys);
    hone_internal_free(config->text);
    hone_internal_free(config);
}

/* Copies the children of a list or map. */
static hone_status copy_items(const hone_config *from, hone_config *to)
{
    for (size_t i = 0; i < from->count; i++) {
        hone_config *item = hone_internal_config_copy(from->items[i]);
        if (from->kind == HONE_CONFIG_MAP)
            HONE_TRY(hone_internal_config_set(to, from->keys[i], item));
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
    copy->line = config->line;
    copy->column = config->column;
    copy->key_line = config->key_line;
    copy->key_column = config->key_column;
    if (copy_items(config, copy) == HONE_OK)
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

/* Room for one item more, with a key's in a map: items and keys grow together. */
static hone_status make_room(hone_config *parent)
{
    size_t capacity = parent->capacity;
    size_t keys_capacity = parent->capacity;

    if (parent->kind == HONE_CONFIG_MAP)
        HONE_TRY(hone_internal_grow(&parent->keys, &keys_capacity, parent->count + 1, sizeof *parent->keys));
    HONE_TRY(hone_internal_grow(&parent->items, &capacity, parent->count + 1, sizeof *parent->items));
    parent->capacity = capacity;
    return HONE_OK;
}

static hone_status refuse(const hone_config *parent, hone_config *item, hone_config_kind kind)
{
    if (!item)
        return hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_ARGUMENT;
    if (parent && parent->kind == kind)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "a config node is no %s", kind == HONE_CONFIG_MAP ? "map" : "list");
}

hone_status hone_internal_config_append(hone_config *list, hone_config *item)
{
    hone_status status = refuse(list, item, HONE_CONFIG_LIST);

    if (status == HONE_OK)
        status = make_room(list);
    if (status < 0)
        hone_internal_config_free(item);
    else
        list->items[list->count++] = item;
    return status;
}

/* The place of a key, `count` when it is not there. */
static size_t find_key(const hone_config *map, const char *key)
{
    size_t i = 0;

    while (i < map->count && strcmp(map->keys[i], key) != 0)
        i++;
    return i;
}

static hone_status add_key(hone_config *map, const char *key, hone_config *item)
{
    char *copy;

    HONE_TRY(make_room(map));
    copy = hone_internal_copy_text(key);
    if (!copy)
        return HONE_ERROR_MEMORY;
    map->keys[map->count] = copy;
    map->items[map->count++] = item;
    return HONE_OK;
}

hone_status hone_internal_config_set(hone_config *map, const char *key, hone_config *item)
{
    hone_status status = refuse(map, item, HONE_CONFIG_MAP);
    size_t i;

    if (status < 0) {
        hone_internal_config_free(item);
        return status;
    }
    i = find_key(map, key);
    if (i < map->count) {
        hone_internal_config_free(map->items[i]);
        map->items[i] = item;
        return HONE_OK;
    }
    status = add_key(map, key, item);
    if (status < 0)
        hone_internal_config_free(item);
    return status;
}

void hone_internal_config_remove(hone_config *map, const char *key)
{
    size_t i, after;

    if (!map || map->kind != HONE_CONFIG_MAP)
        return;
    i = find_key(map, key);
    if (i == map->count)
        return;
    hone_internal_config_free(map->items[i]);
    hone_internal_free(map->keys[i]);
    after = --map->count - i;
    memmove(map->items + i, map->items + i + 1, after * sizeof *map->items);
    memmove(map->keys + i, map->keys + i + 1, after * sizeof *map->keys);
}

hone_config *hone_internal_config_get_mutable(hone_config *map, const char *key)
{
    size_t i;

    if (!map || map->kind != HONE_CONFIG_MAP)
        return NULL;
    i = find_key(map, key);
    return i < map->count ? map->items[i] : NULL;
}

const hone_config *hone_internal_config_get(const hone_config *map, const char *key)
{
    size_t i;

    if (!map || map->kind != HONE_CONFIG_MAP)
        return NULL;
    i = find_key(map, key);
    return i < map->count ? map->items[i] : NULL;
}

const char *hone_internal_config_get_text(const hone_config *map, const char *key)
{
    const hone_config *value = hone_internal_config_get(map, key);

    return value && value->kind == HONE_CONFIG_TEXT ? value->text : NULL;
}

bool hone_internal_config_present(const hone_config *config)
{
    return config && config->kind != HONE_CONFIG_NULL;
}

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
            a->kind == HONE_CONFIG_MAP ? hone_internal_config_get(b, a->keys[i]) : b->items[i];
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
    const size_t around = sizeof "the text \"...\"";
    size_t length = strlen(text), room = size > around ? size - around : 0;

    if (length <= room) {
        snprintf(buffer, size, "the text \"%s\"", text);
        return;
    }
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--; /* not within a UTF-8 character */
    snprintf(buffer, size, "the text \"%.*s...\"", (int)room, text);
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
    return hone_internal_error_at(HONE_ERROR_FORMAT, config ? config->line : 0, config ? config->column : 0);
}

/* JSON. */

/* Bytes of the UTF-8 character that starts so; 0 for a byte that starts none. */
static int encoded_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC0)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
}

/* Takes one character off a UTF-8 text; U+FFFD and one byte for what is not UTF-8. */
static uint32_t next_character(const char **text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* that needs so many bytes */
    const unsigned char *bytes = (const unsigned char *)*text;
    int length = encoded_length(bytes[0]);
    uint32_t character = length == 1 ? bytes[0] : length > 1 ? bytes[0] & (0x7Fu >> length) : 0;

    (*text)++;
    if (length == 0)
        return 0xFFFD;
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0xFFFD;
        character = character << 6 | (bytes[i] & 0x3Fu);
    }
    if (character < least[length] || character > 0x10FFFF)
        return 0xFFFD;
    if (character >= 0xD800 && character < 0xE000)
        return 0xFFFD; /* half of a UTF-16 pair */
    *text += length - 1;
    return character;
}

static void write_escaped(hone_text *json, uint32_t character)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *special = character < 0x80 && character ? strchr(plain, (int)character) : NULL;

    if (special) {
        hone_internal_text_format(json, "\\%c", letters[special - plain]);
    } else if (character >= 0x20 && character < 0x7F) {
        char letter = (char)character;
        hone_internal_text_append_n(json, &letter, 1);
    } else if (character < 0x10000) {
        hone_internal_text_format(json, "\\u%04x", (unsigned)character);
    } else {
        hone_internal_text_format(json, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((character - 0x10000) >> 10)),
                                  (unsigned)(0xDC00 + ((character - 0x10000) & 0x3FF)));
    }
}

static void write_text(hone_text *json, const char *text)
{
    hone_internal_text_append(json, "\"");
    while (*text)
        write_escaped(json, next_character(&text));
    hone_internal_text_append(json, "\"");
}

static void write_number(hone_text *json, double number, bool finite_only)
{
    char text[32];

    if (!isfinite(number)) {
        const char *name = isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        hone_internal_text_append(json, finite_only ? "null" : name);
        return;
    }
    hone_internal_number_to_text(number, text, sizeof text);
    hone_internal_text_append(json, text);
}

static void write_json(hone_text *json, const hone_config *config, bool finite_only);

static void write_items(hone_text *json, const hone_config *config, bool finite_only)
{
    bool map = config->kind == HONE_CONFIG_MAP;

    hone_internal_text_append(json, map ? "{" : "[");
    for (size_t i = 0; i < config->count; i++) {
        if (i > 0)
            hone_internal_text_append(json, ", ");
        if (map) {
            write_text(json, config->keys[i]);
            hone_internal_text_append(json, ": ");
        }
        write_json(json, config->items[i], finite_only);
    }
    hone_internal_text_append(json, map ? "}" : "]");
}

static void write_json(hone_text *json, const hone_config *config, bool finite_only)
{
    switch (config->kind) {
    case HONE_CONFIG_NULL: hone_internal_text_append(json, "null"); break;
    case HONE_CONFIG_BOOLEAN: hone_internal_text_append(json, config->boolean ? "true" : "false"); break;
    case HONE_CONFIG_INTEGER: hone_internal_text_format(json, "%" PRId64, config->integer); break;
    case HONE_CONFIG_NUMBER: write_number(json, config->number, finite_only); break;
    case HONE_CONFIG_TEXT: write_text(json, config->text); break;
    case HONE_CONFIG_LIST:
    case HONE_CONFIG_MAP: write_items(json, config, finite_only); break;
    }
}

char *hone_internal_config_to_json(const hone_config *config, bool finite_only)
{
    hone_text json = {.data = NULL};

    write_json(&json, config, finite_only);
    return hone_internal_text_take(&json);
}
