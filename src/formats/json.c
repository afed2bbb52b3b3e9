/* JSON text to a config tree: JSON's grammar, and the bare words that Python writes for numbers that are not
 * finite. */
#include "formats/formats.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

typedef struct json_reader {
    const char *label, *text;
    size_t length, at;
    size_t depth, values;
    size_t placed; /* up to here line and column are counted */
    int line, column;
    bool twice; /* a key came twice */
} json_reader;

/* ---- places ---- */

/* Columns count characters: a byte within one (10xxxxxx) is none. */
static void count_to(json_reader *reader, size_t to)
{
    for (; reader->placed < to && reader->placed < reader->length; reader->placed++) {
        unsigned char byte = (unsigned char)reader->text[reader->placed];
        if (byte == '\n') {
            reader->line++;
            reader->column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            reader->column++;
        }
    }
}

static hone_status fail_at(const json_reader *reader, size_t at, const char *what)
{
    json_reader place = {.text = reader->text, .length = reader->length, .line = 1, .column = 1};
    count_to(&place, at);
    return hone_fail(HONE_ERROR_FORMAT, "%s: line %d, column %d: %s", reader->label, place.line, place.column,
                     what);
}

static void forget_places(hone_config *config)
{
    hone_internal_config_set_place(config, (hone_config_place){.line = 0});
    for (size_t i = 0; i < hone_internal_config_count(config); i++)
        forget_places(hone_internal_config_at_mutable(config, i));
}

/* ---- bytes ---- */

/* The byte that comes next; '\0' at the end, and for a byte 0, which is refused wherever it stands. */
static char peek(const json_reader *reader)
{
    return reader->at < reader->length ? reader->text[reader->at] : '\0';
}

static void skip_space(json_reader *reader)
{
    while (peek(reader) != '\0' && strchr(" \t\r\n", peek(reader)) != NULL)
        reader->at++;
}

static bool take(json_reader *reader, char byte)
{
    skip_space(reader);
    if (peek(reader) != byte)
        return false;
    reader->at++;
    return true;
}

/* ---- strings ---- */

/* The four digits of \uXXXX; -1: there are no such four. */
static int32_t take_hex(json_reader *reader)
{
    static const char digits[] = "00112233445566778899aAbBcCdDeEfF"; /* a digit's number is half its place */
    int32_t code = 0;
    for (int i = 0; i < 4; i++) {
        const char *digit = peek(reader) != '\0' ? strchr(digits, peek(reader)) : NULL;
        if (digit == NULL)
            return -1;
        code = code * 16 + (int32_t)((digit - digits) / 2);
        reader->at++;
    }
    return code;
}

static void append_character(hone_text *text, uint32_t code)
{
    char bytes[4];
    size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = count; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(first[count] | code);
    hone_internal_text_append_n(text, bytes, count);
}

/* What stands behind \u: a character of its own, or the first half of a pair: D800 to DBFF, then \uDC00 to
 * \uDFFF. */
static hone_status take_unicode(json_reader *reader, size_t start, hone_text *text)
{
    int32_t code = take_hex(reader), low = 0;
    if (code < 0)
        return fail_at(reader, start, "\\u needs four hexadecimal digits");
    if (code == 0)
        return fail_at(reader, start, "a string contains the character U+0000");
    if (code >= 0xd800 && code <= 0xdbff && reader->at + 1 < reader->length &&
        memcmp(reader->text + reader->at, "\\u", 2) == 0) {
        reader->at += 2;
        low = take_hex(reader);
    }
    if (code >= 0xd800 && code <= 0xdfff && (code > 0xdbff || low < 0xdc00 || low > 0xdfff))
        return fail_at(reader, start, "half of a pair of surrogates stands alone");
    append_character(text, low == 0
                               ? (uint32_t)code
                               : 0x10000u + (((uint32_t)code - 0xd800u) << 10) + ((uint32_t)low - 0xdc00u));
    return HONE_OK;
}

static hone_status take_escape(json_reader *reader, hone_text *text)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    size_t start = reader->at++;
    char name = peek(reader);
    const char *known = name != '\0' ? strchr(names, name) : NULL;
    reader->at += reader->at < reader->length;
    if (name == 'u')
        return take_unicode(reader, start, text);
    if (known == NULL)
        return fail_at(reader, start,
                       "there is no such escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
    hone_internal_text_append_n(text, meanings + (known - names), 1);
    return HONE_OK;
}

/* Characters up to an escape or the end of the string. */
static hone_status take_plain(json_reader *reader, hone_text *text)
{
    size_t start = reader->at;
    while (reader->at < reader->length && reader->text[reader->at] != '"' &&
           reader->text[reader->at] != '\\') {
        uint32_t character;
        size_t bytes =
            hone_internal_utf8_next(reader->text + reader->at, reader->length - reader->at, &character);
        if (character == 0xfffd && bytes == 1)
            return fail_at(reader, reader->at, "a byte is not UTF-8");
        if (character < 0x20)
            return fail_at(reader, reader->at,
                           "a string contains a control character; JSON writes it as \\n or \\u000a");
        reader->at += bytes;
    }
    hone_internal_text_append_n(text, reader->text + start, reader->at - start);
    return HONE_OK;
}

static hone_status take_characters(json_reader *reader, hone_text *text)
{
    size_t start = reader->at++;
    while (reader->at < reader->length && reader->text[reader->at] != '"') {
        HONE_TRY(reader->text[reader->at] == '\\' ? take_escape(reader, text) : take_plain(reader, text));
        if (reader->at - start > hone_internal_limits.text_bytes)
            return fail_at(reader, start, "a string is too long");
    }
    if (reader->at == reader->length)
        return fail_at(reader, start, "a string has no end");
    reader->at++;
    return HONE_OK;
}

