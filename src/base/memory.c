/* Memory: the one door to the host's allocator. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include "base/error.h"
#include "base/posix.h"
#include <hone/memory.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

static hone_allocator host; /* its functions are NULL for the C library's */
static atomic_int_least64_t blocks_in_use;

/* For tests, of this thread. */
static _Thread_local int64_t allocations_left = -1; /* until the failures begin; negative: never */
static _Thread_local int64_t allocations_asked;

hone_status hone_set_allocator(const hone_allocator *allocator)
{
    if (allocator && (!allocator->allocate || !allocator->reallocate || !allocator->free))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "an allocator needs all three functions: allocate, reallocate, free");
    if (atomic_load(&blocks_in_use) != 0)
        return hone_fail(HONE_ERROR_STATE,
                         "the allocator cannot change while objects exist: free them first");
    host = allocator ? *allocator : (hone_allocator){.context = NULL};
    return HONE_OK;
}

/* Counts an allocation; true when it is to fail for a test. */
static bool fails_on_purpose(void)
{
    allocations_asked++;
    if (allocations_left < 0)
        return false;
    if (allocations_left == 0)
        return true;
    allocations_left--;
    return false;
}

int64_t hone_internal_fail_allocations_after(int64_t n)
{
    int64_t asked = allocations_asked;

    allocations_left = n < 0 ? -1 : n;
    allocations_asked = 0;
    return asked;
}

int64_t hone_internal_blocks_in_use(void)
{
    return atomic_load(&blocks_in_use);
}

/* The host's allocate, or malloc, or calloc when zeroed: fresh pages need no second clearing. */
static void *host_allocate(size_t bytes, bool zeroed)
{
    void *block;

    if (!host.allocate)
        return zeroed ? calloc(1, bytes) : malloc(bytes);
    block = host.allocate(host.context, bytes);
    if (block && zeroed)
        memset(block, 0, bytes);
    return block;
}

/* ---- what is too large ---- */

size_t hone_internal_memory_limit(void)
{
    static _Atomic size_t limit; /* 0: not asked yet; all threads find the same */
    size_t known = atomic_load_explicit(&limit, memory_order_relaxed);
    if (known == 0)
        atomic_store_explicit(&limit, known = hone_internal_machine_memory(), memory_order_relaxed);
    return known;
}

int hone_internal_check_memory(uint64_t count, size_t size, const char *what, ...)
{
    size_t bytes;
    if (!hone_internal_multiply_size(count, size, &bytes))
        bytes = SIZE_MAX;
    if (bytes <= hone_internal_memory_limit() && bytes < SIZE_MAX)
        return HONE_OK;
    char text[300];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    return hone_internal_fail_too_large(HONE_ERROR_SHAPE, bytes, text);
}

static void *try_block(size_t bytes, bool zeroed)
{
    bool too_large = host.allocate == NULL && bytes > hone_internal_memory_limit();
    void *block = too_large || fails_on_purpose() ? NULL : host_allocate(bytes ? bytes : 1, zeroed);

    if (block)
        atomic_fetch_add_explicit(&blocks_in_use, 1, memory_order_relaxed);
    return block;
}

static void *take_block(size_t bytes, bool zeroed)
{
    void *block = try_block(bytes, zeroed);

    if (!block)
        hone_internal_fail_memory(bytes, "a block");
    return block;
}

void *hone_internal_try_allocate(size_t bytes)
{
    return try_block(bytes, false);
}

void *hone_internal_allocate(size_t bytes)
{
    return take_block(bytes, false);
}

void *hone_internal_allocate_zeroed(size_t count, size_t bytes)
{
    size_t total;

    if (!hone_internal_multiply_size(count, bytes, &total)) {
        hone_internal_fail_memory(SIZE_MAX, "an array");
        return NULL;
    }
    return take_block(total, true);
}

void *hone_internal_reallocate(void *pointer, size_t bytes)
{
    size_t size = bytes ? bytes : 1;
    void *block = NULL;

    if (!pointer)
        return take_block(bytes, false);
    if (!fails_on_purpose())
        block = host.reallocate ? host.reallocate(host.context, pointer, size) : realloc(pointer, size);
    if (!block)
        hone_internal_fail_memory(bytes, "a growing block");
    return block;
}

void hone_internal_free(void *pointer)
{
    if (!pointer)
        return;
    atomic_fetch_sub_explicit(&blocks_in_use, 1, memory_order_relaxed);
    if (host.free)
        host.free(host.context, pointer);
    else
        free(pointer);
}

char *hone_internal_copy_text(const char *text)
{
    return text ? hone_internal_copy_text_n(text, strlen(text)) : NULL;
}

