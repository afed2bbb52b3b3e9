/* Lists of layers, which fields of layers hold. */
#include "base/memory.h"
#include "layers/layer.h"

#include <string.h>

hone_layer_list *hone_layer_list_with(hone_layer *const *layers)
{
    size_t count = 0;
    bool failed = false;
    for (; layers[count] != HONE_NO_LAYER; count++)
        failed = failed || layers[count] == NULL;
    hone_layer_list *list = failed ? NULL : hone_internal_allocate_zeroed(1, sizeof *list);
    hone_layer **items = list == NULL ? NULL : hone_internal_allocate((count + 1) * sizeof *items);
    if (items == NULL) {
        for (size_t i = 0; i < count; i++)
            hone_layer_free(layers[i]);
        hone_internal_free(list);
        return NULL;
    }
    memcpy(items, layers, count * sizeof *items);
    *list = (hone_layer_list){.references = 1, .items = items, .count = count};
    return list;
}

void hone_layer_list_free(hone_layer_list *list)
{
    if (list == NULL || --list->references > 0)
        return;
    for (size_t i = 0; i < list->count; i++)
        hone_layer_free(list->items[i]);
    hone_internal_free(list->items);
    hone_internal_free(list);
}
