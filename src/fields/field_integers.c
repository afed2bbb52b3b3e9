/* Fields that hold sizes or axes, at most HONE_MAX_RANK of them, in an array; and what lists of configs
 * share. */
#include "base/error.h"
#include "fields/field_kinds.h"
#include <stdio.h>
#include <string.h>

/* The items of a config: of a list, or the config itself. */
size_t hone_internal_field_items(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_LIST) ? hone_internal_config_count(config)
           : !hone_internal_config_present(config)           ? 0
                                                             : 1;
}

const hone_config *hone_internal_field_item(const hone_config *config, size_t i)
{
    return hone_internal_config_is(config, HONE_CONFIG_LIST) ? hone_internal_config_at(config, i) : config;
}

hone_status hone_internal_field_wrong_item(const hone_field *field, size_t i, const hone_config *item,
                                           const char *expected)
{
    char received[64];

    hone_internal_config_describe(item, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] must be %s, not %s", field->name, i, expected, received);
}

/* Without an end mark the compiler has filled the list up with zeros. */
size_t hone_internal_field_count_integers(const int64_t *integers, size_t most)
{
    size_t count = 0;

    while (count < most && integers[count] != HONE_NONE_INTEGER)
        count++;
    if (count == most)
        while (count > 1 && integers[count - 1] == 0)
            count--;
    return count;
}

static bool integers_none(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_field_count_integers(value, HONE_MAX_RANK) == 0;
}

static bool integers_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = hone_internal_field_count_integers(a, HONE_MAX_RANK);

    (void)field;
    return count == hone_internal_field_count_integers(b, HONE_MAX_RANK) &&
           memcmp(a, b, count * sizeof(int64_t)) == 0;
}

/* What lies beyond the end may be anything, so it is made "none". */
static hone_status integers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = hone_internal_field_count_integers(from, HONE_MAX_RANK);

    (void)field;
    memcpy(to, from, count * sizeof(int64_t));
    for (size_t i = count; i < HONE_MAX_RANK; i++)
        ((int64_t *)to)[i] = HONE_NONE_INTEGER;
    return HONE_OK;
}

static hone_status integers_read(const hone_field *field, const hone_config *config, void *value)
{
    int64_t *integers = value;
    size_t count = hone_internal_field_items(config);

    for (size_t i = 0; i < HONE_MAX_RANK; i++)
        integers[i] = HONE_NONE_INTEGER;
    if (!hone_internal_config_is(config, HONE_CONFIG_LIST) && hone_internal_config_present(config) &&
        !(hone_internal_config_is(config, HONE_CONFIG_INTEGER) && field->scalar_or_list))
        return hone_internal_field_wrong_kind(
            field, config, field->scalar_or_list ? "an integer or a list of integers" : "a list of integers");
    if (count > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must have at most %d items, not %zu", field->name,
                         HONE_MAX_RANK, count);
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = hone_internal_field_item(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_INTEGER) && hone_internal_config_present(item))
            return hone_internal_field_wrong_item(field, i, item, "an integer");
        if (hone_internal_config_is(item, HONE_CONFIG_INTEGER) &&
            hone_internal_config_as_integer(item) == HONE_NONE_INTEGER)
            return hone_internal_field_wrong_item(field, i, item, "an integer in range");
        integers[i] = !hone_internal_config_present(item) ? HONE_ANY : hone_internal_config_as_integer(item);
    }
    return HONE_OK;
}

static hone_config *write_integer_item(int64_t integer)
{
    return integer == HONE_ANY ? hone_internal_config_null() : hone_internal_config_integer(integer);
}

/* Adds an item to a list; frees the list when that fails, and then returns NULL, as for a NULL list. */
hone_config *hone_internal_field_with_item(hone_config *list, hone_config *item)
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
    size_t count = hone_internal_field_count_integers(value, HONE_MAX_RANK);
    hone_config *list;

    if (count == 0 && !field->always_list)
        return hone_internal_config_null();
    if (count == 1 && field->scalar_or_list && !field->always_list)
        return hone_internal_config_integer(integers[0]);
    list = hone_internal_config_list();
    for (size_t i = 0; list && i < count; i++)
        list = hone_internal_field_with_item(list, field->scalar_or_list && !field->sizes
                                                       ? hone_internal_config_integer(integers[i])
                                                       : write_integer_item(integers[i]));
    return list;
}

static hone_status integers_check(const hone_field *field, const void *value)
{
    const int64_t *integers = value;
    size_t count = hone_internal_field_count_integers(value, HONE_MAX_RANK);
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(hone_internal_field_check_integer(field, what, integers[i]));
    }
    return HONE_OK;
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
