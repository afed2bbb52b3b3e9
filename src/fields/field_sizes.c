/* Fields that hold a size for each axis: of a window, of strides, of padding. The field's `items` says how
 * many axes; with `pairs` there are two for each, before and after. Given are one number for all, one for
 * each axis, or (pairs) all; held are all. */
#include "base/error.h"
#include "fields/field_kinds.h"
#include <stdio.h>
#include <string.h>

static int64_t held_count(const hone_field *field)
{
    return field->pairs ? 2 * field->items : field->items;
}

/* How many numbers the caller gave. Without an end mark the compiler has filled the list up with zeros. */
static int64_t count_given(const hone_field *field, const int64_t *sizes)
{
    int64_t count = 0;
    while (count < HONE_MAX_RANK && sizes[count] != HONE_NONE_INTEGER)
        count++;
    if (count < HONE_MAX_RANK)
        return count;
    while (count > 1 && sizes[count - 1] == 0)
        count--;
    if (count > 1 && count < field->items)
        return field->items;
    return count > field->items && count < held_count(field) ? held_count(field) : count;
}

/* The number for place i of all, out of `count` given ones. */
static int64_t size_of(const hone_field *field, const int64_t *sizes, int64_t count, int64_t i)
{
    if (count == held_count(field))
        return sizes[i];
    return sizes[count == 1 ? 0 : i / 2];
}

static bool sizes_none(const hone_field *field, const void *value)
{
    return count_given(field, value) == 0;
}

static bool sizes_equal(const hone_field *field, const void *a, const void *b)
{
    const int64_t count = count_given(field, a), others = count_given(field, b);
    if (count == 0 || others == 0)
        return count == others;
    for (int64_t i = 0; i < held_count(field); i++)
        if (size_of(field, a, count, i) != size_of(field, b, others, i))
            return false;
    return true;
}

static hone_status check_count(const hone_field *field, int64_t count)
{
    if (count <= 1 || count == field->items || count == held_count(field))
        return HONE_OK;
    if (field->items == 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %lld numbers", field->name,
                         field->pairs ? "one number or two" : "one number", (long long)count);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be one number, %d%s, not %lld", field->name,
                     (int)field->items, field->pairs ? ", or a pair for each axis" : "", (long long)count);
}

/* Out of one or some, all. */
static hone_status spread(const hone_field *field, const int64_t *sizes, int64_t count, int64_t *to)
{
    HONE_TRY(check_count(field, count));
    int64_t all[HONE_MAX_RANK];
    for (int64_t i = 0; i < HONE_MAX_RANK; i++)
        all[i] = count > 0 && i < held_count(field) ? size_of(field, sizes, count, i) : HONE_NONE_INTEGER;
    memcpy(to, all, sizeof all);
    return HONE_OK;
}

static hone_status sizes_copy(const hone_field *field, const void *from, void *to)
{
    return spread(field, from, count_given(field, from), to);
}

static hone_status read_integer(const hone_field *field, const hone_config *config, int64_t *integer)
{
    if (!hone_internal_config_is(config, HONE_CONFIG_INTEGER) ||
        hone_internal_config_as_integer(config) == HONE_NONE_INTEGER)
        return hone_internal_field_wrong_kind(field, config,
                                              field->pairs ? "an integer, or a list of integers or pairs"
                                                           : "an integer or a list of integers");
    *integer = hone_internal_config_as_integer(config);
    return HONE_OK;
}

/* A list for each axis: numbers, or lists of two. */
static hone_status read_pairs(const hone_field *field, const hone_config *config, int64_t *sizes)
{
    if ((int64_t)hone_internal_config_count(config) != field->items)
        return check_count(field, 2 * (int64_t)hone_internal_config_count(config) + 1);
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        const hone_config *item = hone_internal_config_at(config, i);
        const bool pair = hone_internal_config_is(item, HONE_CONFIG_LIST);
        if (pair && hone_internal_config_count(item) != 2)
            return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] must be one number or two, not %zu", field->name,
                             i, hone_internal_config_count(item));
        HONE_TRY(read_integer(field, pair ? hone_internal_config_at(item, 0) : item, &sizes[2 * i]));
        HONE_TRY(read_integer(field, pair ? hone_internal_config_at(item, 1) : item, &sizes[2 * i + 1]));
    }
    return spread(field, sizes, held_count(field), sizes);
}

static bool has_lists(const hone_config *config)
{
    for (size_t i = 0; i < hone_internal_config_count(config); i++)
        if (hone_internal_config_is(hone_internal_config_at(config, i), HONE_CONFIG_LIST))
            return true;
    return false;
}

static hone_status sizes_read(const hone_field *field, const hone_config *config, void *value)
{
    int64_t sizes[HONE_MAX_RANK], count = 1;
    for (int i = 0; i < HONE_MAX_RANK; i++)
        sizes[i] = ((int64_t *)value)[i] = HONE_NONE_INTEGER;
    if (!hone_internal_config_present(config))
        return HONE_OK;
    if (!hone_internal_config_is(config, HONE_CONFIG_LIST)) {
        HONE_TRY(read_integer(field, config, &sizes[0]));
        return spread(field, sizes, count, value);
    }
    if (field->pairs && has_lists(config)) {
        HONE_TRY(read_pairs(field, config, sizes));
        return spread(field, sizes, held_count(field), value);
    }
    count = (int64_t)hone_internal_config_count(config);
    HONE_TRY(check_count(field, count));
    for (int64_t i = 0; i < count; i++)
        HONE_TRY(read_integer(field, hone_internal_config_at(config, (size_t)i), &sizes[i]));
    return spread(field, sizes, count, value);
}

static bool append(hone_config *list, hone_config *item)
{
    return hone_internal_config_append(list, item) >= 0;
}

static hone_config *write_numbers(const int64_t *sizes, int64_t count)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int64_t i = 0; good && i < count; i++)
        good = append(list, hone_internal_config_integer(sizes[i]));
    if (good)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

/* As Keras writes them: a list of numbers, or of pairs; one pair alone without another list around it. */
static hone_config *sizes_write(const hone_field *field, const void *value)
{
    const int64_t count = count_given(field, value);
    int64_t sizes[HONE_MAX_RANK];
    if (count == 0)
        return hone_internal_config_null();
    if (spread(field, value, count, sizes) < 0)
        return NULL;
    if (!field->pairs || field->items == 1)
        return write_numbers(sizes, held_count(field));
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int64_t axis = 0; good && axis < field->items; axis++)
        good = append(list, write_numbers(sizes + 2 * axis, 2));
    if (good)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

static hone_status sizes_check(const hone_field *field, const void *value)
{
    const int64_t *sizes = value;
    const int64_t count = count_given(field, value);
    HONE_TRY(check_count(field, count));
    bool alike = true;
    for (int64_t i = 1; i < count; i++)
        alike = alike && sizes[i] == sizes[0];
    for (int64_t i = 0; i < count; i++) {
        char what[96];
        snprintf(what, sizeof what, alike ? "%s" : "%s[%d]", field->name, (int)i);
        HONE_TRY(hone_internal_field_check_integer(field, what, sizes[i]));
    }
    return HONE_OK;
}

const hone_field_row hone_internal_sizes_field = {
    .label = "sizes",
    .bytes = sizeof(int64_t[HONE_MAX_RANK]),
    .none = sizes_none,
    .equal = sizes_equal,
    .copy = sizes_copy,
    .release = hone_internal_field_keep,
    .read = sizes_read,
    .write = sizes_write,
    .check = sizes_check,
};
