/* The second reading of TFRecord files: records to rows of arrays in memory. Those that are to stay in
 * scratch files are read once for each. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/picture.h"
#include "formats/rows.h"
#include "readers/tfrecord.h"
#include "tensor/texts.h"
#include <string.h>

static hone_status fail(const hone_tf_file *file, const hone_tf_column *column, const char *what)
{
    return hone_fail(HONE_ERROR_DATA, "%s, record %llu, feature \"%.80s\": %s",
                     hone_internal_source_label(file->reader.source), (unsigned long long)file->reader.number,
                     column->name, what);
}

static const hone_feature *feature_of(const hone_tf_file *file, const hone_tf_column *column)
{
    const hone_feature *feature = file->here[column - file->columns];
    return feature && feature->count > 0 ? feature : NULL;
}

/* The features of the record to their columns. */
static void place_features(hone_tf_file *file)
{
    memset(file->here, 0, file->count * sizeof *file->here);
    for (size_t i = 0; i < file->example.count; i++) {
        const hone_feature *feature = &file->example.features[i];
        const hone_tf_column *column = hone_internal_tfrecord_find(file, feature->name, feature->name_length);
        if (column)
            file->here[column - file->columns] = feature;
    }
}

/* ---- numbers ---- */

static void put_integer(hone_dtype type, void *row, int64_t place, int64_t value)
{
    if (type == HONE_UINT8)
        ((uint8_t *)row)[place] = (uint8_t)value;
    else if (type == HONE_INT32)
        ((int32_t *)row)[place] = (int32_t)value;
    else if (type == HONE_INT64)
        ((int64_t *)row)[place] = value;
    else if (type == HONE_FLOAT32)
        ((float *)row)[place] = (float)value;
    else
        ((double *)row)[place] = (double)value;
}

static void put_float(hone_dtype type, void *row, int64_t place, float value)
{
    if (type == HONE_FLOAT32)
        ((float *)row)[place] = value;
    else
        ((double *)row)[place] = value;
}

static hone_status put_values(const hone_tf_part *part, const hone_feature *feature, int64_t place, void *row)
{
    const bool floats = feature->kind == HONE_FEATURE_FLOATS;
    int64_t *values = hone_internal_allocate((size_t)feature->count * sizeof *values);
    if (!values)
        return HONE_ERROR_MEMORY;
    if (floats)
        hone_internal_feature_floats(feature, (float *)values);
    else
        hone_internal_feature_integers(feature, values);
    for (int64_t i = 0; i < feature->count; i++)
        if (floats)
            put_float(part->array.type, row, place + i, ((const float *)values)[i]);
        else
            put_integer(part->array.type, row, place + i, values[i]);
    hone_internal_free(values);
    return HONE_OK;
}

/* The file is as it was when it was scanned. */
static bool is_as_before(const hone_tf_column *column, const hone_feature *feature, int64_t room)
{
    return feature->kind == column->kind && feature->count <= room && feature->count >= column->least;
}

static hone_status put_numbers(const hone_tf_file *file, const hone_tf_part *part, void *row)
{
    const int64_t room = (int64_t)part->width / (int64_t)part->count;
    memset(row, 0, part->width * hone_dtype_size(part->array.type));
    for (size_t i = 0; i < part->count; i++) {
        const hone_feature *feature = feature_of(file, part->columns[i]);
        if (feature && !is_as_before(part->columns[i], feature, room))
            return fail(file, part->columns[i], "the file changed while it was being read");
        if (feature)
            HONE_TRY(put_values(part, feature, (int64_t)i * room, row));
    }
    return HONE_OK;
}

/* ---- bytes ---- */

static hone_status put_raw(const hone_tf_file *file, const hone_tf_part *part, void *row)
{
    const unsigned char *bytes;
    size_t length = 0;
    const hone_feature *feature = feature_of(file, part->columns[0]);
    if (feature && (!hone_internal_feature_bytes(feature, &bytes, &length) || length > part->width))
        return fail(file, part->columns[0], "the file changed while it was being read");
    if (length > 0)
        memcpy(row, bytes, length);
    memset((char *)row + length, 0, part->width - length);
    return HONE_OK;
}

static hone_status put_picture(const hone_tf_file *file, const hone_tf_part *part, void *row)
{
#ifdef HONE_CORE_ONLY
    (void)row;
    return fail(file, part->columns[0], "this build of Hone cannot read pictures");
#else
    const unsigned char *bytes = NULL;
    size_t length = 0;
    const hone_feature *feature = feature_of(file, part->columns[0]);
    hone_picture picture = {.channels = hone_internal_tfrecord_channels(file)};
    if (!feature || !hone_internal_feature_bytes(feature, &bytes, &length))
        return fail(file, part->columns[0], "there is no picture");
    hone_internal_error_push(NULL, hone_internal_source_label(file->reader.source));
    hone_status status = hone_internal_picture_decode(bytes, length, part->columns[0]->name,
                                                      HONE_LIMIT_PICTURE_PIXELS, &picture);
    hone_internal_error_pop();
    HONE_TRY(status);
    const int64_t *size = &part->array.shape[1];
    if (picture.height == size[0] && picture.width == size[1] && picture.channels == size[2])
        memcpy(row, picture.pixels, part->width);
    else
        status = hone_fail(
            HONE_ERROR_DATA,
            "%s, record %llu, feature \"%.80s\": a picture of %lld x %lld; expected %lld x %lld, as the first",
            hone_internal_source_label(file->reader.source), (unsigned long long)file->reader.number,
            part->columns[0]->name, (long long)picture.height, (long long)picture.width, (long long)size[0],
            (long long)size[1]);
    hone_internal_free(picture.pixels);
    return status;
#endif
}

static hone_status add_text(const hone_tf_file *file, const hone_tf_part *part, hone_texts *texts)
{
    const unsigned char *bytes = NULL;
    size_t length = 0;
    const hone_feature *feature = feature_of(file, part->columns[0]);
    if (feature)
        hone_internal_feature_bytes(feature, &bytes, &length);
    char *copy = hone_internal_copy_text_n(bytes ? (const char *)bytes : "", length);
    if (!copy)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    if (strlen(copy) != length || hone_internal_text_bad_byte(copy) >= 0)
        status = fail(file, part->columns[0],
                      "bytes that are neither a picture nor text in UTF-8; raw=[...] reads them as numbers");
    else
        status = hone_internal_texts_add(texts, copy, length);
    hone_internal_free(copy);
    return status;
}

static hone_status put_row(const hone_tf_file *file, const hone_tf_part *part, void *row)
{
    static hone_status (*const put[])(const hone_tf_file *, const hone_tf_part *,
                                      void *) = {put_numbers, put_raw, put_picture};
    return put[part->kind](file, part, row);
}

/* The next record, parsed; the scan has counted them. */
static hone_status next(hone_tf_file *file)
{
    const int found = hone_internal_tfrecord_next(&file->reader);
    if (found == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: the file changed while it was being read", file->args->path);
    HONE_TRY((hone_status)found);
    HONE_TRY(hone_internal_example_parse(&file->example, &file->reader));
    place_features(file);
    return HONE_OK;
}

/* ---- into memory ---- */

/* A part on its way. */
typedef struct filling {
    const hone_tf_part *part;
    hone_component *into;
    hone_texts texts; /* of a part of texts */
} filling;

static hone_status begin_array(filling *of)
{
    const hone_array *array = &of->part->array;
    if (of->part->kind == HONE_TF_TEXT)
        return HONE_OK;
    of->into->array = hone_array_create(array->type, array->rank, array->shape);
    return of->into->array ? HONE_OK : hone_error_status();
}

static hone_status put_record(const hone_tf_file *file, filling *of, int64_t record)
{
    const hone_tf_part *part = of->part;
    const size_t bytes = part->width * hone_dtype_size(part->array.type);
    return part->kind == HONE_TF_TEXT
               ? add_text(file, part, &of->texts)
               : put_row(file, part, (char *)of->into->array->data + (size_t)record * bytes);
}

static hone_status end_array(filling *of)
{
    if (of->part->kind == HONE_TF_TEXT)
        of->into->array = hone_internal_texts_finish(&of->texts, 1, of->part->array.shape);
    return of->into->array ? HONE_OK : hone_error_status();
}

/* All of them in one reading. */
static hone_status fill_arrays(hone_tf_file *file, filling *list, int count)
{
    if (count == 0)
        return HONE_OK;
    for (int k = 0; k < count; k++)
        HONE_TRY(begin_array(&list[k]));
    HONE_TRY(hone_internal_tfrecord_begin(&file->reader, file->reader.source));
    for (int64_t i = 0; i < file->records; i++) {
        HONE_TRY(next(file));
        for (int k = 0; k < count; k++)
            HONE_TRY(put_record(file, &list[k], i));
    }
    for (int k = 0; k < count; k++)
        HONE_TRY(end_array(&list[k]));
    return HONE_OK;
}

/* ---- into scratch files ---- */

/* Rows as a stream of bytes. */
typedef struct row_stream {
    hone_tf_file *file;
    const hone_tf_part *part;
    char *row;
    size_t bytes, at; /* of a row */
} row_stream;

static hone_status take(void *context, void *data, size_t bytes)
{
    row_stream *stream = context;
    for (char *to = data; bytes > 0;) {
        if (stream->at == stream->bytes) {
            HONE_TRY(next(stream->file));
            HONE_TRY(put_row(stream->file, stream->part, stream->row));
            stream->at = 0;
        }
        const size_t left = stream->bytes - stream->at, here = left < bytes ? left : bytes;
        memcpy(to, stream->row + stream->at, here);
        stream->at += here;
        to += here;
        bytes -= here;
    }
    return HONE_OK;
}

static hone_status fill_rows(hone_tf_file *file, const hone_tf_part *part, hone_component *into)
{
    const size_t bytes = part->width * hone_dtype_size(part->array.type);
    row_stream stream = {file, part, hone_internal_allocate(bytes), bytes, bytes};
    const hone_numbers_layout layout = {.type = part->array.type};
    if (!stream.row)
        return HONE_ERROR_MEMORY;
    if (hone_internal_tfrecord_begin(&file->reader, file->reader.source) >= 0)
        into->rows = hone_internal_rows_from_stream(&part->array, &layout, take, &stream, file->args->path);
    hone_internal_free(stream.row);
    return into->rows ? HONE_OK : hone_error_status();
}

static hone_status name_part(const hone_tf_file *file, const hone_tf_part *part, hone_component *into)
{
    into->label = part->count == 1 ? hone_internal_format("%s: %s", file->args->path, part->columns[0]->name)
                                   : hone_internal_copy_text(file->args->path);
    into->name = hone_internal_copy_text(part->name);
    return !into->label || (part->name && !into->name) ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- all of them ---- */

/* Where each part goes to; how many there are. */
static int list_parts(const hone_tf_file *file, hone_dataset_parts *parts, filling *list)
{
    hone_component *const into[] = {parts->x, parts->y, &parts->weight}; /* one weight at most */
    int count = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < file->part_counts[kind]; i++)
            list[count++] = (filling){.part = &file->parts[kind][i], .into = &into[kind][i]};
    return count;
}

/* Those that stay in files first, each by a reading of its own; the others are moved up in the list. */
static hone_status fill_parts(hone_tf_file *file, bool rows, filling *list, int count)
{
    int left = 0;
    for (int k = 0; k < count; k++) {
        HONE_TRY(name_part(file, list[k].part, list[k].into));
        if (rows && list[k].part->kind != HONE_TF_TEXT)
            HONE_TRY(fill_rows(file, list[k].part, list[k].into));
        else
            list[left++] = list[k];
    }
    return fill_arrays(file, list, left);
}

hone_status hone_internal_tfrecord_fill(hone_tf_file *file, bool rows, hone_dataset_parts *parts)
{
    int most = 1;
    for (int kind = 0; kind < 3; kind++) {
        most += file->part_counts[kind];
        if (kind != HONE_COMPONENT_WEIGHT)
            HONE_TRY(hone_internal_dataset_parts_room(parts, kind, (size_t)file->part_counts[kind] + 1));
    }
    file->here = hone_internal_allocate_zeroed(file->count, sizeof *file->here);
    filling *list = file->here ? hone_internal_allocate_zeroed((size_t)most, sizeof *list) : NULL;
    if (!list)
        return HONE_ERROR_MEMORY;
    const int count = list_parts(file, parts, list);
    const hone_status status = fill_parts(file, rows, list, count);
    for (int k = 0; k < count; k++)
        hone_internal_texts_free(&list[k].texts);
    hone_internal_free(list);
    return status;
}
