/* File names with numbers in them, as Python's str.format. */
#include "callbacks/template.h"
#include "base/decimal.h"
#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 448, MOST_DIGITS = 30, MOST_WIDTH = 200 };

/* What stands after the colon. */
typedef struct specification {
    char fill, align, sign, type; /* 0: not given */
    int width, precision;         /* precision -1: not given */
} specification;

/* ---- reading ---- */

static bool is_align(char letter)
{
    return letter != '\0' && strchr("<>^=", letter) != NULL;
}

/* A number of at most `most`, or -1 when it is larger. */
static int read_digits(const char **text, int most)
{
    int number = 0;
    for (; isdigit((unsigned char)**text); (*text)++)
        if (number >= 0 && (number = number * 10 + (**text - '0')) > most)
            number = -1;
    return number;
}

static bool read_specification(const char *text, const char *end, specification *found)
{
    *found = (specification){.fill = ' ', .precision = -1};
    if (text < end && is_align(text[1]) && text + 1 < end) {
        found->fill = text[0];
        found->align = text[1];
        text += 2;
    } else if (text < end && is_align(*text)) {
        found->align = *text++;
    }
    if (text < end && strchr("+- ", *text) != NULL)
        found->sign = *text++;
    if (text < end && *text == '0') {
        if (found->align == 0) {
            found->fill = '0';
            found->align = '=';
        }
        text++;
    }
    found->width = read_digits(&text, MOST_WIDTH);
    if (text < end && *text == '.') {
        text++;
        if (!isdigit((unsigned char)*text))
            return false;
        found->precision = read_digits(&text, MOST_DIGITS);
        if (found->precision < 0)
            return false;
    }
    if (text < end && strchr("deEfFgG%", *text) != NULL)
        found->type = *text++;
    return text == end && found->width >= 0;
}

/* One {field} that starts at `text`, a brace; NULL when it is broken. Gives what follows. */
static const char *read_field(const char *text, const char **name, size_t *length, specification *found)
{
    const char *end = strchr(text, '}');
    if (end == NULL)
        return NULL;
    const char *colon = memchr(text, ':', (size_t)(end - text));
    *name = text + 1;
    *length = (size_t)((colon != NULL ? colon : end) - *name);
    if (*length == 0 || memchr(*name, '{', *length) != NULL)
        return NULL;
    const char *start = colon != NULL ? colon + 1 : end;
    return read_specification(start, end, found) ? end + 1 : NULL;
}

/* ---- numbers ---- */

/* %g: scientific when the exponent is below -4 or not below the precision; zeros at the end are dropped.
 * Without a type, `pointed`, a digit stands after the point: "3.0". */
static void write_general(double number, int precision, bool pointed, char *buffer, size_t size)
{
    int digits = precision == 0 ? 1 : precision;
    hone_internal_decimal_scientific(number, digits - 1, buffer, size);
    char *mark = strchr(buffer, 'e');
    if (mark == NULL)
        return; /* nan, inf */
    int exponent = atoi(mark + 1);
    char tail[16] = "";
    if (exponent >= -4 && exponent < digits - pointed)
        hone_internal_decimal_fixed(number, digits - 1 - exponent, buffer, size);
    else {
        snprintf(tail, sizeof tail, "%s", mark);
        *mark = '\0';
    }
    size_t length = strlen(buffer);
    if (strchr(buffer, '.') != NULL) {
        while (buffer[length - 1] == '0')
            length--;
        if (buffer[length - 1] == '.')
            length--;
    }
    bool whole = pointed && tail[0] == '\0' && memchr(buffer, '.', length) == NULL;
    snprintf(buffer + length, size - length, "%s", whole ? ".0" : tail);
}

static void upper(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)toupper((unsigned char)*text);
}

