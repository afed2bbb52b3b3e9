/* Texts: a folder with a folder of .txt files for each class, a text a file; and a file of lines, a text a
 * line. */
#define _XOPEN_SOURCE 700
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "fields/fields.h"
#include "formats/source.h"
#include "readers/format.h"
#include "readers/folders.h"
#include "readers/schema.h"
#include "tensor/texts.h"

#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_texts_args, HONE_TEXTS_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_dataset_from_lines_args, HONE_LINES_FIELDS, line_fields, line_defaults);

enum { FILE_BYTES = 1 << 30 };

static const char *const text_ends[] = {".txt", NULL};
static const hone_file_kind text_files = {"texts", ".txt", text_ends};

static hone_status check_text(const char *text, const char *label, int64_t line)
{
    const int64_t bad = hone_internal_text_bad_byte(text);
    char place[32] = "";
    if (bad < 0)
        return HONE_OK;
    if (line > 0)
        snprintf(place, sizeof place, ", line %lld", (long long)line);
    return hone_fail(HONE_ERROR_DATA, "%s%s: the text is not UTF-8: byte %lld is 0x%02X", label, place,
                     (long long)bad + 1, (unsigned)(unsigned char)text[bad]);
}

static hone_status add(hone_texts *texts, const char *text, size_t length, const char *label, int64_t line)
{
    if (length > 0 && memchr(text, '\0', length) != NULL)
        return hone_fail(HONE_ERROR_DATA, "%s: the text holds a byte 0", label);
    HONE_TRY(hone_internal_texts_add(texts, text, length));
    return check_text(texts->bytes + texts->places[texts->count - 1], label, line);
}

static hone_status give(hone_texts *texts, const char *path, hone_component *part)
{
    const int64_t count = (int64_t)texts->count;
    if (count == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: there are no texts", path);
    part->array = hone_internal_texts_finish(texts, 1, &count);
    part->label = hone_internal_copy_text(path);
    return part->array == NULL || part->label == NULL ? hone_error_status() : HONE_OK;
}

/* ---- a folder ---- */

static hone_status is_folder(const char *path, bool *is)
{
    return hone_internal_folder_holds(path, &text_files, is);
}

static hone_status read_files(const hone_file_list *list, const char *path, hone_component *part)
{
    hone_texts texts = {0};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < list->count && status >= 0; i++) {
        void *data;
        size_t bytes;
        status = hone_internal_file_read(list->files[i].path, FILE_BYTES, &data, &bytes);
        if (status < 0)
            break;
        status = add(&texts, data, bytes, list->files[i].path, 0);
        hone_internal_free(data);
    }
    if (status >= 0)
        status = give(&texts, path, part);
    hone_internal_texts_free(&texts);
    return status;
}

static hone_config *describe(const hone_file_list *list)
{
    hone_config *map = hone_internal_config_map();
    if (map != NULL && hone_internal_config_set(map, "format", hone_internal_config_text("texts")) >= 0 &&
        hone_internal_config_set(map, "classes", hone_internal_files_classes(list)) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status load(const hone_dataset_from_texts_args *args, const char *path, const hone_config *schema,
                        hone_file_list *list, hone_dataset_parts *parts)
{
    const hone_class_folder files = HONE_CLASS_FOLDER(args, path);
    HONE_TRY(hone_internal_files_list(&files, hone_internal_schema_classes(schema, 0), list));
    HONE_TRY(read_files(list, path, &parts->x[0]));
    HONE_TRY(hone_internal_files_targets(list, args->labels, path, &parts->y[0]));
    parts->schema = describe(list);
    return parts->schema == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status load_folder(const hone_data_source *source, const void *given, hone_dataset_parts *parts)
{
    const hone_dataset_from_texts_args *args = given;
    char *folder = NULL;
    hone_file_list list = {.kind = &text_files};
    if (source->part)
        HONE_TRY(hone_internal_part_of_folder(source, &folder));
    hone_status status = load(args, folder ? folder : args->path,
                              hone_internal_schema_of(source->schema, "texts"), &list, parts);
    hone_internal_files_free(&list);
    hone_internal_free(folder);
    return status;
}

static const hone_type texts_type = {.name = "texts",
                                     .class_name = "texts",
                                     .summary = "A folder of text files by class.",
                                     HONE_TYPE_FIELDS(hone_dataset_from_texts_args)};

const hone_data_format hone_internal_texts_format = {
    .name = "texts", .type = &texts_type, .has_parts = true, .is_folder = is_folder, .load = load_folder};

/* ---- lines ---- */

static hone_status read_whole(hone_source *source, char **text, size_t *length)
{
    size_t capacity = 0, bytes = 1;
    *text = NULL;
    *length = 0;
    while (bytes > 0) {
        HONE_TRY((hone_status)hone_internal_grow(text, &capacity, *length + 65537, 1));
        HONE_TRY(hone_internal_source_read(source, *text + *length, capacity - *length - 1, &bytes));
        *length += bytes;
    }
    (*text)[*length] = '\0';
    return HONE_OK;
}

static hone_status split_lines(const char *text, size_t length, bool keep_empty, const char *label,
                               hone_texts *texts)
{
    int64_t line = 0;
    for (const char *at = text, *end = text + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at)), *next = stop == NULL ? end : stop + 1;
        size_t bytes = (size_t)((stop == NULL ? end : stop) - at);
        bytes -= bytes > 0 && at[bytes - 1] == '\r';
        line++;
        if (bytes > 0 || keep_empty)
            HONE_TRY(add(texts, at, bytes, label, line));
        at = next;
    }
    return HONE_OK;
}

static hone_status load_lines(const hone_data_source *from, const void *given, int half,
                              hone_dataset_parts *parts)
{
    const hone_dataset_from_lines_args *args = given;
    hone_source *source = hone_internal_source_open(args->path);
    hone_texts texts = {0};
    char *text = NULL;
    size_t length = 0;
    (void)from;
    if (source == NULL)
        return hone_error_status();
    hone_status status =
        half == 0 ? HONE_OK
                  : hone_fail(HONE_ERROR_DATA, "%s: lines of text are inputs, not targets", args->path);
    if (status >= 0)
        status = read_whole(source, &text, &length);
    if (status >= 0)
        status = split_lines(text, length, args->empty, hone_internal_source_label(source), &texts);
    if (status >= 0)
        status = give(&texts, args->path, &parts->x[0]);
    hone_internal_texts_free(&texts);
    hone_internal_free(text);
    hone_internal_source_close(source);
    return status;
}

static hone_status load_all_lines(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    return load_lines(source, args, 0, parts);
}

static const hone_type lines_type = {
    .name = "lines",
    .class_name = "lines",
    .summary = "A text file, each line a text (format=lines).",
    HONE_TYPE_FIELDS_NAMED(hone_dataset_from_lines_args, line_fields, line_defaults)};

const hone_data_format hone_internal_lines_format = {
    .name = "lines", .type = &lines_type, .load = load_all_lines, .load_half = load_lines};

hone_dataset *hone_dataset_from_texts_with(const hone_dataset *like, const hone_dataset_from_texts_args *args)
{
    return hone_internal_format_create(&hone_internal_texts_format, like, args);
}

hone_dataset *hone_dataset_from_lines_with(const hone_dataset_from_lines_args *args)
{
    return hone_internal_format_create(&hone_internal_lines_format, HONE_NO_DATASET, args);
}
