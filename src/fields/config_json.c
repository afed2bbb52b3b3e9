/* Config trees to JSON. Recursion goes as deep as the tree. */
#include "base/text.h"
#include "fields/config.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

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
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* that needs this many bytes */
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
    bool map = hone_internal_config_is(config, HONE_CONFIG_MAP);

    hone_internal_text_append(json, map ? "{" : "[");
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        if (i > 0)
            hone_internal_text_append(json, ", ");
        if (map) {
            write_text(json, hone_internal_config_key(config, i));
            hone_internal_text_append(json, ": ");
        }
        write_json(json, hone_internal_config_at(config, i), finite_only);
    }
    hone_internal_text_append(json, map ? "}" : "]");
}

static void write_json(hone_text *json, const hone_config *config, bool finite_only)
{
    switch (hone_internal_config_kind(config)) {
    case HONE_CONFIG_NULL: hone_internal_text_append(json, "null"); break;
    case HONE_CONFIG_BOOLEAN:
        hone_internal_text_append(json, hone_internal_config_as_boolean(config) ? "true" : "false");
        break;
    case HONE_CONFIG_INTEGER:
        hone_internal_text_format(json, "%" PRId64, hone_internal_config_as_integer(config));
        break;
    case HONE_CONFIG_NUMBER: write_number(json, hone_internal_config_as_number(config), finite_only); break;
    case HONE_CONFIG_TEXT: write_text(json, hone_internal_config_as_text(config)); break;
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
