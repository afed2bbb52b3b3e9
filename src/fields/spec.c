/* Spec strings: their grammar, and their way to types, texts and Keras's envelopes. */
#include "fields/spec.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct spec_parser {
    const char *text;
    size_t at;
    int depth;
} spec_parser;

static hone_status expected(const spec_parser *parser, const char *what)
{
    return hone_fail(HONE_ERROR_ARGUMENT, "in \"%.200s\": expected %s at character %zu", parser->text, what,
                     parser->at + 1);
}

static void skip_space(spec_parser *parser)
{
    parser->at += strspn(parser->text + parser->at, " \t\r\n");
}

/* Past one character, if it comes next after spaces. */
static bool accept(spec_parser *parser, char letter)
{
    skip_space(parser);
    if (parser->text[parser->at] != letter)
        return false;
    parser->at++;
    return true;
}

/* The letters of a name, number or unquoted text that come next. */
static size_t word_length(const spec_parser *parser)
{
    return strcspn(parser->text + parser->at, " \t\r\n,()[]{}=\"'");
}

static bool starts_name(const char *word)
{
    char letter = *word;

    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           (unsigned char)letter >= 0x80;
}

/* A word that is not a spec: the constants, numbers, and else text. */
static hone_config *word_value(const char *word)
{
    int64_t integer;
    double number;

    if (hone_internal_text_equal_nocase(word, "true"))
        return hone_internal_config_boolean(true);
    if (hone_internal_text_equal_nocase(word, "false"))
        return hone_internal_config_boolean(false);
    if (hone_internal_text_equal_nocase(word, "none") || hone_internal_text_equal_nocase(word, "null"))
        return hone_internal_config_null();
    if (hone_internal_text_to_integer(word, &integer))
        return hone_internal_config_integer(integer);
    if (hone_internal_text_to_number(word, true, &number))
        return hone_internal_config_number(number);
    return hone_internal_config_text(word);
}

static hone_config *parse_quoted(spec_parser *parser)
{
    char quote = parser->text[parser->at++];
    hone_text text = {.data = NULL};
    hone_config *value = NULL;
    char *taken;

    while (parser->text[parser->at] != quote) {
        if (parser->text[parser->at] == '\\')
            parser->at++;
        if (parser->text[parser->at] == '\0') {
            expected(parser, quote == '"' ? "a closing \"" : "a closing '");
            hone_internal_text_free(&text);
            return NULL;
        }
        hone_internal_text_append_n(&text, parser->text + parser->at++, 1);
    }
    parser->at++;
    taken = hone_internal_text_take(&text);
    if (taken)
        value = hone_internal_config_text(taken);
    hone_internal_free(taken);
    return value;
}

static hone_config *parse_value(spec_parser *parser);
static hone_status parse_arguments(spec_parser *parser, hone_config *arguments);

static hone_status enter(spec_parser *parser)
{
    if (++parser->depth > (int)hone_internal_limits.spec_depth)
        return expected(parser, "fewer nested brackets");
    return HONE_OK;
}

static hone_status parse_items(spec_parser *parser, hone_config *list, char closing)
{
    HONE_TRY(enter(parser));
    while (!accept(parser, closing)) {
        HONE_TRY(hone_internal_config_append(list, parse_value(parser)));
        if (accept(parser, ','))
            continue;
        if (!accept(parser, closing))
            return expected(parser, closing == ']' ? "\",\" or \"]\"" : "\",\" or \")\"");
        break;
    }
    parser->depth--;
    return HONE_OK;
}

