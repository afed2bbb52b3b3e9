/* Fields of one value: true or false, an integer, a number, a text. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/field_kinds.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_status plain_copy(const hone_field *field, const void *from, void *to)
{
    memcpy(to, from, hone_internal_field_row(field)->bytes);
    return HONE_OK;
}

static bool plain_equal(const hone_field *field, const void *a, const void *b)
{
    return memcmp(a, b, hone_internal_field_row(field)->bytes) == 0;
}

/* ---- Booleans ---- */

static bool boolean_none(const hone_field *field, const void *value)
{
    (void)field;
    (void)value;
    return false;
}

static hone_status boolean_read(const hone_field *field, const hone_config *config, void *value)
{
    if (!hone_internal_config_is(config, HONE_CONFIG_BOOLEAN))
        return hone_internal_field_wrong_kind(field, config, "true or false");
    *(bool *)value = hone_internal_config_as_boolean(config);
    return HONE_OK;
}

static hone_config *boolean_write(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_config_boolean(*(const bool *)value);
}

/* ---- Integers ---- */

static bool integer_none(const hone_field *field, const void *value)
{
    (void)field;
    return *(const int64_t *)value == HONE_NONE_INTEGER;
}

const hone_config *hone_internal_field_unwrap(const hone_config *config)
{
    static const struct {
        const char *class_name, *key;
    } wrappers[] = {{"SeedGenerator", "seed"}, {"__tensor__", "value"}, {"__numpy__", "value"}};
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    const hone_config *inside;

    for (size_t i = 0; class_name && i < sizeof wrappers / sizeof *wrappers; i++) {
        inside = hone_internal_config_get(hone_internal_config_get(config, "config"), wrappers[i].key);
        if (strcmp(class_name, wrappers[i].class_name) == 0 && inside)
            return inside;
    }
    return config;
}

/* An integer that is written with more digits than fit is a number. */
static hone_status wrong_integer(const hone_field *field, const hone_config *config)
{
    double number = hone_internal_config_is(config, HONE_CONFIG_NUMBER)
                        ? hone_internal_config_as_number(config)
                        : (double)NAN;
    if (!(fabs(number) >= 0x1p63) || isinf(number))
        return hone_internal_field_wrong_kind(field, config, "an integer");
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %.17g", field->name,
                     number > 0 ? "at most 9223372036854775807" : "at least -9223372036854775807", number);
}

static hone_status integer_read(const hone_field *field, const hone_config *config, void *value)
{
    const hone_config *inside = hone_internal_field_unwrap(config);

    if (!hone_internal_config_present(inside))
        *(int64_t *)value = HONE_NONE_INTEGER;
    else if (hone_internal_config_is(inside, HONE_CONFIG_INTEGER))
        *(int64_t *)value = hone_internal_config_as_integer(inside);
    else
        return wrong_integer(field, inside);
    return HONE_OK;
}

static hone_config *integer_write(const hone_field *field, const void *value)
{
    return integer_none(field, value) ? hone_internal_config_null()
                                      : hone_internal_config_integer(*(const int64_t *)value);
}

static hone_status integer_check(const hone_field *field, const void *value)
{
    return hone_internal_field_check_integer(field, field->name, *(const int64_t *)value);
}

/* ---- Numbers ---- */

static bool number_none(const hone_field *field, const void *value)
{
    (void)field;
    return isnan(*(const double *)value);
}

static bool number_equal(const hone_field *field, const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    (void)field;
    return x == y || (isnan(x) && isnan(y));
}

bool hone_internal_field_number(const hone_config *config, double *number)
{
    *number = hone_internal_config_as_number(config);
    if (hone_internal_config_is_numeric(config))
        return true;
    return hone_internal_config_is(config, HONE_CONFIG_TEXT) &&
           strchr(hone_internal_config_as_text(config), '/') &&
           hone_internal_text_to_number(hone_internal_config_as_text(config), true, number);
}

static hone_status read_number(const hone_field *field, const hone_config *config, double *number)
{
    if (!hone_internal_field_number(hone_internal_field_unwrap(config), number))
        return hone_internal_field_wrong_kind(field, config, "a number");
    if (isnan(*number))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a number", field->name);
    return HONE_OK;
}

static hone_status number_read(const hone_field *field, const hone_config *config, void *value)
{
    *(double *)value = HONE_NONE;
    return !hone_internal_config_present(config) ? HONE_OK : read_number(field, config, value);
}

static hone_config *number_write(const hone_field *field, const void *value)
{
    return number_none(field, value) ? hone_internal_config_null()
                                     : hone_internal_config_number(*(const double *)value);
}