/* A string, from its quotation mark on; to be freed. */
static char *read_string(json_reader *reader)
{
    hone_text text = {0};
    hone_internal_text_append(&text, "");
    if (take_characters(reader, &text) >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}

/* ---- numbers and words ---- */

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* A number as JSON's grammar has it: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *word)
{
    word += *word == '-';
    size_t digits = count_digits(word);
    if (digits == 0 || (digits > 1 && *word == '0'))
        return false;
    word += digits;
    if (*word == '.') {
        digits = count_digits(word + 1);
        word += 1 + digits;
    }
    if (digits > 0 && (*word == 'e' || *word == 'E')) {
        word += word[1] == '+' || word[1] == '-' ? 2 : 1;
        digits = count_digits(word);
        word += digits;
    }
    return digits > 0 && *word == '\0';
}

/* An integer where int64 has it; infinite where a double has it not, as Python reads it. */
static hone_config *number_of(const json_reader *reader, size_t start, const char *word)
{
    int64_t integer;
    double number = 0;
    if (!is_number(word))
        return fail_at(reader, start,
                       "expected a value: a number, a string, a list, a map, true, false or null"),
               NULL;
    if (hone_internal_text_to_integer(word, &integer))
        return hone_internal_config_integer(integer);
    hone_internal_text_to_number(word, false, &number);
    return hone_internal_config_number(number);
}

static hone_config *value_of(const json_reader *reader, size_t start, const char *word)
{
    static const struct {
        const char *word;
        double number;
    } NOT_FINITE[] = {{"NaN", (double)NAN}, {"Infinity", (double)INFINITY}, {"-Infinity", -(double)INFINITY}};
    for (size_t i = 0; i < sizeof NOT_FINITE / sizeof *NOT_FINITE; i++)
        if (strcmp(word, NOT_FINITE[i].word) == 0)
            return hone_internal_config_number(NOT_FINITE[i].number);
    if (strcmp(word, "null") == 0)
        return hone_internal_config_null();
    bool yes = strcmp(word, "true") == 0;
    return yes || strcmp(word, "false") == 0 ? hone_internal_config_boolean(yes)
                                             : number_of(reader, start, word);
}

/* Of a number, or of a word as null and NaN. */
static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '+' || byte == '.';
}

static hone_config *read_word(json_reader *reader)
{
    size_t start = reader->at;
    while (is_word(peek(reader)))
        reader->at++;
    if (reader->at - start > hone_internal_limits.json_number)
        return fail_at(reader, start, "a number is too long"), NULL;
    char *word = hone_internal_copy_text_n(reader->text + start, reader->at - start);
    hone_config *value = word != NULL ? value_of(reader, start, word) : NULL;
    hone_internal_free(word);
    return value;
}

/* ---- lists and maps ---- */

static hone_config *read_value(json_reader *reader);

static hone_status read_pair(json_reader *reader, hone_config *map)
{
    skip_space(reader);
    if (peek(reader) != '"')
        return fail_at(reader, reader->at, "expected a key in double quotes");
    char *key = read_string(reader);
    hone_status status = key == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && !take(reader, ':'))
        status = fail_at(reader, reader->at, "expected ':' after a key");
    size_t count = hone_internal_config_count(map);
    if (status >= 0)
        status = hone_internal_config_set(map, key, read_value(reader));
    reader->twice |= hone_internal_config_count(map) == count;
    hone_internal_free(key);
    return status;
}

static hone_status read_items(json_reader *reader, hone_config *parent, bool is_list)
{
    const char end = is_list ? ']' : '}';
    if (take(reader, end))
        return HONE_OK;
    do
        HONE_TRY(is_list ? hone_internal_config_append(parent, read_value(reader))
                         : read_pair(reader, parent));
    while (take(reader, ','));
    return take(reader, end)
               ? HONE_OK
               : fail_at(reader, reader->at, is_list ? "expected ',' or ']'" : "expected ',' or '}'");
}

static hone_config *read_parent(json_reader *reader)
{
    bool is_list = peek(reader) == '[';
    if (reader->depth == hone_internal_limits.json_depth)
        return fail_at(reader, reader->at, "nested too deeply"), NULL;
    hone_config *parent = is_list ? hone_internal_config_list() : hone_internal_config_map();
    reader->at++;
    reader->depth++;
    if (parent != NULL && read_items(reader, parent, is_list) < 0) {
        hone_internal_config_free(parent);
        parent = NULL;
    }
    reader->depth--;
    return parent;
}

static hone_config *read_text(json_reader *reader)
{
    char *text = read_string(reader);
    hone_config *value = text != NULL ? hone_internal_config_text(text) : NULL;
    hone_internal_free(text);
    return value;
}

static hone_config *read_value(json_reader *reader)
{
    skip_space(reader);
    if (reader->values++ == hone_internal_limits.json_values)
        return fail_at(reader, reader->at, "there are too many values"), NULL;
    count_to(reader, reader->at);
    const hone_config_place place = {.line = reader->line, .column = reader->column};
    char first = peek(reader);
    hone_config *value = first == '"'                   ? read_text(reader)
                         : first == '[' || first == '{' ? read_parent(reader)
                                                        : read_word(reader);
    hone_internal_config_set_place(value, place);
    return value;
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
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* UTF-8's mark says nothing */
    json_reader reader = {
        .label = label, .text = text + mark, .length = length - mark, .line = 1, .column = 1};
    hone_config *config = read_value(&reader);
    skip_space(&reader);
    if (config != NULL && reader.at < reader.length) {
        fail_at(&reader, reader.at, "expected nothing after the value");
        hone_internal_config_free(config);
        return NULL;
    }
    if (reader.twice)
        forget_places(config);
    return config;
}
