/* The table of data formats: which one a file is in, its options through the format's field table, reading.
 */
#define _XOPEN_SOURCE 700
#include "readers/format.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/posix.h"
#include "base/text.h"
#include "formats/file_set.h"
#include "formats/rows.h"
#include "readers/joined.h"
#include "readers/options.h"
#include <hone/data_files.h>
#include <stdio.h>
#include <string.h>

#define HONE_DATA_FORMAT(name) extern const hone_data_format hone_internal_##name##_format;
#include "readers/formats.def"
#undef HONE_DATA_FORMAT
#define HONE_DATA_FORMAT(name) &hone_internal_##name##_format,
static const hone_data_format *const formats[] = {
#include "readers/formats.def"
};
enum { FORMATS = sizeof formats / sizeof *formats, START_BYTES = 6 };

/* ---- which ---- */

/* Those with options can be named by the option `format`. */
const hone_type *hone_data_format_at(size_t index)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->type != NULL && index-- == 0)
            return formats[i]->type;
    return NULL;
}

static const hone_data_format *by_option(const char *name)
{
    const char *names[FORMATS];
    size_t count = 0;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->type == NULL)
            continue;
        if (strcmp(name, formats[i]->name) == 0)
            return formats[i];
        names[count++] = formats[i]->name;
    }
    hone_internal_fail_name("format", name, names, count);
    return NULL;
}

/* The last that takes a folder: those further down look closer. */
static const hone_data_format *by_folder(const char *path)
{
    for (size_t i = FORMATS; i-- > 0;) {
        bool is = false;
        if (formats[i]->is_folder != NULL && formats[i]->is_folder(path, &is) < 0)
            return NULL;
        if (is)
            return formats[i];
    }
    hone_fail(HONE_ERROR_FORMAT, "%s: no format of data takes a folder", path);
    return NULL;
}

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool ends_in(const char *text, const char *end, size_t length)
{
    size_t all = strlen(text);
    if (all <= length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(text[all - length + i]) != end[i])
            return false;
    return true;
}

static bool ends_in_any(const char *path, const char *endings)
{
    while (endings != NULL && *endings) {
        size_t length = strcspn(endings, "|");
        if (ends_in(path, endings, length))
            return true;
        endings += length + (endings[length] == '|');
    }
    return false;
}

static hone_status read_start(const char *path, unsigned char start[START_BYTES], size_t *length)
{
    hone_file_reader reader;
    HONE_TRY(hone_internal_file_open(&reader, path));
    *length = reader.bytes < START_BYTES ? reader.bytes : START_BYTES;
    hone_status status = hone_internal_file_take(&reader, start, *length);
    hone_internal_file_close(&reader);
    return status;
}

static hone_status refuse_pickle(const char *path, const unsigned char *start)
{
    if (!ends_in_any(path, ".pkl|.pickle") && !(start[0] == 0x80 && start[1] >= 2 && start[1] <= 5))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "%s is a Python pickle, which can run any program and is never read; save arrays in Python: "
        "numpy.savez(\"data.npz\", x=x, y=y)",
        path);
}

static bool starts_as(const hone_data_format *format, const unsigned char *start, size_t length)
{
    for (int i = 0; i < 2; i++)
        if (format->starts[i].length > 0 && format->starts[i].length <= length &&
            memcmp(start, format->starts[i].bytes, format->starts[i].length) == 0)
            return true;
    return false;
}

/* "NPY, NPZ, IDX", or what stands behind "format=". */
static const char *list_names(bool with_options, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < FORMATS; i++)
        if ((formats[i]->type != NULL) == with_options && used + 16 < size) {
            for (const char *letter = used > 0 ? ", " : ""; *letter; letter++)
                text[used++] = *letter;
            for (const char *letter = formats[i]->name; *letter && used + 1 < size; letter++)
                text[used++] = *letter;
            text[used] = '\0';
        }
    return text;
}

static const hone_data_format *by_start(const char *path)
{
    unsigned char start[START_BYTES] = {0};
    size_t length;
    char plain[128], with_options[128];
    if (read_start(path, start, &length) < 0 || refuse_pickle(path, start) < 0)
        return NULL;
    for (size_t i = 0; i < FORMATS; i++)
        if (starts_as(formats[i], start, length))
            return formats[i];
    hone_fail(
        HONE_ERROR_FORMAT,
        "%s: expected the first bytes of one of %s, or format= with one of %s after a '#'; it starts with "
        "the bytes %02x %02x %02x %02x",
        path, list_names(false, plain, sizeof plain), list_names(true, with_options, sizeof with_options),
        start[0], start[1], start[2], start[3]);
    return NULL;
}

static const hone_data_format *format_of_file(const char *path, const hone_config *options)
{
    const char *option = hone_internal_config_get_text(options, "format");
    struct stat status;
    if (option != NULL)
        return by_option(option);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return by_folder(path);
    for (size_t i = 0; i < FORMATS; i++)
        if (ends_in_any(path, formats[i]->endings))
            return formats[i];
    return by_start(path);
}

