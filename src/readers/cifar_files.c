/* CIFAR's binary files where they lie, with the names of their classes: a folder (data_batch_1.bin ... and
 * test_batch.bin, or train.bin and test.bin), or one file. Records are a label (CIFAR-100: a coarse and a
 * fine one) and 3 planes of 32 x 32 bytes. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "base/memory.h"
#include "readers/format.h"
#include "readers/named.h"
#include <hone/data_files.h>
#include <string.h>
#include <sys/stat.h>

HONE_FIELD_TABLE(hone_dataset_from_cifar_args, HONE_CIFAR_FIELDS);

enum { SIDE = 32, IMAGE = 3 * SIDE * SIDE, FILE_BYTES = 1 << 30, MOST_FILES = 5, NAMES_BYTES = 1 << 16 };

typedef struct cifar {
    char *paths[MOST_FILES];
    int count;
    char *names; /* of the file with the classes' names */
    int label_bytes, label, classes;
    int64_t records;
} cifar;

static bool is_there(const char *folder, const char *name)
{
    struct stat status;
    char *path = hone_internal_format("%s/%s", folder, name);
    bool there = path && stat(path, &status) == 0 && S_ISREG(status.st_mode);
    hone_internal_free(path);
    return there;
}

/* Its pickles are refused, with advice. */
static hone_status is_folder(const char *folder, bool *is)
{
    *is = is_there(folder, "data_batch_1.bin") || is_there(folder, "test_batch.bin") ||
          (is_there(folder, "train.bin") && is_there(folder, "fine_label_names.txt")) ||
          (is_there(folder, "test.bin") && is_there(folder, "fine_label_names.txt"));
    bool pickles =
        is_there(folder, "data_batch_1") || (is_there(folder, "meta") && is_there(folder, "train"));
    if (*is || !pickles)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "%s holds CIFAR as Python pickles, which can run any program and are never read; use its "
        "\"binary version\": hone datasets fetch cifar10 or cifar100",
        folder);
}

/* ---- which files ---- */

static hone_status add_path(cifar *found, char *path)
{
    if (path)
        found->paths[found->count++] = path;
    return path ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status choose_files(cifar *found, const char *folder, bool test, bool hundred)
{
    if (hundred)
        return add_path(found, hone_internal_format("%s/%s.bin", folder, test ? "test" : "train"));
    if (test)
        return add_path(found, hone_internal_format("%s/test_batch.bin", folder));
    for (int i = 1; i <= MOST_FILES; i++)
        HONE_TRY(add_path(found, hone_internal_format("%s/data_batch_%d.bin", folder, i)));
    return HONE_OK;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? hone_internal_copy_text_n(path, (size_t)(slash - path)) : hone_internal_copy_text(".");
}

static hone_status choose(cifar *found, const char *path, const char *part, const char *labels)
{
    struct stat status;
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode), coarse = strcmp(labels, "coarse") == 0;
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char *home = folder ? hone_internal_copy_text(path) : folder_of(path);
    if (!home)
        return HONE_ERROR_MEMORY;
    bool hundred = folder ? is_there(path, "train.bin") || is_there(path, "test.bin")
                          : strcmp(name, "train.bin") == 0 || strcmp(name, "test.bin") == 0;
    found->label_bytes = hundred ? 2 : 1;
    found->label = hundred && !coarse;
    found->classes = !hundred ? 10 : coarse ? 20 : 100;
    found->names = hone_internal_format("%s/%s", home,
                                        !hundred ? "batches.meta.txt"
                                        : coarse ? "coarse_label_names.txt"
                                                 : "fine_label_names.txt");
    hone_status done = !found->names ? HONE_ERROR_MEMORY
                       : folder      ? choose_files(found, path, strcmp(part, "test") == 0, hundred)
                                     : add_path(found, hone_internal_copy_text(path));
    hone_internal_free(home);
    return done;
}

static hone_status count_records(cifar *found)
{
    size_t record = (size_t)found->label_bytes + IMAGE;
    for (int i = 0; i < found->count; i++) {
        hone_file_reader reader;
        HONE_TRY(hone_internal_file_open(&reader, found->paths[i]));
        size_t bytes = reader.bytes;
        hone_internal_file_close(&reader);
        if (bytes == 0 || bytes % record != 0 || bytes > FILE_BYTES)
            return hone_fail(HONE_ERROR_FORMAT,
                             "%s: %zu bytes; expected records of %zu bytes (CIFAR-%d, binary version)",
                             found->paths[i], bytes, record, found->label_bytes == 2 ? 100 : 10);
        found->records += (int64_t)(bytes / record);
    }
    return HONE_OK;
}

