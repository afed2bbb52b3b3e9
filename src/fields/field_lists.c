/* Fields that hold a list: of integers, numbers or texts. */
#include "base/error.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The items of a config: of a list, or the config itself. */
static size_t item_count(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_LIST) ? hone_internal_config_count(config)
           : !hone_internal_config_present(config)           ? 0
                                                             : 1;
}

static const hone_config *item_of(const hone_config *config, size_t i)
{
    return hone_internal_config_is(config, HONE_CONFIG_LIST) ? hone_internal_config_at(config, i) : config;
}

static hone_status check_count(const hone_field *field, size_t count, size_t most)
{
    if (count <= most)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must have at most %zu items, not %zu", field->name, most,
                     count);
}

static hone_status wrong_item(const hone_field *field, size_t i, const hone_config *item,
                              const char *expected)
{
    char received[64];

    hone_internal_config_describe(item, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] must be %s, not %s", field->name, i, expected, received);
}

/* Without an end mark the compiler has filled the list up with zeros. */
static size_t count_integers(const void *value)
{
    const int64_t *integers = value;
    size_t count = 0;

    while (count < HONE_MAX_RANK && integers[count] != HONE_NONE_INTEGER)
        count++;
    if (count == HONE_MAX_RANK)
        while (count > 1 && integers[count - 1] == 0)
            count--;
    return count;
}

static bool integers_none(const hone_field *field, const void *value)
{
    (void)field;
    return count_integers(value) == 0;
}

static bool integers_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = count_integers(a);

    (void)field;
    return count == count_integers(b) && memcmp(a, b, count * sizeof(int64_t)) == 0;
}

/* What lies beyond the end may be anything, so it is made "none". */
static hone_status integers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_integers(from);

    (void)field;
    memcpy(to, from, count * sizeof(int64_t));
    for (size_t i = count; i < HONE_MAX_RANK; i++)
        ((int64_t *)to)[i] = HONE_NONE_INTEGER;
    return HONE_OK;
}

static hone_status integers_read(const hone_field *field, const hone_config *config, void *value)
{
    int64_t *integers = value;
    size_t count = item_count(config);

    for (size_t i = 0; i < HONE_MAX_RANK; i++)
        integers[i] = HONE_NONE_INTEGER;
    if (!hone_internal_config_is(config, HONE_CONFIG_LIST) && hone_internal_config_present(config) &&
        !(hone_internal_config_is(config, HONE_CONFIG_INTEGER) && field->scalar_or_list))
        return hone_internal_field_wrong_kind(
            field, config, field->scalar_or_list ? "an integer or a list of integers" : "a list of integers");
    HONE_TRY(check_count(field, count, HONE_MAX_RANK));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_INTEGER) && hone_internal_config_present(item))
            return wrong_item(field, i, item, "an integer");
        if (hone_internal_config_is(item, HONE_CONFIG_INTEGER) &&
            hone_internal_config_as_integer(item) == HONE_NONE_INTEGER)
            return wrong_item(field, i, item, "an integer in range");
        integers[i] = !hone_internal_config_present(item) ? HONE_ANY : hone_internal_config_as_integer(item);
    }
    return HONE_OK;
}

static hone_config *write_integer_item(int64_t integer)
{
    return integer == HONE_ANY ? hone_internal_config_null() : hone_internal_config_integer(integer);
}

/* Adds an item to a list; frees the list when that fails, and then returns NULL, as for a NULL list. */
static hone_config *with_item(hone_config *list, hone_config *item)
{
    if (!list) {
        hone_internal_config_free(item);
        return NULL;
    }
    if (hone_internal_config_append(list, item) == HONE_OK)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

/* In axes or sizes -1 is a number; in a shape, which is never one plain integer, it is "any". */
static hone_config *integers_write(const hone_field *field, const void *value)
{
    const int64_t *integers = value;
    size_t count = count_integers(value);
    hone_config *list;

    if (count == 0 && !field->always_list)
        return hone_internal_config_null();
    if (count == 1 && field->scalar_or_list && !field->always_list)
        return hone_internal_config_integer(integers[0]);
    list = hone_internal_config_list();
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, field->scalar_or_list ? hone_internal_config_integer(integers[i])
                                                     : write_integer_item(integers[i]));
    return list;
}

static hone_status integers_check(const hone_field *field, const void *value)
{
    const int64_t *integers = value;
    size_t count = count_integers(value);
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(hone_internal_field_check_integer(field, what, integers[i]));
    }
    return HONE_OK;
}

