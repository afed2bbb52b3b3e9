/* What every reader of files enforces before it asks for memory, in one table. `hone help limits` prints it,
 * docs/trust.md has it, and a test compares the two. */
#ifndef HONE_BASE_LIMITS_H
#define HONE_BASE_LIMITS_H

#include <hone/args.h>
#include <stddef.h>

/* L(name, value, unit, what) */
#define HONE_LIMITS(L) \
    L(json_bytes, (size_t)64 << 20, "bytes", "JSON: a model's configuration, a checkpoint's state") \
    L(json_depth, 64, "levels", "JSON: lists and maps within each other") \
    L(json_values, (size_t)1 << 22, "values", "JSON: in one text") \
    L(json_number, 1000, "characters", "JSON: one number") \
    L(text_bytes, (size_t)64 << 10, "bytes", "JSON: one text") \
    L(yaml_bytes, (size_t)1 << 20, "bytes", "recipes") \
    L(yaml_depth, 64, "levels", "recipes: lists and maps within each other") \
    L(yaml_nodes, 100000, "values", "recipes: in one file") \
    L(yaml_keys, 4096, "keys", "recipes: in one map") \
    L(yaml_text, (size_t)64 << 10, "bytes", "recipes: one text") \
    L(spec_depth, 32, "levels", "specs: brackets within each other") \
    L(zip_members, 10000, "members", "zip and tar archives (.keras, .npz, .tar.gz)") \
    L(deflate_ratio, 1032, "times", "inflated to packed bytes: what deflate can reach; zip and gzip") \
    L(hdf5_ratio, 1000, "times", "weights that a model asks for, to the bytes of its HDF5 file") \
    L(hdf5_texts, 100000, "texts", "HDF5: in one attribute") \
    L(tensor_bytes, (size_t)8 << 30, "bytes", "one array in an HDF5 file or an archive") \
    L(array_axes, HONE_MAX_RANK, "axes", "one array, of any format")

typedef struct hone_limits {
#define HONE_LIMIT_MEMBER(name, value, unit, what) size_t name;
    HONE_LIMITS(HONE_LIMIT_MEMBER)
#undef HONE_LIMIT_MEMBER
} hone_limits;
extern const hone_limits hone_internal_limits;

typedef struct hone_limit_row {
    const char *name;
    size_t value;
    const char *unit, *what;
} hone_limit_row;
/* In the table's order; NULL behind its end. */
const hone_limit_row *hone_internal_limit_at(size_t index);

#endif
