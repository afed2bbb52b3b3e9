/* Fields that hold numbers, ids or texts, of any length. The copies of ours have their items in memory of
 * their own. */
#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- Kinds of lists: an array for braces, then HONE_DECLARE_NUMBERS's name_list and name_count ---- */

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

typedef struct list_kind {
    size_t bytes, item_bytes;         /* of the member, of an item */
    size_t list_offset, count_offset; /* of name_list and name_count */
    const void *end;                  /* the item that ends the array */
    const char *item;                 /* "a number", for messages */
    bool list_only;                   /* one alone does not stand for a list of one */
    size_t (*count)(const void *first);
    bool (*equal)(const void *a, const void *b);
    hone_status (*copy)(const void *from, void *to); /* NULL: the bytes */
    void (*release)(void *item);                     /* NULL: nothing to do */
    bool (*fits)(const hone_config *config);
    hone_status (*read)(const hone_config *config, void *item); /* of what fits */
    hone_config *(*write)(const void *item);
    hone_status (*check)(const hone_field *field, const char *what, const void *item);
} list_kind;

static double number_at(const void *item)
{
    return *(const double *)item;
}

static int64_t id_at(const void *item)
{
    return *(const int64_t *)item;
}

static const char *text_at(const void *item)
{
    return *(const char *const *)item;
}

/* ---- Numbers ---- */

/* Without an end mark the compiler has filled the array up with zeros. */
static size_t count_numbers(const void *first)
{
    const double *numbers = first;
    size_t count = 0;

    while (count < HONE_MAX_NUMBERS && !isnan(numbers[count]))
        count++;
    if (count == HONE_MAX_NUMBERS)
        while (count > 1 && numbers[count - 1] == 0)
            count--;
    return count;
}

static bool equal_numbers(const void *a, const void *b)
{
    return number_at(a) == number_at(b);
}

static bool fits_number(const hone_config *config)
{
    double number;

    return hone_internal_field_number(config, &number) && !isnan(number);
}

static hone_status read_number(const hone_config *config, void *item)
{
    hone_internal_field_number(config, item);
    return HONE_OK;
}

static hone_config *write_number(const void *item)
{
    return hone_internal_config_number(number_at(item));
}

static hone_status check_number(const hone_field *field, const char *what, const void *item)
{
    if (isnan(number_at(item)))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a number", what);
    return hone_internal_field_check_number(field, what, number_at(item));
}

static const double no_number = HONE_NONE;
static const list_kind numbers = {.bytes = sizeof(numbers_member),
                                  .item_bytes = sizeof(double),
                                  .list_offset = offsetof(numbers_member, list),
                                  .count_offset = offsetof(numbers_member, count),
                                  .end = &no_number,
                                  .item = "a number",
                                  .count = count_numbers,
                                  .equal = equal_numbers,
                                  .fits = fits_number,
                                  .read = read_number,
                                  .write = write_number,
                                  .check = check_number};

/* ---- Ids ---- */

static size_t count_ids(const void *first)
{
    return hone_internal_field_count_integers(first, HONE_MAX_NUMBERS);
}

static bool equal_ids(const void *a, const void *b)
{
    return id_at(a) == id_at(b);
}

static bool fits_id(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_INTEGER);
}

static hone_status read_id(const hone_config *config, void *item)
{
    *(int64_t *)item = hone_internal_config_as_integer(config);
    return HONE_OK;
}

static hone_config *write_id(const void *item)
{
    return hone_internal_config_integer(id_at(item));
}

static hone_status check_id(const hone_field *field, const char *what, const void *item)
{
    return hone_internal_field_check_integer(field, what, id_at(item));
}

static const int64_t no_id = HONE_NONE_INTEGER;
static const list_kind ids = {.bytes = sizeof(ids_member),
                              .item_bytes = sizeof(int64_t),
                              .list_offset = offsetof(ids_member, list),
                              .count_offset = offsetof(ids_member, count),
                              .end = &no_id,
                              .item = "an integer",
                              .list_only = true,
                              .count = count_ids,
                              .equal = equal_ids,
                              .fits = fits_id,
                              .read = read_id,
                              .write = write_id,
                              .check = check_id};

/* ---- Texts ---- */

static size_t count_texts(const void *first)
{
    const char *const *texts = first;
    size_t count = 0;

    while (count < HONE_MAX_TEXTS && texts[count])
        count++;
    return count;
}

static bool equal_texts(const void *a, const void *b)
{
    return strcmp(text_at(a), text_at(b)) == 0;
}

static hone_status copy_text(const void *from, void *to)
{
    return hone_internal_field_copy_text(text_at(from), to);
}

static void release_text(void *item)
{
    hone_internal_free(*(char **)item);
}

