/* Fields that hold a list: sizes or axes, which are at most HONE_MAX_RANK, in an array; numbers, ids and
 * texts, of any length. The copies of ours have their items in memory of their own. */
#include "base/error.h"
#include "base/limits.h"
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

static hone_status wrong_item(const hone_field *field, size_t i, const hone_config *item,
                              const char *expected)
{
    char received[64];

    hone_internal_config_describe(item, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] must be %s, not %s", field->name, i, expected, received);
}

/* Without an end mark the compiler has filled the list up with zeros. */
static size_t count_integers(const int64_t *integers, size_t most)
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
    return count_integers(value, HONE_MAX_RANK) == 0;
}

static bool integers_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = count_integers(a, HONE_MAX_RANK);

    (void)field;
    return count == count_integers(b, HONE_MAX_RANK) && memcmp(a, b, count * sizeof(int64_t)) == 0;
}

/* What lies beyond the end may be anything, so it is made "none". */
static hone_status integers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_integers(from, HONE_MAX_RANK);

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
    if (count > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must have at most %d items, not %zu", field->name,
                         HONE_MAX_RANK, count);
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
    size_t count = count_integers(value, HONE_MAX_RANK);
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

static hone_status check_integers(const hone_field *field, const int64_t *integers, size_t count)
{
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(hone_internal_field_check_integer(field, what, integers[i]));
    }
    return HONE_OK;
}

static hone_status integers_check(const hone_field *field, const void *value)
{
    return check_integers(field, value, count_integers(value, HONE_MAX_RANK));
}

/* ---- Lists of any length: an array for braces, then HONE_DECLARE_NUMBERS's name_list and name_count ---- */

typedef struct numbers_member {
    double first[HONE_MAX_NUMBERS];
    const double *list;
    size_t count;
} numbers_member;
typedef struct ids_member {
    int64_t first[HONE_MAX_NUMBERS];
    const int64_t *list;
    size_t count;
} ids_member;
typedef struct texts_member {
    const char *first[HONE_MAX_TEXTS];
    const char *const *list;
    size_t count;
} texts_member;

typedef struct list_view {
    const void *items;
    size_t count;
} list_view;

static list_view numbers_view(const void *value)
{
    numbers_member member;
    size_t count;

    memcpy(&member, value, sizeof member);
    if (member.list)
        return (list_view){member.list, member.count};
    count = 0;
    while (count < HONE_MAX_NUMBERS && !isnan(member.first[count]))
        count++;
    if (count == HONE_MAX_NUMBERS)
        while (count > 1 && member.first[count - 1] == 0)
            count--;
    return (list_view){value, count};
}

static list_view ids_view(const void *value)
{
    ids_member member;

    memcpy(&member, value, sizeof member);
    if (member.list)
        return (list_view){member.list, member.count};
    return (list_view){value, count_integers(member.first, HONE_MAX_NUMBERS)};
}

static list_view texts_view(const void *value)
{
    texts_member member;
    size_t count = 0;

    memcpy(&member, value, sizeof member);
    if (member.list)
        return (list_view){member.list, member.count};
    while (count < HONE_MAX_TEXTS && member.first[count])
        count++;
    return (list_view){value, count};
}

