/* Arrays: element types, views, conversion. */
#include <hone/array.h>

#include "base/error.h"
#include "base/memory.h"
#include <string.h>

/* What an element type is, and how runs of elements become doubles or integers and back. */
typedef struct dtype_row {
    const char *name;
    bool floating;
    void (*to_numbers)(const void *from, double *to, size_t count);
    void (*to_integers)(const void *from, int64_t *to, size_t count);
    void (*from_numbers)(const double *from, void *to, size_t count);
    void (*from_integers)(const int64_t *from, void *to, size_t count);
} dtype_row;

/* C leaves a number outside the integer type's range undefined: take the nearest there is, and 0 for NaN. */
#define ROUND_TOWARDS_ZERO(type, lowest, highest, number) \
    ((number) != (number)            ? (type)0 \
     : (number) <= (double)(lowest)  ? (type)(lowest) \
     : (number) >= (double)(highest) ? (type)(highest) \
                                     : (type)(number))

#define TO_FLOAT32(number) ((float)(number))
#define TO_FLOAT64(number) ((double)(number))
#define TO_UINT8(number) ROUND_TOWARDS_ZERO(uint8_t, 0, UINT8_MAX, number)
#define TO_INT8(number) ROUND_TOWARDS_ZERO(int8_t, INT8_MIN, INT8_MAX, number)
#define TO_UINT16(number) ROUND_TOWARDS_ZERO(uint16_t, 0, UINT16_MAX, number)
#define TO_INT16(number) ROUND_TOWARDS_ZERO(int16_t, INT16_MIN, INT16_MAX, number)
#define TO_UINT32(number) ROUND_TOWARDS_ZERO(uint32_t, 0, UINT32_MAX, number)
#define TO_INT32(number) ROUND_TOWARDS_ZERO(int32_t, INT32_MIN, INT32_MAX, number)
#define TO_UINT64(number) ROUND_TOWARDS_ZERO(uint64_t, 0, UINT64_MAX, number)
#define TO_INT64(number) ROUND_TOWARDS_ZERO(int64_t, INT64_MIN, INT64_MAX, number)
#define TO_BOOL(number) ((uint8_t)((number) != 0))

/* Integers go from type to type modulo the type's range, as in C; a BOOL (whose letter is 'b') is 0 or 1. */
#define FROM_INTEGER(type, numpy, number) (*(numpy) == 'b' ? (type)((number) != 0) : (type)(number))

#define DTYPE_FUNCTIONS(name, type, size, numpy) \
    static void name##_to_numbers(const void *from, double *to, size_t count) \
    { \
        for (size_t i = 0; i < count; i++) \
            to[i] = (double)((const type *)from)[i]; \
    } \
    static void name##_to_integers(const void *from, int64_t *to, size_t count) \
    { \
        for (size_t i = 0; i < count; i++) \
            to[i] = (int64_t)((const type *)from)[i]; \
    } \
    static void name##_from_numbers(const double *from, void *to, size_t count) \
    { \
        for (size_t i = 0; i < count; i++) \
            ((type *)to)[i] = TO_##name(from[i]); \
    } \
    static void name##_from_integers(const int64_t *from, void *to, size_t count) \
    { \
        for (size_t i = 0; i < count; i++) \
            ((type *)to)[i] = FROM_INTEGER(type, numpy, from[i]); \
    }
HONE_DTYPE_MAP(DTYPE_FUNCTIONS)