/* ---- reading ---- */

static hone_status place_file(const cifar *found, const char *path, int64_t *next, uint8_t *images,
                              uint8_t *labels)
{
    void *data;
    size_t bytes, record = (size_t)found->label_bytes + IMAGE;
    HONE_TRY(hone_internal_file_read(path, FILE_BYTES, &data, &bytes));
    hone_status status = HONE_OK;
    for (size_t at = 0; at + record <= bytes && *next < found->records && status >= 0;
         at += record, ++*next) {
        const uint8_t *from = (const uint8_t *)data + at;
        labels[*next] = from[found->label];
        hone_internal_cifar_pixels(from + found->label_bytes, images + *next * IMAGE);
        if (labels[*next] >= found->classes)
            status = hone_fail(HONE_ERROR_FORMAT, "%s: the label of record %zu is %d; expected 0 to %d", path,
                               at / record, labels[*next], found->classes - 1);
    }
    hone_internal_free(data);
    return status;
}

/* A name a line; a file that is not there is no mistake. */
static hone_config *read_names(const cifar *found)
{
    void *data = NULL;
    size_t bytes;
    hone_config *list = hone_internal_config_list();
    struct stat status;
    if (!list || stat(found->names, &status) != 0)
        return list;
    if (hone_internal_file_read(found->names, NAMES_BYTES, &data, &bytes) < 0) {
        hone_internal_config_free(list);
        return NULL;
    }
    char *rest = NULL;
    for (char *line = strtok_r(data, "\r\n", &rest); list && line; line = strtok_r(NULL, "\r\n", &rest))
        if (hone_internal_config_append(list, hone_internal_config_text(line)) < 0) {
            hone_internal_config_free(list);
            list = NULL;
        }
    hone_internal_free(data);
    return list;
}

static hone_status describe(const cifar *found, hone_dataset_parts *parts)
{
    hone_config *names = read_names(found);
    if (!names)
        return hone_error_status();
    if (hone_internal_config_count(names) != (size_t)found->classes) { /* numbers serve */
        hone_internal_config_free(names);
        return HONE_OK;
    }
    hone_status status = HONE_ERROR_MEMORY;
    parts->schema = hone_internal_config_map();
    if (parts->schema)
        status = hone_internal_config_set(parts->schema, "format", hone_internal_config_text("classes"));
    if (status >= 0)
        return hone_internal_config_set(parts->schema, "classes", names);
    hone_internal_config_free(names);
    return status;
}

static hone_status read_all(cifar *found, const char *path, hone_dataset_parts *parts)
{
    HONE_TRY(count_records(found));
    parts->x[0].array = hone_array_create(HONE_UINT8, 4, (int64_t[]){found->records, SIDE, SIDE, 3});
    parts->y[0].array = hone_array_create(HONE_UINT8, 2, (int64_t[]){found->records, 1});
    parts->x[0].label = hone_internal_copy_text(path);
    parts->y[0].label = hone_internal_format("%s: labels", path);
    if (!parts->x[0].array || !parts->y[0].array || !parts->x[0].label || !parts->y[0].label)
        return hone_error_status();
    int64_t next = 0;
    for (int i = 0; i < found->count; i++)
        HONE_TRY(place_file(found, found->paths[i], &next, parts->x[0].array->data, parts->y[0].array->data));
    return describe(found, parts);
}

/* ---- the format ---- */

static hone_status load(const hone_data_source *source, const void *given, hone_dataset_parts *parts)
{
    const hone_dataset_from_cifar_args *args = given;
    cifar found = {.count = 0};
    hone_internal_parts_scale(parts, args->scale);
    hone_status status = choose(&found, args->path, source->part ? source->part : args->part, args->labels);
    if (status >= 0)
        status = read_all(&found, args->path, parts);
    for (int i = 0; i < found.count; i++)
        hone_internal_free(found.paths[i]);
    hone_internal_free(found.names);
    return status;
}

static const hone_type cifar_type = {.name = "cifar",
                                     .class_name = "cifar",
                                     .summary = "CIFAR-10 and CIFAR-100, binary version",
                                     HONE_TYPE_FIELDS(hone_dataset_from_cifar_args)};

const hone_data_format hone_internal_cifar_format = {.name = "cifar",
                                                     .type = &cifar_type,
                                                     .endings = ".bin",
                                                     .has_parts = true,
                                                     .is_folder = is_folder,
                                                     .load = load};

hone_dataset *hone_dataset_from_cifar_with(const hone_dataset_from_cifar_args *args)
{
    return hone_internal_format_create(&hone_internal_cifar_format, HONE_NO_DATASET, args);
}
