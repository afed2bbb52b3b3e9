/* Datasets of HDF5 files into memory of the expected shape. What a dataset claims is compared with what is
 * expected before anything is read, and with the bytes that there are before anything is allocated. */
#include "formats/hdf5_file.h"

#include "base/half.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef enum stored_layout { LAYOUT_COMPACT = 0, LAYOUT_CONTIGUOUS = 1, LAYOUT_CHUNKED = 2 } stored_layout;

typedef struct stored_dataset {
    const hone_weights_file *file;
    const char *path;
    bool has_type, has_space, has_layout, elsewhere;
    hone_hdf5_type type;
    hone_hdf5_space space;
    unsigned layout;
    hone_span bytes; /* unless it is chunked */
    hone_hdf5_chunks chunks;
    hone_array shape; /* no data */
} stored_dataset;

static hone_status fail(const stored_dataset *stored, const char *what)
{
    return hone_internal_hdf5_fail(stored->file, stored->path, what);
}

/* ---- what a header says ---- */

static bool parse_contiguous(stored_dataset *stored, hone_span body)
{
    uint64_t address = hone_internal_take64(&body), length = hone_internal_take64(&body);
    if (address != UINT64_MAX)
        stored->bytes = hone_internal_hdf5_at(stored->file, address, length);
    return !body.failed && !stored->bytes.failed; /* no address: nothing was written */
}

static bool parse_compact(stored_dataset *stored, hone_span body)
{
    size_t length = hone_internal_take16(&body);
    stored->bytes = (hone_span){.at = hone_internal_take(&body, length), .left = length};
    return !body.failed;
}

static bool parse_chunked(stored_dataset *stored, hone_span body)
{
    hone_hdf5_chunks *chunks = &stored->chunks;
    chunks->rank = (int)hone_internal_take8(&body) - 1;
    chunks->tree = hone_internal_take64(&body);
    if (chunks->rank < 1 || chunks->rank > HONE_MAX_RANK)
        return true; /* refused by its shape */
    for (int i = 0; i < chunks->rank; i++)
        chunks->chunk[i] = hone_internal_take32(&body);
    chunks->element = hone_internal_take32(&body);
    return !body.failed;
}

/* Version 3 of the layout; 4 is of virtual datasets and newer indexes. */
static bool parse_layout(stored_dataset *stored, hone_span body)
{
    unsigned version = hone_internal_take8(&body);
    stored->layout = hone_internal_take8(&body);
    stored->has_layout = true;
    if (version != 3 || stored->layout > LAYOUT_CHUNKED) {
        stored->layout = UINT16_MAX;
        return !body.failed;
    }
    if (stored->layout == LAYOUT_COMPACT)
        return parse_compact(stored, body);
    return stored->layout == LAYOUT_CONTIGUOUS ? parse_contiguous(stored, body) : parse_chunked(stored, body);
}

/* The numbers of the filters; what else is told of them is not needed. */
static bool parse_filters(stored_dataset *stored, hone_span body)
{
    unsigned version = hone_internal_take8(&body), count = hone_internal_take8(&body);
    if (version == 1)
        hone_internal_take(&body, 6);
    if (version < 1 || version > 2 || count > HONE_HDF5_MAX_FILTERS)
        return false;
    for (unsigned i = 0; i < count; i++) {
        unsigned filter = hone_internal_take16(&body);
        size_t name = version == 1 || filter >= 256 ? hone_internal_take16(&body) : 0;
        hone_internal_take16(&body);
        size_t values = hone_internal_take16(&body);
        if (version == 1) {
            name = (name + 7) / 8 * 8;
            values += values % 2;
        }
        hone_internal_take(&body, name + 4 * values);
        stored->chunks.filters[i] = filter;
    }
    stored->chunks.filter_count = (int)count;
    return !body.failed;
}

/* One message; false when it is damaged. */
static bool take_message(stored_dataset *stored, const hone_hdf5_message *message)
{
    switch (message->type) {
    case HONE_HDF5_DATATYPE:
        stored->has_type = true;
        return !message->shared && hone_internal_hdf5_parse_type(message->body, &stored->type);
    case HONE_HDF5_DATASPACE:
        stored->has_space = true;
        return !message->shared && hone_internal_hdf5_parse_space(message->body, &stored->space);
    case HONE_HDF5_LAYOUT: return !message->shared && parse_layout(stored, message->body);
    case HONE_HDF5_FILTERS: return !message->shared && parse_filters(stored, message->body);
    case HONE_HDF5_EXTERNAL_FILES: stored->elsewhere = true; return true;
    default: return true;
    }
}