/* Sets a member of ours to `count` items at *items, zeros at first; *items is NULL when there are none. */
static hone_status make_numbers(void *value, size_t count, double **items)
{
    *items = count > 0 ? hone_internal_allocate_zeroed(count, sizeof **items) : NULL;
    memcpy(value, &(numbers_member){.first = {HONE_NONE}, .list = *items, .count = *items ? count : 0},
           sizeof(numbers_member));
    return count > 0 && !*items ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status make_ids(void *value, size_t count, int64_t **items)
{
    *items = count > 0 ? hone_internal_allocate_zeroed(count, sizeof **items) : NULL;
    memcpy(value, &(ids_member){.first = {HONE_NONE_INTEGER}, .list = *items, .count = *items ? count : 0},
           sizeof(ids_member));
    return count > 0 && !*items ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status make_texts(void *value, size_t count, char ***items)
{
    *items = count > 0 ? hone_internal_allocate_zeroed(count, sizeof **items) : NULL;
    memcpy(value, &(texts_member){.list = (const char *const *)*items, .count = *items ? count : 0},
           sizeof(texts_member));
    return count > 0 && !*items ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- Numbers ---- */

static bool numbers_none(const hone_field *field, const void *value)
{
    (void)field;
    return numbers_view(value).count == 0;
}

static bool numbers_equal(const hone_field *field, const void *a, const void *b)
{
    list_view x = numbers_view(a), y = numbers_view(b);

    (void)field;
    if (x.count != y.count)
        return false;
    for (size_t i = 0; i < x.count; i++)
        if (((const double *)x.items)[i] != ((const double *)y.items)[i])
            return false;
    return true;
}

static hone_status numbers_copy(const hone_field *field, const void *from, void *to)
{
    list_view list = numbers_view(from);
    double *items;

    (void)field;
    HONE_TRY(make_numbers(to, list.count, &items));
    if (items)
        memcpy(items, list.items, list.count * sizeof *items);
    return HONE_OK;
}

static void numbers_release(const hone_field *field, void *value)
{
    numbers_member member;

    (void)field;
    memcpy(&member, value, sizeof member);
    hone_internal_free((void *)member.list);
    memset(value, 0, sizeof member);
}

static hone_status numbers_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);
    double *items;

    HONE_TRY(make_numbers(value, count, &items));
    for (size_t i = 0; i < count; i++)
        if (!hone_internal_field_number(item_of(config, i), &items[i]) || isnan(items[i]))
            return wrong_item(field, i, item_of(config, i), "a number");
    return HONE_OK;
}

static hone_config *numbers_write(const hone_field *field, const void *value)
{
    list_view list = numbers_view(value);
    hone_config *written = list.count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; written && i < list.count; i++)
        written = with_item(written, hone_internal_config_number(((const double *)list.items)[i]));
    return written;
}

static hone_status numbers_check(const hone_field *field, const void *value)
{
    list_view list = numbers_view(value);
    char what[96];

    for (size_t i = 0; i < list.count; i++) {
        double number = ((const double *)list.items)[i];
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        if (isnan(number))
            return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a number", what);
        HONE_TRY(hone_internal_field_check_number(field, what, number));
    }
    return HONE_OK;
}

/* ---- Ids ---- */

static bool ids_none(const hone_field *field, const void *value)
{
    (void)field;
    return ids_view(value).count == 0;
}

static bool ids_equal(const hone_field *field, const void *a, const void *b)
{
    list_view x = ids_view(a), y = ids_view(b);

    (void)field;
    return x.count == y.count && memcmp(x.items, y.items, x.count * sizeof(int64_t)) == 0;
}

static hone_status ids_copy(const hone_field *field, const void *from, void *to)
{
    list_view list = ids_view(from);
    int64_t *items;

    (void)field;
    HONE_TRY(make_ids(to, list.count, &items));
    if (items)
        memcpy(items, list.items, list.count * sizeof *items);
    return HONE_OK;
}

static void ids_release(const hone_field *field, void *value)
{
    ids_member member;

    (void)field;
    memcpy(&member, value, sizeof member);
    hone_internal_free((void *)member.list);
    memset(value, 0, sizeof member);
}

static hone_status ids_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);
    int64_t *items;

    if (!hone_internal_config_is(config, HONE_CONFIG_LIST) && hone_internal_config_present(config))
        return hone_internal_field_wrong_kind(field, config, "a list of integers");
    HONE_TRY(make_ids(value, count, &items));
    for (size_t i = 0; i < count; i++) {
        if (!hone_internal_config_is(item_of(config, i), HONE_CONFIG_INTEGER))
            return wrong_item(field, i, item_of(config, i), "an integer");
        items[i] = hone_internal_config_as_integer(item_of(config, i));
    }
    return HONE_OK;
}

static hone_config *ids_write(const hone_field *field, const void *value)
{
    list_view list = ids_view(value);
    hone_config *written = list.count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; written && i < list.count; i++)
        written = with_item(written, hone_internal_config_integer(((const int64_t *)list.items)[i]));
    return written;
}

