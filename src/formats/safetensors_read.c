/* Reading safetensors files. What the header claims is compared with the file's size before any of it is
 * believed. */
#include "base/half.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/bytes.h"
#include "formats/safetensors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8 };
static const uint64_t MOST_HEADER_BYTES = 100000000;

/* How the numbers of a type become floats; NULL: they are not read. */
typedef float convert_number(const unsigned char *bytes);

typedef struct tensor_type {
    const char *name;
    unsigned bits;
    convert_number *convert;
} tensor_type;

#define CONVERT(name, type, get) \
    static float from_##name(const unsigned char *bytes) \
    { \
        return (float)(type)get; \
    }
CONVERT(u8, uint8_t, bytes[0])
CONVERT(i8, int8_t, bytes[0])
CONVERT(i16, int16_t, hone_internal_get16(bytes))
CONVERT(u16, uint16_t, hone_internal_get16(bytes))
CONVERT(i32, int32_t, hone_internal_get32(bytes))
CONVERT(u32, uint32_t, hone_internal_get32(bytes))
CONVERT(i64, int64_t, hone_internal_get64(bytes))
CONVERT(u64, uint64_t, hone_internal_get64(bytes))
CONVERT(f16, float, hone_internal_half_to_float((uint16_t)hone_internal_get16(bytes)))
CONVERT(bf16, float, hone_internal_bfloat_to_float((uint16_t)hone_internal_get16(bytes)))
#undef CONVERT

static float from_f32(const unsigned char *bytes)
{
    uint32_t bits = hone_internal_get32(bytes);
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static float from_f64(const unsigned char *bytes)
{
    uint64_t bits = hone_internal_get64(bytes);
    double number;
    memcpy(&number, &bits, sizeof number);
    return (float)number;
}

static const tensor_type TYPES[] = {
    {"BOOL", 8, from_u8},  {"U8", 8, from_u8},       {"I8", 8, from_i8},       {"U16", 16, from_u16},
    {"I16", 16, from_i16}, {"U32", 32, from_u32},    {"I32", 32, from_i32},    {"U64", 64, from_u64},
    {"I64", 64, from_i64}, {"F16", 16, from_f16},    {"BF16", 16, from_bf16},  {"F32", 32, from_f32},
    {"F64", 64, from_f64}, {"C64", 64, NULL},        {"F8_E5M2", 8, NULL},     {"F8_E4M3", 8, NULL},
    {"F8_E8M0", 8, NULL},  {"F8_E4M3FNUZ", 8, NULL}, {"F8_E5M2FNUZ", 8, NULL}, {"F6_E2M3", 6, NULL},
    {"F6_E3M2", 6, NULL},  {"F4", 4, NULL},
};

typedef struct tensor {
    const char *name; /* borrowed by the header */
    const tensor_type *type;
    const hone_config *shape; /* borrowed: a list of integers */
    uint64_t begin, end;      /* after the header */
} tensor;

struct hone_safetensors {
    char *path;
    hone_file_reader reader;
    hone_config *header;
    uint64_t data; /* where the numbers begin in the file */
    tensor *tensors;
    size_t count;
};

static hone_status fail(const hone_safetensors *file, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s", file->path, what);
}

static hone_status fail_tensor(const hone_safetensors *file, const char *name, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the tensor \"%.200s\" %s", file->path, name, what);
}

/* ---- the header ---- */

static bool is_size(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_INTEGER) &&
           hone_internal_config_as_integer(config) >= 0;
}

static const tensor_type *find_type(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(TYPES[i].name, name) == 0)
            return &TYPES[i];
    return NULL;
}

/* The bytes that a shape of a type takes; false when there is no such number. */
static bool count_bytes(const hone_config *shape, unsigned bits, uint64_t *bytes)
{
    uint64_t total = 1;
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        if (__builtin_mul_overflow(
                total, (uint64_t)hone_internal_config_as_integer(hone_internal_config_at(shape, i)), &total))
            return false;
    if (__builtin_mul_overflow(total, (uint64_t)bits, &total) || total % 8 != 0)
        return false;
    *bytes = total / 8;
    return true;
}

static hone_status read_entry(const hone_safetensors *file, const char *name, const hone_config *entry,
                              tensor *result)
{
    const char *type = hone_internal_config_get_text(entry, "dtype");
    const hone_config *shape = hone_internal_config_get(entry, "shape");
    const hone_config *places = hone_internal_config_get(entry, "data_offsets");
    if (type == NULL || !hone_internal_config_is(shape, HONE_CONFIG_LIST) ||
        !hone_internal_config_is(places, HONE_CONFIG_LIST) || hone_internal_config_count(places) != 2 ||
        !is_size(hone_internal_config_at(places, 0)) || !is_size(hone_internal_config_at(places, 1)))
        return fail_tensor(file, name, "needs a dtype, a shape and two data_offsets");
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        if (!is_size(hone_internal_config_at(shape, i)))
            return fail_tensor(file, name, "has a size that is not an integer of at least 0");
    *result = (tensor){.name = name,
                       .type = find_type(type),
                       .shape = shape,
                       .begin = (uint64_t)hone_internal_config_as_integer(hone_internal_config_at(places, 0)),
                       .end = (uint64_t)hone_internal_config_as_integer(hone_internal_config_at(places, 1))};
    if (result->type == NULL)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the tensor \"%.200s\" is of the unknown type \"%.40s\"",
                         file->path, name, type);
    return HONE_OK;
}