static hone_status number_check(const hone_field *field, const void *value)
{
    return hone_internal_field_check_number(field, field->name, *(const double *)value);
}

/* ---- Texts ---- */

const char *hone_internal_field_text(const void *value)
{
    return *(const char *const *)value;
}

bool hone_internal_text_field_none(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_field_text(value) == NULL;
}

static bool text_equal(const hone_field *field, const void *a, const void *b)
{
    const char *x = hone_internal_field_text(a), *y = hone_internal_field_text(b);

    (void)field;
    return x == y || (x && y && strcmp(x, y) == 0);
}

hone_status hone_internal_field_copy_text(const char *from, void *to)
{
    char *copy = hone_internal_copy_text(from);

    memcpy(to, &copy, sizeof copy);
    return from && !copy ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_text_field_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    return hone_internal_field_copy_text(hone_internal_field_text(from), to);
}

void hone_internal_text_field_release(const hone_field *field, void *value)
{
    char *text;

    (void)field;
    memcpy(&text, value, sizeof text);
    hone_internal_free(text);
    memset(value, 0, sizeof text);
}

/* "0.5", "True" of a field that holds numbers and lists as texts. */
static hone_status number_to_text(const hone_config *config, void *value)
{
    char text[64];
    if (hone_internal_config_is(config, HONE_CONFIG_BOOLEAN))
        return hone_internal_field_copy_text(hone_internal_config_as_boolean(config) ? "True" : "False",
                                             value);
    if (hone_internal_config_is(config, HONE_CONFIG_INTEGER))
        snprintf(text, sizeof text, "%lld", (long long)hone_internal_config_as_integer(config));
    else
        hone_internal_number_to_text(hone_internal_config_as_number(config), text, sizeof text);
    return hone_internal_field_copy_text(text, value);
}

static hone_status text_read(const hone_field *field, const hone_config *config, void *value)
{
    bool literal = field->specs != NULL && strcmp(field->specs, HONE_LITERAL) == 0;
    if (literal &&
        (hone_internal_config_is_numeric(config) || hone_internal_config_is(config, HONE_CONFIG_BOOLEAN)))
        return number_to_text(config, value);
    if (field->integer_too && hone_internal_config_is(config, HONE_CONFIG_INTEGER)) {
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", (long long)hone_internal_config_as_integer(config));
        return hone_internal_field_copy_text(digits, value);
    }
    if (!hone_internal_config_present(config))
        return hone_internal_field_copy_text(NULL, value);
    if (!hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return hone_internal_field_wrong_kind(field, config, "a string");
    return hone_internal_field_copy_text(hone_internal_config_as_text(config), value);
}

static hone_config *text_write(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_config_text(hone_internal_field_text(value));
}

bool hone_internal_field_among(const char *names, const char *name)
{
    size_t length = strlen(name);

    while (names) {
        if (strcspn(names, "|") == length && strncmp(names, name, length) == 0)
            return true;
        names = strchr(names, '|');
        if (names)
            names++;
    }
    return false;
}

static hone_status text_check(const hone_field *field, const void *value)
{
    char choices[512];

    if (!field->choices || hone_internal_field_among(field->choices, hone_internal_field_text(value)))
        return HONE_OK;
    hone_internal_field_choices(field->choices, true, choices, sizeof choices);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not \"%.100s\"", field->name, choices,
                     hone_internal_field_text(value));
}

const hone_field_row hone_internal_boolean_field = {
    .label = "true or false",
    .bytes = sizeof(bool),
    .none = boolean_none,
    .equal = plain_equal,
    .copy = plain_copy,
    .release = hone_internal_field_keep,
    .read = boolean_read,
    .write = boolean_write,
    .check = hone_internal_field_no_check,
};
const hone_field_row hone_internal_integer_field = {
    .label = "integer",
    .bytes = sizeof(int64_t),
    .none = integer_none,
    .equal = plain_equal,
    .copy = plain_copy,
    .release = hone_internal_field_keep,
    .read = integer_read,
    .write = integer_write,
    .check = integer_check,
};
const hone_field_row hone_internal_number_field = {
    .label = "number",
    .bytes = sizeof(double),
    .none = number_none,
    .equal = number_equal,
    .copy = plain_copy,
    .release = hone_internal_field_keep,
    .read = number_read,
    .write = number_write,
    .check = number_check,
};
const hone_field_row hone_internal_text_field = {
    .label = "string",
    .bytes = sizeof(char *),
    .owns = true,
    .none = hone_internal_text_field_none,
    .equal = text_equal,
    .copy = hone_internal_text_field_copy,
    .release = hone_internal_text_field_release,
    .read = text_read,
    .write = text_write,
    .check = text_check,
};
