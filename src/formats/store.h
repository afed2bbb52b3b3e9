/* What a store of named arrays holds; for its writers. */
#ifndef HONE_FORMATS_STORE_H
#define HONE_FORMATS_STORE_H

#include "formats/formats.h"

typedef struct hone_store_array {
    hone_array array;
    void *owned; /* the copy of its data, or NULL when they are lent */
} hone_store_array;

typedef struct hone_store_group {
    char *path, *name; /* "layers/dense/vars", "dense" or NULL */
    hone_store_array *arrays;
    size_t count, capacity;
} hone_store_group;

struct hone_store {
    hone_store_group *groups; /* in the order of adding */
    size_t count, capacity;
};

size_t hone_internal_store_bytes(const hone_array *array); /* of its data */

#endif
