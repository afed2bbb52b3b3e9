/* Which reader a data file is for, and its options through the reader's field table. */
#define _XOPEN_SOURCE 700
#include "readers/load_files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "readers/options.h"
#include "readers/schema.h"
#ifndef HONE_CORE_ONLY
#include "readers/images.h"
#endif
#include "readers/libsvm.h"
#include "readers/table.h"
#include <hone/data_files.h>
#include <string.h>
#include <sys/stat.h>

HONE_FIELD_TABLE(hone_dataset_from_images_args, HONE_IMAGES_FIELDS);

static const hone_type images_type = {.name = "images",
                                      .class_name = "images",
                                      .summary = "a folder of PNG and JPEG files by class",
                                      HONE_TYPE_FIELDS(hone_dataset_from_images_args)};

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length > wanted && hone_internal_text_equal_nocase(text + length - wanted, end);
}

/* ---- formats ---- */

static const char *const format_names[] = {"csv", "libsvm", "images",
                                           "cifar"}; /* as hone_file_format, from 1 */

static hone_status format_by_option(const char *name, hone_file_format *format)
{
    for (int i = 0; i < 4; i++)
        if (strcmp(name, format_names[i]) == 0) {
            *format = (hone_file_format)(i + 1);
            return HONE_OK;
        }
    return hone_internal_fail_name("format", name, format_names, 4);
}

static hone_status refuse_pickle(const char *path)
{
    hone_file_reader reader;
    unsigned char start[2] = {0};
    HONE_TRY(hone_internal_file_open(&reader, path));
    hone_status status = reader.bytes >= 2 ? hone_internal_file_take(&reader, start, 2) : HONE_OK;
    hone_internal_file_close(&reader);
    HONE_TRY(status);
    bool pickle = ends_in(path, ".pkl") || ends_in(path, ".pickle") ||
                  (start[0] == 0x80 && start[1] >= 2 && start[1] <= 5);
    if (!pickle)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "%s is a Python pickle, which can run any program and is never read; save arrays in Python: "
        "numpy.savez(\"data.npz\", x=x, y=y)",
        path);
}

hone_status hone_internal_file_format(const char *path, const hone_config *options, hone_file_format *format)
{
    static const struct {
        const char *end;
        hone_file_format format;
    } ends[] = {
        {".csv", HONE_FILE_TABLE},          {".tsv", HONE_FILE_TABLE},        {".csv.gz", HONE_FILE_TABLE},
        {".tsv.gz", HONE_FILE_TABLE},       {".libsvm", HONE_FILE_LIBSVM},    {".svm", HONE_FILE_LIBSVM},
        {".svmlight", HONE_FILE_LIBSVM},    {".libsvm.gz", HONE_FILE_LIBSVM}, {".svm.gz", HONE_FILE_LIBSVM},
        {".svmlight.gz", HONE_FILE_LIBSVM}, {".bin", HONE_FILE_CIFAR}};
    const char *option = hone_internal_config_get_text(options, "format");
    bool cifar = false;
    *format = HONE_FILE_OTHER;
    if (option)
        return format_by_option(option, format);
    if (is_folder(path)) {
        HONE_TRY(hone_internal_cifar_is(path, &cifar));
        *format = cifar ? HONE_FILE_CIFAR : HONE_FILE_IMAGES;
        return HONE_OK;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(path, ends[i].end)) {
            *format = ends[i].format;
            return HONE_OK;
        }
    return refuse_pickle(path);
}

/* ---- options ---- */

static const hone_type *const types[] = {
    [HONE_FILE_TABLE] = &hone_internal_csv_type,
    [HONE_FILE_LIBSVM] = &hone_internal_libsvm_type,
    [HONE_FILE_IMAGES] = &images_type,
    [HONE_FILE_CIFAR] = &hone_internal_cifar_type,
};

const hone_type *hone_data_format_at(size_t index)
{
    size_t first = HONE_FILE_TABLE; /* the formats before it have no options */
    return first + index < sizeof types / sizeof *types ? types[first + index] : NULL;
}

static void *read_args(hone_file_format format, const char *path, const hone_config *options)
{
    hone_config *own = options ? hone_internal_config_copy(options) : hone_internal_config_map();
    if (own)
        hone_internal_config_remove(own, "format");
    void *args = own ? hone_internal_options_read(types[format], own, path) : NULL;
    hone_internal_config_free(own);
    return args;
}

/* ---- reading ---- */

/* A folder with the folders train and test has parts. */
static hone_status part_of_folder(const char *path, const char *part, bool said, char **folder)
{
    char *inner[2] = {NULL, NULL};
    bool has[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        inner[i] = hone_internal_format("%s/%s", path, hone_internal_part_names[i]);
        has[i] = inner[i] && is_folder(inner[i]);
    }
    int wanted = strcmp(part, hone_internal_part_names[1]) == 0;
    bool parted = (has[0] && has[1]) || (said && has[wanted]);
    hone_status status = inner[0] && inner[1] ? HONE_OK : HONE_ERROR_MEMORY;
    if (status >= 0 && said && !parted)
        status = hone_fail(HONE_ERROR_DATA,
                           "%s has no parts (the folders train and test), but #%s was asked for", path, part);
    *folder = status < 0 ? NULL : hone_internal_copy_text(parted ? inner[wanted] : path);
    hone_internal_free(inner[0]);
    hone_internal_free(inner[1]);
    return status >= 0 && !*folder ? HONE_ERROR_MEMORY : status;
}