static hone_status ids_check(const hone_field *field, const void *value)
{
    list_view list = ids_view(value);

    return check_integers(field, list.items, list.count);
}

/* ---- Texts ---- */

static const char *text_item(list_view list, size_t i)
{
    return ((const char *const *)list.items)[i];
}

static bool texts_none(const hone_field *field, const void *value)
{
    (void)field;
    return texts_view(value).count == 0;
}

static bool texts_equal(const hone_field *field, const void *a, const void *b)
{
    list_view x = texts_view(a), y = texts_view(b);

    (void)field;
    if (x.count != y.count)
        return false;
    for (size_t i = 0; i < x.count; i++)
        if (strcmp(text_item(x, i), text_item(y, i)) != 0)
            return false;
    return true;
}

static hone_status texts_copy(const hone_field *field, const void *from, void *to)
{
    list_view list = texts_view(from);
    char **items;

    (void)field;
    HONE_TRY(make_texts(to, list.count, &items));
    for (size_t i = 0; i < list.count; i++)
        HONE_TRY(hone_internal_field_copy_text(text_item(list, i), &items[i]));
    return HONE_OK;
}

static void texts_release(const hone_field *field, void *value)
{
    list_view list = texts_view(value);

    (void)field;
    if (list.items != value) {
        for (size_t i = 0; i < list.count; i++)
            hone_internal_free((void *)text_item(list, i));
        hone_internal_free((void *)list.items);
    }
    memset(value, 0, sizeof(texts_member));
}

static hone_status texts_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);
    char **items;

    HONE_TRY(make_texts(value, count, &items));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_TEXT))
            return wrong_item(field, i, item, "a string");
        HONE_TRY(hone_internal_field_copy_text(hone_internal_config_as_text(item), &items[i]));
    }
    return HONE_OK;
}

static hone_config *texts_write(const hone_field *field, const void *value)
{
    list_view list = texts_view(value);
    hone_config *written = list.count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; written && i < list.count; i++)
        written = with_item(written, hone_internal_config_text(text_item(list, i)));
    return written;
}

static hone_status texts_check(const hone_field *field, const void *value)
{
    list_view list = texts_view(value);

    for (size_t i = 0; i < list.count; i++)
        if (!text_item(list, i))
            return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] is NULL", field->name, i);
    return HONE_OK;
}

/* ---- Texts by a pointer, NULL-ended ---- */

static const char *const *list_at(const void *value)
{
    const char *const *list;

    memcpy(&list, value, sizeof list);
    return list;
}

static size_t list_count(const void *value)
{
    const char *const *list = list_at(value);
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

static bool list_none(const hone_field *field, const void *value)
{
    (void)field;
    return list_at(value) == NULL;
}

static bool list_equal(const hone_field *field, const void *a, const void *b)
{
    size_t count = list_count(a);

    if (list_none(field, a) != list_none(field, b) || count != list_count(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(list_at(a)[i], list_at(b)[i]) != 0)
            return false;
    return true;
}

static void list_release(const hone_field *field, void *value)
{
    char **list;

    (void)field;
    memcpy(&list, value, sizeof list);
    for (size_t i = 0; list && list[i]; i++)
        hone_internal_free(list[i]);
    hone_internal_free(list);
    memset(value, 0, sizeof list);
}

/* Room for `count` texts and the end, in `value`, which owns it from here on. */
static char **list_create(size_t count, void *value)
{
    char **list = hone_internal_allocate_zeroed(count + 1, sizeof *list);

    memcpy(value, &list, sizeof list);
    return list;
}

static hone_status list_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = list_count(from);
    char **list;

    if (list_none(field, from))
        return HONE_OK;
    list = list_create(count, to);
    if (!list)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        HONE_TRY(hone_internal_field_copy_text(list_at(from)[i], &list[i]));
    return HONE_OK;
}

static hone_status list_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);
    char **list;

    if (hone_internal_config_is(config, HONE_CONFIG_NULL))
        return HONE_OK;
    list = list_create(count, value);
    if (!list)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_TEXT))
            return wrong_item(field, i, item, "a string");
        HONE_TRY(hone_internal_field_copy_text(hone_internal_config_as_text(item), &list[i]));
    }
    return HONE_OK;
}

