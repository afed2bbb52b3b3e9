/* JSON text to a config tree. jansson parses; a scan before it does what jansson does not: limits, the bare
 * words that Python writes for numbers that are not finite, integers beyond 64 bits, and where each value
 * stands.
 *
 * The scan hands jansson a copy in which every text value starts with a mark and every number that jansson
 * would refuse has become a marked text, so that nothing in a file can pass for the other. Keys stay as they
 * are. */
#include "formats/formats.h"

#include "base/memory.h"
#include "base/text.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { SAFE_DIGITS = 18, SAFE_NUMBER = 24 };
static const char TEXT_MARK = 's', NUMBER_MARK = 'n';

/* Where a value starts, in the source and in the copy. */
typedef struct value_place {
    uint32_t source, copy;
} value_place;

typedef struct json_scan {
    const char *label, *text;
    size_t length, at;
    size_t copied; /* up to here the source is in the copy */
    size_t depth;
    hone_text copy;
    value_place *places;
    size_t count, capacity;
} json_scan;

/* Goes through the places in their order. */
typedef struct json_cursor {
    const json_scan *scan;
    size_t next; /* place */
    size_t at;   /* source offset of line and column */
    int line, column;
    bool placed; /* the tree's order is the source's: no key came twice */
} json_cursor;

static void advance(json_cursor *cursor, size_t to)
{
    for (; cursor->at < to && cursor->at < cursor->scan->length; cursor->at++) {
        unsigned char byte = (unsigned char)cursor->scan->text[cursor->at];
        if (byte == '\n') {
            cursor->line++;
            cursor->column = 1;
        } else if ((byte & 0xc0) != 0x80) { /* not inside a UTF-8 character */
            cursor->column++;
        }
    }
}

static hone_status fail_at(const json_scan *scan, size_t at, const char *what)
{
    json_cursor cursor = {.scan = scan, .line = 1, .column = 1};
    advance(&cursor, at);
    return hone_fail(HONE_ERROR_FORMAT, "%s: line %d, column %d: %s", scan->label, cursor.line, cursor.column,
                     what);
}

/* ---- the scan ---- */

/* Brings the copy up to `to`. */
static void copy_up_to(json_scan *scan, size_t to)
{
    hone_internal_text_append_n(&scan->copy, scan->text + scan->copied, to - scan->copied);
    scan->copied = to;
}

static hone_status add_place(json_scan *scan, size_t at)
{
    if (scan->count == hone_internal_limits.json_values)
        return fail_at(scan, at, "there are too many values");
    HONE_TRY(hone_internal_grow(&scan->places, &scan->capacity, scan->count + 1, sizeof *scan->places));
    size_t copy = scan->copy.length + (at - scan->copied);
    scan->places[scan->count++] = (value_place){(uint32_t)at, (uint32_t)copy};
    return HONE_OK;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Of a number, or of a word as null and NaN. */
static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '+' || byte == '.';
}

static hone_status scan_text(json_scan *scan)
{
    size_t start = scan->at++;
    while (scan->at < scan->length && scan->text[scan->at] != '"') {
        scan->at += scan->text[scan->at] == '\\' && scan->at + 1 < scan->length ? 2 : 1;
    }
    if (scan->at < scan->length)
        scan->at++;
    if (scan->at - start > hone_internal_limits.text_bytes)
        return fail_at(scan, start, "a string is too long");
    size_t after = scan->at;
    while (after < scan->length && is_space(scan->text[after]))
        after++;
    if (after < scan->length && scan->text[after] == ':')
        return HONE_OK; /* a key */
    HONE_TRY(add_place(scan, start));
    copy_up_to(scan, start + 1);
    hone_internal_text_append_n(&scan->copy, &TEXT_MARK, 1);
    return HONE_OK;
}

static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

