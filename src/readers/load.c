/* Data sets by the command's DATA form: a name, arrays in files, or an archive of arrays. */
#define _XOPEN_SOURCE 700
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "formats/array_files.h"
#include "readers/load_files.h"
#include "readers/named.h"
#include "readers/options.h"
#include "readers/schema.h"
#include <hone/data_files.h>
#include "formats/rows.h"
#include "fields/fields.h"
#include "verbs.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What the user asked for: "a,b#test" is two items and a part. */
typedef struct request {
    char *text; /* holds the items */
    const char *items[2];
    int count;
    const char *part;          /* "train" or "test" */
    bool said;                 /* the source itself says which part */
    hone_config *options;      /* what else stands behind the '#', or NULL */
    const hone_config *schema; /* of the data of training, or NULL */
    const char *const *inputs; /* of the model, by name, ended by NULL; NULL: none is known */
    bool rows;                 /* arrays stay in their files for now */
} request;

/* ---- the form ---- */

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* Where the options begin: the '#' behind what exists, else the first one. */
static char *find_mark(char *text)
{
    char *first = strchr(text, '#');
    for (char *mark = first; mark; mark = strchr(mark + 1, '#')) {
        *mark = 0;
        bool there = exists(text);
        *mark = '#';
        if (there)
            return mark;
    }
    return first;
}

/* "#test", "#target=price,drop=[id]". */
static hone_status split_options(request *asked)
{
    char *mark = find_mark(asked->text);
    const char *part;
    if (!mark)
        return HONE_OK;
    *mark = 0;
    asked->options = hone_internal_options_parse(mark + 1, &part);
    if (!asked->options)
        return hone_error_status();
    asked->said = part != NULL;
    asked->part = part ? part : asked->part;
    return HONE_OK;
}

static hone_status fail_missing(const char *item)
{
    bool like_a_name = !strpbrk(item, "/.");
    hone_file_reader reader;
    if (!like_a_name)
        return hone_internal_file_open(&reader, item); /* says why not */
    const char *names[8];
    size_t count = hone_internal_named_datasets();
    for (size_t i = 0; i < count && i < 8; i++)
        names[i] = hone_internal_named_at(i)->name;
    return hone_internal_fail_name("data set", item, names, count);
}

static hone_status refuse_options(const request *asked)
{
    if (!asked->options || hone_internal_config_count(asked->options) == 0)
        return HONE_OK;
    if (!exists(asked->items[0]) && !hone_internal_named_find(asked->items[0]))
        return fail_missing(asked->items[0]);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s takes no options; received %s=", asked->items[0],
                     hone_internal_config_key(asked->options, 0));
}

static hone_status split_items(request *asked, const char *source)
{
    asked->items[0] = asked->text;
    asked->count = 1;
    char *comma = exists(asked->text) ? NULL : strchr(asked->text, ',');
    if (comma) {
        *comma = 0;
        asked->items[asked->count++] = comma + 1;
        if (strchr(comma + 1, ','))
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "%s: expected one file or two (inputs,targets), received more; several "
                             "inputs are the arrays of one NPZ file: x.npz,y.npz",
                             source);
    }
    for (int i = 0; i < asked->count; i++)
        if (!asked->items[i][0])
            return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\": expected the name of a data set or file%s", source,
                             comma ? " before and after the comma" : "");
    return HONE_OK;
}

static hone_status parse_request(request *asked, const char *source, const char *part)
{
    asked->text = hone_internal_copy_text(source);
    if (!asked->text)
        return HONE_ERROR_MEMORY;
    asked->part = part;
    if (!exists(source))
        HONE_TRY(split_options(asked));
    return split_items(asked, source);
}

/* ---- what an item is ---- */

typedef enum content { CONTENT_NAMED, CONTENT_NPY, CONTENT_NPZ, CONTENT_IDX } content;

static const struct {
    unsigned char start[6];
    size_t length;
    content kind;
} signatures[] = {
    {"\x93NUMPY", 6, CONTENT_NPY}, {"PK\3\4", 4, CONTENT_NPZ},
    {"PK\5\6", 4, CONTENT_NPZ}, /* without members */
    {"\x1f\x8b", 2, CONTENT_IDX},  {"\0\0", 2, CONTENT_IDX},
};