static hone_status load_images(hone_dataset_from_images_args *args, const hone_config *schema,
                               hone_dataset_parts *parts)
{
#ifdef HONE_CORE_ONLY
    (void)schema, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: this build of Hone cannot read pictures; save them as an NPY file", args->path);
#else
    return hone_internal_images_load(args, hone_internal_schema_of(schema, "images"), parts);
#endif
}

static hone_status load_with(hone_file_format format, void *args, const char *part, const hone_config *schema,
                             hone_dataset_parts *parts)
{
    double scale = parts->scale == 0 ? 1 : parts->scale;
    switch (format) {
    case HONE_FILE_TABLE:
        parts->scale = scale * ((hone_dataset_from_csv_args *)args)->scale;
        return hone_internal_table_load(args, hone_internal_schema_of(schema, "table"), false, parts);
    case HONE_FILE_LIBSVM:
        parts->scale = scale * ((hone_dataset_from_libsvm_args *)args)->scale;
        return hone_internal_libsvm_load(args, hone_internal_schema_of(schema, "libsvm"), parts);
    case HONE_FILE_CIFAR:
        parts->scale = scale * ((hone_dataset_from_cifar_args *)args)->scale;
        return hone_internal_cifar_files_load(((hone_dataset_from_cifar_args *)args)->path, part,
                                              ((hone_dataset_from_cifar_args *)args)->labels, parts);
    default:
        parts->scale = scale * ((hone_dataset_from_images_args *)args)->scale;
        return load_images(args, schema, parts);
    }
}

hone_status hone_internal_file_load(hone_file_format format, const char *path, const hone_config *options,
                                    const char *part, bool said, const hone_config *schema,
                                    hone_dataset_parts *parts)
{
    char *folder = NULL;
    bool has_parts = format == HONE_FILE_IMAGES || format == HONE_FILE_CIFAR;
    if (said && !has_parts)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", path, part);
    if (format == HONE_FILE_IMAGES) {
        HONE_TRY(part_of_folder(path, part, said, &folder));
        path = folder;
    }
    void *args = read_args(format, path, options);
    hone_status status = args ? load_with(format, args, part, schema, parts) : hone_error_status();
    hone_internal_fields_free(types[format], args);
    hone_internal_free(folder);
    return status;
}

hone_status hone_internal_file_load_half(const char *path, const hone_config *options,
                                         const hone_config *schema, int half, hone_dataset_parts *parts)
{
    const hone_config *trained = hone_internal_schema_of(schema, "pair");
    hone_dataset_from_csv_args *args = read_args(HONE_FILE_TABLE, path, options);
    hone_status status =
        args ? hone_internal_table_load(args, hone_internal_config_get(trained, half == 0 ? "x" : "y"),
                                        half == 1, parts)
             : hone_error_status();
    hone_internal_fields_free(&hone_internal_csv_type, args);
    return status;
}

/* ---- the same from C ---- */

static hone_dataset *create(hone_file_format format, const hone_dataset *like, const void *given)
{
    const hone_type *type = types[format];
    void *args = like ? hone_internal_fields_copy(type, given) : NULL;
    if (!args)
        return NULL;
    hone_dataset_parts parts = {.scale = 1};
    const char *part = format == HONE_FILE_CIFAR ? ((hone_dataset_from_cifar_args *)args)->part : NULL;
    hone_internal_error_push(((const hone_args *)args)->site, NULL);
    hone_status status = hone_internal_fields_check(type, args);
    if (status == HONE_OK)
        status = load_with(format, args, part, hone_internal_dataset_schema(like), &parts);
    hone_dataset *dataset = status == HONE_OK ? hone_internal_dataset_assemble(&parts) : NULL;
    hone_internal_error_pop();
    hone_internal_dataset_parts_free(&parts);
    hone_internal_fields_free(type, args);
    return dataset;
}

hone_dataset *hone_dataset_from_csv_with(const hone_dataset *like, const hone_dataset_from_csv_args *args)
{
    return create(HONE_FILE_TABLE, like, args);
}

hone_dataset *hone_dataset_from_libsvm_with(const hone_dataset *like,
                                            const hone_dataset_from_libsvm_args *args)
{
    return create(HONE_FILE_LIBSVM, like, args);
}

hone_dataset *hone_dataset_from_images_with(const hone_dataset *like,
                                            const hone_dataset_from_images_args *args)
{
    return create(HONE_FILE_IMAGES, like, args);
}

hone_dataset *hone_dataset_from_cifar_with(const hone_dataset_from_cifar_args *args)
{
    return create(HONE_FILE_CIFAR, HONE_NO_DATASET, args);
}