/* clang-format off */
#define DTYPE_ROW(id, text, floats) \
    [HONE_##id] = {text, floats, id##_to_numbers, id##_to_integers, id##_from_numbers, id##_from_integers}
/* clang-format on */
static const dtype_row rows[HONE_DTYPE_COUNT] = {
    DTYPE_ROW(FLOAT32, "float32", true), DTYPE_ROW(FLOAT64, "float64", true),
    DTYPE_ROW(UINT8, "uint8", false),    DTYPE_ROW(INT8, "int8", false),
    DTYPE_ROW(UINT16, "uint16", false),  DTYPE_ROW(INT16, "int16", false),
    DTYPE_ROW(UINT32, "uint32", false),  DTYPE_ROW(INT32, "int32", false),
    DTYPE_ROW(UINT64, "uint64", false),  DTYPE_ROW(INT64, "int64", false),
    DTYPE_ROW(BOOL, "bool", false),
};

static bool is_number(hone_dtype type)
{
    return (int)type >= 0 && type < HONE_DTYPE_COUNT;
}

static bool is_dtype(hone_dtype type)
{
    return is_number(type) || type == HONE_TEXT;
}

size_t hone_dtype_size(hone_dtype type)
{
    static const size_t sizes[] = {
#define DTYPE_SIZE(name, type, bytes, numpy) bytes,
        HONE_DTYPE_MAP(DTYPE_SIZE)
#undef DTYPE_SIZE
    };

    return is_number(type) ? sizes[type] : type == HONE_TEXT ? sizeof(const char *) : 0;
}

const char *hone_dtype_name(hone_dtype type)
{
    return is_number(type) ? rows[type].name : type == HONE_TEXT ? "text" : "unknown";
}

/* The elements of a shape; fails when a size is negative or their bytes do not fit in memory's addresses. */
static hone_status count_elements(hone_dtype type, int rank, const int64_t *shape, int64_t *count)
{
    size_t elements = 1, bytes;

    if (!is_dtype(type))
        return hone_fail(HONE_ERROR_ARGUMENT, "an array's type must be a hone_dtype, not %d", (int)type);
    if (rank < 0 || rank > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_ARGUMENT, "an array's rank must be between 0 and %d, not %d",
                         HONE_MAX_RANK, rank);
    for (int axis = 0; axis < rank; axis++)
        if (shape[axis] < 0)
            return hone_fail(HONE_ERROR_ARGUMENT, "an array's size on axis %d must be at least 0, not %lld",
                             axis, (long long)shape[axis]);
    for (int axis = 0; axis < rank; axis++) {
        if (shape[axis] == 0) {
            *count = 0;
            return HONE_OK;
        }
        if (!hone_internal_multiply_size(elements, (uint64_t)shape[axis], &elements))
            return hone_fail(HONE_ERROR_ARGUMENT, "an array of this shape has too many elements");
    }
    if (!hone_internal_multiply_size(elements, hone_dtype_size(type), &bytes) || bytes > PTRDIFF_MAX)
        return hone_fail(HONE_ERROR_ARGUMENT, "an array of this shape has too many elements");
    *count = (int64_t)elements;
    return HONE_OK;
}

hone_array hone_array_view(const void *data, hone_dtype type, int rank, const int64_t *shape)
{
    hone_array array = {.type = type, .rank = rank};
    int64_t count;

    if (count_elements(type, rank, shape, &count) < 0)
        return (hone_array){.type = HONE_FLOAT32, .shape = {0}};
    if (rank > 0)
        memcpy(array.shape, shape, (size_t)rank * sizeof *shape);
    memcpy(&array.data, &data, sizeof data); /* only owners write through it */
    return array;
}

hone_array *hone_array_create(hone_dtype type, int rank, const int64_t *shape)
{
    int64_t count;
    hone_array *array;

    if (count_elements(type, rank, shape, &count) < 0)
        return NULL;
    array = hone_internal_allocate_zeroed(1, sizeof *array);
    if (!array)
        return NULL;
    array->type = type;
    array->rank = rank;
    if (rank > 0)
        memcpy(array->shape, shape, (size_t)rank * sizeof *shape);
    array->data = hone_internal_allocate_aligned((size_t)count * hone_dtype_size(type));
    if (array->data)
        return array;
    hone_internal_free(array);
    return NULL;
}

void hone_array_free(hone_array *array)
{
    if (!array)
        return;
    hone_internal_free_aligned(array->data);
    hone_internal_free(array);
}

int64_t hone_array_count(const hone_array *array)
{
    int64_t count = 1;

    for (int axis = 0; axis < array->rank;
         axis++) /* before other sizes, whose product may be too large, are multiplied */
        if (array->shape[axis] == 0)
            return 0;
    for (int axis = 0; axis < array->rank; axis++)
        count *= array->shape[axis];
    return count;
}

double hone_array_number(const hone_array *array, int64_t index)
{
    double number;
    const char *data = array->data;

    if (!data || !is_number(array->type) || index < 0 || index >= hone_array_count(array))
        return HONE_NONE;
    rows[array->type].to_numbers(data + (size_t)index * hone_dtype_size(array->type), &number, 1);
    return number;
}

enum { RUN = 512 }; /* elements converted at a time, through doubles or, between integers, through 64 bits */

static void convert_run(const dtype_row *from_row, const void *from, const dtype_row *to_row, void *to,
                        size_t count)
{
    double numbers[RUN];
    int64_t integers[RUN];

    if (from_row->floating || to_row->floating) {
        from_row->to_numbers(from, numbers, count);
        to_row->from_numbers(numbers, to, count);
    } else {
        from_row->to_integers(from, integers, count);
        to_row->from_integers(integers, to, count);
    }
}

hone_array *hone_array_convert(const hone_array *array, hone_dtype type)
{
    hone_array *result;
    size_t count, from_bytes, to_bytes;

    if (!array)
        return hone_internal_fail_null("an array"), NULL;
    if (!array->data || !is_dtype(array->type)) {
        hone_fail(HONE_ERROR_ARGUMENT, "an array without data cannot be converted");
        return NULL;
    }
    if (!is_number(array->type) || !is_number(type)) {
        hone_fail(HONE_ERROR_ARGUMENT, "an array of %s cannot be converted to %s",
                  hone_dtype_name(array->type), hone_dtype_name(type));
        return NULL;
    }
    result = hone_array_create(type, array->rank, array->shape);
    if (!result)
        return NULL;
    count = (size_t)hone_array_count(array);
    from_bytes = hone_dtype_size(array->type);
    to_bytes = hone_dtype_size(type);
    for (size_t begin = 0; begin < count; begin += RUN)
        convert_run(&rows[array->type], (const char *)array->data + begin * from_bytes, &rows[type],
                    (char *)result->data + begin * to_bytes, count - begin < RUN ? count - begin : RUN);
    return result;
}