static bool fits_text(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_TEXT);
}

static hone_status read_text(const hone_config *config, void *item)
{
    return hone_internal_field_copy_text(hone_internal_config_as_text(config), item);
}

static hone_config *write_text(const void *item)
{
    return hone_internal_config_text(text_at(item));
}

static hone_status check_text(const hone_field *field, const char *what, const void *item)
{
    (void)field;
    return text_at(item) ? HONE_OK : hone_fail(HONE_ERROR_ARGUMENT, "%s is NULL", what);
}

static const char *const no_text = NULL;
static const list_kind texts = {.bytes = sizeof(texts_member),
                                .item_bytes = sizeof(char *),
                                .list_offset = offsetof(texts_member, list),
                                .count_offset = offsetof(texts_member, count),
                                .end = &no_text,
                                .item = "a string",
                                .count = count_texts,
                                .equal = equal_texts,
                                .copy = copy_text,
                                .release = release_text,
                                .fits = fits_text,
                                .read = read_text,
                                .write = write_text,
                                .check = check_text};

/* ---- What is done with a list of each kind ---- */

static const list_kind *kind_of(const hone_field *field)
{
    return field->kind == HONE_FIELD_IDS ? &ids : field->kind == HONE_FIELD_TEXTS ? &texts : &numbers;
}

typedef struct list_view {
    const char *items;
    size_t count;
} list_view;

static list_view view(const list_kind *kind, const void *value)
{
    list_view list;

    memcpy(&list.items, (const char *)value + kind->list_offset, sizeof list.items);
    memcpy(&list.count, (const char *)value + kind->count_offset, sizeof list.count);
    return list.items ? list : (list_view){value, kind->count(value)};
}

/* Sets a member of ours to `count` items at *items, zeros at first; *items is NULL when there are none. */
static hone_status make(const list_kind *kind, void *value, size_t count, char **items)
{
    size_t kept;

    *items = count > 0 ? hone_internal_allocate_zeroed(count, kind->item_bytes) : NULL;
    kept = *items ? count : 0;
    memset(value, 0, kind->bytes);
    memcpy(value, kind->end, kind->item_bytes);
    memcpy((char *)value + kind->list_offset, items, sizeof *items);
    memcpy((char *)value + kind->count_offset, &kept, sizeof kept);
    return count > 0 && !*items ? HONE_ERROR_MEMORY : HONE_OK;
}

static bool list_none(const hone_field *field, const void *value)
{
    return view(kind_of(field), value).count == 0;
}

static bool list_equal(const hone_field *field, const void *a, const void *b)
{
    const list_kind *kind = kind_of(field);
    list_view x = view(kind, a), y = view(kind, b);

    if (x.count != y.count)
        return false;
    for (size_t i = 0; i < x.count; i++)
        if (!kind->equal(x.items + i * kind->item_bytes, y.items + i * kind->item_bytes))
            return false;
    return true;
}

/* The two ends of a range in order, of one number or two. */
static hone_status copy_range(const hone_field *field, const double *from, size_t count, void *to)
{
    double low = from[0], high = from[count - 1];
    char *items;

    if (count == 1) {
        HONE_TRY(check_number(field, field->name, from));
        high = fabs(low);
        low = field->bounded && -high < field->lowest ? field->lowest : -high;
    }
    HONE_TRY(make(&numbers, to, 2, &items));
    memcpy(items, low < high ? &low : &high, sizeof low);
    memcpy(items + sizeof low, low < high ? &high : &low, sizeof high);
    return HONE_OK;
}

static hone_status list_copy(const hone_field *field, const void *from, void *to)
{
    const list_kind *kind = kind_of(field);
    list_view list = view(kind, from);
    char *items;

    if (field->range && (list.count == 1 || list.count == 2))
        return copy_range(field, (const double *)(const void *)list.items, list.count, to);
    HONE_TRY(make(kind, to, list.count, &items));
    if (items && !kind->copy)
        memcpy(items, list.items, list.count * kind->item_bytes);
    for (size_t i = 0; kind->copy && i < list.count; i++)
        HONE_TRY(kind->copy(list.items + i * kind->item_bytes, items + i * kind->item_bytes));
    return HONE_OK;
}

static void list_release(const hone_field *field, void *value)
{
    const list_kind *kind = kind_of(field);
    char *items;
    size_t count;

    memcpy(&items, (char *)value + kind->list_offset, sizeof items);
    memcpy(&count, (char *)value + kind->count_offset, sizeof count);
    for (size_t i = 0; items && kind->release && i < count; i++)
        kind->release(items + i * kind->item_bytes);
    hone_internal_free(items);
    memset(value, 0, kind->bytes);
}

