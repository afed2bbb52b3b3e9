/* Weights in several HDF5 files with a map: NAME.weights.json,
 * NAME_00000.weights.h5, ... */
#include "base/memory.h"
#include "base/text.h"
#include "formats/store.h"

#include <string.h>

enum { MOST_SHARDS = 10000 };

/* The folder of a path with its slash; how many characters. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* ---- reading ---- */

typedef struct shard_list {
    const char *path;
    const char **names; /* borrowed by the map */
    size_t count, capacity;
} shard_list;

static bool is_bare_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL && strchr(name, '\\') == NULL;
}

static hone_status add_shard(shard_list *list, const hone_config *name)
{
    if (!hone_internal_config_is(name, HONE_CONFIG_TEXT) || !is_bare_name(hone_internal_config_as_text(name)))
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: weight_map: expected the name of a file in the same folder, received %.200s",
                         list->path,
                         hone_internal_config_is(name, HONE_CONFIG_TEXT) ? hone_internal_config_as_text(name)
                                                                         : "something else");
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], hone_internal_config_as_text(name)) == 0)
            return HONE_OK;
    if (list->count == MOST_SHARDS)
        return hone_fail(HONE_ERROR_FORMAT, "%s: weight_map names more than %d files", list->path,
                         MOST_SHARDS);
    HONE_TRY(hone_internal_grow(&list->names, &list->capacity, list->count + 1, sizeof *list->names));
    list->names[list->count++] = hone_internal_config_as_text(name);
    return HONE_OK;
}

static hone_status list_shards(shard_list *list, const hone_config *index)
{
    const hone_config *map = hone_internal_config_get(index, "weight_map");
    if (!hone_internal_config_is(map, HONE_CONFIG_MAP))
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: expected an index of weights, received JSON without a weight_map", list->path);
    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        const hone_config *item = hone_internal_config_at(map, i);
        size_t count = hone_internal_config_is(item, HONE_CONFIG_LIST) ? hone_internal_config_count(item) : 1;
        for (size_t j = 0; j < count; j++)
            HONE_TRY(add_shard(list, hone_internal_config_is(item, HONE_CONFIG_LIST)
                                         ? hone_internal_config_at(item, j)
                                         : item));
    }
    return list->count > 0 ? HONE_OK
                           : hone_fail(HONE_ERROR_FORMAT, "%s: weight_map names no files", list->path);
}

static hone_weights_file *open_all(const shard_list *list)
{
    hone_weights_file *first = NULL;
    for (size_t i = 0; i < list->count; i++) {
        char *path =
            hone_internal_format("%.*s%s", (int)folder_length(list->path), list->path, list->names[i]);
        hone_weights_file *file = path == NULL ? NULL : hone_internal_weights_open(path);
        hone_internal_free(path);
        if (file == NULL) {
            hone_internal_weights_close(first);
            return NULL;
        }
        if (first == NULL)
            first = file;
        else
            hone_internal_weights_add_part(first, file);
    }
    return first;
}

hone_weights_file *hone_internal_weights_open_shards(const char *path)
{
    void *text;
    size_t bytes;
    if (hone_internal_file_read(path, hone_internal_limits.json_bytes, &text, &bytes) < 0)
        return NULL;
    hone_config *index = hone_internal_json_parse(text, bytes, path);
    shard_list list = {.path = path};
    hone_weights_file *file = index == NULL || list_shards(&list, index) < 0 ? NULL : open_all(&list);
    hone_internal_free(list.names);
    hone_internal_config_free(index);
    hone_internal_free(text);
    return file;
}

/* ---- writing ---- */

hone_status hone_internal_store_write(const hone_store *store, const char *path)
{
    void *data;
    size_t bytes;
    hone_file_writer writer = {0};
    HONE_TRY(hone_internal_store_to_hdf5(store, &data, &bytes));
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status >= 0)
        status = hone_internal_file_write(&writer, data, bytes);
    if (status >= 0)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    hone_internal_free(data);
    return status;
}

typedef struct shard_writing {
    const char *path;
    size_t base;          /* characters of the path before ".weights.json" */
    uint64_t limit, used; /* bytes */
    int number;           /* of the present shard */
    hone_store *shard;
    hone_config *map;
    double total;
} shard_writing;

/* "NAME_00000.weights.h5", with or without the folder; to be freed. */
static char *shard_name(const shard_writing *writing, bool with_folder)
{
    size_t start = with_folder ? 0 : folder_length(writing->path);
    return hone_internal_format("%.*s_%05d.weights.h5", (int)(writing->base - start), writing->path + start,
                                writing->number);
}

static hone_status finish_shard(shard_writing *writing)
{
    char *path = shard_name(writing, true);
    hone_status status = path == NULL ? HONE_ERROR_MEMORY : hone_internal_store_write(writing->shard, path);
    hone_internal_free(path);
    hone_internal_store_free(writing->shard);
    writing->shard = NULL;
    writing->used = 0;
    writing->number++;
    return status;
}

