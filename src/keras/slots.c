/* The order of an optimizer's slots in files. */
#include "keras/staging.h"

#include <string.h>

static const int ORDER_CHANGED = 310;

void hone_internal_slot_places(const hone_optimizer *optimizer, int version, size_t *places)
{
    size_t count = optimizer->slot_count, own = optimizer->own_slots,
           variables = (size_t)optimizer->variable_count;
    for (size_t i = 0; i < count; i++)
        places[i] = i;
    if (version < 300 || version >= ORDER_CHANGED || variables == 0)
        return;
    size_t kinds = own / variables; /* averages, accumulators */
    for (size_t i = 0; i < own; i++)
        places[i] = i % kinds * variables + i / kinds;
    if (strcmp(optimizer->type->type.class_name, "Nadam") != 0 || count == 0)
        return;
    for (size_t i = count - 1; i > 0; i--) /* its product, the last slot, comes first */
        places[i] = places[i - 1];
    places[0] = count - 1;
}
