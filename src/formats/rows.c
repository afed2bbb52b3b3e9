/* Rows of an array that stays in its file. */
#include "formats/rows.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include <stdio.h>
#include <string.h>

enum { PIECE = 4 << 20 }; /* bytes moved at once to a scratch file */

/* ---- making and freeing ---- */

static size_t row_width(const hone_array *array)
{
    size_t width = 1;
    for (int axis = 1; axis < array->rank; axis++)
        width *= (size_t)array->shape[axis]; /* the whole array's bytes were checked to fit */
    return width;
}

hone_rows *hone_internal_rows_create(const hone_array *array, const hone_numbers_layout *layout,
                                     hone_file_reader *file, uint64_t start, const char *label)
{
    hone_rows *rows = hone_internal_allocate_zeroed(1, sizeof *rows);
    char *copy = hone_internal_copy_text(label), *path = hone_internal_copy_text(file->path);
    if (!rows || !copy || !path) {
        hone_internal_free(rows);
        hone_internal_free(copy);
        hone_internal_free(path);
        hone_internal_file_close(file);
        return NULL;
    }
    atomic_init(&rows->references, 1);
    rows->array = *array;
    rows->array.data = NULL;
    rows->layout = *layout;
    rows->file = *file;
    rows->file.path = rows->label = copy;
    rows->path = path;
    rows->start = start;
    rows->width = row_width(array);
    return rows;
}

void hone_internal_rows_free(hone_rows *rows)
{
    if (!rows || atomic_fetch_sub_explicit(&rows->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < rows->part_count; i++)
        hone_internal_rows_free(rows->parts[i]);
    hone_internal_free(rows->parts);
    hone_internal_free(rows->firsts);
    hone_internal_file_close(&rows->file);
    hone_internal_free(rows->label);
    hone_internal_free(rows->path);
    hone_internal_free(rows);
}

/* ---- reading ---- */

/* From a file that rests: opened for this one reading. */
static hone_status take_again(const hone_rows *rows, uint64_t offset, void *data, size_t bytes)
{
    hone_file_reader file;
    HONE_TRY(hone_internal_file_open(&file, rows->path));
    file.path = rows->label;
    hone_status status =
        file.bytes == rows->file.bytes
            ? hone_internal_file_take_at(&file, offset, data, bytes)
            : hone_fail(HONE_ERROR_FORMAT, "%s: the file had %zu bytes when it was opened, and has %zu now",
                        rows->label, rows->file.bytes, file.bytes);
    hone_internal_file_close(&file);
    return status;
}

static hone_status read_own(const hone_rows *rows, int64_t first, int64_t count, void *result)
{
    size_t size = hone_internal_layout_size(&rows->layout), numbers = (size_t)count * rows->width;
    size_t before = numbers * (hone_dtype_size(rows->layout.type) - size);
    uint64_t offset = rows->start + (uint64_t)first * rows->width * size;
    char *at = (char *)result + before;
    HONE_TRY(rows->file.descriptor == 0
                 ? take_again(rows, offset, at, numbers * size)
                 : hone_internal_file_take_at(&rows->file, offset, at, numbers * size));
    hone_internal_layout_finish(&rows->layout, result, numbers);
    return HONE_OK;
}

/* The last part that begins at this row or before it. */
static size_t part_of(const hone_rows *rows, int64_t row)
{
    size_t low = 0, high = rows->part_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        *(rows->firsts[middle] <= row ? &low : &high) = middle;
    }
    return low;
}

hone_status hone_internal_rows_read(const hone_rows *rows, int64_t first, int64_t count, void *result)
{
    if (!rows->parts)
        return read_own(rows, first, count, result);
    const size_t bytes = rows->width * hone_dtype_size(rows->array.type);
    for (size_t i = part_of(rows, first); count > 0; i++) {
        const int64_t left = rows->firsts[i + 1] - first, here = left < count ? left : count;
        if (here > 0)
            HONE_TRY(read_own(rows->parts[i], first - rows->firsts[i], here, result));
        result = (char *)result + (size_t)here * bytes;
        first += here;
        count -= here;
    }
    return HONE_OK;
}

size_t hone_internal_rows_bytes(const hone_rows *rows)
{
    return (size_t)hone_array_count(&rows->array) * hone_dtype_size(rows->array.type);
}

hone_array *hone_internal_rows_load(const hone_rows *rows)
{
    hone_array *array = hone_array_create(rows->array.type, rows->array.rank, rows->array.shape);
    int64_t count = array && array->rank > 0 ? array->shape[0] : 1;
    if (array && hone_internal_rows_read(rows, 0, count, array->data) < 0) {
        hone_array_free(array);
        return NULL;
    }
    return array;
}

/* ---- several files ---- */

void hone_internal_rows_rest(hone_rows *rows)
{
    if (rows && rows->path)
        hone_internal_file_close(&rows->file);
}