static hone_status read_header(stored_dataset *stored, uint64_t object)
{
    hone_hdf5_header header;
    hone_hdf5_message message;
    hone_internal_hdf5_header_start(&header, stored->file, object);
    bool fine = true;
    while (fine && hone_internal_hdf5_header_next(&header, &message))
        fine = take_message(stored, &message);
    if (!fine || header.damaged)
        return fail(stored, "is damaged");
    bool is_array = stored->has_type && stored->has_space && stored->has_layout;
    return is_array ? HONE_OK : fail(stored, "is not an array");
}

/* ---- whether it is believed ---- */

/* The shape, into numbers that could be those of an array. */
static hone_status check_space(stored_dataset *stored, size_t *bytes)
{
    const hone_hdf5_space *space = &stored->space;
    if (space->none)
        return fail(stored, "has no shape");
    if (space->rank > HONE_MAX_RANK)
        return fail(stored, "has too many axes");
    *bytes = stored->type.size;
    stored->shape.rank = space->rank;
    for (int i = 0; i < space->rank; i++) {
        if (space->sizes[i] > INT32_MAX ||
            !hone_internal_multiply_size(*bytes, (uint64_t)space->sizes[i], bytes)) {
            return fail(stored, "has too large a shape");
        }
        stored->shape.shape[i] = (int64_t)space->sizes[i];
    }
    return *bytes <= hone_internal_limits.tensor_bytes ? HONE_OK : fail(stored, "has too large a shape");
}

static hone_status check_layout(stored_dataset *stored, size_t bytes)
{
    if (stored->elsewhere)
        return fail(stored, "is stored in another file, which is not supported");
    if (stored->layout > LAYOUT_CHUNKED)
        return fail(stored, "has a layout that is not supported");
    if (bytes == 0)
        return HONE_OK;
    if (stored->layout != LAYOUT_CHUNKED) {
        if (!stored->bytes.at)
            return fail(stored, "has a shape but no data");
        return stored->bytes.left == bytes ? HONE_OK
                                           : fail(stored, "has more or less data than its shape requires");
    }
    hone_hdf5_chunks *chunks = &stored->chunks;
    if (chunks->rank != stored->space.rank || chunks->element != stored->type.size)
        return fail(stored, "is damaged");
    if (chunks->tree == UINT64_MAX)
        return fail(stored, "has a shape but no data");
    for (int i = 0; i < chunks->rank; i++)
        chunks->sizes[i] = stored->space.sizes[i];
    return HONE_OK;
}

/* bfloat16 tells its name in an attribute; early files have none. */
static hone_status check_type(const stored_dataset *stored, uint64_t object)
{
    hone_hdf5_form form = stored->type.form;
    if (form == HONE_HDF5_OTHER || form >= HONE_HDF5_TEXT)
        return fail(stored, "does not hold numbers of a usual type");
    if (form != HONE_HDF5_BFLOAT16)
        return HONE_OK;
    hone_text texts = {0};
    size_t count = 0;
    bool has;
    hone_status status = hone_internal_hdf5_attribute(stored->file, object, "dtype", &texts, &count, &has);
    if (status == HONE_OK && has && (count != 1 || strcmp(texts.data, "bfloat16") != 0)) {
        status = fail(stored, "holds bytes of an unknown type, expected bfloat16");
    }
    hone_internal_text_free(&texts);
    return status;
}

static hone_status open_dataset(stored_dataset *stored, const hone_weights_file *file, const char *path)
{
    uint64_t object;
    size_t bytes;
    file = hone_internal_hdf5_file_of(file, path);
    *stored = (stored_dataset){.file = file, .path = path};
    HONE_TRY(hone_internal_hdf5_find(file, path, &object));
    if (!object)
        return fail(stored, "is missing");
    HONE_TRY(read_header(stored, object));
    HONE_TRY(check_type(stored, object));
    stored->shape.type = stored->type.numbers;
    HONE_TRY(check_space(stored, &bytes));
    return check_layout(stored, bytes);
}

/* "(784, 300)" */
static void describe_shape(const hone_array *array, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "(");
    for (int i = 0; i < array->rank && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i ? ", " : "", array->shape[i]);
    }
    if (used < size)
        snprintf(text + used, size - used, array->rank == 1 ? ",)" : ")");
}

static hone_status check_shape(const stored_dataset *stored, const hone_array *expected)
{
    bool same = stored->shape.rank == expected->rank;
    for (int i = 0; same && i < expected->rank; i++)
        same = stored->shape.shape[i] == expected->shape[i];
    if (same)
        return HONE_OK;
    char wanted[200], received[200];
    describe_shape(expected, wanted, sizeof wanted);
    describe_shape(&stored->shape, received, sizeof received);
    return hone_fail(HONE_ERROR_SHAPE, "%s: %.300s: expected the shape %s, received %s", stored->file->label,
                     stored->path, wanted, received);
}

