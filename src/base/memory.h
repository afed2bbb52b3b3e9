/* Memory: every allocation of the library goes through these, so that a host can supply its own allocator
 * (hone_set_allocator) and the tests can make each allocation fail in turn.
 *
 * All functions that return NULL have set an out-of-memory sentence. Sizes are checked for overflow. */
#ifndef HONE_BASE_MEMORY_H
#define HONE_BASE_MEMORY_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { HONE_ALIGNMENT = 64 }; /* bytes: a cache line and an AVX-512 register */

/* The one rule of what is too large: more bytes than this machine has memory (swap included; SIZE_MAX when
 * that is not known). What needs more is refused by its name, and not allocated. */
size_t hone_internal_memory_limit(void);
/* HONE_ERROR_SHAPE, "WHAT would need N bytes; the limit is M, the memory of this machine", when `count` items
 * of `size` bytes are too large. */
int hone_internal_check_memory(uint64_t count, size_t size, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

void *hone_internal_allocate(size_t bytes); /* uninitialised; 0 bytes give a valid pointer */
void *hone_internal_allocate_zeroed(size_t count, size_t bytes); /* count * bytes, zeroed */
void *hone_internal_try_allocate(size_t bytes); /* where there is a way without: NULL sets no error */
void *hone_internal_reallocate(void *pointer, size_t bytes); /* on failure the old block stays */
void hone_internal_free(void *pointer);                      /* accepts NULL */
char *hone_internal_copy_text(const char *text);             /* NULL gives NULL without an error */
char *hone_internal_copy_text_n(const char *text, size_t length);
char *hone_internal_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *hone_internal_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* Blocks of tensor data: aligned to HONE_ALIGNMENT, zeroed. Freed with hone_internal_free_aligned. */
void *hone_internal_allocate_aligned(size_t bytes);
void hone_internal_free_aligned(void *pointer);
/* These bytes of such a block hold anything from now on: the system may have the whole pages among them back
 * until they are written again. */
void hone_internal_forget_memory(void *start, size_t bytes);

/* Makes room in a growable array: `*items` holds `*capacity` items of `item_bytes`; afterwards at least
 * `needed`. Grows by doubling. Returns 0 or HONE_ERROR_MEMORY, and then nothing has changed. */
int hone_internal_grow(void *items, size_t *capacity, size_t needed, size_t item_bytes);

/* An arena: many small allocations, freed together. Zero-initialise to start. Blocks are zeroed and aligned
 * to 16. */
typedef struct hone_arena {
    struct hone_arena_chunk *chunks;
    size_t used, size; /* in the newest chunk */
} hone_arena;
void *hone_internal_arena_allocate(hone_arena *arena, size_t bytes);
char *hone_internal_arena_copy_text(hone_arena *arena, const char *text);
void hone_internal_arena_free(hone_arena *arena); /* and back to the start */

/* a * b and a + b into *result; false when that is more than a size_t holds. Sizes that a file names come in
 * here as they are, wider than a size_t where that has 32 bits; as do int64_t, of which those below 0 never
 * fit. hone_internal_to_size is the one way from such a size alone. */
bool hone_internal_multiply_size(uint64_t a, uint64_t b, size_t *result);
bool hone_internal_add_size(uint64_t a, uint64_t b, size_t *result);
bool hone_internal_to_size(uint64_t value, size_t *result);

/* Tests: after `n` more successful allocations every further one fails until called again (n < 0: never
 * fail). Returns how many allocations have been asked for since the last call. Counting is per thread. */
int64_t hone_internal_fail_allocations_after(int64_t n);
/* Tests: blocks now in use over the whole process. */
int64_t hone_internal_blocks_in_use(void);

#endif