static hone_status detect_file(const char *path, content *kind)
{
    hone_file_reader reader;
    unsigned char start[6] = {0};
    HONE_TRY(hone_internal_file_open(&reader, path));
    size_t length = reader.bytes < sizeof start ? reader.bytes : sizeof start;
    hone_status status = hone_internal_file_take(&reader, start, length);
    hone_internal_file_close(&reader);
    HONE_TRY(status);
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (length >= signatures[i].length && memcmp(start, signatures[i].start, signatures[i].length) == 0) {
            *kind = signatures[i].kind;
            return HONE_OK;
        }
    return hone_fail(
        HONE_ERROR_FORMAT,
        "%s: expected an NPY, NPZ or IDX file, or format=csv, libsvm or cifar after a '#'; it starts "
        "with the bytes %02x %02x %02x %02x",
        path, start[0], start[1], start[2], start[3]);
}

static hone_status detect(const char *item, content *kind)
{
    *kind = CONTENT_NAMED;
    if (hone_internal_named_find(item))
        return HONE_OK;
    if (!exists(item))
        return fail_missing(item);
    return detect_file(item, kind);
}

/* ---- archives ---- */

#ifdef HONE_CORE_ONLY

static hone_status fail_archive(const char *path)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone cannot read NPZ files; use NPY files",
                     path);
}

static hone_status load_archive(const char *path, const request *asked, hone_dataset_parts *parts)
{
    (void)asked, (void)parts;
    return fail_archive(path);
}

static hone_status load_all(const char *path, bool rows, hone_component *list)
{
    (void)rows, (void)list;
    return fail_archive(path);
}

#else

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
static hone_status load_every_key(archive *opened, hone_component *list)
{
    if (opened->count > HONE_MAX_COMPONENTS)
        return hone_fail(HONE_ERROR_DATA, "%s: %zu arrays; expected at most %d inputs or targets",
                         opened->path, opened->count, HONE_MAX_COMPONENTS);
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
    for (size_t i = 0; i < opened->count; i++) {
        const char *key = opened->keys[i];
        int input = place_among(inputs, key);
        if (input >= 0)
            HONE_TRY(load_key(opened, key, key, &parts->x[input]));
        else if (strcmp(key, weight) == 0)
            HONE_TRY(load_key(opened, key, NULL, &parts->weight));
        else if (strcmp(key, "y") == 0)
            HONE_TRY(load_key(opened, key, NULL, &parts->y[0]));
        else if (!plain && targets == HONE_MAX_COMPONENTS)
            return hone_fail(HONE_ERROR_DATA, "%s: more than %d arrays beside the model's inputs",
                             opened->path, HONE_MAX_COMPONENTS);
        else if (!plain)
            HONE_TRY(load_key(opened, key, key, &parts->y[targets++]));
    }
    return HONE_OK;
}

static hone_status load_keys(archive *opened, const request *asked, hone_dataset_parts *parts)
{
    if (!asked->said && has_each(opened, asked->inputs))
        return load_for_inputs(opened, asked->inputs, parts);
    bool parted = has(opened, "x_train") || has(opened, "x_test");
    if (parted && (asked->said || !has(opened, "x")))
        return load_usual_keys(opened, asked->part, parts);
    if (asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts (x_train, x_test), but #%s was asked for",
                         opened->path, asked->part);
    if (has(opened, "x"))
        return load_usual_keys(opened, NULL, parts);
    return load_every_key(opened, parts->x);
}

static hone_status load_archive(const char *path, const request *asked, hone_dataset_parts *parts)
{
    archive opened;
    hone_status status = open_archive(&opened, path, asked->rows);
    if (status == HONE_OK)
        status = load_keys(&opened, asked, parts);
    close_archive(&opened);
    return status;
}

static hone_status load_all(const char *path, bool rows, hone_component *list)
{
    archive opened;
    hone_status status = open_archive(&opened, path, rows);
    if (status == HONE_OK)
        status = load_every_key(&opened, list);
    close_archive(&opened);
    return status;
}

#endif

/* ---- files of one array ---- */

static hone_status load_array(const char *path, content kind, bool rows, hone_component *result)
{
    if (rows)
        result->rows =
            kind == CONTENT_NPY ? hone_internal_rows_open_npy(path) : hone_internal_rows_open_idx(path);
    else
        result->array = kind == CONTENT_NPY ? hone_array_load(path) : hone_internal_idx_load(path);
    if (!result->array && !result->rows)
        return hone_error_status();
    result->label = hone_internal_copy_text(path);
    return result->label ? HONE_OK : HONE_ERROR_MEMORY;
}