static hone_config *parse_list(spec_parser *parser)
{
    char closing = parser->text[parser->at++] == '[' ? ']' : ')';
    hone_config *list = hone_internal_config_list();

    if (list && parse_items(parser, list, closing) == HONE_OK)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

/* A nested spec is checked for its grammar and stays one text. */
static hone_config *parse_nested(spec_parser *parser, size_t begin)
{
    hone_config *arguments = hone_internal_config_map(), *value = NULL;
    char *text;

    if (arguments && parse_arguments(parser, arguments) == HONE_OK) {
        text = hone_internal_copy_text_n(parser->text + begin, parser->at - begin);
        if (text)
            value = hone_internal_config_text(text);
        hone_internal_free(text);
    }
    hone_internal_config_free(arguments);
    return value;
}

static hone_config *parse_word(spec_parser *parser)
{
    size_t begin = parser->at, length = word_length(parser);
    hone_config *value;
    char *word;

    if (length == 0) {
        expected(parser, "a value");
        return NULL;
    }
    parser->at += length;
    if (starts_name(parser->text + begin) && accept(parser, '('))
        return parse_nested(parser, begin);
    word = hone_internal_copy_text_n(parser->text + begin, length);
    value = word ? word_value(word) : NULL;
    hone_internal_free(word);
    return value;
}

static hone_config *parse_value(spec_parser *parser)
{
    char first;

    skip_space(parser);
    first = parser->text[parser->at];
    if (first == '"' || first == '\'')
        return parse_quoted(parser);
    if (first == '[' || first == '(')
        return parse_list(parser);
    return parse_word(parser);
}

/* The keyword before a "=", to be freed; *keyword is NULL, and nothing is read, when there is none. */
static hone_status parse_keyword(spec_parser *parser, char **keyword)
{
    size_t begin, length;

    skip_space(parser);
    begin = parser->at;
    length = word_length(parser);
    *keyword = NULL;
    parser->at += length;
    if (length == 0 || !starts_name(parser->text + begin) || !accept(parser, '=')) {
        parser->at = begin;
        return HONE_OK;
    }
    *keyword = hone_internal_copy_text_n(parser->text + begin, length);
    return *keyword ? HONE_OK : HONE_ERROR_MEMORY;
}

/* One argument into the map: under its keyword, or under "#0", "#1", ... */
static hone_status parse_argument(spec_parser *parser, hone_config *arguments, bool *keywords)
{
    char position[24];
    char *keyword;
    size_t begin;
    hone_status status = HONE_OK;

    skip_space(parser);
    begin = parser->at;
    HONE_TRY(parse_keyword(parser, &keyword));
    if (keyword && hone_internal_config_get(arguments, keyword)) {
        parser->at = begin;
        status =
            hone_fail(HONE_ERROR_ARGUMENT, "in \"%.200s\": \"%.60s\" is given twice", parser->text, keyword);
    } else if (!keyword && *keywords) {
        status = expected(parser, "a keyword argument after a keyword argument");
    } else {
        snprintf(position, sizeof position, "#%zu", hone_internal_config_count(arguments));
        status = hone_internal_config_set(arguments, keyword ? keyword : position, parse_value(parser));
    }
    *keywords = *keywords || keyword;
    hone_internal_free(keyword);
    return status;
}

/* What follows a "(", to its ")". */
static hone_status parse_arguments(spec_parser *parser, hone_config *arguments)
{
    bool keywords = false;

    HONE_TRY(enter(parser));
    while (!accept(parser, ')')) {
        HONE_TRY(parse_argument(parser, arguments, &keywords));
        if (accept(parser, ','))
            continue;
        if (!accept(parser, ')'))
            return expected(parser, parser->text[parser->at] ? "\",\" or \")\"" : "\")\"");
        break;
    }
    parser->depth--;
    return HONE_OK;
}

static hone_status expect_end(spec_parser *parser)
{
    skip_space(parser);
    return parser->text[parser->at] ? expected(parser, "the end") : HONE_OK;
}

/* The name's place in `text`, and the arguments into the map. */
static hone_status parse_spec(const char *text, size_t *name, size_t *name_length, hone_config *arguments)
{
    spec_parser parser = {.text = text};

    skip_space(&parser);
    *name = parser.at;
    *name_length = word_length(&parser);
    if (*name_length == 0 || !starts_name(text + parser.at))
        return expected(&parser, "a name");
    parser.at += *name_length;
    if (accept(&parser, '('))
        HONE_TRY(parse_arguments(&parser, arguments));
    return expect_end(&parser);
}

char *hone_internal_spec_parse(const char *text, hone_config **arguments)
{
    hone_config *map = hone_internal_config_map();
    size_t begin, length;
    char *name = NULL;

    if (map && parse_spec(text, &begin, &length, map) == HONE_OK)
        name = hone_internal_copy_text_n(text + begin, length);
    if (name && arguments)
        *arguments = map;
    else
        hone_internal_config_free(map);
    return name;
}

hone_config *hone_internal_spec_parse_value(const char *text)
{
    spec_parser parser = {.text = text};
    hone_config *value = parse_value(&parser);

    if (value && expect_end(&parser) == HONE_OK)
        return value;
    hone_internal_config_free(value);
    return NULL;
}

/* Types. */

bool hone_internal_spec_is_none(const char *text)
{
    return !text || hone_internal_text_equal_nocase(text, "none") ||
           hone_internal_text_equal_nocase(text, "null");
}

hone_status hone_internal_spec_resolve(const char *family, const char *text, hone_spec *spec)
{
    hone_config *arguments = NULL;
    const hone_type *type;
    char *name;

    *spec = (hone_spec){.type = NULL};
    if (hone_internal_spec_is_none(text))
        return HONE_OK;
    name = hone_internal_spec_parse(text, &arguments);
    if (!name)
        return hone_error_status();
    type = hone_internal_type_find(family, name);
    if (type)
        spec->args = hone_internal_fields_from_config(type, arguments, NULL);
    if (spec->args)
        spec->type = type;
    hone_internal_free(name);
    hone_internal_config_free(arguments);
    return spec->args ? HONE_OK : hone_error_status();
}

void hone_internal_spec_free(hone_spec *spec)
{
    if (spec->type)
        hone_internal_fields_free(spec->type, spec->args);
    *spec = (hone_spec){.type = NULL};
}

/* Values as text. */

/* A text that reads back as the same text without quotes. */
static bool is_plain_text(const char *text)
{
    spec_parser parser = {.text = text};
    int64_t integer;
    double number;

    if (*text == '\0' || text[word_length(&parser)] != '\0')
        return false;
    if (hone_internal_spec_is_none(text) || hone_internal_text_equal_nocase(text, "true") ||
        hone_internal_text_equal_nocase(text, "false"))
        return false;
    return !hone_internal_text_to_integer(text, &integer) &&
           !hone_internal_text_to_number(text, true, &number);
}

static void write_quoted(hone_text *text, const char *value)
{
    hone_internal_text_append(text, "\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            hone_internal_text_append(text, "\\");
        hone_internal_text_append_n(text, value, 1);
    }
    hone_internal_text_append(text, "\"");
}

static void write_value(hone_text *text, const hone_config *value)
{
    char number[32];

    switch (hone_internal_config_kind(value)) {
    case HONE_CONFIG_NULL: hone_internal_text_append(text, "none"); break;
    case HONE_CONFIG_BOOLEAN:
        hone_internal_text_append(text, hone_internal_config_as_boolean(value) ? "true" : "false");
        break;
    case HONE_CONFIG_INTEGER:
        hone_internal_text_format(text, "%" PRId64, hone_internal_config_as_integer(value));
        break;
    case HONE_CONFIG_NUMBER:
        hone_internal_number_to_text(hone_internal_config_as_number(value), number, sizeof number);
        hone_internal_text_append(text, number);
        break;
    case HONE_CONFIG_TEXT:
        if (is_plain_text(hone_internal_config_as_text(value)))
            hone_internal_text_append(text, hone_internal_config_as_text(value));
        else
            write_quoted(text, hone_internal_config_as_text(value));
        break;
    case HONE_CONFIG_LIST:
        hone_internal_text_append(text, "[");
        for (size_t i = 0; i < hone_internal_config_count(value); i++) {
            if (i > 0)
                hone_internal_text_append(text, ", ");
            write_value(text, hone_internal_config_at(value, i));
        }
        hone_internal_text_append(text, "]");
        break;
    case HONE_CONFIG_MAP: /* no field has one */ break;
    }
}

/* The value of a field that holds a spec or an object; *written is false for other fields. */
static hone_status write_spec_field(hone_text *text, const hone_field *field, const hone_config *value,
                                    bool *written)
{
    const char *family = hone_internal_field_family(field);
    char *spec;

    *written = family != NULL;
    if (!family)
        return HONE_OK;
    spec = hone_internal_spec_from_config(family, value);
    if (!spec)
        return hone_error_status();
    hone_internal_text_append(text, spec);
    hone_internal_free(spec);
    return HONE_OK;
}

static hone_status write_field(hone_text *text, const hone_field *field, const void *args)
{
    hone_config *value = hone_internal_field_to_config(field, args);
    hone_status status;
    bool written;

    if (!value)
        return hone_error_status();
    status = write_spec_field(text, field, value, &written);
    if (status == HONE_OK && !written)
        write_value(text, value);
    hone_internal_config_free(value);
    return status;
}

/* "name(a=1, b=2)"; a schedule beside a number is written under the number's name. */
static hone_status write_spec(hone_text *text, const hone_type *type, const void *args)
{
    static const char suffix[] = "_schedule";
    bool any = false;

    hone_internal_text_append(text, type->name);
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        const char *key = hone_internal_field_key(field);
        size_t length = strlen(key);
        bool schedule = field->kind == HONE_FIELD_SCHEDULE;
        if (field->unsaved && !schedule && field->kind != HONE_FIELD_NUMBERS)
            continue;
        if (hone_internal_field_in_place(type, field, args))
            continue;
        if (hone_internal_field_equal(field, args, type->defaults))
            continue;
        if (schedule && length > strlen(suffix))
            length -= strlen(suffix);
        hone_internal_text_format(text, "%s%.*s=", any ? ", " : "(", (int)length, key);
        HONE_TRY(write_field(text, field, args));
        any = true;
    }
    if (any)
        hone_internal_text_append(text, ")");
    return text->failed ? hone_error_status() : HONE_OK;
}

char *hone_internal_spec_to_text(const hone_type *type, const void *args)
{
    hone_text text = {.data = NULL};

    if (write_spec(&text, type, args) == HONE_OK)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}