static hone_status check_metadata(const hone_safetensors *file, const hone_config *metadata)
{
    if (!hone_internal_config_present(metadata))
        return HONE_OK;
    bool texts = hone_internal_config_is(metadata, HONE_CONFIG_MAP);
    for (size_t i = 0; texts && i < hone_internal_config_count(metadata); i++)
        texts = hone_internal_config_is(hone_internal_config_at(metadata, i), HONE_CONFIG_TEXT);
    return texts ? HONE_OK : fail(file, "__metadata__ must be a map of strings");
}

static hone_status read_entries(hone_safetensors *file)
{
    const hone_config *header = file->header;
    file->tensors =
        hone_internal_allocate_zeroed(hone_internal_config_count(header) + 1, sizeof *file->tensors);
    if (file->tensors == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < hone_internal_config_count(header); i++) {
        if (strcmp(hone_internal_config_key(header, i), "__metadata__") == 0)
            HONE_TRY(check_metadata(file, hone_internal_config_at(header, i)));
        else
            HONE_TRY(read_entry(file, hone_internal_config_key(header, i), hone_internal_config_at(header, i),
                                &file->tensors[file->count++]));
    }
    return HONE_OK;
}

static int by_place(const void *a, const void *b)
{
    const tensor *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The tensors fill the rest of the file: no hole, no overlap, nothing after them. */
static hone_status check_places(hone_safetensors *file)
{
    uint64_t at = 0, bytes;
    qsort(file->tensors, file->count, sizeof *file->tensors, by_place);
    for (size_t i = 0; i < file->count; i++) {
        const tensor *item = &file->tensors[i];
        if (item->begin != at || item->end < item->begin)
            return fail_tensor(file, item->name, "does not begin where the one before it ends");
        if (!count_bytes(item->shape, item->type->bits, &bytes) || bytes != item->end - item->begin)
            return fail_tensor(file, item->name, "has more or fewer bytes than its shape and dtype take");
        at = item->end;
    }
    if (at != file->reader.bytes - file->data)
        return fail(file, at > file->reader.bytes - file->data
                              ? "the file is cut off: its header declares more data"
                              : "there are data after the last tensor");
    return HONE_OK;
}

/* Python's and Rust's JSON parsers take white space before the map, and nothing else there. */
static bool starts_with_map(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", text[at]) != NULL && text[at] != '\0')
        at++;
    return at < length && text[at] == '{';
}

static hone_status parse_header(hone_safetensors *file, const char *text, size_t length)
{
    if (!starts_with_map(text, length))
        return fail(file, "the header is not a map of JSON");
    char *label = hone_internal_format("%s: header", file->path);
    file->header = label == NULL ? NULL : hone_internal_json_parse(text, length, label);
    hone_internal_free(label);
    if (file->header == NULL)
        return hone_error_status();
    if (!hone_internal_config_is(file->header, HONE_CONFIG_MAP))
        return fail(file, "the header is not a map of JSON");
    if (hone_internal_config_place(file->header).line == 0) /* a key came twice */
        return fail(file, "a name appears twice in the header");
    HONE_TRY(read_entries(file));
    return check_places(file);
}

static hone_status read_header(hone_safetensors *file)
{
    unsigned char start[LENGTH_BYTES];
    if (file->reader.bytes < LENGTH_BYTES)
        return fail(file, "expected a safetensors file, received one of less than 8 bytes");
    HONE_TRY(hone_internal_file_take(&file->reader, start, LENGTH_BYTES));
    uint64_t length = hone_internal_get64(start);
    if (length > MOST_HEADER_BYTES)
        return fail(file,
                    "expected a safetensors file, received one whose header would be larger than 100 MB");
    if (length > file->reader.bytes - LENGTH_BYTES)
        return fail(file, "the file is cut off within its header");
    char *text = hone_internal_allocate((size_t)length + 1);
    if (text == NULL)
        return HONE_ERROR_MEMORY;
    file->data = LENGTH_BYTES + length;
    hone_status status = hone_internal_file_take(&file->reader, text, (size_t)length);
    if (status >= 0)
        status = parse_header(file, text, (size_t)length);
    hone_internal_free(text);
    return status;
}

hone_safetensors *hone_internal_safetensors_open(const char *path)
{
    hone_safetensors *file = hone_internal_allocate_zeroed(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->path = hone_internal_copy_text(path);
    if (file->path != NULL && hone_internal_file_open(&file->reader, file->path) >= 0 &&
        read_header(file) >= 0)
        return file;
    hone_internal_safetensors_close(file);
    return NULL;
}

void hone_internal_safetensors_close(hone_safetensors *file)
{
    if (file == NULL)
        return;
    hone_internal_file_close(&file->reader);
    hone_internal_config_free(file->header);
    hone_internal_free(file->tensors);
    hone_internal_free(file->path);
    hone_internal_free(file);
}

size_t hone_internal_safetensors_count(const hone_safetensors *file)
{
    return file->count;
}

const char *hone_internal_safetensors_name(const hone_safetensors *file, size_t index)
{
    return file->tensors[index].name;
}

ptrdiff_t hone_internal_safetensors_find(const hone_safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return (ptrdiff_t)i;
    return -1;
}

const hone_config *hone_internal_safetensors_metadata(const hone_safetensors *file)
{
    const hone_config *metadata = hone_internal_config_get(file->header, "__metadata__");
    return hone_internal_config_present(metadata) ? metadata : NULL;
}

/* ---- numbers ---- */

static bool same_shape(const hone_config *shape, const hone_array *expected, bool transposed)
{
    if (hone_internal_config_count(shape) != (size_t)expected->rank || (transposed && expected->rank != 2))
        return false;
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        if (hone_internal_config_as_integer(hone_internal_config_at(shape, i)) !=
            expected->shape[transposed ? 1 - i : i])
            return false;
    return true;
}

/* "(784, 300)" */
static char *describe_shape(const hone_config *shape)
{
    hone_text text = {0};
    hone_internal_text_append(&text, "(");
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        hone_internal_text_format(&text, "%s%" PRId64, i > 0 ? ", " : "",
                                  hone_internal_config_as_integer(hone_internal_config_at(shape, i)));
    hone_internal_text_append(&text, hone_internal_config_count(shape) == 1 ? ",)" : ")");
    return hone_internal_text_take(&text);
}

static hone_status fail_shape(const hone_safetensors *file, const tensor *item, const hone_array *expected,
                              bool transposed)
{
    hone_text wanted = {0};
    char *received = describe_shape(item->shape);
    for (int i = 0; i < expected->rank; i++)
        hone_internal_text_format(&wanted, "%s%" PRId64, i > 0 ? ", " : "",
                                  expected->shape[transposed && expected->rank == 2 ? 1 - i : i]);
    hone_status status =
        received == NULL || wanted.failed
            ? HONE_ERROR_MEMORY
            : hone_fail(HONE_ERROR_SHAPE, "%s: %.200s: expected the shape (%s%s)%s, received %s", file->path,
                        item->name, wanted.data != NULL ? wanted.data : "", expected->rank == 1 ? "," : "",
                        transposed ? " before it is transposed" : "", received);
    hone_internal_text_free(&wanted);
    hone_internal_free(received);
    return status;
}

/* Element i of the file's [rows, columns] goes to its place in [columns, rows]. */
static size_t place_of(size_t i, const hone_array *expected, bool transposed)
{
    if (!transposed)
        return i;
    size_t columns = (size_t)expected->shape[0], rows = (size_t)expected->shape[1];
    return i % columns * rows + i / columns;
}

static hone_status convert(const hone_safetensors *file, const tensor *item, const hone_array *expected,
                           bool transposed)
{
    size_t count = (size_t)hone_array_count(expected), width = item->type->bits / 8, length;
    float *numbers = expected->data;
    if (!hone_internal_to_size(item->end - item->begin, &length))
        return fail(file, "an array is too large for this machine");
    unsigned char *bytes = hone_internal_allocate(length);
    if (bytes == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_file_take_at(&file->reader, file->data + item->begin, bytes, length);
    for (size_t i = 0; i < count && status >= 0; i++)
        numbers[place_of(i, expected, transposed)] = item->type->convert(bytes + i * width);
    hone_internal_free(bytes);
    return status;
}

static bool is_native_float(const tensor_type *type)
{
    return HONE_LITTLE_ENDIAN_HOST && strcmp(type->name, "F32") == 0;
}

hone_status hone_internal_safetensors_read(const hone_safetensors *file, size_t index,
                                           const hone_array *expected, bool transposed)
{
    const tensor *item = &file->tensors[index];
    if (!same_shape(item->shape, expected, transposed))
        return fail_shape(file, item, expected, transposed);
    if (item->type->convert == NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: %.200s: numbers of the type %s are not supported",
                         file->path, item->name, item->type->name);
    if (item->begin == item->end)
        return HONE_OK;
    if (is_native_float(item->type) && !transposed)
        return hone_internal_file_take_at(&file->reader, file->data + item->begin, expected->data,
                                          (size_t)(item->end - item->begin));
    return convert(file, item, expected, transposed);
}
