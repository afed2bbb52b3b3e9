/* A store of named arrays, to be written into a file. */
#include "formats/store.h"

#include "base/memory.h"

#include <stdint.h>
#include <string.h>

hone_store *hone_internal_store_create(void)
{
    return hone_internal_allocate_zeroed(1, sizeof(hone_store));
}

static void free_group(hone_store_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        hone_internal_free(group->arrays[i].owned);
    hone_internal_free(group->arrays);
    hone_internal_free(group->path);
    hone_internal_free(group->name);
}

void hone_internal_store_free(hone_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->count; i++)
        free_group(&store->groups[i]);
    hone_internal_names_free(&store->places);
    hone_internal_free(store->groups);
    hone_internal_free(store);
}

/* Parts between single slashes, none of them "." or "..". */
static bool is_path(const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");
        if (length == 0 || (length == 1 && path[0] == '.') || (length == 2 && memcmp(path, "..", 2) == 0))
            return false;
        if (path[length] == 0)
            return true;
        path += length + 1;
    }
}

static hone_store_group *find_group(hone_store *store, const char *path)
{
    size_t place = (size_t)(uintptr_t)hone_internal_names_get(&store->places, path);
    return place == 0 ? NULL : &store->groups[place - 1];
}

hone_status hone_internal_store_add_group(hone_store *store, const char *path, const char *name)
{
    if (!is_path(path))
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" is not a valid path of a group", path);
    if (find_group(store, path))
        return hone_fail(HONE_ERROR_ARGUMENT, "the group \"%s\" already exists", path);
    HONE_TRY(hone_internal_grow(&store->groups, &store->capacity, store->count + 1, sizeof *store->groups));
    hone_store_group group = {.path = hone_internal_copy_text(path), .name = hone_internal_copy_text(name)};
    if (!group.path || (name && !group.name) ||
        hone_internal_names_put(&store->places, group.path, (void *)(uintptr_t)(store->count + 1)) < 0) {
        free_group(&group);
        return HONE_ERROR_MEMORY;
    }
    store->groups[store->count++] = group;
    return HONE_OK;
}

size_t hone_internal_store_bytes(const hone_array *array)
{
    return (size_t)hone_array_count(array) * hone_dtype_size(array->type);
}

hone_status hone_internal_store_add(hone_store *store, const char *path, const hone_array *array, bool copy)
{
    hone_store_group *group = find_group(store, path);
    if (!group)
        return hone_fail(HONE_ERROR_ARGUMENT, "there is no group \"%s\" to add an array to", path);
    HONE_TRY(hone_internal_grow(&group->arrays, &group->capacity, group->count + 1, sizeof *group->arrays));
    hone_store_array item = {.array = *array, .number = group->count};
    if (copy) {
        size_t bytes = hone_internal_store_bytes(array);
        item.owned = hone_internal_allocate(bytes);
        if (!item.owned)
            return HONE_ERROR_MEMORY;
        if (bytes > 0)
            memcpy(item.owned, array->data, bytes);
        item.array.data = item.owned;
    }
    group->arrays[group->count++] = item;
    return HONE_OK;
}

hone_status hone_internal_store_add_named(hone_store *store, const char *path, const char *name,
                                          const hone_array *array)
{
    HONE_TRY(hone_internal_store_add(store, path, array, true));
    hone_store_group *group = find_group(store, path);
    group->arrays[group->count - 1].name = name;
    return HONE_OK;
}

hone_status hone_internal_store_add_numbered(hone_store *store, const char *path, size_t number,
                                             const hone_array *array)
{
    HONE_TRY(hone_internal_store_add(store, path, array, false));
    hone_store_group *group = find_group(store, path);
    group->arrays[group->count - 1].number = number;
    return HONE_OK;
}
