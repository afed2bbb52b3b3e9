/* NPZ: an archive of arrays, by the names of the model's inputs, or x, y and sample_weight, whole or in
 * parts. */
#include "base/memory.h"
#include "base/text.h"
#include "formats/array_files.h"
#include "formats/rows.h"
#include "readers/format.h"
#include <stdio.h>
#include <string.h>

typedef struct archive {
    const char *path;
    hone_zip_reader *zip;
    char **keys; /* of its arrays */
    size_t count;
    bool rows; /* see request */
} archive;

static void close_archive(archive *opened)
{
    for (size_t i = 0; i < opened->count; i++)
        hone_internal_free(opened->keys[i]);
    hone_internal_free(opened->keys);
    hone_internal_zip_close(opened->zip);
}

static hone_status open_archive(archive *opened, const char *path, bool rows)
{
    *opened = (archive){.path = path, .zip = hone_internal_zip_open_file(path), .rows = rows};
    if (!opened->zip)
        return hone_error_status();
    size_t members = hone_internal_zip_count(opened->zip);
    opened->keys = hone_internal_allocate_zeroed(members, sizeof *opened->keys);
    if (!opened->keys)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < members; i++) {
        HONE_TRY(hone_internal_npz_key(opened->zip, i, &opened->keys[opened->count]));
        if (opened->keys[opened->count])
            opened->count++;
    }
    return opened->count > 0 ? HONE_OK
                             : hone_fail(HONE_ERROR_FORMAT, "%s: the archive holds no arrays (NPY)", path);
}

static bool has(const archive *opened, const char *key)
{
    for (size_t i = 0; i < opened->count; i++)
        if (strcmp(opened->keys[i], key) == 0)
            return true;
    return false;
}

static hone_status fail_key(const archive *opened, const char *key)
{
    hone_text keys = {0};
    for (size_t i = 0; i < opened->count && i < 12; i++)
        hone_internal_text_format(&keys, "%s%.60s", i > 0 ? ", " : "", opened->keys[i]);
    if (opened->count > 12)
        hone_internal_text_append(&keys, ", ...");
    hone_status status = keys.failed ? HONE_ERROR_MEMORY
                                     : hone_fail(HONE_ERROR_DATA, "%s: there is no array \"%s\"; there is %s",
                                                 opened->path, key, keys.data);
    hone_internal_text_free(&keys);
    return status;
}

static hone_status load_key(archive *opened, const char *key, const char *name, hone_component *result)
{
    if (opened->rows)
        result->rows = hone_internal_rows_open_npz(opened->zip, opened->path, key);
    else
        result->array = hone_internal_npz_load(opened->zip, opened->path, key);
    if (!result->array && !result->rows)
        return hone_error_status();
    result->label = hone_internal_format("%s: %s", opened->path, key);
    result->name = hone_internal_copy_text(name);
    return result->label && (!name || result->name) ? HONE_OK : HONE_ERROR_MEMORY;
}

/* Each array of the archive is an input (or target), named by its key. */
static hone_status load_every_key(archive *opened, int kind, hone_dataset_parts *parts)
{
    HONE_TRY(hone_internal_dataset_parts_room(parts, kind, opened->count));
    hone_component *list = kind == HONE_COMPONENT_INPUT ? parts->x : parts->y;
    for (size_t i = 0; i < opened->count; i++)
        HONE_TRY(load_key(opened, opened->keys[i], opened->keys[i], &list[i]));
    return HONE_OK;
}

/* x, y and sample_weight, or those of a part: x_test, y_test, sample_weight_test. */
static hone_status load_usual_keys(archive *opened, const char *part, hone_dataset_parts *parts)
{
    static const char *const usual[] = {"x", "y", "sample_weight"};
    hone_component *places[] = {&parts->x[0], &parts->y[0], &parts->weight};
    for (int i = 0; i < 3; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s%s%s", usual[i], part ? "_" : "", part ? part : "");
        if (has(opened, key))
            HONE_TRY(load_key(opened, key, NULL, places[i]));
        else if (i == 0)
            return fail_key(opened, key);
    }
    return HONE_OK;
}

static int place_among(const char *const *names, const char *name)
{
    for (int i = 0; names && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static bool has_each(const archive *opened, const char *const *names)
{
    for (int i = 0; names && names[i]; i++)
        if (!has(opened, names[i]))
            return false;
    return names && names[0];
}

/* An array for each input of the model, by name. Of the others y is the target, else each is one by its name.
 */
static hone_status load_for_inputs(archive *opened, const char *const *inputs, hone_dataset_parts *parts)
{
    static const char weight[] = "sample_weight";
    bool plain = has(opened, "y") && place_among(inputs, "y") < 0;
    int targets = 0;
    for (int kind = 0; kind < 2; kind++)
        HONE_TRY(hone_internal_dataset_parts_room(parts, kind, opened->count));
    for (size_t i = 0; i < opened->count; i++) {
        const char *key = opened->keys[i];
        int input = place_among(inputs, key);
        if (input >= 0)
            HONE_TRY(load_key(opened, key, key, &parts->x[input]));
        else if (strcmp(key, weight) == 0)
            HONE_TRY(load_key(opened, key, NULL, &parts->weight));
        else if (strcmp(key, "y") == 0)
            HONE_TRY(load_key(opened, key, NULL, &parts->y[0]));
        else if (!plain)
            HONE_TRY(load_key(opened, key, key, &parts->y[targets++]));
    }
    return HONE_OK;
}

static hone_status load_keys(archive *opened, const hone_data_source *source, hone_dataset_parts *parts)
{
    if (!source->said && has_each(opened, source->inputs))
        return load_for_inputs(opened, source->inputs, parts);
    bool parted = has(opened, "x_train") || has(opened, "x_test");
    if (parted && (source->said || !has(opened, "x")))
        return load_usual_keys(opened, source->part, parts);
    if (source->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts (x_train, x_test), but #%s was asked for",
                         opened->path, source->part);
    if (has(opened, "x"))
        return load_usual_keys(opened, NULL, parts);
    return load_every_key(opened, HONE_COMPONENT_INPUT, parts);
}

static hone_status load(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    (void)args;
    archive opened;
    hone_status status = open_archive(&opened, source->path, source->rows);
    if (status == HONE_OK)
        status = load_keys(&opened, source, parts);
    close_archive(&opened);
    return status;
}

/* All of its arrays are that half. */
static hone_status load_half(const hone_data_source *source, const void *args, int half,
                             hone_dataset_parts *parts)
{
    (void)args;
    archive opened;
    hone_status status = open_archive(&opened, source->path, source->rows);
    if (status == HONE_OK)
        status = load_every_key(&opened, half == 0 ? HONE_COMPONENT_INPUT : HONE_COMPONENT_TARGET, parts);
    close_archive(&opened);
    return status;
}

const hone_data_format hone_internal_npz_format = {
    .name = "npz",
    .starts = {{"PK\3\4", 4}, {"PK\5\6", 4}}, /* with members, without */
    .has_parts = true,
    .sets = HONE_SETS_JOINED,
    .load = load,
    .load_half = load_half};
