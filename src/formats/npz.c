/* NPZ: a zip archive of NPY files. */
#include "base/memory.h"
#include "base/text.h"
#include "formats/array_files.h"
#include "formats/rows.h"
#include <string.h>

hone_status hone_internal_npz_key(const hone_zip_reader *zip, size_t index, char **key)
{
    const char *name = hone_internal_zip_name(zip, index);
    size_t length = strlen(name);
    *key = NULL;
    if (length <= 4 || strcmp(name + length - 4, ".npy") != 0)
        return HONE_OK;
    *key = hone_internal_copy_text_n(name, length - 4);
    return *key ? HONE_OK : HONE_ERROR_MEMORY;
}

/* A member that is an array, its header read. */
typedef struct member {
    hone_zip_stream *stream;
    char *label;
    hone_npy_header header;
} member;

static void close_member(member *opened)
{
    hone_internal_zip_stream_close(opened->stream);
    hone_internal_free(opened->label);
}

static hone_status read_member(member *opened, hone_zip_reader *zip, const char *name)
{
    opened->stream = hone_internal_zip_stream_open(zip, name);
    if (!opened->stream)
        return hone_error_status();
    HONE_TRY(hone_internal_npy_read_header(hone_internal_zip_stream_take, opened->stream, opened->label,
                                           &opened->header));
    return hone_internal_npy_check_length(&opened->header, hone_internal_zip_stream_left(opened->stream),
                                          opened->label);
}

static hone_status open_member(member *opened, hone_zip_reader *zip, const char *path, const char *key)
{
    *opened = (member){.stream = NULL};
    char *name = hone_internal_format("%s.npy", key);
    opened->label = hone_internal_format("%s: %s", path, key);
    hone_status status = name && opened->label ? read_member(opened, zip, name) : HONE_ERROR_MEMORY;
    hone_internal_free(name);
    if (status < 0)
        close_member(opened);
    return status;
}

static hone_array array_of(const hone_npy_header *header)
{
    hone_array array = {.type = header->layout.type, .rank = header->rank};
    memcpy(array.shape, header->shape, sizeof array.shape);
    return array;
}

/* What compression promises is not believed beyond the limit; stored bytes are all there. */
static hone_status check_size(const member *opened)
{
    uint64_t place, bytes = hone_internal_zip_stream_left(opened->stream);
    if (hone_internal_zip_stream_place(opened->stream, &place) || bytes <= hone_internal_limits.tensor_bytes)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: the array has %llu bytes, more than the limit of %zu",
                     opened->label, (unsigned long long)bytes, hone_internal_limits.tensor_bytes);
}

hone_array *hone_internal_npz_load(hone_zip_reader *zip, const char *path, const char *key)
{
    member opened;
    if (open_member(&opened, zip, path, key) < 0)
        return NULL;
    hone_array *array =
        check_size(&opened) < 0
            ? NULL
            : hone_internal_npy_read_numbers(&opened.header, hone_internal_zip_stream_take, opened.stream);
    if (array && hone_internal_zip_stream_finish(opened.stream) < 0) {
        hone_array_free(array);
        array = NULL;
    }
    close_member(&opened);
    return array;
}

/* ---- rows ---- */

/* The archive's file again, of its own, for as long as the rows live. */
static hone_rows *rows_in_place(const member *opened, const char *path, uint64_t place)
{
    hone_file_reader file;
    hone_rows *rows = NULL;
    if (hone_internal_zip_stream_finish(opened->stream) < 0 || hone_internal_file_open(&file, path) < 0)
        return NULL;
    if (opened->header.fortran && opened->header.rank > 1) {
        rows = hone_internal_rows_from_columns(&opened->header, &file, place, opened->label);
        hone_internal_file_close(&file);
        return rows;
    }
    hone_array array = array_of(&opened->header);
    return hone_internal_rows_create(&array, &opened->header.layout, &file, place, opened->label);
}

/* Column-major and deflated: its bytes as they are, then its rows. */
static hone_rows *rows_of_packed_columns(const member *opened)
{
    const hone_npy_header *header = &opened->header;
    hone_array raw = array_of(header);
    hone_rows *packed = hone_internal_rows_from_stream(&raw, &header->layout, hone_internal_zip_stream_take,
                                                       opened->stream, opened->label);
    hone_npy_header plain = *header;
    plain.layout = (hone_numbers_layout){.type = header->layout.type};
    hone_rows *rows =
        packed ? hone_internal_rows_from_columns(&plain, &packed->file, 0, opened->label) : NULL;
    hone_internal_rows_free(packed);
    return rows;
}

static hone_rows *rows_of_packed(const member *opened)
{
    hone_array array = array_of(&opened->header);
    hone_rows *rows =
        opened->header.fortran && array.rank > 1
            ? rows_of_packed_columns(opened)
            : hone_internal_rows_from_stream(&array, &opened->header.layout, hone_internal_zip_stream_take,
                                             opened->stream, opened->label);
    if (!rows || hone_internal_zip_stream_finish(opened->stream) == HONE_OK)
        return rows;
    hone_internal_rows_free(rows);
    return NULL;
}

hone_rows *hone_internal_rows_open_npz(hone_zip_reader *zip, const char *path, const char *key)
{
    member opened;
    uint64_t place;
    if (open_member(&opened, zip, path, key) < 0)
        return NULL;
    hone_rows *rows = hone_internal_zip_stream_place(opened.stream, &place)
                          ? rows_in_place(&opened, path, place)
                          : rows_of_packed(&opened);
    close_member(&opened);
    return rows;
}

/* ---- writing ---- */

/* A member's bytes: NPY header and numbers in one block. */
static hone_status fill_member(hone_zip_member *part, const char *key, const hone_array *array)
{
    char header[HONE_NPY_HEADER_BYTES];
    HONE_TRY(hone_internal_array_check_numbers(array));
    size_t start = hone_internal_npy_header(array, header), whole;
    size_t bytes = (size_t)hone_array_count(array) * hone_dtype_size(array->type);
    if (!hone_internal_add_size(start, bytes, &whole))
        return hone_internal_fail_memory(bytes, "an array of an NPZ file");
    char *block = hone_internal_allocate(whole);
    part->data = block;
    part->bytes = whole;
    part->name = hone_internal_format("%s.npy", key);
    if (!block || !part->name)
        return HONE_ERROR_MEMORY;
    memcpy(block, header, start);
    if (bytes > 0)
        memcpy(block + start, array->data, bytes);
    hone_internal_little_endian(block + start, (size_t)hone_array_count(array), hone_dtype_size(array->type));
    return HONE_OK;
}

hone_status hone_arrays_save(const char *path, const char *const *keys, const hone_array *const *arrays,
                             size_t count)
{
    hone_zip_member *members = hone_internal_allocate_zeroed(count, sizeof *members);
    if (!members)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count && status == HONE_OK; i++)
        status = fill_member(&members[i], keys[i], arrays[i]);
    if (status == HONE_OK)
        status = hone_internal_zip_write(path, members, count);
    for (size_t i = 0; i < count; i++) {
        hone_internal_free((void *)members[i].data);
        hone_internal_free((void *)members[i].name);
    }
    hone_internal_free(members);
    return status;
}
