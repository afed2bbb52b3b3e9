/* What a store of named arrays holds; for its writers. */
#ifndef HONE_FORMATS_STORE_H
#define HONE_FORMATS_STORE_H

#include "base/names.h"
#include "formats/formats.h"

typedef struct hone_store_array {
    hone_array array;
    void *owned;   /* the copy of its data, or NULL when they are borrowed */
    size_t number; /* its name in the group, unless it has another */
    const char *name;
} hone_store_array;

typedef struct hone_store_group {
    char *path, *name; /* "layers/dense/vars", "dense" or NULL */
    hone_store_array *arrays;
    size_t count, capacity;
} hone_store_group;

struct hone_store {
    hone_store_group *groups; /* in the order of adding */
    size_t count, capacity;
    hone_names places; /* of the groups, from 1, by their paths */
};

/* An array, borrowed, under a number of its own: a part of a group whose others lie in other files. */
hone_status hone_internal_store_add_numbered(hone_store *store, const char *path, size_t number,
                                             const hone_array *array);
size_t hone_internal_store_bytes(const hone_array *array); /* of its data */

#endif
