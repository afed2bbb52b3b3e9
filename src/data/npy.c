/* NPY, NumPy's file of one array: magic, version, a header that is a Python dict, the numbers. */
#include "base/file.h"
#include "base/memory.h"
#include "data/files.h"
#include <stdio.h>
#include <string.h>

enum {
    MAXIMUM_HEADER = 10000, /* characters; NumPy's own limit */
    KEY_LENGTH = 24         /* of a key or type in the header */
};

static const char magic[6] = "\x93NUMPY";

#define LITTLE_ENDIAN_HOST (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* ---- what an array needs ---- */

static const char *const numpy_types[HONE_DTYPE_COUNT] = {
#define NUMPY_TYPE(name, type, bytes, numpy) [HONE_##name] = numpy,
    HONE_DTYPE_MAP(NUMPY_TYPE)
#undef NUMPY_TYPE
};

hone_status hone_internal_array_check(const hone_array *array)
{
    if (!array) {
        hone_status earlier = hone_error_status();
        return earlier < 0 ? earlier : hone_fail(HONE_ERROR_ARGUMENT, "expected an array, received NULL");
    }
    if ((int)array->type < 0 || array->type >= HONE_DTYPE_COUNT)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "an array's type is %d, which is none of the types of hone_dtype", (int)array->type);
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
        else if (!hone_internal_multiply_size(bytes, (size_t)array->shape[axis], &bytes))
            return hone_fail(HONE_ERROR_SHAPE, "the sizes of an array are too large");
    }
    if (!array->data && !empty)
        return hone_fail(HONE_ERROR_ARGUMENT, "an array has a shape but no data");
    return HONE_OK;
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

static hone_status take(source *from, void *data, size_t bytes)
{
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

/* ---- the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } ---- */

typedef struct header {
    hone_dtype type;
    bool half;    /* float16 in the file, float32 in memory */
    bool swapped; /* the other byte order than this machine's */
    bool fortran;
    int rank;
    int64_t shape[HONE_MAX_RANK];
} header;

typedef struct cursor {
    const char *start, *next, *end;
    const char *label;
} cursor;

static hone_status fail_at(const cursor *at, const char *expected)
{
    size_t place = (size_t)(at->next - at->start) + 1;
    if (at->next == at->end)
        return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: expected %s, received the end", at->label,
                         expected);
    unsigned char found = (unsigned char)*at->next;
    if (found < ' ' || found > '~')
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: NPY header, character %zu: expected %s, received byte 0x%02x", at->label, place,
                         expected, found);
    return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header, character %zu: expected %s, received '%c'",
                     at->label, place, expected, found);
}

static void skip_space(cursor *at)
{
    while (at->next < at->end && strchr(" \t\r\n", *at->next) && *at->next)
        at->next++;
}

static bool accept(cursor *at, char wanted)
{
    skip_space(at);
    if (at->next == at->end || *at->next != wanted)
        return false;
    at->next++;
    return true;
}

static bool accept_word(cursor *at, const char *word)
{
    size_t length = strlen(word);
    skip_space(at);
    if ((size_t)(at->end - at->next) < length || memcmp(at->next, word, length) != 0)
        return false;
    at->next += length;
    return true;
}

/* 'text' or "text", printable ASCII without escapes. */
static hone_status parse_text(cursor *at, const char *expected, char text[KEY_LENGTH])
{
    skip_space(at);
    if (at->next == at->end || (*at->next != '\'' && *at->next != '"'))
        return fail_at(at, expected);
    char quote = *at->next++;
    size_t length = 0;
    while (at->next < at->end && *at->next != quote) {
        if (length + 1 == KEY_LENGTH || *at->next < ' ' || *at->next > '~' || *at->next == '\\')
            return fail_at(at, expected);
        text[length++] = *at->next++;
    }
    text[length] = 0;
    if (at->next == at->end)
        return fail_at(at, "a closing quote");
    at->next++;
    return HONE_OK;
}

