/* The first reading of TFRecord files: which features there are, of what kind, how many values they have. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "formats/picture.h"
#include "readers/format.h"
#include "readers/tfrecord.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int hone_internal_tfrecord_channels(const hone_tf_file *file)
{
    const char *color = file->args->color;
    return color[0] == 'g' ? 1 : strcmp(color, "rgba") == 0 ? 4 : 3;
}

/* ---- columns ---- */

/* The column's place, or where it belongs. */
static size_t place_of(const hone_tf_file *file, const char *name, size_t length, bool *there)
{
    size_t low = 0, high = file->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = hone_internal_text_order(file->columns[middle].name,
                                                   strlen(file->columns[middle].name), name, length);
        *there = order == 0;
        if (order == 0)
            return middle;
        *(order < 0 ? &low : &high) = middle + (order < 0);
    }
    *there = false;
    return low;
}

const hone_tf_column *hone_internal_tfrecord_find(const hone_tf_file *file, const char *name, size_t length)
{
    bool there;
    const size_t place = place_of(file, name, length, &there);
    return there ? &file->columns[place] : NULL;
}

static hone_status fail(const hone_tf_file *file, const hone_feature *feature, const char *what)
{
    return hone_fail(HONE_ERROR_DATA, "%s, record %llu, feature \"%.*s\": %s",
                     hone_internal_source_label(file->reader.source), (unsigned long long)file->reader.number,
                     (int)(feature->name_length < 80 ? feature->name_length : 80), feature->name, what);
}

static hone_tf_column *column_of(hone_tf_file *file, const hone_feature *feature)
{
    bool there;
    const size_t place = place_of(file, feature->name, feature->name_length, &there);
    if (there)
        return &file->columns[place];
    if (file->count >= hone_internal_limits.tfrecord_features) {
        fail(file, feature, "too many features");
        return NULL;
    }
    if (memchr(feature->name, '\0', feature->name_length)) {
        fail(file, feature, "a name with a NUL byte");
        return NULL;
    }
    if (hone_internal_grow(&file->columns, &file->room, file->count + 1, sizeof *file->columns) < 0)
        return NULL;
    char *name = hone_internal_copy_text_n(feature->name, feature->name_length);
    if (!name)
        return NULL;
    memmove(&file->columns[place + 1], &file->columns[place], (file->count - place) * sizeof *file->columns);
    file->columns[place] = (hone_tf_column){.name = name};
    file->count++;
    return &file->columns[place];
}

/* ---- what is in a feature ---- */

static bool begins_as_picture(const unsigned char *bytes, size_t length)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G'}, jpeg[] = {0xff, 0xd8, 0xff};
    return (length > sizeof png && memcmp(bytes, png, sizeof png) == 0) ||
           (length > sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0);
}

static hone_status measure_picture(const hone_tf_file *file, hone_tf_column *column,
                                   const unsigned char *bytes, size_t length)
{
#ifdef HONE_CORE_ONLY
    (void)bytes, (void)length;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s, feature \"%s\": this build of Hone cannot read pictures",
                     hone_internal_source_label(file->reader.source), column->name);
#else
    hone_picture picture = {.channels = hone_internal_tfrecord_channels(file)};
    HONE_TRY(hone_internal_picture_decode(bytes, length, column->name, HONE_LIMIT_PICTURE_PIXELS, &picture));
    column->size[0] = picture.height;
    column->size[1] = picture.width;
    column->size[2] = picture.channels;
    hone_internal_free(picture.pixels);
    return HONE_OK;
#endif
}

static hone_status see_bytes(const hone_tf_file *file, hone_tf_column *column, const hone_feature *feature,
                             int64_t *length)
{
    const unsigned char *bytes;
    size_t count = 0;
    if (!hone_internal_feature_bytes(feature, &bytes, &count))
        return HONE_OK;
    *length = (int64_t)count;
    column->several = column->several || feature->count > 1;
    if (column->records > 1 || !begins_as_picture(bytes, count))
        return HONE_OK;
    column->picture = true;
    return measure_picture(file, column, bytes, count);
}

static hone_status see_integers(hone_tf_column *column, const hone_feature *feature)
{
    int64_t *values = hone_internal_allocate((size_t)feature->count * sizeof *values);
    if (!values)
        return HONE_ERROR_MEMORY;
    hone_internal_feature_integers(feature, values);
    if (column->records == 1)
        column->low = column->high = values[0];
    for (int64_t i = 0; i < feature->count; i++) {
        column->low = values[i] < column->low ? values[i] : column->low;
        column->high = values[i] > column->high ? values[i] : column->high;
    }
    hone_internal_free(values);
    return HONE_OK;
}

static void note_count(const hone_tf_file *file, hone_tf_column *column, int64_t count)
{
    const char *label = hone_internal_source_label(file->reader.source);
    column->values += count;
    if (column->records == 1 || count < column->least) {
        column->least = count;
        column->least_at = file->reader.number;
        column->least_file = label;
    }
    if (column->records == 1 || count > column->most) {
        column->most = count;
        column->most_at = file->reader.number;
        column->most_file = label;
    }
}