static void put_shape(const hone_array *array, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s (n", hone_dtype_name(array->type));
    for (int axis = 1; axis < array->rank && used + 24 < size; axis++)
        used += (size_t)snprintf(text + used, size - used, ", %lld", (long long)array->shape[axis]);
    snprintf(text + used, size - used, ")");
}

static hone_status check_like(const hone_rows *rows, const hone_rows *first)
{
    const hone_array *a = &rows->array, *b = &first->array;
    bool same = a->type == b->type && a->rank == b->rank && a->rank > 0;
    for (int axis = 1; axis < a->rank && same; axis++)
        same = a->shape[axis] == b->shape[axis];
    if (same)
        return HONE_OK;
    char found[256], expected[256];
    put_shape(a, found, sizeof found);
    put_shape(b, expected, sizeof expected);
    if (b->rank == 0)
        return hone_fail(HONE_ERROR_DATA,
                         "%s is a single number; expected an array whose axis 0 counts the samples",
                         first->label);
    return hone_fail(HONE_ERROR_DATA, "%s is %s; expected %s, as in %s, the first file of the set",
                     rows->label, found, expected, first->label);
}

static hone_status place_parts(hone_rows *joined, hone_rows **parts, size_t count)
{
    size_t bytes;
    for (size_t i = 0; i < count; i++) {
        HONE_TRY(check_like(parts[i], parts[0]));
        const int64_t rows = parts[i]->array.shape[0];
        if (rows > INT64_MAX - joined->firsts[i])
            return hone_internal_fail_memory(SIZE_MAX, "a set of files");
        joined->firsts[i + 1] = joined->firsts[i] + rows;
    }
    joined->array = parts[0]->array;
    joined->array.shape[0] = joined->firsts[count];
    joined->width = parts[0]->width;
    if (!hone_internal_multiply_size((uint64_t)joined->firsts[count], joined->width, &bytes) ||
        !hone_internal_multiply_size(bytes, hone_dtype_size(joined->array.type), &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "a set of files");
    joined->layout = (hone_numbers_layout){.type = joined->array.type};
    return HONE_OK;
}

hone_rows *hone_internal_rows_join(hone_rows **parts, size_t count)
{
    hone_rows *joined = hone_internal_allocate_zeroed(1, sizeof *joined);
    if (joined) {
        atomic_init(&joined->references, 1);
        joined->parts = hone_internal_allocate(count * sizeof(hone_rows *));
        joined->firsts = hone_internal_allocate_zeroed(count + 1, sizeof *joined->firsts);
        joined->label = hone_internal_copy_text(parts[0]->label);
    }
    if (joined && joined->parts && joined->firsts && joined->label &&
        place_parts(joined, parts, count) >= 0) {
        memcpy(joined->parts, parts, count * sizeof(hone_rows *));
        joined->part_count = count;
        return joined;
    }
    hone_internal_rows_free(joined);
    for (size_t i = 0; i < count; i++)
        hone_internal_rows_free(parts[i]);
    return NULL;
}

/* ---- through a scratch file ---- */

/* Rows of memory's numbers in a scratch file, which is taken over. */
static hone_rows *of_scratch(const hone_array *array, hone_file_reader *scratch, const char *label)
{
    hone_numbers_layout plain = {.type = array->type};
    hone_rows *rows = hone_internal_rows_create(array, &plain, scratch, 0, label);
    if (rows) {
        hone_internal_free(rows->path);
        rows->path = NULL;
    }
    return rows;
}

static hone_status move_pieces(const hone_array *array, const hone_numbers_layout *layout,
                               hone_bytes_function *take, void *context, const hone_file_reader *scratch,
                               char *piece)
{
    size_t size = hone_internal_layout_size(layout), room = hone_dtype_size(layout->type);
    size_t left = (size_t)hone_array_count(array);
    for (uint64_t offset = 0; left > 0;) {
        size_t count = left < PIECE / room ? left : PIECE / room;
        HONE_TRY(take(context, piece + count * (room - size), count * size));
        hone_internal_layout_finish(layout, piece, count);
        HONE_TRY(hone_internal_file_put_at(scratch, offset, piece, count * room));
        offset += count * room;
        left -= count;
    }
    return HONE_OK;
}

hone_rows *hone_internal_rows_from_stream(const hone_array *array, const hone_numbers_layout *layout,
                                          hone_bytes_function *take, void *context, const char *label)
{
    hone_file_reader scratch;
    char *piece = hone_internal_allocate(PIECE);
    if (!piece)
        return NULL;
    hone_status status = hone_internal_file_scratch(&scratch, label);
    if (status == HONE_OK)
        status = move_pieces(array, layout, take, context, &scratch, piece);
    hone_internal_free(piece);
    if (status == HONE_OK)
        return of_scratch(array, &scratch, label);
    hone_internal_file_close(&scratch);
    return NULL;
}

/* ---- column-major files ---- */

/* Number (i0, i1, ..., ik) stands at i0 + n0 (i1 + n1 (i2 + ...)) in the file, and at
 * (((i0 n1) + i1) n2 + i2) ... in memory. For a column (i1, ..., ik), rows follow each other in the file. */
typedef struct columns {
    const hone_npy_header *header;
    const hone_file_reader *file, *scratch;
    uint64_t start;
    size_t width, size, room;     /* numbers of a row; bytes of a number in the file and in memory */
    size_t places[HONE_MAX_RANK]; /* of the axes 1 and on within a row of memory */
    char *column, *block;         /* a column's rows; rows of memory */
} columns;

/* Where column number `column` of the file stands within a row of memory. */
static size_t place_in_row(const columns *of, size_t column)
{
    size_t place = 0;
    for (int axis = 1; axis < of->header->rank; axis++) {
        size_t size = (size_t)of->header->shape[axis];
        place += column % size * of->places[axis];
        column /= size;
    }
    return place;
}

static hone_status turn_rows(const columns *of, int64_t first, size_t count)
{
    uint64_t all = (uint64_t)of->header->shape[0];
    for (size_t column = 0; column < of->width; column++) {
        uint64_t offset = of->start + (column * all + (uint64_t)first) * of->size;
        size_t before = count * (of->room - of->size), place = place_in_row(of, column);
        HONE_TRY(hone_internal_file_take_at(of->file, offset, of->column + before, count * of->size));
        hone_internal_layout_finish(&of->header->layout, of->column, count);
        for (size_t row = 0; row < count; row++)
            memcpy(of->block + (row * of->width + place) * of->room, of->column + row * of->room, of->room);
    }
    return hone_internal_file_put_at(of->scratch, (uint64_t)first * of->width * of->room, of->block,
                                     count * of->width * of->room);
}

static hone_status turn(columns *of)
{
    size_t row = of->width * of->room, at_once = row > 8 * (size_t)PIECE ? 1 : 8 * (size_t)PIECE / row;
    int64_t all = of->header->shape[0];
    if ((size_t)all < at_once)
        at_once = (size_t)all;
    of->column = hone_internal_allocate(at_once * of->room);
    of->block = hone_internal_allocate(at_once * row);
    hone_status status = of->column && of->block ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t first = 0; first < all && status == HONE_OK; first += (int64_t)at_once)
        status = turn_rows(of, first, all - first < (int64_t)at_once ? (size_t)(all - first) : at_once);
    hone_internal_free(of->column);
    hone_internal_free(of->block);
    return status;
}

hone_rows *hone_internal_rows_from_columns(const hone_npy_header *header, const hone_file_reader *file,
                                           uint64_t start, const char *label)
{
    hone_file_reader scratch;
    hone_array array = {.type = header->layout.type, .rank = header->rank};
    memcpy(array.shape, header->shape, sizeof array.shape);
    columns of = {.header = header,
                  .file = file,
                  .scratch = &scratch,
                  .start = start,
                  .width = row_width(&array),
                  .size = hone_internal_layout_size(&header->layout),
                  .room = hone_dtype_size(header->layout.type)};
    size_t place = 1;
    for (int axis = header->rank - 1; axis > 0; axis--) {
        of.places[axis] = place;
        place *= (size_t)header->shape[axis];
    }
    if (hone_internal_file_scratch(&scratch, label) < 0)
        return NULL;
    if (hone_array_count(&array) == 0 || turn(&of) == HONE_OK)
        return of_scratch(&array, &scratch, label);
    hone_internal_file_close(&scratch);
    return NULL;
}

/* ---- NPY ---- */

static hone_status take_from_file(void *context, void *data, size_t bytes)
{
    return hone_internal_file_take(context, data, bytes);
}

static hone_status read_header(hone_file_reader *file, const char *path, hone_npy_header *header)
{
    HONE_TRY(hone_internal_npy_read_header(take_from_file, file, path, header));
    HONE_TRY(hone_internal_npy_need_numbers(header, path));
    return hone_internal_npy_check_length(header, file->bytes - header->bytes, path);
}

hone_rows *hone_internal_rows_open_npy(const char *path)
{
    hone_file_reader file;
    hone_npy_header header;
    if (hone_internal_file_open(&file, path) < 0)
        return NULL;
    if (read_header(&file, path, &header) < 0) {
        hone_internal_file_close(&file);
        return NULL;
    }
    if (header.fortran && header.rank > 1) {
        hone_rows *rows = hone_internal_rows_from_columns(&header, &file, header.bytes, path);
        hone_internal_file_close(&file);
        return rows;
    }
    hone_array array = {.type = header.layout.type, .rank = header.rank};
    memcpy(array.shape, header.shape, sizeof array.shape);
    return hone_internal_rows_create(&array, &header.layout, &file, header.bytes, path);
}
