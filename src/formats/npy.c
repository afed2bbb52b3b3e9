/* NPY, NumPy's file of one array: magic, version, a header that is a Python dict, the numbers. */
#include "formats/npy.h"
#include "base/file.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include <stdio.h>
#include <string.h>

hone_status hone_internal_array_check(const hone_array *array)
{
    if (!array) {
        hone_status earlier = hone_error_status();
        return earlier < 0 ? earlier : hone_fail(HONE_ERROR_ARGUMENT, "expected an array, received NULL");
    }
    if (hone_dtype_size(array->type) == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "an array's type is %d, which is not a hone_dtype",
                         (int)array->type);
    if (array->rank < 0 || array->rank > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "an array has %d axes; expected 0 to %d", array->rank,
                         HONE_MAX_RANK);
    size_t bytes = hone_dtype_size(array->type);
    bool empty = false;
    for (int axis = 0; axis < array->rank; axis++) {
        if (array->shape[axis] < 0)
            return hone_fail(HONE_ERROR_SHAPE, "axis %d of an array has the size %lld; expected 0 or more",
                             axis, (long long)array->shape[axis]);
        if (array->shape[axis] == 0)
            empty = true;
        else if (!hone_internal_multiply_size(bytes, (uint64_t)array->shape[axis], &bytes))
            return hone_fail(HONE_ERROR_SHAPE, "the sizes of an array are too large");
    }
    if (!array->data && !empty)
        return hone_fail(HONE_ERROR_ARGUMENT, "an array has a shape but no data");
    return HONE_OK;
}

hone_status hone_internal_array_check_numbers(const hone_array *array)
{
    HONE_TRY(hone_internal_array_check(array));
    return array->type != HONE_TEXT
               ? HONE_OK
               : hone_fail(HONE_ERROR_UNSUPPORTED,
                           "an array of texts cannot be saved as NPY or NPZ; expected numbers");
}

static size_t bytes_of(const hone_array *array)
{
    return (size_t)hone_array_count(array) * hone_dtype_size(array->type);
}

/* ---- where the bytes come from ---- */

/* A file, or the rest of a block of memory. */
typedef struct source {
    const char *label;
    hone_file_reader *file; /* NULL when in memory */
    const unsigned char *memory;
    size_t left;
} source;

static hone_status take(void *context, void *data, size_t bytes)
{
    source *from = context;
    if (bytes > from->left)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the NPY file ends %zu bytes too soon", from->label,
                         bytes - from->left);
    if (from->file)
        HONE_TRY(hone_internal_file_take(from->file, data, bytes));
    else if (bytes > 0)
        memcpy(data, from->memory, bytes);
    if (!from->file)
        from->memory += bytes;
    from->left -= bytes;
    return HONE_OK;
}

/* ---- the numbers ---- */

static hone_status read_numbers(hone_bytes_function *next, void *context, const hone_npy_header *is,
                                hone_array *array)
{
    size_t count = (size_t)hone_array_count(array), size = hone_internal_layout_size(&is->layout);
    size_t before = count * (hone_dtype_size(array->type) - size);
    HONE_TRY(next(context, (char *)array->data + before, count * size));
    hone_internal_layout_finish(&is->layout, array->data, count);
    return HONE_OK;
}

/* Column-major to row-major. Number (i0, i1, ...) of the file stands at i0 + shape[0] * (i1 + shape[1] *
 * (...)). */
static hone_array *transpose(hone_array *columns, const hone_npy_header *is)
{
    hone_array *rows = hone_array_create(is->layout.type, is->rank, is->shape);
    if (!rows) {
        hone_array_free(columns);
        return NULL;
    }
    size_t size = hone_dtype_size(is->layout.type), count = (size_t)hone_array_count(rows);
    size_t stride[HONE_MAX_RANK], place = 0;
    int64_t position[HONE_MAX_RANK] = {0};
    for (int axis = 0; axis < is->rank; axis++)
        stride[axis] = axis == 0 ? size : stride[axis - 1] * (size_t)is->shape[axis - 1];
    for (size_t i = 0; i < count; i++) {
        memcpy((char *)rows->data + i * size, (char *)columns->data + place, size);
        for (int axis = is->rank - 1; axis >= 0; axis--) {
            place += stride[axis];
            if (++position[axis] < is->shape[axis])
                break;
            place -= stride[axis] * (size_t)is->shape[axis];
            position[axis] = 0;
        }
    }
    hone_array_free(columns);
    return rows;
}

hone_array *hone_internal_npy_read_numbers(const hone_npy_header *header, hone_bytes_function *next,
                                           void *context)
{
    hone_array *array = hone_array_create(header->layout.type, header->rank, header->shape);
    if (array && read_numbers(next, context, header, array) < 0) {
        hone_array_free(array);
        return NULL;
    }
    return array && header->fortran && header->rank > 1 ? transpose(array, header) : array;
}

static hone_array *read_array(source *from)
{
    hone_npy_header header;
    if (hone_internal_npy_read_header(take, from, from->label, &header) < 0 ||
        hone_internal_npy_check_length(&header, from->left, from->label) < 0)
        return NULL;
    return hone_internal_npy_read_numbers(&header, take, from);
}

hone_array *hone_internal_npy_parse(const void *data, size_t bytes, const char *label)
{
    source from = {.label = label, .memory = data, .left = bytes};
    return read_array(&from);
}

hone_array *hone_array_load(const char *path)
{
    hone_file_reader reader;
    if (!path) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_array_load: expected the path of an NPY file, received NULL");
        return NULL;
    }
    if (hone_internal_file_open(&reader, path) < 0)
        return NULL;
    source from = {.label = path, .file = &reader, .left = reader.bytes};
    hone_array *array = read_array(&from);
    hone_internal_file_close(&reader);
    return array;
}

/* ---- writing ---- */

hone_status hone_array_save(const hone_array *array, const char *path)
{
    HONE_TRY(hone_internal_array_check_numbers(array));
    if (!path)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "hone_array_save: expected the path of an NPY file, received NULL");
    char header_text[HONE_NPY_HEADER_BYTES];
    size_t length = hone_internal_npy_header(array, header_text);
    hone_file_writer writer;
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status == HONE_OK)
        status = hone_internal_file_write(&writer, header_text, length);
    if (status == HONE_OK)
        status = hone_internal_file_write(&writer, array->data, bytes_of(array));
    if (status == HONE_OK)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    return status;
}