/* What NumPy can save and Hone does not read. */
static const struct {
    const char *kind; /* how the type goes on after the byte order */
    const char *what;
} refused_kinds[] = {
    {"O", "Python objects, which only Python can read"},
    {"S", "texts"},
    {"U", "texts"},
    {"V", "structures"},
    {"c", "complex numbers"},
    {"M", "dates"},
    {"m", "time spans"},
    {"f16", "long double numbers"},
};

static hone_status fail_type(const cursor *at, const char *descr)
{
    for (size_t i = 0; i < sizeof refused_kinds / sizeof *refused_kinds; i++)
        if (descr[0] && strncmp(descr + 1, refused_kinds[i].kind, strlen(refused_kinds[i].kind)) == 0)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "%s: the array's type \"%s\" is %s; expected numbers, as "
                             "float32 or uint8",
                             at->label, descr, refused_kinds[i].what);
    return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: \"%s\" is no type of NumPy", at->label, descr);
}

/* "<f4": byte order, kind, bytes. */
static hone_status parse_type(cursor *at, header *result)
{
    char descr[KEY_LENGTH];
    skip_space(at);
    if (at->next < at->end && *at->next == '[')
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: the array holds structures (several fields); expected "
                         "numbers, as float32 or uint8",
                         at->label);
    HONE_TRY(parse_text(at, "a type such as '<f4'", descr));
    if (!descr[0] || !strchr("<>|=", descr[0]))
        return fail_type(at, descr);
    bool little = descr[0] == '<' || (descr[0] != '>' && LITTLE_ENDIAN_HOST);
    result->swapped = little != LITTLE_ENDIAN_HOST;
    result->half = strcmp(descr + 1, "f2") == 0;
    const char *name = result->half ? "f4" : descr + 1;
    for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
        if (strcmp(name, numpy_types[type]) != 0)
            continue;
        result->type = (hone_dtype)type;
        if (descr[0] == '|' && hone_dtype_size(result->type) > 1)
            break; /* a byte order is needed */
        return HONE_OK;
    }
    return fail_type(at, descr);
}

static hone_status parse_order(cursor *at, header *result)
{
    result->fortran = accept_word(at, "True");
    return result->fortran || accept_word(at, "False") ? HONE_OK : fail_at(at, "True or False");
}

/* 12, or 12L as Python 2 wrote it. */
static hone_status parse_size(cursor *at, int64_t *size)
{
    skip_space(at);
    if (at->next == at->end || *at->next < '0' || *at->next > '9')
        return fail_at(at, "a size");
    *size = 0;
    for (; at->next < at->end && *at->next >= '0' && *at->next <= '9'; at->next++) {
        int digit = *at->next - '0';
        if (*size > (INT64_MAX - digit) / 10)
            return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: a size of the shape is too large",
                             at->label);
        *size = *size * 10 + digit;
    }
    if (at->next < at->end && *at->next == 'L')
        at->next++;
    return HONE_OK;
}

/* (), (3,), (3, 4), (3, 4,) */
static hone_status parse_shape(cursor *at, header *result)
{
    if (!accept(at, '('))
        return fail_at(at, "a shape such as (3, 4)");
    result->rank = 0;
    while (!accept(at, ')')) {
        if (result->rank == HONE_MAX_RANK)
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: the array has more than %d axes", at->label,
                             HONE_MAX_RANK);
        HONE_TRY(parse_size(at, &result->shape[result->rank++]));
        if (accept(at, ','))
            continue;
        if (result->rank == 1 || !accept(at, ')'))
            return fail_at(at, "',' in the shape");
        break;
    }
    return HONE_OK;
}

static const struct {
    const char *name;
    hone_status (*parse)(cursor *at, header *result);
} header_keys[] = {
    {"descr", parse_type},
    {"fortran_order", parse_order},
    {"shape", parse_shape},
};
enum { HEADER_KEYS = sizeof header_keys / sizeof *header_keys };