char *hone_internal_copy_text_n(const char *text, size_t length)
{
    char *copy;

    if (length == SIZE_MAX) {
        hone_internal_fail_memory(length, "a string");
        return NULL;
    }
    copy = hone_internal_allocate(length + 1);
    if (!copy)
        return NULL;
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *hone_internal_format_list(const char *format, va_list arguments)
{
    va_list again;
    int length;
    char *text = NULL;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        hone_fail(HONE_ERROR_ARGUMENT, "cannot format a string");
    else
        text = hone_internal_allocate((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *hone_internal_format(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = hone_internal_format_list(format, arguments);
    va_end(arguments);
    return text;
}

/* Asks for pages of 2 MiB under a large block, where Linux gives them only to who asks: rows that lie
 * anywhere in a data set, and weights read once a training step, then need few entries of the processor's
 * table of pages. */
static void ask_for_huge_pages(void *start, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t page = (uintptr_t)2 << 20;
    uintptr_t first = ((uintptr_t)start + page - 1) / page * page,
              past = ((uintptr_t)start + bytes) / page * page;
    if (bytes >= 2 * page && first < past)
        madvise((void *)first, past - first, MADV_HUGEPAGE); /* a wish: nothing is wrong when it fails */
#else
    (void)start;
    (void)bytes;
#endif
}

/* The block's real start is kept in the word before the aligned one. */
void *hone_internal_allocate_aligned(size_t bytes)
{
    size_t total;
    char *start, *aligned;

    if (!hone_internal_add_size(bytes, HONE_ALIGNMENT + sizeof(void *), &total)) {
        hone_internal_fail_memory(bytes, "tensors");
        return NULL;
    }
    start = take_block(total, true);
    if (!start)
        return NULL;
    if (!host.allocate)
        ask_for_huge_pages(start, total);
    aligned = start + sizeof(void *);
    aligned += (HONE_ALIGNMENT - (uintptr_t)aligned % HONE_ALIGNMENT) % HONE_ALIGNMENT;
    memcpy(aligned - sizeof(void *), &start, sizeof(void *));
    return aligned;
}

void hone_internal_free_aligned(void *pointer)
{
    void *start;

    if (!pointer)
        return;
    memcpy(&start, (char *)pointer - sizeof(void *), sizeof(void *));
    hone_internal_free(start);
}

/* A host's own allocator may have other pages than those of the process. */
void hone_internal_forget_memory(void *start, size_t bytes)
{
#if defined(__linux__) && defined(MADV_DONTNEED)
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE),
                    first = ((uintptr_t)start + page - 1) / page * page,
                    past = ((uintptr_t)start + bytes) / page * page;
    if (host.allocate == NULL && first < past)
        madvise((void *)first, past - first, MADV_DONTNEED); /* a wish, too */
#else
    (void)start;
    (void)bytes;
#endif
}

/* `items` points at a pointer of the caller's type; memcpy reads and writes it whatever that type is. */
int hone_internal_grow(void *items, size_t *capacity, size_t needed, size_t item_bytes)
{
    size_t wanted = *capacity ? *capacity : 4;
    size_t bytes;
    void *block, *grown;

    if (needed <= *capacity)
        return HONE_OK;
    while (wanted < needed)
        wanted = wanted > SIZE_MAX / 2 ? needed : wanted * 2;
    if (!hone_internal_multiply_size(wanted, item_bytes, &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "a growing array");
    memcpy(&block, items, sizeof block);
    grown = hone_internal_reallocate(block, bytes);
    if (!grown)
        return HONE_ERROR_MEMORY;
    memcpy(items, &grown, sizeof grown);
    *capacity = wanted;
    return HONE_OK;
}

enum { ARENA_ALIGNMENT = 16, FIRST_CHUNK = 1024, LARGEST_CHUNK = 1 << 20 };

struct hone_arena_chunk {
    struct hone_arena_chunk *older;
    char *blocks; /* aligned, whatever the host's allocator promises: 8 bytes on some of 32 bits */
};

static bool add_chunk(hone_arena *arena, size_t bytes)
{
    size_t size = arena->size ? arena->size * 2 : FIRST_CHUNK;
    size_t total;
    struct hone_arena_chunk *chunk;

    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < bytes)
        size = bytes;
    if (!hone_internal_add_size(size, sizeof *chunk + ARENA_ALIGNMENT - 1, &total)) {
        hone_internal_fail_memory(bytes, "an arena");
        return false;
    }
    chunk = hone_internal_allocate_zeroed(1, total);
    if (!chunk)
        return false;
    chunk->older = arena->chunks;
    chunk->blocks = (char *)(chunk + 1);
    chunk->blocks += -(uintptr_t)chunk->blocks % ARENA_ALIGNMENT;
    arena->chunks = chunk;
    arena->used = 0;
    arena->size = size;
    return true;
}

void *hone_internal_arena_allocate(hone_arena *arena, size_t bytes)
{
    size_t rounded;
    char *block;

    if (!hone_internal_add_size(bytes, ARENA_ALIGNMENT - 1, &rounded)) {
        hone_internal_fail_memory(bytes, "an arena");
        return NULL;
    }
    rounded &= ~(size_t)(ARENA_ALIGNMENT - 1);
    if (!arena->chunks || rounded > arena->size - arena->used)
        if (!add_chunk(arena, rounded))
            return NULL;
    block = arena->chunks->blocks + arena->used;
    arena->used += rounded;
    return block;
}

char *hone_internal_arena_copy_text(hone_arena *arena, const char *text)
{
    size_t length;
    char *copy;

    if (!text)
        return NULL;
    length = strlen(text);
    copy = hone_internal_arena_allocate(arena, length + 1);
    if (copy)
        memcpy(copy, text, length + 1);
    return copy;
}

void hone_internal_arena_free(hone_arena *arena)
{
    struct hone_arena_chunk *chunk = arena->chunks;

    while (chunk) {
        struct hone_arena_chunk *older = chunk->older;
        hone_internal_free(chunk);
        chunk = older;
    }
    *arena = (hone_arena){.chunks = NULL};
}

bool hone_internal_multiply_size(uint64_t a, uint64_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

bool hone_internal_add_size(uint64_t a, uint64_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

bool hone_internal_to_size(uint64_t value, size_t *result)
{
    return hone_internal_add_size(value, 0, result);
}
