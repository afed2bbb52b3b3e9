/* Custom allocators, for programs that count, limit or place the memory of their libraries. */
#ifndef HONE_MEMORY_H
#define HONE_MEMORY_H

#include <hone/error.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Three functions that behave like malloc, realloc and free, called from any thread. `bytes` is never 0 and
 * `pointer` never NULL. A failed allocate or reallocate returns NULL and leaves the old block. */
typedef struct hone_allocator {
    void *(*allocate)(void *context, size_t bytes);
    void *(*reallocate)(void *context, void *pointer, size_t bytes);
    void (*free)(void *context, void *pointer);
    void *context;
} hone_allocator;

/* Takes all further memory from `allocator` (copied); NULL restores the C library's. Call it before
 * anything else, or when every object has been freed. Errors: HONE_ERROR_ARGUMENT when a function is missing;
 * HONE_ERROR_STATE while blocks are in use. */
hone_status hone_set_allocator(const hone_allocator *allocator);

/* Frees what functions of Hone return as text "to be freed with hone_free"; accepts NULL. */
void hone_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif
