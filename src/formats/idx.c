/* IDX, the file of the MNIST family: 0, 0, type, rank; the sizes as 32-bit numbers; the numbers. All
 * big-endian. */
#include "base/file.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/rows.h"
#include <string.h>

enum { MAXIMUM_RANK = 4 };

/* The plain file, or the gzip file. */
typedef struct source {
    const char *path;
    hone_file_reader file;
#ifndef HONE_CORE_ONLY
    hone_gzip *gzip;
#endif
} source;

static const struct {
    unsigned char code;
    hone_dtype type;
} idx_types[] = {
    {0x08, HONE_UINT8}, {0x09, HONE_INT8},    {0x0b, HONE_INT16},
    {0x0c, HONE_INT32}, {0x0d, HONE_FLOAT32}, {0x0e, HONE_FLOAT64},
};

/* Opens the path and tells gzip by its first two bytes. */
static hone_status open_source(source *from, const char *path)
{
    unsigned char start[2] = {0};
    *from = (source){.path = path};
    HONE_TRY(hone_internal_file_open(&from->file, path));
    hone_status status = HONE_OK;
    if (from->file.bytes >= 2)
        status = hone_internal_file_take(&from->file, start, 2);
    bool packed = start[0] == 0x1f && start[1] == 0x8b;
    hone_internal_file_close(&from->file);
    HONE_TRY(status);
    if (!packed)
        return hone_internal_file_open(&from->file, path);
#ifdef HONE_CORE_ONLY
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: this build of Hone cannot read gzip files; run gunzip on it first", path);
#else
    from->gzip = hone_internal_gzip_open(path);
    return from->gzip ? HONE_OK : hone_error_status();
#endif
}

static void close_source(source *from)
{
    hone_internal_file_close(&from->file);
#ifndef HONE_CORE_ONLY
    hone_internal_gzip_close(from->gzip);
#endif
}

static hone_status take(source *from, void *data, size_t bytes)
{
#ifndef HONE_CORE_ONLY
    if (from->gzip)
        return hone_internal_gzip_take(from->gzip, data, bytes);
#endif
    return hone_internal_file_take(&from->file, data, bytes);
}

/* A plain file has just the size that its header mentions; a gzip file may not inflate to it when it is too
 * small. */
static hone_status check_length(const source *from, size_t header, size_t bytes)
{
    size_t expected;
    if (!hone_internal_add_size(header, bytes, &expected))
        return hone_fail(HONE_ERROR_FORMAT, "%s: the sizes in the IDX header are too large", from->path);
#ifndef HONE_CORE_ONLY
    if (from->gzip && hone_internal_gzip_bound(from->gzip) >= expected)
        return HONE_OK;
    if (from->gzip)
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: the IDX header declares %zu bytes, more than the gzip file can hold",
                         from->path, expected);
#endif
    if (from->file.bytes == expected)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: the IDX header declares a file of %zu bytes, but this one "
                     "has %zu",
                     from->path, expected, from->file.bytes);
}

static uint32_t big_endian(const unsigned char bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static hone_status find_type(const source *from, const unsigned char start[4], hone_dtype *type)
{
    if (start[0] != 0 || start[1] != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: not an IDX file (it does not start with two bytes 0)",
                         from->path);
    for (size_t i = 0; i < sizeof idx_types / sizeof *idx_types; i++)
        if (start[2] == idx_types[i].code) {
            *type = idx_types[i].type;
            return HONE_OK;
        }
    return hone_fail(HONE_ERROR_FORMAT, "%s: 0x%02x is not an IDX type", from->path, start[2]);
}

static hone_status read_header(source *from, hone_array *header)
{
    unsigned char start[4], size[4];
    HONE_TRY(take(from, start, sizeof start));
    HONE_TRY(find_type(from, start, &header->type));
    header->rank = start[3];
    if (header->rank < 1 || header->rank > MAXIMUM_RANK)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the IDX file has %d axes; expected 1 to %d", from->path,
                         header->rank, MAXIMUM_RANK);
    size_t bytes = hone_dtype_size(header->type);
    for (int axis = 0; axis < header->rank; axis++) {
        HONE_TRY(take(from, size, sizeof size));
        header->shape[axis] = big_endian(size);
        if (!hone_internal_multiply_size(bytes, (uint64_t)header->shape[axis], &bytes))
            return hone_fail(HONE_ERROR_FORMAT, "%s: the sizes in the IDX header are too large", from->path);
    }
    return check_length(from, 4 + 4 * (size_t)header->rank, bytes);
}

static hone_status read_numbers(source *from, hone_array *array)
{
    size_t count = (size_t)hone_array_count(array), size = hone_dtype_size(array->type);
    HONE_TRY(take(from, array->data, count * size));
#ifndef HONE_CORE_ONLY
    if (from->gzip)
        HONE_TRY(hone_internal_gzip_finish(from->gzip));
#endif
    if (size > 1 && HONE_LITTLE_ENDIAN_HOST)
        hone_internal_swap_bytes(array->data, count, size);
    return HONE_OK;
}

static hone_array *read_array(source *from)
{
    hone_array header = {0};
    if (read_header(from, &header) < 0)
        return NULL;
    hone_array *array = hone_array_create(header.type, header.rank, header.shape);
    if (array && read_numbers(from, array) < 0) {
        hone_array_free(array);
        return NULL;
    }
    return array;
}

hone_array *hone_internal_idx_load(const char *path)
{
    source from;
    hone_array *array = open_source(&from, path) < 0 ? NULL : read_array(&from);
    close_source(&from);
    return array;
}

/* ---- rows ---- */

static hone_status take_next(void *context, void *data, size_t bytes)
{
    return take(context, data, bytes);
}

static hone_rows *open_rows(source *from)
{
    hone_array header = {0};
    if (read_header(from, &header) < 0)
        return NULL;
    hone_numbers_layout layout = {.type = header.type, .swapped = HONE_LITTLE_ENDIAN_HOST};
#ifndef HONE_CORE_ONLY
    if (from->gzip) {
        hone_rows *rows = hone_internal_rows_from_stream(&header, &layout, take_next, from, from->path);
        if (!rows || hone_internal_gzip_finish(from->gzip) == HONE_OK)
            return rows;
        hone_internal_rows_free(rows);
        return NULL;
    }
#endif
    (void)take_next;
    hone_file_reader file = from->file;
    from->file = (hone_file_reader){0};
    return hone_internal_rows_create(&header, &layout, &file, 4 + 4 * (uint64_t)header.rank, from->path);
}

hone_rows *hone_internal_rows_open_idx(const char *path)
{
    source from;
    hone_rows *rows = open_source(&from, path) < 0 ? NULL : open_rows(&from);
    close_source(&from);
    return rows;
}
