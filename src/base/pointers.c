#include "base/pointers.h"

#include "base/error.h"
#include "base/memory.h"
#include <stdint.h>

struct hone_pointers_slot {
    const void *address; /* NULL: free */
    size_t number;
};

enum { LEAST_ROOM = 16 };

/* The slot of an address, or the free one where it would be: the next ones are looked at in turn. */
static struct hone_pointers_slot *find(const hone_pointers *pointers, const void *address)
{
    uint64_t hash = (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio */
    for (size_t i = (size_t)(hash >> 32);; i++) {
        struct hone_pointers_slot *slot = &pointers->slots[i & (pointers->room - 1)];
        if (slot->address == address || slot->address == NULL)
            return slot;
    }
}

bool hone_internal_pointers_get(const hone_pointers *pointers, const void *address, size_t *number)
{
    const struct hone_pointers_slot *slot =
        pointers->room == 0 || address == NULL ? NULL : find(pointers, address);
    if (slot == NULL || slot->address == NULL)
        return false;
    *number = slot->number;
    return true;
}

static hone_status grow(hone_pointers *pointers)
{
    hone_pointers grown = {.count = pointers->count,
                           .room = pointers->room == 0 ? LEAST_ROOM : 2 * pointers->room};
    grown.slots = hone_internal_allocate_zeroed(grown.room, sizeof *grown.slots);
    if (grown.slots == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < pointers->room; i++)
        if (pointers->slots[i].address != NULL)
            *find(&grown, pointers->slots[i].address) = pointers->slots[i];
    hone_internal_free(pointers->slots);
    *pointers = grown;
    return HONE_OK;
}

int hone_internal_pointers_put(hone_pointers *pointers, const void *address, size_t number)
{
    if (2 * (pointers->count + 1) > pointers->room)
        HONE_TRY(grow(pointers));
    struct hone_pointers_slot *slot = find(pointers, address);
    pointers->count += slot->address == NULL;
    *slot = (struct hone_pointers_slot){address, number};
    return HONE_OK;
}

void hone_internal_pointers_free(hone_pointers *pointers)
{
    hone_internal_free(pointers->slots);
    *pointers = (hone_pointers){.count = 0};
}