static hone_config *list_write(const hone_field *field, const void *value)
{
    size_t count = list_count(value);
    hone_config *list = list_none(field, value) ? hone_internal_config_null() : hone_internal_config_list();

    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, hone_internal_config_text(list_at(value)[i]));
    return list;
}

/* ---- Weights of classes: numbers, given by class in recipes and options ---- */

hone_numbers hone_internal_numbers_of(const void *member)
{
    list_view list = numbers_view(member);

    return (hone_numbers){list.count > 0 ? list.items : NULL, list.count};
}

const char *const *hone_internal_texts_of(const void *member, size_t *count)
{
    list_view list = texts_view(member);

    *count = list.count;
    return list.items;
}

/* The class that a key of {0: 1.0, 7: 2.0} names. */
static hone_status class_of_key(const hone_field *field, const char *key, size_t *number)
{
    size_t most = hone_internal_limits.class_weights;
    int64_t found;

    if (!hone_internal_text_to_integer(key, &found) || found < 0 || (size_t)found >= most)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: expected a class number from 0 to %zu, received \"%.60s\"",
                         field->name, most - 1, key);
    *number = (size_t)found;
    return HONE_OK;
}

static hone_status weight_of_item(const hone_field *field, const char *class_name, const hone_config *item,
                                  double *weight)
{
    if (hone_internal_field_number(item, weight) && isfinite(*weight) && *weight >= 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s: the weight of class %s must be a number, at least 0",
                     field->name, class_name);
}

static hone_status class_weights_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t number, count = 0;
    double *items;

    if (!hone_internal_config_is(config, HONE_CONFIG_MAP))
        return hone_internal_config_is(config, HONE_CONFIG_LIST) || !hone_internal_config_present(config)
                   ? numbers_read(field, config, value)
                   : hone_internal_field_wrong_kind(field, config, "a map from class to weight");
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        HONE_TRY(class_of_key(field, hone_internal_config_key(config, i), &number));
        count = number >= count ? number + 1 : count;
    }
    HONE_TRY(make_numbers(value, count, &items));
    for (size_t i = 0; i < count; i++)
        items[i] = 1;
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        HONE_TRY(class_of_key(field, hone_internal_config_key(config, i), &number));
        HONE_TRY(weight_of_item(field, hone_internal_config_key(config, i),
                                hone_internal_config_at(config, i), &items[number]));
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
const hone_field_row hone_internal_numbers_field = {
    .label = "numbers",
    .bytes = sizeof(numbers_member),
    .owns = true,
    .none = numbers_none,
    .equal = numbers_equal,
    .copy = numbers_copy,
    .release = numbers_release,
    .read = numbers_read,
    .write = numbers_write,
    .check = numbers_check,
};
const hone_field_row hone_internal_ids_field = {
    .label = "integers",
    .bytes = sizeof(ids_member),
    .owns = true,
    .none = ids_none,
    .equal = ids_equal,
    .copy = ids_copy,
    .release = ids_release,
    .read = ids_read,
    .write = ids_write,
    .check = ids_check,
};
const hone_field_row hone_internal_texts_field = {
    .label = "strings",
    .bytes = sizeof(texts_member),
    .owns = true,
    .none = texts_none,
    .equal = texts_equal,
    .copy = texts_copy,
    .release = texts_release,
    .read = texts_read,
    .write = texts_write,
    .check = texts_check,
};
const hone_field_row hone_internal_text_list_field = {
    .label = "strings",
    .bytes = sizeof(char **),
    .owns = true,
    .none = list_none,
    .equal = list_equal,
    .copy = list_copy,
    .release = list_release,
    .read = list_read,
    .write = list_write,
    .check = hone_internal_field_no_check,
};
const hone_field_row hone_internal_class_weights_field = {
    .label = "weights by class",
    .bytes = sizeof(numbers_member),
    .owns = true,
    .none = numbers_none,
    .equal = numbers_equal,
    .copy = numbers_copy,
    .release = numbers_release,
    .read = class_weights_read,
    .write = numbers_write,
    .check = numbers_check,
};