/* Keras writes a name alone for the first array of a group, and a list from the second on. */
static hone_status note_array(shard_writing *writing, const char *group)
{
    char *key = hone_internal_format("/%s", group), *name = shard_name(writing, false);
    hone_status status = key == NULL || name == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    hone_config *known = status < 0 ? NULL : hone_internal_config_get_mutable(writing->map, key);
    if (status >= 0 && known == NULL) {
        status = hone_internal_config_set(writing->map, key, hone_internal_config_text(name));
    } else if (status >= 0 && hone_internal_config_is(known, HONE_CONFIG_TEXT)) {
        hone_config *list = hone_internal_config_list();
        bool same = strcmp(hone_internal_config_as_text(known), name) == 0;
        status = list == NULL ? HONE_ERROR_MEMORY
                              : hone_internal_config_append(
                                    list, hone_internal_config_text(hone_internal_config_as_text(known)));
        if (status >= 0 && !same)
            status = hone_internal_config_append(list, hone_internal_config_text(name));
        if (status >= 0)
            status = hone_internal_config_set(writing->map, key, list);
        else
            hone_internal_config_free(list);
    } else if (status >= 0 &&
               strcmp(hone_internal_config_text_at(known, hone_internal_config_count(known) - 1), name) !=
                   0) {
        status = hone_internal_config_append(known, hone_internal_config_text(name));
    }
    hone_internal_free(key);
    hone_internal_free(name);
    return status;
}

static hone_status open_shard(shard_writing *writing)
{
    if (writing->shard == NULL)
        writing->shard = hone_internal_store_create();
    return writing->shard == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status add_array(shard_writing *writing, const hone_store_group *group, size_t index,
                             bool *opened)
{
    const hone_array *array = &group->arrays[index].array;
    uint64_t bytes = hone_internal_store_bytes(array);
    if (bytes > writing->limit)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: %s/%zu has %llu bytes, more than a shard may have (%llu)",
                         writing->path, group->path, index, (unsigned long long)bytes,
                         (unsigned long long)writing->limit);
    if (writing->used + bytes > writing->limit) {
        HONE_TRY(finish_shard(writing));
        HONE_TRY(open_shard(writing));
        *opened = false;
    }
    if (!*opened)
        HONE_TRY(hone_internal_store_add_group(writing->shard, group->path, index == 0 ? group->name : NULL));
    *opened = true;
    writing->used += bytes;
    writing->total += (double)bytes;
    const char *name = group->arrays[index].name;
    HONE_TRY(name != NULL ? hone_internal_store_add_named(writing->shard, group->path, name, array)
                          : hone_internal_store_add_numbered(writing->shard, group->path, index, array));
    return note_array(writing, group->path);
}

static hone_status add_group(shard_writing *writing, const hone_store_group *group)
{
    bool opened = group->count == 0;
    HONE_TRY(open_shard(writing));
    if (opened)
        HONE_TRY(hone_internal_store_add_group(writing->shard, group->path, group->name));
    for (size_t i = 0; i < group->count; i++)
        HONE_TRY(add_array(writing, group, i, &opened));
    return HONE_OK;
}

static hone_status write_index(const shard_writing *writing)
{
    hone_config *index = hone_internal_config_map(), *metadata = hone_internal_config_map();
    hone_status status = index == NULL || metadata == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        status =
            hone_internal_config_set(metadata, "total_size", hone_internal_config_number(writing->total));
    if (status >= 0) {
        status = hone_internal_config_set(index, "metadata", metadata);
        metadata = NULL;
    }
    if (status >= 0)
        status = hone_internal_config_set(index, "weight_map", hone_internal_config_copy(writing->map));
    char *text = status < 0 ? NULL : hone_internal_config_to_json(index, false);
    if (status >= 0)
        status = text == NULL ? hone_error_status() : hone_write_file(writing->path, text, strlen(text));
    hone_internal_free(text);
    hone_internal_config_free(metadata);
    hone_internal_config_free(index);
    return status;
}

hone_status hone_internal_store_write_shards(const hone_store *store, const char *path, uint64_t bytes)
{
    static const char END[] = ".weights.json";
    shard_writing writing = {.path = path, .base = strlen(path) - (sizeof END - 1), .limit = bytes};
    writing.map = hone_internal_config_map();
    hone_status status = writing.map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < store->count && status >= 0; i++)
        status = add_group(&writing, &store->groups[i]);
    if (status >= 0 && writing.shard != NULL)
        status = finish_shard(&writing);
    if (status >= 0)
        status = write_index(&writing);
    hone_internal_store_free(writing.shard);
    hone_internal_config_free(writing.map);
    return status;
}
