/* Writing safetensors files as the reference writer does: tensors by type, wider ones first, then by name; no
 * holes. */
#include "base/half.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/safetensors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How floats are kept. `rank`: the reference's order of types. */
typedef struct float_type {
    const char *name;
    size_t bytes;
    int rank;
} float_type;

static const float_type FLOATS[] = {{"F32", 4, 3}, {"F64", 8, 4}, {"F16", 2, 0}, {"BF16", 2, 1}};
enum { INTEGER_RANK = 2, ALIGNMENT = 8, PIECE = 1 << 16 };

typedef struct placed_array {
    const hone_named_array *array;
    const char *type;
    int rank;
    size_t bytes;
} placed_array;

static int by_type_and_name(const void *a, const void *b)
{
    const placed_array *x = a, *y = b;
    return x->rank != y->rank ? y->rank - x->rank : strcmp(x->array->name, y->array->name);
}

static const float_type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof FLOATS / sizeof *FLOATS; i++)
        if (name == NULL || strcmp(FLOATS[i].name, name) == 0)
            return &FLOATS[i];
    return NULL;
}

/* ---- the header ---- */

static hone_config *entry_of(const placed_array *placed, size_t begin)
{
    const hone_array *array = &placed->array->array;
    hone_config *entry = hone_internal_config_map(), *shape = hone_internal_config_list(),
                *places = hone_internal_config_list();
    hone_status status = entry == NULL || shape == NULL || places == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < array->rank && status >= 0; i++)
        status = hone_internal_config_append(shape, hone_internal_config_integer(array->shape[i]));
    if (status >= 0)
        status = hone_internal_config_append(places, hone_internal_config_integer((int64_t)begin));
    if (status >= 0)
        status = hone_internal_config_append(places,
                                             hone_internal_config_integer((int64_t)(begin + placed->bytes)));
    if (status >= 0)
        status = hone_internal_config_set(entry, "dtype", hone_internal_config_text(placed->type));
    if (status >= 0) {
        status = hone_internal_config_set(entry, "shape", shape);
        shape = NULL;
    }
    if (status >= 0) {
        status = hone_internal_config_set(entry, "data_offsets", places);
        places = NULL;
    }
    if (status >= 0)
        return entry;
    hone_internal_config_free(entry);
    hone_internal_config_free(shape);
    hone_internal_config_free(places);
    return NULL;
}

/* The header's text, padded by spaces; to be freed. */
static char *header_of(const placed_array *placed, size_t count, const hone_config *metadata)
{
    hone_config *header = hone_internal_config_map();
    hone_status status = header == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && metadata != NULL)
        status = hone_internal_config_set(header, "__metadata__", hone_internal_config_copy(metadata));
    for (size_t i = 0, begin = 0; i < count && status >= 0; begin += placed[i++].bytes)
        status = hone_internal_config_set(header, placed[i].array->name, entry_of(&placed[i], begin));
    char *json = status < 0 ? NULL : hone_internal_config_to_json(header, false);
    hone_text text = {0};
    if (json != NULL)
        hone_internal_text_append(&text, json);
    while (json != NULL && !text.failed && text.length % ALIGNMENT != 0)
        hone_internal_text_append(&text, " ");
    hone_internal_config_free(header);
    hone_internal_free(json);
    return json == NULL ? NULL : hone_internal_text_take(&text);
}

/* ---- numbers ---- */

/* F64, F16 and BF16. */
static void encode(const placed_array *placed, size_t index, unsigned char *bytes, size_t width)
{
    const float number = ((const float *)placed->array->array.data)[index];
    const double wide = (double)number;
    uint64_t bits;
    memcpy(&bits, &wide, sizeof bits);
    if (strcmp(placed->type, "F16") == 0)
        bits = hone_internal_float_to_half(number);
    else if (strcmp(placed->type, "BF16") == 0)
        bits = hone_internal_float_to_bfloat(number);
    hone_internal_put(bytes, bits, width);
}

static bool is_stored_as_it_is(const placed_array *placed)
{
    return strcmp(placed->type, "F32") == 0 || strcmp(placed->type, "I32") == 0;
}

static hone_status write_numbers(hone_file_writer *writer, const placed_array *placed)
{
    if (placed->bytes == 0)
        return HONE_OK;
    if (is_stored_as_it_is(placed))
        return hone_internal_write_numbers(writer, placed->array->array.data, placed->bytes / 4, 4);
    unsigned char *piece = hone_internal_allocate(PIECE);
    if (piece == NULL)
        return HONE_ERROR_MEMORY;
    size_t count = (size_t)hone_array_count(&placed->array->array), width = placed->bytes / count;
    hone_status status = HONE_OK;
    for (size_t done = 0, some; done < count && status >= 0; done += some) {
        some = count - done < PIECE / width ? count - done : PIECE / width;
        for (size_t i = 0; i < some; i++)
            encode(placed, done + i, piece + i * width, width);
        status = hone_internal_file_write(writer, piece, some * width);
    }
    hone_internal_free(piece);
    return status;
}

/* ---- the file ---- */

static hone_status write_file(const char *path, const placed_array *placed, size_t count, const char *header)
{
    unsigned char length[8];
    hone_file_writer writer = {0};
    hone_internal_put(length, strlen(header), sizeof length);
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status >= 0)
        status = hone_internal_file_write(&writer, length, sizeof length);
    if (status >= 0)
        status = hone_internal_file_write(&writer, header, strlen(header));
    for (size_t i = 0; i < count && status >= 0; i++)
        status = write_numbers(&writer, &placed[i]);
    if (status >= 0)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    return status;
}

hone_status hone_internal_safetensors_write(const char *path, const hone_named_array *arrays, size_t count,
                                            const char *dtype, const hone_config *metadata)
{
    const float_type *type = find_type(dtype);
    if (type == NULL)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "\"%.40s\" is not a supported type of a safetensors file; expected F32, F64, F16 or BF16", dtype);
    placed_array *placed = hone_internal_allocate_zeroed(count + 1, sizeof *placed);
    if (placed == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        bool integer = arrays[i].array.type == HONE_INT32;
        placed[i] =
            (placed_array){.array = &arrays[i],
                           .type = integer ? "I32" : type->name,
                           .rank = integer ? INTEGER_RANK : type->rank,
                           .bytes = (size_t)hone_array_count(&arrays[i].array) * (integer ? 4 : type->bytes)};
    }
    qsort(placed, count, sizeof *placed, by_type_and_name);
    char *header = header_of(placed, count, metadata);
    hone_status status = header == NULL ? hone_error_status() : write_file(path, placed, count, header);
    hone_internal_free(header);
    hone_internal_free(placed);
    return status;
}
