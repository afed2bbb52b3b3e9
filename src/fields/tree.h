/* Building config trees: each of these remembers a failure, so that a run of them needs one check. */
#ifndef HONE_FIELDS_TREE_H
#define HONE_FIELDS_TREE_H

#include "fields/config.h"

static inline void put(bool *good, hone_config *map, const char *key, hone_config *value)
{
    if (hone_internal_config_set(map, key, value) < 0)
        *good = false;
}

static inline void push(bool *good, hone_config *list, hone_config *value)
{
    if (hone_internal_config_append(list, value) < 0)
        *good = false;
}

static inline hone_config *finish(bool good, hone_config *config)
{
    if (good)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

#endif
