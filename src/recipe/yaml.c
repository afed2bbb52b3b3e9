/* YAML to a config tree, from libyaml's events. */
#include "recipe/yaml.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include <math.h>
#include <string.h>
#include <yaml.h>

typedef struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the present one */
    const char *text;
    size_t length, nodes;
} reader;

/* ---- failures ---- */

/* The place of the present sentence. */
static hone_status placed(yaml_mark_t mark)
{
    return hone_internal_error_at(HONE_ERROR_FORMAT, (int)mark.line + 1, (int)mark.column + 1);
}

static hone_status fail_here(const reader *from, const char *what)
{
    hone_fail(HONE_ERROR_FORMAT, "%s", what);
    return placed(from->event.start_mark);
}

/* "this text has more than 65536 bytes": `limit` and its unit stand in base/limits.h. */
static hone_status fail_limit(const reader *from, const char *what, size_t limit, const char *unit)
{
    hone_fail(HONE_ERROR_FORMAT, "%s more than %zu %s", what, limit, unit);
    return placed(from->event.start_mark);
}

/* The byte at a place; libyaml's columns count characters, whose further bytes in UTF-8 are 10xxxxxx. */
static char letter_at(const reader *from, yaml_mark_t mark)
{
    size_t at = 0;
    for (size_t line = 0; at < from->length && line < mark.line; at++)
        line += from->text[at] == '\n';
    for (size_t column = 0; at < from->length && column < mark.column; column++) {
        at++;
        while (at < from->length && ((unsigned char)from->text[at] & 0xc0) == 0x80)
            at++;
    }
    return at < from->length ? from->text[at] : 0;
}

static hone_status fail_syntax(const reader *from)
{
    const yaml_parser_t *parser = &from->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return hone_internal_fail_memory(from->length, "reading YAML");
    const char *problem = parser->problem ? parser->problem : "this is not YAML";
    if (parser->error == YAML_READER_ERROR)
        return hone_fail(HONE_ERROR_FORMAT, "byte %zu: %s; expected UTF-8 text", parser->problem_offset + 1,
                         problem);
    if (letter_at(from, parser->problem_mark) == '\t')
        problem = "a tab; indent with spaces";
    if (!parser->context)
        hone_fail(HONE_ERROR_FORMAT, "%s", problem);
    else
        hone_fail(HONE_ERROR_FORMAT, "%s (%s from line %zu, column %zu)", problem, parser->context,
                  parser->context_mark.line + 1, parser->context_mark.column + 1);
    return placed(parser->problem_mark);
}

static hone_status next_event(reader *from)
{
    yaml_event_delete(&from->event);
    memset(&from->event, 0, sizeof from->event);
    return yaml_parser_parse(&from->parser, &from->event) ? HONE_OK : fail_syntax(from);
}

/* ---- plain scalars ---- */

