/* Fields that hold texts by a pointer, ended by NULL. */
#include "base/error.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include <string.h>

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
    size_t count = hone_internal_field_items(config);
    char **list;

    if (hone_internal_config_is(config, HONE_CONFIG_NULL))
        return HONE_OK;
    list = list_create(count, value);
    if (!list)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = hone_internal_field_item(config, i);
        if (!hone_internal_config_is(item, HONE_CONFIG_TEXT))
            return hone_internal_field_wrong_item(field, i, item, "a string");
        HONE_TRY(hone_internal_field_copy_text(hone_internal_config_as_text(item), &list[i]));
    }
    return HONE_OK;
}

static hone_config *list_write(const hone_field *field, const void *value)
{
    size_t count = list_count(value);
    hone_config *list = list_none(field, value) ? hone_internal_config_null() : hone_internal_config_list();

    for (size_t i = 0; list && i < count; i++)
        list = hone_internal_field_with_item(list, hone_internal_config_text(list_at(value)[i]));
    return list;
}

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
