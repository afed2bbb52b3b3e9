/* Items of maps by their keys: the order in which Keras takes them. */
#include "base/memory.h"
#include "fields/tree.h"
#include "keras/graph.h"

#include <stdlib.h>
#include <string.h>

typedef struct keyed_item {
    const char *key;
    size_t index;
} keyed_item;

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const keyed_item *)a)->key, ((const keyed_item *)b)->key);
}

size_t *hone_internal_sorted_items(const hone_config *config)
{
    size_t *order = hone_internal_allocate((hone_internal_config_count(config) + 1) * sizeof *order);
    keyed_item *items = hone_internal_allocate((hone_internal_config_count(config) + 1) * sizeof *items);
    bool map = hone_internal_config_is(config, HONE_CONFIG_MAP);
    for (size_t i = 0; order != NULL && items != NULL && i < hone_internal_config_count(config); i++)
        items[i] = (keyed_item){map ? hone_internal_config_key(config, i) : "", i};
    if (map && order != NULL && items != NULL)
        qsort(items, hone_internal_config_count(config), sizeof *items, compare_keys);
    for (size_t i = 0; order != NULL && items != NULL && i < hone_internal_config_count(config); i++)
        order[i] = items[i].index;
    if (items == NULL) {
        hone_internal_free(order);
        order = NULL;
    }
    hone_internal_free(items);
    return order;
}
