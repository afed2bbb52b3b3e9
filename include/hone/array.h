/* Arrays: numbers or texts with a type and a shape, as they come from the user or a file. */
#ifndef HONE_ARRAY_H
#define HONE_ARRAY_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, C type, bytes, NumPy's letter and size) */
#define HONE_DTYPE_MAP(X) \
    X(FLOAT32, float, 4, "f4") \
    X(FLOAT64, double, 8, "f8") \
    X(UINT8, uint8_t, 1, "u1") \
    X(INT8, int8_t, 1, "i1") \
    X(UINT16, uint16_t, 2, "u2") \
    X(INT16, int16_t, 2, "i2") \
    X(UINT32, uint32_t, 4, "u4") \
    X(INT32, int32_t, 4, "i4") \
    X(UINT64, uint64_t, 8, "u8") \
    X(INT64, int64_t, 8, "i8") \
    X(BOOL, uint8_t, 1, "b1")

typedef enum hone_dtype {
#define HONE_DTYPE_ENUM(name, type, bytes, numpy) HONE_##name,
    HONE_DTYPE_MAP(HONE_DTYPE_ENUM)
#undef HONE_DTYPE_ENUM
        HONE_DTYPE_COUNT,
    HONE_TEXT = 64 /* pointers to texts that end with 0, `const char *`, UTF-8; NULL is an empty one */
} hone_dtype;

size_t hone_dtype_size(hone_dtype type);      /* bytes of an element */
const char *hone_dtype_name(hone_dtype type); /* "float32" */

/* Row-major, native byte order; axis 0 counts the samples. A plain value: it may be a view of the caller's
 * memory (hone_array_view) or own its data (hone_array_create), which the code that made it must know. */
typedef struct hone_array {
    hone_dtype type;
    int rank; /* 0 (a single number) to HONE_MAX_RANK */
    int64_t shape[HONE_MAX_RANK];
    void *data;
} hone_array;

/* A view of `data`, which the caller keeps alive: hone_array_view(pixels, HONE_UINT8, 3, (int64_t[]){60000,
 * 28, 28}). */
hone_array hone_array_view(const void *data, hone_dtype type, int rank, const int64_t *shape);

/* A new array, zeroed, with its own memory; free it with hone_array_free. Errors: rank or a size out of
 * range, memory. */
hone_array *hone_array_create(hone_dtype type, int rank, const int64_t *shape);
void hone_array_free(hone_array *array); /* accepts NULL; only for arrays from functions that say so */

int64_t hone_array_count(const hone_array *array); /* elements */
/* A new array of texts with copies of them: hone_array_texts(1, (int64_t[]){2}, (const char *[]){"a", "b"}).
 */
hone_array *hone_array_texts(int rank, const int64_t *shape, const char *const *texts);
/* Text `index` of the flat array, borrowed; NULL, without an error, when there is none. */
const char *hone_array_text(const hone_array *array, int64_t index);
/* Element `index` of the flat array as a double. */
double hone_array_number(const hone_array *array, int64_t index);
/* A new array of another type with the same numbers, rounded as C does. */
hone_array *hone_array_convert(const hone_array *array, hone_dtype type);

/* NPY files: any version, C or Fortran order, either byte order, types of hone_dtype and float16; refused:
 * objects, structs, texts, complex numbers. Saving writes a temporary file, syncs and renames it. */
hone_array *hone_array_load(const char *path);
hone_status hone_array_save(const hone_array *array, const char *path);
/* An NPZ file, not compressed: the same bytes for the same arrays. Not part of the core. */
hone_status hone_arrays_save(const char *path, const char *const *keys, const hone_array *const *arrays,
                             size_t count);

#ifdef __cplusplus
}
#endif
#endif