/* ---- numbers ---- */

/* One element to this machine's order and to the type it is read as. */
static void decode(const hone_hdf5_type *type, const unsigned char *bytes, unsigned char *number)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < type->size; i++)
        bits |= (uint64_t)bytes[type->big_endian ? type->size - 1 - i : i] << 8 * i;
    uint8_t bits8 = (uint8_t)bits;
    uint16_t bits16 = (uint16_t)bits;
    uint32_t bits32 = (uint32_t)bits;
    if (type->form == HONE_HDF5_FLOAT16)
        bits32 = hone_internal_half_to_bits(bits16);
    if (type->form == HONE_HDF5_BFLOAT16)
        bits32 <<= 16;
    if (type->form == HONE_HDF5_BOOLEANS)
        bits8 = bits8 != 0;
    const void *const sources[] = {&bits8, &bits16, &bits32, &bits};
    const size_t sizes[] = {1, 2, 4, 8};
    for (size_t i = 0; i < 4; i++) {
        if (sizes[i] == hone_dtype_size(type->numbers))
            memcpy(number, sources[i], sizes[i]);
    }
}

static bool is_native(const hone_hdf5_type *type)
{
    return type->form == HONE_HDF5_NUMBERS &&
           (type->size == 1 || type->big_endian == !HONE_LITTLE_ENDIAN_HOST);
}

/* The file's bytes to numbers of the expected type; by way of a whole array of the file's numbers unless they
 * agree. */
static hone_status convert(const stored_dataset *stored, const unsigned char *bytes,
                           const hone_array *expected)
{
    const hone_hdf5_type *type = &stored->type;
    size_t count = (size_t)hone_array_count(expected), size = hone_dtype_size(type->numbers);
    if (type->numbers == expected->type && is_native(type)) {
        memcpy(expected->data, bytes, count * size);
        return HONE_OK;
    }
    hone_array numbers = stored->shape;
    numbers.data = hone_internal_allocate(count * size);
    if (!numbers.data)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        decode(type, bytes + i * type->size, (unsigned char *)numbers.data + i * size);
    hone_array *converted = hone_array_convert(&numbers, expected->type);
    if (converted)
        memcpy(expected->data, converted->data, count * hone_dtype_size(expected->type));
    hone_status status = converted ? HONE_OK : hone_error_status();
    hone_array_free(converted);
    hone_internal_free(numbers.data);
    return status;
}

static hone_status read_chunked(const stored_dataset *stored, const hone_array *expected)
{
    unsigned char *bytes = hone_internal_allocate((size_t)hone_array_count(expected) * stored->type.size);
    if (!bytes)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_hdf5_read_chunks(stored->file, &stored->chunks, stored->path, bytes);
    if (status == HONE_OK)
        status = convert(stored, bytes, expected);
    hone_internal_free(bytes);
    return status;
}

hone_status hone_internal_weights_read_path(hone_weights_file *file, const char *path,
                                            const hone_array *expected)
{
    stored_dataset stored;
    HONE_TRY(open_dataset(&stored, file, path));
    HONE_TRY(check_shape(&stored, expected));
    if ((stored.type.form == HONE_HDF5_BOOLEANS) != (expected->type == HONE_BOOL)) {
        return fail(&stored, "holds truth values where numbers are expected, or the reverse");
    }
    if (hone_array_count(expected) == 0)
        return HONE_OK;
    return stored.layout == LAYOUT_CHUNKED ? read_chunked(&stored, expected)
                                           : convert(&stored, stored.bytes.at, expected);
}

static char *array_path(const char *path, int64_t index)
{
    return hone_internal_format("%s/%" PRId64, path, index);
}

hone_status hone_internal_weights_read(hone_weights_file *file, const char *path, int64_t index,
                                       const hone_array *expected)
{
    char *whole = array_path(path, index);
    if (!whole)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_weights_read_path(file, whole, expected);
    hone_internal_free(whole);
    return status;
}

hone_status hone_internal_weights_shape(hone_weights_file *file, const char *path, int64_t index,
                                        hone_array *shape)
{
    stored_dataset stored;
    char *whole = array_path(path, index);
    if (!whole)
        return HONE_ERROR_MEMORY;
    hone_status status = open_dataset(&stored, file, whole);
    if (status == HONE_OK)
        *shape = stored.shape;
    hone_internal_free(whole);
    return status;
}

size_t hone_internal_weights_most_bytes(const hone_weights_file *file)
{
    size_t ratio = hone_internal_limits.hdf5_ratio, spare = 1 << 20;
    size_t bytes = 0;
    for (; file; file = file->next)
        bytes += file->bytes;
    return bytes > (SIZE_MAX - spare) / ratio ? SIZE_MAX - 1 : bytes * ratio + spare;
}