/* A number as JSON's grammar has it: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *word, size_t length)
{
    size_t at = length > 0 && word[0] == '-';
    size_t digits = count_digits(word + at, length - at);
    if (digits == 0 || (digits > 1 && word[at] == '0'))
        return false;
    at += digits;
    if (at < length && word[at] == '.') {
        digits = count_digits(word + at + 1, length - at - 1);
        if (digits == 0)
            return false;
        at += 1 + digits;
    }
    if (at < length && (word[at] == 'e' || word[at] == 'E')) {
        at++;
        if (at < length && (word[at] == '+' || word[at] == '-'))
            at++;
        digits = count_digits(word + at, length - at);
        if (digits == 0)
            return false;
        at += digits;
    }
    return at == length;
}

static bool word_is(const char *word, size_t length, const char *expected)
{
    return length == strlen(expected) && memcmp(word, expected, length) == 0;
}

/* Numbers that jansson would refuse: not finite, an integer beyond 64 bits, too large an exponent. */
static bool needs_mark(const char *word, size_t length)
{
    if (word_is(word, length, "NaN") || word_is(word, length, "Infinity") ||
        word_is(word, length, "-Infinity"))
        return true;
    if (!is_number(word, length))
        return false;
    size_t digits = count_digits(word + (word[0] == '-'), length - (word[0] == '-'));
    const char *exponent = memchr(word, 'e', length);
    if (!exponent)
        exponent = memchr(word, 'E', length);
    bool large = exponent && word + length - exponent > 4; /* e-99 is fine */
    return digits > SAFE_DIGITS || length > SAFE_NUMBER || large;
}

static hone_status scan_word(json_scan *scan)
{
    size_t start = scan->at;
    while (scan->at < scan->length && is_word(scan->text[scan->at]))
        scan->at++;
    size_t length = scan->at - start;
    if (length > hone_internal_limits.json_number)
        return fail_at(scan, start, "a number is too long");
    HONE_TRY(add_place(scan, start));
    if (!needs_mark(scan->text + start, length))
        return HONE_OK;
    copy_up_to(scan, start);
    hone_internal_text_append_n(&scan->copy, "\"", 1);
    hone_internal_text_append_n(&scan->copy, &NUMBER_MARK, 1);
    copy_up_to(scan, scan->at);
    hone_internal_text_append_n(&scan->copy, "\"", 1);
    return HONE_OK;
}

static hone_status scan_next(json_scan *scan)
{
    char byte = scan->text[scan->at];
    if (byte == '"')
        return scan_text(scan);
    if (is_word(byte))
        return scan_word(scan);
    if (byte == '{' || byte == '[') {
        if (++scan->depth > hone_internal_limits.json_depth)
            return fail_at(scan, scan->at, "nested too deeply");
        HONE_TRY(add_place(scan, scan->at));
    } else if ((byte == '}' || byte == ']') && scan->depth > 0) {
        scan->depth--;
    }
    scan->at++;
    return HONE_OK;
}

static hone_status scan_all(json_scan *scan)
{
    while (scan->at < scan->length)
        HONE_TRY(scan_next(scan));
    copy_up_to(scan, scan->length);
    return scan->copy.failed ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- jansson ---- */

/* The message for jansson's error: its place, taken back from the copy to the source, and what it says. */
static hone_status fail_parsing(const json_scan *scan, const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory)
        return hone_internal_fail_memory(scan->length, "JSON");
    size_t position = error->position > 0 ? (size_t)error->position : 0;
    size_t low = 0, high = scan->count; /* the last value that starts at or before the error */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scan->places[middle].copy <= position)
            low = middle + 1;
        else
            high = middle;
    }
    size_t source = low ? scan->places[low - 1].source + (position - scan->places[low - 1].copy) : position;
    char what[JSON_ERROR_TEXT_LENGTH];
    memcpy(what, error->text, sizeof what);
    what[sizeof what - 1] = 0;
    char *near = strstr(what, " near "); /* it quotes the copy */
    if (near)
        *near = 0;
    return fail_at(scan, source < scan->length ? source : scan->length, what);
}

/* Keys that come twice are allowed, but then the tree's order is not the source's. */
static json_t *parse_copy(const json_scan *scan, bool *placed)
{
    json_error_t error;
    const char *copy = scan->copy.data ? scan->copy.data : "";
    *placed = true;
    json_t *tree = json_loadb(copy, scan->copy.length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!tree && json_error_code(&error) == json_error_duplicate_key) {
        *placed = false;
        tree = json_loadb(copy, scan->copy.length, JSON_DECODE_ANY, &error);
    }
    if (!tree)
        fail_parsing(scan, &error);
    return tree;
}

/* ---- jansson's tree to ours ---- */