static const char *const null_words[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const true_words[] = {"true", "True", "TRUE", NULL};
static const char *const false_words[] = {"false", "False", "FALSE", NULL};
static const char *const infinity_words[] = {".inf", ".Inf", ".INF", NULL};
static const char *const nan_words[] = {".nan", ".NaN", ".NAN", NULL};

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

static const char *skip_sign(const char *text)
{
    return *text == '+' || *text == '-' ? text + 1 : text;
}

/* [-+]? [0-9]+ */
static bool is_decimal(const char *text)
{
    const char *digits = skip_sign(text);
    return *digits && !*skip_digits(digits);
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_number(const char *text)
{
    const char *whole = skip_sign(text), *next = skip_digits(whole);
    bool digits = next > whole;
    if (*next == '.') {
        const char *fraction = next + 1;
        next = skip_digits(fraction);
        digits = digits || next > fraction;
    }
    if (!digits)
        return false;
    if (*next == 'e' || *next == 'E') {
        const char *exponent = skip_sign(next + 1);
        next = skip_digits(exponent);
        if (next == exponent)
            return false;
    }
    return !*next;
}

static int digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    if (letter >= 'a' && letter <= 'f')
        return letter - 'a' + 10;
    return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : 99;
}

/* 0x[0-9a-fA-F]+ or 0o[0-7]+. False when it is neither; an overflow gives INT64_MAX and sets *large. */
static bool parse_based(const char *text, int64_t *integer, bool *large)
{
    int base = strncmp(text, "0x", 2) == 0 ? 16 : strncmp(text, "0o", 2) == 0 ? 8 : 0;
    if (base == 0 || !text[2])
        return false;
    *integer = 0;
    for (const char *next = text + 2; *next; next++) {
        int digit = digit_of(*next);
        if (digit >= base)
            return false;
        if (*integer > (INT64_MAX - digit) / base)
            *large = true;
        else
            *integer = *integer * base + digit;
    }
    return true;
}

static hone_config *resolve_plain(const reader *from, const char *text)
{
    int64_t integer;
    double number;
    bool large = false;
    if (hone_internal_text_among(text, null_words))
        return hone_internal_config_null();
    if (hone_internal_text_among(text, true_words))
        return hone_internal_config_boolean(true);
    if (hone_internal_text_among(text, false_words))
        return hone_internal_config_boolean(false);
    if (hone_internal_text_among(skip_sign(text), infinity_words))
        return hone_internal_config_number(*text == '-' ? -(double)INFINITY : (double)INFINITY);
    if (hone_internal_text_among(text, nan_words))
        return hone_internal_config_number((double)NAN);
    bool decimal = is_decimal(text);
    if (decimal)
        large = !hone_internal_text_to_integer(text, &integer);
    if (decimal || parse_based(text, &integer, &large)) {
        if (!large)
            return hone_internal_config_integer(integer);
        fail_here(from, "this integer is too large; expected at most 9223372036854775807");
        return NULL;
    }
    if (is_number(text) && hone_internal_text_to_number(text, false, &number))
        return hone_internal_config_number(number);
    return hone_internal_config_text(text);
}

/* ---- nodes ---- */

static const char alias_refused[] =
    "anchors and aliases (&name, *name) are not supported; write the value out, or quote the text";
static const char tag_refused[] = "tags (!name) are not supported; leave it out, or quote the text";

static hone_status check_decoration(const reader *from, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return fail_here(from, alias_refused);
    return tag ? fail_here(from, tag_refused) : HONE_OK;
}

static hone_status check_scalar(const reader *from)
{
    const yaml_event_t *event = &from->event;
    HONE_TRY(check_decoration(from, event->data.scalar.anchor, event->data.scalar.tag));
    if (event->data.scalar.length > hone_internal_limits.yaml_text)
        return fail_limit(from, "this string has", hone_internal_limits.yaml_text, "bytes");
    if (strlen((const char *)event->data.scalar.value) != event->data.scalar.length)
        return fail_here(from, "this string contains the character NUL");
    return HONE_OK;
}

static hone_config *read_scalar(const reader *from)
{
    if (check_scalar(from) < 0)
        return NULL;
    const char *text = (const char *)from->event.data.scalar.value;
    bool plain = from->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return plain ? resolve_plain(from, text) : hone_internal_config_text(text);
}

static hone_config *read_node(reader *from, int depth);

static hone_status read_items(reader *from, hone_config *list, int depth)
{
    for (;;) {
        HONE_TRY(next_event(from));
        if (from->event.type == YAML_SEQUENCE_END_EVENT)
            return HONE_OK;
        HONE_TRY(hone_internal_config_append(list, read_node(from, depth + 1)));
    }
}

/* The lines of the keys of a map so far, for the message about a second one. */
typedef struct key_lines {
    size_t *lines, capacity;
} key_lines;

static hone_status check_key(const reader *from, const hone_config *map, const key_lines *seen)
{
    if (from->event.type == YAML_ALIAS_EVENT)
        return fail_here(from, alias_refused);
    if (from->event.type != YAML_SCALAR_EVENT)
        return fail_here(from, "expected a name before ':', received a list or map");
    HONE_TRY(check_scalar(from));
    const char *key = (const char *)from->event.data.scalar.value;
    if (!key[0])
        return fail_here(from, "expected a name before ':'");
    if (hone_internal_config_count(map) >= hone_internal_limits.yaml_keys)
        return fail_limit(from, "this map has", hone_internal_limits.yaml_keys, "keys");
    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        if (strcmp(hone_internal_config_key(map, i), key) != 0)
            continue;
        hone_fail(HONE_ERROR_FORMAT, "the key \"%.100s\" appears twice, first on line %zu", key,
                  seen->lines[i]);
        return placed(from->event.start_mark);
    }
    return HONE_OK;
}

static void place_key(hone_config *value, yaml_mark_t mark)
{
    hone_config_place place = hone_internal_config_place(value);
    place.key_line = (int)mark.line + 1;
    place.key_column = (int)mark.column + 1;
    hone_internal_config_set_place(value, place);
}