static hone_status list_read(const hone_field *field, const hone_config *config, void *value)
{
    const list_kind *kind = kind_of(field);
    config = hone_internal_field_unwrap(config); /* of an array, which files may have in place of a list */
    size_t count = hone_internal_field_items(config);
    char *items;

    if (kind->list_only && !hone_internal_config_is(config, HONE_CONFIG_LIST) &&
        hone_internal_config_present(config))
        return hone_internal_field_wrong_kind(field, config, "a list of integers");
    HONE_TRY(make(kind, value, count, &items));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = hone_internal_field_item(config, i);
        if (!kind->fits(item))
            return hone_internal_field_wrong_item(field, i, item, kind->item);
        HONE_TRY(kind->read(item, items + i * kind->item_bytes));
    }
    return HONE_OK;
}

static hone_config *list_write(const hone_field *field, const void *value)
{
    const list_kind *kind = kind_of(field);
    list_view list = view(kind, value);
    hone_config *written = list.count ? hone_internal_config_list() : hone_internal_config_null();

    if (field->scalar_or_list && list.count == 1) {
        hone_internal_config_free(written);
        return kind->write(list.items);
    }
    for (size_t i = 0; written && i < list.count; i++)
        written = hone_internal_field_with_item(written, kind->write(list.items + i * kind->item_bytes));
    return written;
}

/* Two numbers, or one that is still to become two; they may reach out of the bounds. */
static hone_status check_range(const hone_field *field, list_view list)
{
    const double *ends = (const double *)(const void *)list.items;

    if (list.count > 2)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be a number or two, the ends of a range, not %zu",
                         field->name, list.count);
    for (size_t i = 0; i < list.count; i++)
        if (!isfinite(ends[i]))
            return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a finite number", field->name);
    if (list.count == 2 && field->bounded && (ends[0] > field->highest || ends[1] < field->lowest))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be between %g and %g, not from %g to %g", field->name,
                         field->lowest, field->highest, ends[0], ends[1]);
    return list.count == 1 ? check_number(field, field->name, ends) : HONE_OK;
}

static hone_status list_check(const hone_field *field, const void *value)
{
    const list_kind *kind = kind_of(field);
    list_view list = view(kind, value);
    char what[96];

    if (field->range)
        return check_range(field, list);
    if (field->items > 0 && list.count > 0 && (int64_t)list.count != field->items &&
        !(field->scalar_or_list && list.count == 1))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s%lld numbers, not %zu", field->name,
                         field->scalar_or_list ? "one number or " : "", (long long)field->items, list.count);
    for (size_t i = 0; i < list.count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(kind->check(field, what, list.items + i * kind->item_bytes));
    }
    return HONE_OK;
}

hone_numbers hone_internal_numbers_of(const void *member)
{
    list_view list = view(&numbers, member);

    return (hone_numbers){list.count > 0 ? (const double *)(const void *)list.items : NULL, list.count};
}

const char *const *hone_internal_texts_of(const void *member, size_t *count)
{
    list_view list = view(&texts, member);

    *count = list.count;
    return (const char *const *)(const void *)list.items;
}

/* ---- Weights of classes: numbers, given by class in recipes and options ---- */

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
    char *bytes;
    double *items;

    if (!hone_internal_config_is(config, HONE_CONFIG_MAP))
        return hone_internal_config_is(config, HONE_CONFIG_LIST) || !hone_internal_config_present(config)
                   ? list_read(field, config, value)
                   : hone_internal_field_wrong_kind(field, config, "a map from class to weight");
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        HONE_TRY(class_of_key(field, hone_internal_config_key(config, i), &number));
        count = number >= count ? number + 1 : count;
    }
    HONE_TRY(make(&numbers, value, count, &bytes));
    items = (double *)(void *)bytes;
    for (size_t i = 0; i < count; i++)
        items[i] = 1;
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        HONE_TRY(class_of_key(field, hone_internal_config_key(config, i), &number));
        HONE_TRY(weight_of_item(field, hone_internal_config_key(config, i),
                                hone_internal_config_at(config, i), &items[number]));
    }
    return HONE_OK;
}

#define LIST(kind_, label_, member, read_) \
    const hone_field_row hone_internal_##kind_##_field = { \
        .label = label_, \
        .bytes = sizeof(member), \
        .owns = true, \
        .none = list_none, \
        .equal = list_equal, \
        .copy = list_copy, \
        .release = list_release, \
        .read = read_, \
        .write = list_write, \
        .check = list_check, \
    }
LIST(numbers, "numbers", numbers_member, list_read);
LIST(ids, "integers", ids_member, list_read);
LIST(texts, "strings", texts_member, list_read);
LIST(class_weights, "weights by class", numbers_member, class_weights_read);