static hone_status see(hone_tf_file *file, const hone_feature *feature)
{
    if (feature->count == 0)
        return HONE_OK;
    hone_tf_column *column = column_of(file, feature);
    if (!column)
        return hone_error_status();
    if (column->records++ == 0)
        column->kind = feature->kind;
    if (column->kind != feature->kind) {
        char what[80];
        snprintf(what, sizeof what, "%s; in records before this one %s",
                 hone_internal_feature_kinds[feature->kind], hone_internal_feature_kinds[column->kind]);
        return fail(file, feature, what);
    }
    int64_t count = feature->count;
    if (feature->kind == HONE_FEATURE_BYTES)
        HONE_TRY(see_bytes(file, column, feature, &count));
    if (feature->kind == HONE_FEATURE_INTEGERS)
        HONE_TRY(see_integers(column, feature));
    note_count(file, column, count);
    return HONE_OK;
}

hone_status hone_internal_tfrecord_scan(hone_tf_file *file)
{
    int found;
    HONE_TRY(hone_internal_tfrecord_begin(&file->reader, file->reader.source));
    for (file->records = 0; (found = hone_internal_tfrecord_next(&file->reader)) == 1; file->records++) {
        HONE_TRY(hone_internal_example_parse(&file->example, &file->reader));
        for (size_t i = 0; i < file->example.count; i++)
            HONE_TRY(see(file, &file->example.features[i]));
    }
    HONE_TRY((hone_status)found);
    if (file->records == 0 || file->count == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: there is no %s", file->args->path,
                         file->records == 0 ? "record" : "feature in any record");
    return HONE_OK;
}

/* ---- what a part becomes ---- */

hone_dtype hone_internal_tfrecord_type(const hone_tf_part *part)
{
    int64_t low = 0, high = 0;
    bool floats = false;
    if (part->kind != HONE_TF_NUMBERS)
        return part->kind == HONE_TF_TEXT ? HONE_TEXT : HONE_UINT8;
    for (size_t i = 0; i < part->count; i++) {
        const hone_tf_column *column = part->columns[i];
        floats = floats || column->kind == HONE_FEATURE_FLOATS;
        if (column->kind == HONE_FEATURE_INTEGERS) {
            low = column->low < low ? column->low : low;
            high = column->high > high ? column->high : high;
        }
    }
    if (floats)
        return low > -(1 << 24) && high < 1 << 24 ? HONE_FLOAT32 : HONE_FLOAT64;
    return low >= 0 && high <= 255                 ? HONE_UINT8
           : low >= INT32_MIN && high <= INT32_MAX ? HONE_INT32
                                                   : HONE_INT64;
}

hone_status hone_internal_tfrecord_check_padding(const hone_tf_file *file, const hone_tf_part *part)
{
    int64_t values = 0;
    for (size_t i = 0; i < part->count; i++)
        values += part->columns[i]->values;
    return !part->padded || part->kind > HONE_TF_RAW
               ? HONE_OK
               : hone_internal_check_padding(file->args->path, file->records, (int64_t)part->width, values,
                                             "drop=[...] leaves features out");
}

/* ---- for people ---- */

static void put_column(const hone_tf_column *column, int width, int64_t records, hone_text *text)
{
    char values[64];
    const char *kind = hone_internal_feature_kinds[column->kind];
    const bool bytes = column->kind == HONE_FEATURE_BYTES;
    if (column->least == column->most)
        snprintf(values, sizeof values, "%lld%s", (long long)column->most, bytes ? " bytes" : "");
    else
        snprintf(values, sizeof values, "%lld to %lld%s", (long long)column->least, (long long)column->most,
                 bytes ? " bytes" : "");
    hone_internal_text_format(text, "  %-*s  %-8s  %-20s", width, column->name, kind, values);
    if (column->kind == HONE_FEATURE_INTEGERS)
        hone_internal_text_format(text, "  %lld to %lld", (long long)column->low, (long long)column->high);
    if (column->picture)
        hone_internal_text_format(text, "  pictures, the first %lld x %lld", (long long)column->size[0],
                                  (long long)column->size[1]);
    if (column->several)
        hone_internal_text_append(text, "  several values");
    if (column->records < records)
        hone_internal_text_format(text, "  missing in %lld records", (long long)(records - column->records));
    hone_internal_text_append(text, "\n");
}

static char *describe(const hone_tf_file *file)
{
    hone_text text = {0};
    int width = 7;
    for (size_t i = 0; i < file->count; i++)
        width = (int)strlen(file->columns[i].name) > width ? (int)strlen(file->columns[i].name) : width;
    hone_internal_text_format(&text, "%s: %lld records\n  %-*s  %-8s  %-20s  range\n", file->args->path,
                              (long long)file->records, width, "feature", "kind", "values in a record");
    for (size_t i = 0; i < file->count; i++)
        put_column(&file->columns[i], width, file->records, &text);
    return hone_internal_text_take(&text);
}

extern const hone_data_format hone_internal_tfrecord_format;

char *hone_internal_tfrecord_describe(const char *path, const hone_config *options)
{
    void *args = hone_internal_format_args(&hone_internal_tfrecord_format, path, options);
    hone_tf_file file;
    char *text = NULL;
    if (args && hone_internal_tfrecord_open(&file, args) >= 0) {
        text = hone_internal_tfrecord_scan(&file) >= 0 ? describe(&file) : NULL;
        hone_internal_tfrecord_close(&file);
    }
    if (args)
        hone_internal_fields_free(hone_internal_tfrecord_format.type, args);
    return text;
}