/* One key, already the present event, and its value. */
static hone_status read_pair(reader *from, hone_config *map, key_lines *seen, int depth)
{
    HONE_TRY(check_key(from, map, seen));
    HONE_TRY(hone_internal_grow(&seen->lines, &seen->capacity, hone_internal_config_count(map) + 1,
                                sizeof *seen->lines));
    seen->lines[hone_internal_config_count(map)] = from->event.start_mark.line + 1;
    char *key = hone_internal_copy_text((const char *)from->event.data.scalar.value);
    if (!key)
        return HONE_ERROR_MEMORY;
    yaml_mark_t mark = from->event.start_mark;
    hone_status status = next_event(from);
    if (status == HONE_OK)
        status = hone_internal_config_set(map, key, read_node(from, depth + 1));
    if (status == HONE_OK)
        place_key(hone_internal_config_get_mutable(map, key), mark);
    hone_internal_free(key);
    return status;
}

static hone_status read_pairs(reader *from, hone_config *map, int depth)
{
    key_lines seen = {0};
    hone_status status = next_event(from);
    while (status == HONE_OK && from->event.type != YAML_MAPPING_END_EVENT) {
        status = read_pair(from, map, &seen, depth);
        if (status == HONE_OK)
            status = next_event(from);
    }
    hone_internal_free(seen.lines);
    return status;
}

/* A list or map, whose start is the present event. */
static hone_config *read_collection(reader *from, int depth)
{
    const yaml_event_t *event = &from->event;
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    hone_status status =
        list ? check_decoration(from, event->data.sequence_start.anchor, event->data.sequence_start.tag)
             : check_decoration(from, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    if (status < 0)
        return NULL;
    hone_config *node = list ? hone_internal_config_list() : hone_internal_config_map();
    if (!node)
        return NULL;
    status = list ? read_items(from, node, depth) : read_pairs(from, node, depth);
    if (status == HONE_OK)
        return node;
    hone_internal_config_free(node);
    return NULL;
}

/* The node that starts with the present event. */
static hone_config *read_node(reader *from, int depth)
{
    yaml_mark_t mark = from->event.start_mark;
    hone_config *node = NULL;
    if (from->event.type == YAML_ALIAS_EVENT)
        fail_here(from, alias_refused);
    else if (depth > (int)hone_internal_limits.yaml_depth)
        fail_limit(from, "there are", hone_internal_limits.yaml_depth, "lists and maps inside one another");
    else if (++from->nodes > hone_internal_limits.yaml_nodes)
        fail_limit(from, "there are", hone_internal_limits.yaml_nodes, "values");
    else if (from->event.type == YAML_SCALAR_EVENT)
        node = read_scalar(from);
    else
        node = read_collection(from, depth);
    hone_internal_config_set_place(
        node, (hone_config_place){.line = (int)mark.line + 1, .column = (int)mark.column + 1});
    return node;
}

/* ---- documents ---- */

/* Stream start, document start, the root, document end, stream end. */
static hone_status read_document(reader *from, hone_config **root)
{
    HONE_TRY(next_event(from));
    HONE_TRY(next_event(from));
    if (from->event.type == YAML_STREAM_END_EVENT)
        return hone_fail(HONE_ERROR_FORMAT, "the file is empty; expected YAML");
    HONE_TRY(next_event(from));
    *root = read_node(from, 1);
    if (!*root)
        return hone_error_status();
    HONE_TRY(next_event(from));
    HONE_TRY(next_event(from));
    if (from->event.type != YAML_STREAM_END_EVENT)
        return fail_here(from, "a second document starts here; expected one");
    return HONE_OK;
}

hone_config *hone_internal_yaml_parse(const char *text, size_t length, const char *label)
{
    reader from = {.text = text, .length = length};
    hone_config *root = NULL;
    if (length > hone_internal_limits.yaml_bytes) {
        hone_fail(HONE_ERROR_FORMAT, "%zu bytes are too many; the limit is %zu", length,
                  hone_internal_limits.yaml_bytes);
        hone_internal_error_in(HONE_ERROR_FORMAT, label);
        return NULL;
    }
    if (!yaml_parser_initialize(&from.parser)) {
        hone_internal_fail_memory(sizeof from.parser, "reading YAML");
        return NULL;
    }
    yaml_parser_set_input_string(&from.parser, (const unsigned char *)text, length);
    hone_status status = read_document(&from, &root);
    yaml_event_delete(&from.event);
    yaml_parser_delete(&from.parser);
    if (status == HONE_OK)
        return root;
    hone_internal_error_in(status, label);
    hone_internal_config_free(root);
    return NULL;
}

hone_config *hone_internal_yaml_load(const char *path)
{
    void *text;
    size_t length;
    if (!path) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected the path of a YAML file, received NULL");
        return NULL;
    }
    if (hone_internal_file_read(path, hone_internal_limits.yaml_bytes, &text, &length) < 0)
        return NULL;
    hone_config *root = hone_internal_yaml_parse(text, length, path);
    hone_internal_free(text);
    return root;
}