/* "fashion-mnist#train: x" */
static hone_status label_parts(const hone_named_entry *entry, const request *asked, hone_dataset_parts *parts)
{
    hone_component *components[] = {&parts->x[0], &parts->y[0]};
    for (int i = 0; i < 2; i++) {
        hone_internal_free(components[i]->label);
        components[i]->label =
            hone_internal_format("%s#%s: %s", entry->name, asked->part, i == 0 ? "x" : "y");
        if (!components[i]->label)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static hone_status load_place(const hone_named_entry *entry, const hone_named_place *place,
                              const request *asked, int part, hone_dataset_parts *parts)
{
    if (!place->folder && !place->archive)
        return hone_internal_named_missing(entry);
    bool whole = entry->samples[1] == 0; /* it has no parts */
    if (whole && asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", entry->name, asked->part);
    if (place->archive) {
        request of_part = *asked;
        of_part.said = !whole;
        return load_archive(place->archive, &of_part, parts);
    }
    if (entry->format == HONE_NAMED_IRIS) {
        HONE_TRY(hone_internal_iris_load(place->files[0], &parts->x[0], &parts->y[0]));
    } else if (entry->format != HONE_NAMED_IDX) {
        HONE_TRY(hone_internal_cifar_load(place->folder, entry->format, part, &parts->x[0], &parts->y[0]));
    } else {
        HONE_TRY(load_array(place->files[0], CONTENT_IDX, asked->rows, &parts->x[0]));
        HONE_TRY(load_array(place->files[1], CONTENT_IDX, asked->rows, &parts->y[0]));
    }
    return label_parts(entry, asked, parts);
}

static hone_status load_named(const request *asked, hone_dataset_parts *parts)
{
    const hone_named_entry *entry = hone_internal_named_find(asked->items[0]);
    int part = strcmp(asked->part, hone_internal_part_names[1]) == 0;
    hone_named_place place;
    HONE_TRY(hone_internal_named_locate(entry, part, &place));
    hone_status status = load_place(entry, &place, asked, part, parts);
    hone_internal_named_place_free(&place);
    return status;
}

/* What tables, pictures and so on are: they know better than their first bytes. */
static hone_status detect_format(const request *asked, int item, hone_file_format *format)
{
    *format = HONE_FILE_OTHER;
    if (hone_internal_named_find(asked->items[item]) || !exists(asked->items[item]))
        return HONE_OK;
    return hone_internal_file_format(asked->items[item], asked->options, format);
}

/* A table that is half of "inputs,targets". Its schema goes under "x" or "y". */
static hone_status load_half_table(const request *asked, int half, hone_dataset_parts *parts)
{
    hone_config *pair = parts->schema ? parts->schema : hone_internal_config_map();
    parts->schema = NULL;
    hone_status status = pair ? HONE_OK : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = hone_internal_config_set(pair, "format", hone_internal_config_text("pair"));
    if (status >= 0)
        status = hone_internal_file_load_half(asked->items[half], asked->options, asked->schema, half, parts);
    if (status >= 0) {
        status = hone_internal_config_set(pair, half == 0 ? "x" : "y", parts->schema);
        parts->schema = NULL;
    }
    hone_internal_config_free(parts->schema);
    parts->schema = pair;
    return status;
}

/* One of the two items of "inputs,targets". */
static hone_status load_half(const request *asked, int half, hone_dataset_parts *parts)
{
    const char *item = asked->items[half];
    hone_component *list = half == 0 ? parts->x : parts->y;
    hone_file_format format;
    content kind;
    HONE_TRY(detect_format(asked, half, &format));
    if (format == HONE_FILE_TABLE)
        return load_half_table(asked, half, parts);
    if (format != HONE_FILE_OTHER)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "\"%s\" has its own inputs and targets; expected only one of the two", item);
    HONE_TRY(detect(item, &kind));
    if (kind == CONTENT_NPZ)
        return load_all(item, asked->rows, list);
    if (kind != CONTENT_NAMED)
        return load_array(item, kind, asked->rows, &list[0]);
    return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" has its own inputs and targets; expected a file", item);
}

static hone_status load_pair(const request *asked, hone_dataset_parts *parts)
{
    if (asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", asked->items[0],
                         asked->part);
    HONE_TRY(load_half(asked, 0, parts));
    HONE_TRY(load_half(asked, 1, parts));
    return parts->schema ? HONE_OK : refuse_options(asked);
}

static hone_status load_one(const request *asked, hone_dataset_parts *parts)
{
    hone_file_format format;
    content kind;
    HONE_TRY(detect_format(asked, 0, &format));
    if (format != HONE_FILE_OTHER)
        return hone_internal_file_load(format, asked->items[0], asked->options, asked->part, asked->said,
                                       asked->schema, parts);
    HONE_TRY(refuse_options(asked));
    HONE_TRY(detect(asked->items[0], &kind));
    if (kind == CONTENT_NAMED)
        return load_named(asked, parts);
    if (kind == CONTENT_NPZ)
        return load_archive(asked->items[0], asked, parts);
    if (asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", asked->items[0],
                         asked->part);
    return load_array(asked->items[0], kind, asked->rows, &parts->x[0]);
}

/* ---- what stays in the files ---- */

/* Every component that is there. */
static int list_components(hone_dataset_parts *parts, hone_component *all[2 * HONE_MAX_COMPONENTS + 1])
{
    int count = 0;
    for (int i = 0; i < HONE_MAX_COMPONENTS; i++) {
        all[count++] = &parts->x[i];
        all[count++] = &parts->y[i];
    }
    all[count++] = &parts->weight;
    return count;
}

static size_t bytes_of(const hone_component *item)
{
    if (item->rows)
        return hone_internal_rows_bytes(item->rows);
    return item->array ? (size_t)hone_array_count(item->array) * hone_dtype_size(item->array->type) : 0;
}

static hone_status bring_in(hone_component *item)
{
    item->array = hone_internal_rows_load(item->rows);
    if (!item->array)
        return hone_error_status();
    hone_internal_rows_free(item->rows);
    item->rows = NULL;
    return HONE_OK;
}

/* Arrays that together stay within the limit come into memory; of others the smallest ones, within half of
 * it.
 */
static hone_status settle(hone_dataset_parts *parts, const char *source, uint64_t limit)
{
    hone_component *all[2 * HONE_MAX_COMPONENTS + 1];
    int count = list_components(parts, all);
    uint64_t together = 0, fixed = 0;
    for (int i = 0; i < count; i++) {
        together += bytes_of(all[i]);
        fixed += all[i]->array ? bytes_of(all[i]) : 0;
    }
    if (fixed > limit)
        return hone_fail(
            HONE_ERROR_DATA,
            "%s: data in this format are held in memory, where they take %llu bytes, more than the "
            "limit of %llu; NPY, NPZ and IDX files are read as they are needed",
            source, (unsigned long long)fixed, (unsigned long long)limit);
    uint64_t room = (together <= limit ? limit : limit / 2) - (fixed < limit / 2 ? fixed : limit / 2);
    for (;;) {
        hone_component *least = NULL;
        for (int i = 0; i < count; i++)
            if (all[i]->rows && bytes_of(all[i]) <= room && (!least || bytes_of(all[i]) < bytes_of(least)))
                least = all[i];
        if (!least)
            return HONE_OK;
        room -= bytes_of(least);
        HONE_TRY(bring_in(least));
    }
}

/* ---- the public side ---- */

hone_dataset *hone_internal_dataset_load_as(const hone_config *schema, const char *const *inputs,
                                            const char *source, const char *part, double scale, int64_t limit)
{
    request asked = {.schema = schema, .inputs = inputs, .rows = limit > 0};
    hone_dataset_parts parts = {.scale = scale};
    if (!part)
        part = hone_internal_part_names[0];
    if (!source || !source[0]) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "expected a data set, such as fashion-mnist or x.npy,y.npy, "
                  "received %s",
                  source ? "an empty text" : "NULL");
        return NULL;
    }
    if (strcmp(part, hone_internal_part_names[0]) != 0 && strcmp(part, hone_internal_part_names[1]) != 0) {
        hone_internal_fail_name("part of a data set", part, hone_internal_part_names, 2);
        return NULL;
    }
    hone_status status = parse_request(&asked, source, part);
    if (status == HONE_OK)
        status = asked.count == 1 ? load_one(&asked, &parts) : load_pair(&asked, &parts);
    if (status == HONE_OK && limit > 0)
        status = settle(&parts, source, (uint64_t)limit);
    hone_internal_free(asked.text);
    hone_internal_config_free(asked.options);
    if (status == HONE_OK)
        return hone_internal_dataset_assemble(&parts);
    hone_internal_dataset_parts_free(&parts);
    return NULL;
}

hone_dataset *hone_dataset_load(const char *source, const char *part, double scale)
{
    return hone_internal_dataset_load_as(NULL, NULL, source, part, scale, 0);
}

hone_dataset *hone_dataset_from_files_with(const char *source, const hone_dataset_from_files_args *said)
{
    hone_dataset_from_files_args args;
    if (hone_internal_args_read(&hone_internal_dataset_from_files_verb, said, &args) < 0)
        return NULL;
    hone_internal_error_push(args.base.site, NULL);
    hone_dataset *dataset =
        hone_internal_dataset_load_as(NULL, NULL, source, args.part, args.scale,
                                      args.memory_limit == HONE_NONE_INTEGER ? 0 : args.memory_limit);
    hone_internal_error_pop();
    return dataset;
}

hone_dataset *hone_dataset_load_like(const hone_dataset *like, const char *source, const char *part,
                                     double scale)
{
    return like ? hone_internal_dataset_load_as(hone_internal_dataset_schema(like), NULL, source, part, scale,
                                                0)
                : NULL;
}