static size_t count_numbers(const void *value)
{
    const double *numbers = value;
    size_t count = 0;

    while (count < HONE_MAX_NUMBERS && !isnan(numbers[count]))
        count++;
    if (count == HONE_MAX_NUMBERS)
        while (count > 1 && numbers[count - 1] == 0)
            count--;
    return count;
}

static bool numbers_none(const hone_field *field, const void *value)
{
    (void)field;
    return count_numbers(value) == 0;
}

static bool numbers_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = count_numbers(a);

    (void)field;
    if (count != count_numbers(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (((const double *)a)[i] != ((const double *)b)[i])
            return false;
    return true;
}

static hone_status numbers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_numbers(from);

    (void)field;
    memcpy(to, from, count * sizeof(double));
    for (size_t i = count; i < HONE_MAX_NUMBERS; i++)
        ((double *)to)[i] = HONE_NONE;
    return HONE_OK;
}

static hone_status numbers_read(const hone_field *field, const hone_config *config, void *value)
{
    double *numbers = value;
    size_t count = item_count(config);

    for (size_t i = 0; i < HONE_MAX_NUMBERS; i++)
        numbers[i] = HONE_NONE;
    HONE_TRY(check_count(field, count, HONE_MAX_NUMBERS));
    for (size_t i = 0; i < count; i++) {
        if (!hone_internal_field_number(item_of(config, i), &numbers[i]) || isnan(numbers[i]))
            return wrong_item(field, i, item_of(config, i), "a number");
    }
    return HONE_OK;
}

static hone_config *numbers_write(const hone_field *field, const void *value)
{
    size_t count = count_numbers(value);
    hone_config *list = count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, hone_internal_config_number(((const double *)value)[i]));
    return list;
}

static hone_status numbers_check(const hone_field *field, const void *value)
{
    size_t count = count_numbers(value);
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(hone_internal_field_check_number(field, what, ((const double *)value)[i]));
    }
    return HONE_OK;
}

static const char *text_item(const void *value, size_t i)
{
    return ((const char *const *)value)[i];
}

static size_t count_texts(const void *value)
{
    size_t count = 0;

    while (count < HONE_MAX_TEXTS && text_item(value, count))
        count++;
    return count;
}

static bool texts_none(const hone_field *field, const void *value)
{
    (void)field;
    return count_texts(value) == 0;
}

static bool texts_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = count_texts(a);

    (void)field;
    if (count != count_texts(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(text_item(a, i), text_item(b, i)) != 0)
            return false;
    return true;
}

static hone_status texts_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_texts(from);

    (void)field;
    for (size_t i = 0; i < count; i++)
        HONE_TRY(hone_internal_field_copy_text(text_item(from, i), (char *)to + i * sizeof(char *)));
    return HONE_OK;
}

static void texts_release(const hone_field *field, void *value)
{
    for (size_t i = 0; i < HONE_MAX_TEXTS; i++)
        hone_internal_text_field_release(field, (char *)value + i * sizeof(char *));
}

static hone_status texts_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);

    HONE_TRY(check_count(field, count, HONE_MAX_TEXTS));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_TEXT))
            return wrong_item(field, i, item, "a text");
        HONE_TRY(hone_internal_field_copy_text(hone_internal_config_as_text(item),
                                               (char *)value + i * sizeof(char *)));
    }
    return HONE_OK;
}

static hone_config *texts_write(const hone_field *field, const void *value)
{
    size_t count = count_texts(value);
    hone_config *list = count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, hone_internal_config_text(text_item(value, i)));
    return list;
}

const hone_field_row hone_internal_integers_field = {
    .label = "integers",
    .bytes = sizeof(int64_t[HONE_MAX_RANK]),
    .none = integers_none,
    .equal = integers_equal,
    .copy = integers_copy,
    .release = hone_internal_field_keep,
    .read = integers_read,
    .write = integers_write,
    .check = integers_check,
};
const hone_field_row hone_internal_numbers_field = {
    .label = "numbers",
    .bytes = sizeof(double[HONE_MAX_NUMBERS]),
    .none = numbers_none,
    .equal = numbers_equal,
    .copy = numbers_copy,
    .release = hone_internal_field_keep,
    .read = numbers_read,
    .write = numbers_write,
    .check = numbers_check,
};
const hone_field_row hone_internal_texts_field = {
    .label = "texts",
    .bytes = sizeof(char *[HONE_MAX_TEXTS]),
    .owns = true,
    .none = texts_none,
    .equal = texts_equal,
    .copy = texts_copy,
    .release = texts_release,
    .read = texts_read,
    .write = texts_write,
    .check = hone_internal_field_no_check,
};