static hone_config *convert(json_cursor *cursor, const json_t *json);

static hone_config *convert_number(const char *word)
{
    if (strcmp(word, "NaN") == 0)
        return hone_internal_config_number((double)NAN);
    if (strcmp(word, "Infinity") == 0)
        return hone_internal_config_number((double)INFINITY);
    if (strcmp(word, "-Infinity") == 0)
        return hone_internal_config_number(-(double)INFINITY);
    int64_t integer;
    if (hone_internal_text_to_integer(word, &integer))
        return hone_internal_config_integer(integer);
    double number;
    if (hone_internal_text_to_number(word, false, &number))
        return hone_internal_config_number(number);
    hone_fail(HONE_ERROR_FORMAT, "the number %.40s cannot be represented", word);
    return NULL;
}

static bool fill_list(json_cursor *cursor, hone_config *list, const json_t *json)
{
    for (size_t i = 0; i < json_array_size(json); i++)
        if (hone_internal_config_append(list, convert(cursor, json_array_get(json, i))) < 0)
            return false;
    return true;
}

static bool fill_map(json_cursor *cursor, hone_config *map, json_t *json)
{
    for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        hone_config *item = convert(cursor, json_object_iter_value(at));
        if (hone_internal_config_set(map, json_object_iter_key(at), item) < 0)
            return false;
    }
    return true;
}

static hone_config *convert_parent(json_cursor *cursor, const json_t *json)
{
    bool is_list = json_is_array(json);
    hone_config *parent = is_list ? hone_internal_config_list() : hone_internal_config_map();
    if (!parent)
        return NULL;
    bool filled =
        is_list ? fill_list(cursor, parent, json) : fill_map(cursor, parent, (json_t *)(uintptr_t)json);
    if (filled)
        return parent;
    hone_internal_config_free(parent);
    return NULL;
}

static hone_config *convert_leaf(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_TRUE: return hone_internal_config_boolean(true);
    case JSON_FALSE: return hone_internal_config_boolean(false);
    case JSON_INTEGER: return hone_internal_config_integer((int64_t)json_integer_value(json));
    case JSON_REAL: return hone_internal_config_number(json_real_value(json));
    case JSON_STRING: break;
    default: return hone_internal_config_null();
    }
    const char *text = json_string_value(json);
    return text[0] == NUMBER_MARK ? convert_number(text + 1) : hone_internal_config_text(text + 1);
}

static hone_config *convert(json_cursor *cursor, const json_t *json)
{
    hone_config_place place = {.line = 0};
    if (cursor->placed && cursor->next < cursor->scan->count) {
        advance(cursor, cursor->scan->places[cursor->next++].source);
        place = (hone_config_place){.line = cursor->line, .column = cursor->column};
    }
    bool is_parent = json_is_array(json) || json_is_object(json);
    hone_config *config = is_parent ? convert_parent(cursor, json) : convert_leaf(json);
    hone_internal_config_set_place(config, place);
    return config;
}

/* ---- the whole ---- */

static hone_status check_encoding(const char *text, size_t length, const char *label)
{
    if (length > hone_internal_limits.json_bytes) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: %zu bytes of JSON are more than the limit of %zu", label,
                         length, hone_internal_limits.json_bytes);
    }
    const unsigned char *bytes = (const unsigned char *)text;
    bool marked =
        length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff));
    bool wide = length >= 2 && (bytes[0] == 0 || bytes[1] == 0);
    if (marked || wide) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected JSON in UTF-8, received UTF-16 or UTF-32", label);
    }
    return HONE_OK;
}

hone_config *hone_internal_json_parse(const char *text, size_t length, const char *label)
{
    if (check_encoding(text, length, label) != HONE_OK)
        return NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* UTF-8's mark says nothing */
        text += 3;
        length -= 3;
    }
    json_scan scan = {.label = label, .text = text, .length = length};
    json_cursor cursor = {.scan = &scan, .line = 1, .column = 1};
    hone_config *config = NULL;
    if (scan_all(&scan) == HONE_OK) {
        json_t *tree = parse_copy(&scan, &cursor.placed);
        if (tree)
            config = convert(&cursor, tree);
        json_decref(tree);
    }
    hone_internal_text_free(&scan.copy);
    hone_internal_free(scan.places);
    return config;
}