/* The number without its sign. */
static void write_number(double number, bool whole, const specification *how, char *buffer, size_t size)
{
    int precision = how->precision < 0 ? 6 : how->precision;
    char type = how->type != 0 ? how->type : whole ? 'd' : how->precision < 0 ? 'r' : 'p';
    switch (type) {
    case 'd': snprintf(buffer, size, "%" PRId64, (int64_t)number); break;
    case 'r': hone_internal_number_to_text(number, buffer, size); break;
    case 'f':
    case 'F': hone_internal_decimal_fixed(number, precision, buffer, size); break;
    case 'e':
    case 'E': hone_internal_decimal_scientific(number, precision, buffer, size); break;
    case '%':
        hone_internal_decimal_fixed(number * 100, precision, buffer, size - 1);
        snprintf(buffer + strlen(buffer), 2, "%%");
        break;
    default: write_general(number, precision, type == 'p', buffer, size);
    }
    if (type == 'F' || type == 'E' || type == 'G')
        upper(buffer);
}

static void repeat(hone_text *text, char letter, int times)
{
    for (int i = 0; i < times; i++)
        hone_internal_text_append_n(text, &letter, 1);
}

static void write_value(const hone_template_value *value, const specification *how, hone_text *text)
{
    char number[LONGEST_NUMBER];
    bool negative = signbit(value->number) && !isnan(value->number);
    write_number(fabs(value->number), value->whole, how, number, sizeof number);
    const char *sign = negative ? "-" : how->sign == '+' ? "+" : how->sign == ' ' ? " " : "";
    int missing = how->width - (int)(strlen(sign) + strlen(number));
    int before = missing <= 0 || how->align == '<' ? 0 : how->align == '^' ? missing / 2 : missing;
    if (how->align != '=')
        repeat(text, how->fill, before);
    hone_internal_text_append(text, sign);
    if (how->align == '=')
        repeat(text, how->fill, before);
    hone_internal_text_append(text, number);
    repeat(text, how->fill, missing - before);
}

/* ---- filling ---- */

static hone_status fail_unknown(const char *name, size_t length, const hone_template_value *values,
                                size_t count)
{
    hone_text known = {0};
    for (size_t i = 0; i < count; i++)
        hone_internal_text_format(&known, "%s%s", i == 0 ? "" : ", ", values[i].name);
    hone_status status =
        hone_fail(HONE_ERROR_NAME, "the file name uses the unknown metric \"%.*s\"; available metrics: %s",
                  (int)length, name, known.data != NULL ? known.data : "none");
    hone_internal_text_free(&known);
    return status;
}

static hone_status write_field(const char *name, size_t length, const specification *how,
                               const hone_template_value *values, size_t count, hone_text *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(values[i].name) != length || strncmp(values[i].name, name, length) != 0)
            continue;
        bool wrong = values[i].whole ? how->type == 0 && how->precision >= 0 : how->type == 'd';
        wrong = wrong || (how->type == 'd' && how->precision >= 0);
        if (wrong)
            return hone_fail(HONE_ERROR_ARGUMENT, "the format of {%s} does not fit: it is %s", values[i].name,
                             values[i].whole ? "an integer, such as {epoch:02d}"
                                             : "not an integer, such as {val_loss:.2f}");
        write_value(&values[i], how, text);
        return HONE_OK;
    }
    return fail_unknown(name, length, values, count);
}

/* `text` NULL: only reads. */
static hone_status fill(const char *pattern, const hone_template_value *values, size_t count, hone_text *text)
{
    for (const char *next = pattern; *next != '\0';) {
        const char *name;
        size_t length = strcspn(next, "{}");
        if (text != NULL)
            hone_internal_text_append_n(text, next, length);
        next += length;
        if (*next == '\0')
            break;
        if (next[1] == *next) {
            if (text != NULL)
                hone_internal_text_append_n(text, next, 1);
            next += 2;
            continue;
        }
        specification how;
        next = *next == '{' ? read_field(next, &name, &length, &how) : NULL;
        if (next == NULL)
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "\"%s\": braces hold a name and a format, such as {epoch:02d} and "
                             "{val_loss:.2f}; "
                             "write {{ for a brace",
                             pattern);
        if (text != NULL)
            HONE_TRY(write_field(name, length, &how, values, count, text));
    }
    return text != NULL && text->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_template_fill(const char *pattern, const hone_template_value *values, size_t count,
                                        hone_text *text)
{
    return fill(pattern, values, count, text);
}

hone_status hone_internal_template_check(const char *pattern)
{
    return fill(pattern, NULL, 0, NULL);
}
