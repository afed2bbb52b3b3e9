/* NPY, NumPy's file of one array: magic, version, a header that is a Python dict, the numbers. */
#include "formats/npy.h"
#include "base/file.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include "tensor/texts.h"
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

/* ---- texts ---- */

/* Bytes up to the zeros that fill a text up. */
static hone_status add_bytes(const hone_numbers_layout *layout, const unsigned char *at, hone_texts *texts)
{
    size_t length = layout->text;
    while (length > 0 && at[length - 1] == 0)
        length--;
    return hone_internal_texts_add(texts, (const char *)at, length);
}

static size_t encode(uint32_t character, char bytes[4])
{
    static const unsigned char starts[] = {0, 0, 0xC0, 0xE0, 0xF0};
    const size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3F));
    bytes[0] = (char)(starts[count == 1 ? 0 : count] | character);
    return count;
}

/* Characters of 4 bytes up to the zeros. */
static hone_status add_wide(const hone_npy_header *header, const unsigned char *at, hone_texts *texts,
                            char *room)
{
    const hone_numbers_layout *layout = &header->layout;
    size_t used = 0;
    for (size_t i = 0; i < layout->text; i += 4) {
        uint32_t character;
        memcpy(&character, at + i, sizeof character);
        if (layout->swapped)
            character = __builtin_bswap32(character);
        if (character == 0)
            break;
        if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000))
            return hone_fail(HONE_ERROR_FORMAT, "%s: text %zu has a character 0x%X, which is none",
                             header->label, texts->count, (unsigned)character);
        used += encode(character, room + used);
    }
    return hone_internal_texts_add(texts, room, used);
}

static hone_status add_text(const hone_npy_header *header, const unsigned char *at, hone_texts *texts,
                            char *room)
{
    HONE_TRY(header->layout.wide ? add_wide(header, at, texts, room) : add_bytes(&header->layout, at, texts));
    const char *text = texts->bytes + texts->places[texts->count - 1];
    const int64_t bad = hone_internal_text_bad_byte(text);
    return bad < 0
               ? HONE_OK
               : hone_fail(HONE_ERROR_DATA, "%s: text %zu is not UTF-8: byte %lld is 0x%02X", header->label,
                           texts->count - 1, (long long)bad + 1, (unsigned)(unsigned char)text[bad]);
}

/* One text at a time: what they take is known when all are read. */
static hone_array *read_texts(const hone_npy_header *header, hone_bytes_function *next, void *context)
{
    hone_texts texts = {0};
    const hone_array shape = {.type = HONE_TEXT, .rank = header->rank};
    hone_array sized = shape;
    memcpy(sized.shape, header->shape, sizeof sized.shape);
    unsigned char *raw = hone_internal_allocate(2 * (size_t)header->layout.text + 1);
    hone_status status = raw == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (header->fortran && header->rank > 1)
        status = hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "%s: a column-major array of texts is not read; numpy.ascontiguousarray makes it row-major",
            header->label);
    for (int64_t i = 0; i < hone_array_count(&sized) && status == HONE_OK; i++) {
        status = next(context, raw, header->layout.text);
        if (status == HONE_OK)
            status = add_text(header, raw, &texts, (char *)raw + header->layout.text);
    }
    hone_array *array =
        status == HONE_OK ? hone_internal_texts_finish(&texts, header->rank, header->shape) : NULL;
    hone_internal_texts_free(&texts);
    hone_internal_free(raw);
    return array;
}

hone_array *hone_internal_npy_read_numbers(const hone_npy_header *header, hone_bytes_function *next,
                                           void *context)
{
    if (header->layout.type == HONE_TEXT)
        return read_texts(header, next, context);
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
        status = hone_internal_write_numbers(&writer, array->data, (size_t)hone_array_count(array),
                                             hone_dtype_size(array->type));
    if (status == HONE_OK)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    return status;
}