static hone_status parse_item(cursor *at, header *result, bool seen[HEADER_KEYS])
{
    char key[KEY_LENGTH];
    HONE_TRY(parse_text(at, "a key in quotes", key));
    size_t found = 0;
    while (found < HEADER_KEYS && strcmp(key, header_keys[found].name) != 0)
        found++;
    if (found == HEADER_KEYS || seen[found])
        return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: the key \"%s\" is %s", at->label, key,
                         found == HEADER_KEYS ? "unknown" : "there twice");
    seen[found] = true;
    if (!accept(at, ':'))
        return fail_at(at, "':'");
    return header_keys[found].parse(at, result);
}

static hone_status parse_header(const char *text, size_t length, const char *label, header *result)
{
    cursor at = {text, text, text + length, label};
    bool seen[HEADER_KEYS] = {false};
    if (!accept(&at, '{'))
        return fail_at(&at, "'{'");
    while (!accept(&at, '}')) {
        HONE_TRY(parse_item(&at, result, seen));
        if (accept(&at, ','))
            continue;
        if (!accept(&at, '}'))
            return fail_at(&at, "',' or '}'");
        break;
    }
    skip_space(&at);
    if (at.next < at.end)
        return fail_at(&at, "nothing after '}'");
    for (size_t i = 0; i < HEADER_KEYS; i++)
        if (!seen[i])
            return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: the key \"%s\" is missing", label,
                             header_keys[i].name);
    return HONE_OK;
}

/* Magic, version, and a length of 2 bytes (version 1) or 4 (versions 2 and 3), little-endian. */
static hone_status read_header(source *from, header *result)
{
    unsigned char start[8], size[4] = {0};
    char text[MAXIMUM_HEADER];
    HONE_TRY(take(from, start, sizeof start));
    if (memcmp(start, magic, sizeof magic) != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: not an NPY file (it does not start with \\x93NUMPY)",
                         from->label);
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: NPY version %d.%d; expected 1.0, 2.0 or 3.0",
                         from->label, start[6], start[7]);
    HONE_TRY(take(from, size, start[6] == 1 ? 2 : 4));
    size_t length = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    if (length > MAXIMUM_HEADER)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the NPY header has %zu characters; at most %d are read",
                         from->label, length, MAXIMUM_HEADER);
    HONE_TRY(take(from, text, length));
    return parse_header(text, length, from->label, result);
}

/* The bytes that the numbers take in the file must be just those that are left. */
static hone_status check_length(const source *from, const header *is)
{
    size_t bytes = is->half ? 2 : hone_dtype_size(is->type);
    bool empty = false;
    for (int axis = 0; axis < is->rank; axis++) {
        if (is->shape[axis] == 0)
            empty = true;
        else if (!hone_internal_multiply_size(bytes, (size_t)is->shape[axis], &bytes))
            return hone_fail(HONE_ERROR_FORMAT, "%s: the sizes in the NPY header are too large", from->label);
    }
    if (empty)
        bytes = 0;
    if (bytes == from->left)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: the NPY header speaks of %zu bytes of numbers, the file holds %zu", from->label,
                     bytes, from->left);
}

/* ---- the numbers ---- */

void hone_internal_swap_bytes(void *data, size_t count, size_t size)
{
    unsigned char *number = data;
    for (size_t i = 0; i < count; i++, number += size)
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            unsigned char byte = number[low];
            number[low] = number[high];
            number[high] = byte;
        }
}

/* IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) to binary32; exact. */
static float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u, bits;
    if (exponent == 31) {
        bits = sign | 0x7f800000u | fraction << 13; /* infinity, or not a number */
    } else if (exponent > 0) {
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    } else { /* zero and the numbers below 2^-14: fraction * 2^-24 */
        float small = (float)fraction * 0x1p-24f;
        memcpy(&bits, &small, sizeof bits);
        bits |= sign;
    }
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* `count` halves stand in the second half of the block; growing them in order from its start never overtakes
 * what is still to be read: number i goes to bytes 4i .. 4i+3, and number i+1 is at 2*count + 2(i+1) >= 4i+4.
 */
