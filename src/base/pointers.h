/* A table from addresses to numbers. Zero-initialise to start. Addresses are the program's own, so that no
 * file can choose them. */
#ifndef HONE_BASE_POINTERS_H
#define HONE_BASE_POINTERS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct hone_pointers {
    struct hone_pointers_slot *slots; /* a power of two of them, at most half of them used */
    size_t count, room;
} hone_pointers;

/* False when the address is not there. */
bool hone_internal_pointers_get(const hone_pointers *pointers, const void *address, size_t *number);
/* Puts a number under an address other than NULL, in place of the one there. Returns 0 or HONE_ERROR_MEMORY,
 * and then nothing has changed. */
int hone_internal_pointers_put(hone_pointers *pointers, const void *address, size_t number);
void hone_internal_pointers_free(hone_pointers *pointers); /* and back to the start */

#endif