/* Of a set the first file tells. */
const hone_data_format *hone_internal_format_of(const char *path, const hone_config *options)
{
    if (!hone_internal_file_set_named(path))
        return format_of_file(path, options);
    hone_file_set set;
    const hone_data_format *format =
        hone_internal_file_set_find(path, false, &set) < 0 ? NULL : format_of_file(set.paths[0], options);
    hone_internal_file_set_free(&set);
    return format;
}

/* ---- reading ---- */

void hone_internal_parts_scale(hone_dataset_parts *parts, double scale)
{
    parts->scale = (parts->scale == 0 ? 1 : parts->scale) * scale;
}

hone_status hone_internal_component_bring_in(hone_component *item)
{
    item->array = hone_internal_rows_load(item->rows);
    if (!item->array)
        return hone_error_status();
    hone_internal_rows_free(item->rows);
    item->rows = NULL;
    return HONE_OK;
}

void *hone_internal_format_args(const hone_data_format *format, const char *path, const hone_config *options)
{
    hone_config *own = options != NULL ? hone_internal_config_copy(options) : hone_internal_config_map();
    if (own != NULL)
        hone_internal_config_remove(own, "format");
    void *args = own != NULL ? hone_internal_options_read(format->type, own, path) : NULL;
    hone_internal_config_free(own);
    return args;
}

static hone_status load_set(const hone_data_format *format, const hone_data_source *source, int half,
                            hone_dataset_parts *parts)
{
    char names[128] = "";
    if (format->sets == HONE_SETS_JOINED)
        return hone_internal_joined_load(format, source, half, parts);
    size_t used = 0;
    for (size_t i = 0; i < FORMATS && used + 16 < sizeof names; i++)
        if (formats[i]->sets != HONE_SETS_REFUSED)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                     formats[i]->name);
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: several files can be one data set of the formats %s; %s takes one", source->path,
                     names, format->name);
}

hone_status hone_internal_format_load(const hone_data_format *format, const hone_data_source *source,
                                      const hone_config *options, int half, hone_dataset_parts *parts)
{
    if (half < 0 && source->said && !format->has_parts)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", source->path,
                         source->part);
    if (half >= 0 && format->load_half == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "\"%s\" has its own inputs and targets; expected only one of the two", source->path);
    if (format->sets != HONE_SETS_READ && hone_internal_file_set_named(source->path))
        return load_set(format, source, half, parts);
    void *args = format->type == NULL ? NULL : hone_internal_format_args(format, source->path, options);
    if (format->type != NULL && args == NULL)
        return hone_error_status();
    hone_status status =
        half < 0 ? format->load(source, args, parts) : format->load_half(source, args, half, parts);
    if (args != NULL)
        hone_internal_fields_free(format->type, args);
    return status;
}

/* Whether a program gives a scale: one of 1 is none. */
static bool gives_scale(const hone_type *type, const void *args)
{
    const hone_field *field = hone_internal_fields_find(type, "scale");
    double scale = 1;
    if (field != NULL)
        memcpy(&scale, (const char *)args + field->offset, sizeof scale);
    return scale != 1;
}

hone_dataset *hone_internal_format_create(const hone_data_format *format, const hone_dataset *like,
                                          const void *given)
{
    void *args = like != NULL ? hone_internal_fields_copy(format->type, given) : NULL;
    if (args == NULL)
        return NULL;
    hone_dataset_parts parts;
    hone_data_source source = {.schema = hone_internal_dataset_schema(like)};
    hone_internal_error_push(((const hone_args *)args)->site, NULL);
    const bool scaled =
        like != HONE_NO_DATASET && !hone_internal_dataset_streams(like) && !gives_scale(format->type, args);
    hone_status status =
        hone_internal_dataset_parts_begin(&parts, scaled ? hone_internal_dataset_scale(like) : 1);
    if (status == HONE_OK)
        status = hone_internal_fields_check(format->type, args);
    if (status == HONE_OK)
        status = format->load(&source, args, &parts);
    hone_dataset *dataset = status == HONE_OK ? hone_internal_dataset_assemble(&parts) : NULL;
    hone_internal_error_pop();
    hone_internal_dataset_parts_free(&parts);
    hone_internal_fields_free(format->type, args);
    return dataset;
}

bool hone_internal_too_sparse(int64_t rows, int64_t width, int64_t values, size_t sparsity)
{
    enum { LEAST_REFUSED = 1 << 24 }; /* numbers: 64 MB of floats */
    size_t numbers, most;
    if (!hone_internal_multiply_size((uint64_t)values, sparsity, &most))
        most = SIZE_MAX;
    most = most > LEAST_REFUSED ? most : LEAST_REFUSED;
    return !hone_internal_multiply_size((uint64_t)rows, (uint64_t)width, &numbers) || numbers > most;
}

hone_status hone_internal_check_padding(const char *label, int64_t rows, int64_t width, int64_t values,
                                        const char *cure)
{
    if (!hone_internal_too_sparse(rows, width, values, hone_internal_limits.padded_sparsity))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "%s: %lld rows, each of %lld numbers as the longest, would hold %lld values, fewer than "
                     "one in %zu; %s",
                     label, (long long)rows, (long long)width, (long long)values,
                     hone_internal_limits.padded_sparsity, cure);
}