static void widen_halves(void *data, size_t count)
{
    char *block = data;
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, block + 2 * (count + i), sizeof half);
        float number = half_to_float(half);
        memcpy(block + 4 * i, &number, sizeof number);
    }
}

static void clean_booleans(uint8_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++)
        data[i] = data[i] != 0;
}

static hone_status read_numbers(source *from, const header *is, hone_array *array)
{
    size_t count = (size_t)hone_array_count(array), size = is->half ? 2 : hone_dtype_size(is->type);
    char *place = (char *)array->data + (is->half ? 2 * count : 0);
    HONE_TRY(take(from, place, count * size));
    if (is->swapped && size > 1)
        hone_internal_swap_bytes(place, count, size);
    if (is->half)
        widen_halves(array->data, count);
    if (is->type == HONE_BOOL)
        clean_booleans(array->data, count);
    return HONE_OK;
}

/* Column-major to row-major. Number (i0, i1, ...) of the file stands at i0 + shape[0] * (i1 + shape[1] *
 * (...)). */
static hone_array *transpose(hone_array *columns, const header *is)
{
    hone_array *rows = hone_array_create(is->type, is->rank, is->shape);
    if (!rows) {
        hone_array_free(columns);
        return NULL;
    }
    size_t size = hone_dtype_size(is->type), count = (size_t)hone_array_count(rows);
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

static hone_array *read_array(source *from)
{
    header is = {0};
    if (read_header(from, &is) < 0 || check_length(from, &is) < 0)
        return NULL;
    hone_array *array = hone_array_create(is.type, is.rank, is.shape);
    if (array && read_numbers(from, &is, array) < 0) {
        hone_array_free(array);
        return NULL;
    }
    return array && is.fortran && is.rank > 1 ? transpose(array, &is) : array;
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

/* As NumPy writes version 1.0: room for axis 0 to grow to 21 digits, and spaces to a whole number of 64
 * bytes. */
size_t hone_internal_npy_header(const hone_array *array, char header_text[HONE_NPY_HEADER_BYTES])
{
    enum { PREFIX = 10, GROWTH = 21 };
    const char *order = hone_dtype_size(array->type) == 1 ? "|" : LITTLE_ENDIAN_HOST ? "<" : ">";
    char shape[HONE_MAX_RANK * 22 + 4] = "", first[24] = "";
    size_t used = 0;
    for (int axis = 0; axis < array->rank; axis++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, axis > 0 ? ", %lld" : "%lld",
                                 (long long)array->shape[axis]);
    if (array->rank == 1)
        snprintf(shape + used, sizeof shape - used, ",");
    if (array->rank > 0)
        snprintf(first, sizeof first, "%lld", (long long)array->shape[0]);
    size_t length = (size_t)snprintf(header_text + PREFIX, HONE_NPY_HEADER_BYTES - PREFIX,
                                     "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }", order,
                                     numpy_types[array->type], shape);
    length += PREFIX;
    size_t room = length + (array->rank > 0 ? GROWTH - strlen(first) : 0) + 1;
    size_t whole = (room + 63) / 64 * 64;
    memset(header_text + length, ' ', whole - length);
    header_text[whole - 1] = '\n';
    memcpy(header_text, magic, sizeof magic);
    header_text[6] = 1;
    header_text[7] = 0;
    header_text[8] = (char)((whole - PREFIX) & 255);
    header_text[9] = (char)((whole - PREFIX) >> 8);
    return whole;
}

hone_status hone_array_save(const hone_array *array, const char *path)
{
    HONE_TRY(hone_internal_array_check(array));
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
