/* The header of an NPY file: a Python dict, read without Python. */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/npy.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAXIMUM_HEADER = HONE_LIMIT_NPY_HEADER, /* characters */
    KEY_LENGTH = 24                         /* of a key or type in the header */
};

static const char magic[6] = "\x93NUMPY";

static const char *const numpy_types[HONE_DTYPE_COUNT] = {
#define NUMPY_TYPE(name, type, bytes, numpy) [HONE_##name] = numpy,
    HONE_DTYPE_MAP(NUMPY_TYPE)
#undef NUMPY_TYPE
};

/* ---- the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } ---- */

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
    const char *kind; /* how the type continues after the byte order */
    const char *what;
} refused_kinds[] = {
    {"O", "Python objects, which only Python can read"},
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
                             "%s: the array's type \"%s\" is %s; expected numbers, such "
                             "as float32 or uint8",
                             at->label, descr, refused_kinds[i].what);
    return hone_fail(HONE_ERROR_FORMAT, "%s: NPY header: \"%s\" is not a NumPy type", at->label, descr);
}

/* "|S12", "<U12": bytes, or characters of 4 bytes. */
static bool parse_text_type(const char *descr, hone_npy_header *result)
{
    char *end;
    const bool wide = descr[0] && descr[1] == 'U';
    if (!descr[0] || (descr[1] != 'S' && !wide) || descr[2] < '0' || descr[2] > '9')
        return false;
    const unsigned long length = strtoul(descr + 2, &end, 10);
    if (*end || length > HONE_LIMIT_NPY_TEXT)
        return false;
    result->layout.type = HONE_TEXT;
    result->layout.wide = wide;
    result->layout.text = (uint32_t)length * (wide ? 4 : 1);
    return true;
}

/* "<f4": byte order, kind, bytes. */
static hone_status parse_type(cursor *at, hone_npy_header *result)
{
    char descr[KEY_LENGTH];
    skip_space(at);
    if (at->next < at->end && *at->next == '[')
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: the array holds structures (several fields); expected numbers, such "
                         "as float32 or uint8",
                         at->label);
    HONE_TRY(parse_text(at, "a type such as '<f4'", descr));
    if (!descr[0] || !strchr("<>|=", descr[0]))
        return fail_type(at, descr);
    bool little = descr[0] == '<' || (descr[0] != '>' && HONE_LITTLE_ENDIAN_HOST);
    result->layout.swapped = little != HONE_LITTLE_ENDIAN_HOST;
    if (parse_text_type(descr, result))
        return HONE_OK;
    result->layout.half = strcmp(descr + 1, "f2") == 0;
    const char *name = result->layout.half ? "f4" : descr + 1;
    for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
        if (strcmp(name, numpy_types[type]) != 0)
            continue;
        result->layout.type = (hone_dtype)type;
        if (descr[0] == '|' && hone_dtype_size(result->layout.type) > 1)
            break; /* a byte order is needed */
        return HONE_OK;
    }
    return fail_type(at, descr);
}

static hone_status parse_order(cursor *at, hone_npy_header *result)
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
static hone_status parse_shape(cursor *at, hone_npy_header *result)
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
    hone_status (*parse)(cursor *at, hone_npy_header *result);
} header_keys[] = {
    {"descr", parse_type},
    {"fortran_order", parse_order},
    {"shape", parse_shape},
};
enum { HEADER_KEYS = sizeof header_keys / sizeof *header_keys };

static hone_status parse_item(cursor *at, hone_npy_header *result, bool seen[HEADER_KEYS])
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

static hone_status parse_header(const char *text, size_t length, const char *label, hone_npy_header *result)
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
hone_status hone_internal_npy_read_header(hone_bytes_function *take, void *context, const char *label,
                                          hone_npy_header *header)
{
    unsigned char start[8], size[4] = {0};
    char text[MAXIMUM_HEADER];
    *header = (hone_npy_header){.rank = 0};
    HONE_TRY(take(context, start, sizeof start));
    if (memcmp(start, magic, sizeof magic) != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: not an NPY file (it does not start with \\x93NUMPY)", label);
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: NPY version %d.%d; expected 1.0, 2.0 or 3.0", label,
                         start[6], start[7]);
    HONE_TRY(take(context, size, start[6] == 1 ? 2 : 4));
    size_t length = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    if (length > MAXIMUM_HEADER)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the NPY header has %zu characters; at most %d are read",
                         label, length, MAXIMUM_HEADER);
    HONE_TRY(take(context, text, length));
    header->bytes = sizeof start + (start[6] == 1 ? 2 : 4) + length;
    header->label = label;
    return parse_header(text, length, label, header);
}

/* The bytes that the numbers take in the file must be just those that are left. */
hone_status hone_internal_npy_check_length(const hone_npy_header *header, uint64_t left, const char *label)
{
    size_t bytes = hone_internal_layout_size(&header->layout);
    bool empty = false;
    for (int axis = 0; axis < header->rank; axis++) {
        if (header->shape[axis] == 0)
            empty = true;
        else if (!hone_internal_multiply_size(bytes, (uint64_t)header->shape[axis], &bytes))
            return hone_fail(HONE_ERROR_FORMAT, "%s: the sizes in the NPY header are too large", label);
    }
    if (empty)
        bytes = 0;
    if (bytes == left)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: the NPY header declares %zu bytes of numbers, but the file has %" PRIu64, label,
                     bytes, left);
}

hone_status hone_internal_npy_need_numbers(const hone_npy_header *header, const char *label)
{
    return header->layout.type != HONE_TEXT
               ? HONE_OK
               : hone_fail(
                     HONE_ERROR_UNSUPPORTED,
                     "%s: texts are read whole, not row by row from their file: read it without a memory limit",
                     label);
}

/* ---- writing ---- */

/* As NumPy writes version 1.0 on a little-endian machine: room for axis 0 to grow to 21 digits, and spaces to
 * a whole number of 64 bytes. */
size_t hone_internal_npy_header(const hone_array *array, char header_text[HONE_NPY_HEADER_BYTES])
{
    enum { PREFIX = 10, GROWTH = 21 };
    const char *order = hone_dtype_size(array->type) == 1 ? "|" : "<";
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
