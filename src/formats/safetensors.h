/* safetensors files: a header of JSON with names, types, shapes and places, then the
 * numbers. Every rule of the reference implementation is checked when a file is opened; tensors are read one
 * at a time, straight from the file. */
#ifndef HONE_FORMATS_SAFETENSORS_H
#define HONE_FORMATS_SAFETENSORS_H

#include "formats/formats.h"

typedef struct hone_safetensors hone_safetensors;

hone_safetensors *hone_internal_safetensors_open(const char *path);
void hone_internal_safetensors_close(hone_safetensors *file); /* accepts NULL */
size_t hone_internal_safetensors_count(const hone_safetensors *file);
const char *hone_internal_safetensors_name(const hone_safetensors *file, size_t index);
ptrdiff_t hone_internal_safetensors_find(const hone_safetensors *file, const char *name); /* -1: not there */
/* The map "__metadata__", text by text; NULL when there is none. */
const hone_config *hone_internal_safetensors_metadata(const hone_safetensors *file);
/* A tensor's numbers, as floats, into memory of the expected shape; of two axes they may be swapped on the
 * way. HONE_ERROR_SHAPE when the shape is another, HONE_ERROR_UNSUPPORTED for types that are not plain
 * numbers (complex, 8-bit floats and smaller). */
hone_status hone_internal_safetensors_read(const hone_safetensors *file, size_t index,
                                           const hone_array *expected, bool transposed);

/* What is written: float32 or int32 arrays by name. */
typedef struct hone_named_array {
    const char *name;
    hone_array array;
} hone_named_array;
/* In the order of the reference writer, the header padded to 8 bytes. `dtype`: how floats are kept, "F32",
 * "F64", "F16" or "BF16"; NULL for F32. `metadata`: a map of texts or NULL. */
hone_status hone_internal_safetensors_write(const char *path, const hone_named_array *arrays, size_t count,
                                            const char *dtype, const hone_config *metadata);

#endif
