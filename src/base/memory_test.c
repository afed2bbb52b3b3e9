/* Memory: blocks, failing on purpose, arenas, growth, the host's allocator. */
#include "base/memory.h"
#include "testing/test.h"

#include <hone/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(counts_blocks_in_use)
{
    int64_t before = hone_internal_blocks_in_use();
    void *nothing = hone_internal_allocate(0);
    int *zeros = hone_internal_allocate_zeroed(100, sizeof *zeros);
    char *text = hone_internal_copy_text("abc");

    assert_non_null(nothing);
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeros[i], 0);
    assert_int_equal(hone_internal_blocks_in_use(), before + 3);
    text = hone_internal_reallocate(text, 1000);
    assert_string_equal(text, "abc");
    hone_internal_free(nothing);
    hone_internal_free(zeros);
    hone_internal_free(text);
    hone_internal_free(NULL);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(copies_and_formats_texts)
{
    char *part = hone_internal_copy_text_n("abcdef", 3);
    char *made = hone_internal_format("%s-%d", "x", 12);

    assert_string_equal(part, "abc");
    assert_string_equal(made, "x-12");
    assert_null(hone_internal_copy_text(NULL));
    hone_internal_free(part);
    hone_internal_free(made);
}

TEST(sizes_that_overflow_are_refused)
{
    size_t result, capacity = 0;
    int *items = NULL;

    assert_false(hone_internal_multiply_size(SIZE_MAX / 2, 3, &result));
    assert_false(hone_internal_add_size(SIZE_MAX, 1, &result));
    assert_true(hone_internal_multiply_size(3, 4, &result));
    assert_int_equal(result, 12);
    assert_false(hone_internal_multiply_size((uint64_t)1 << 62, 4, &result));
    assert_false(hone_internal_multiply_size((uint64_t)-1, sizeof(float), &result));
    assert_true(hone_internal_to_size(SIZE_MAX, &result));
    assert_int_equal(result, SIZE_MAX);
    assert_int_equal(hone_internal_to_size((uint64_t)SIZE_MAX + 1, &result), SIZE_MAX == UINT64_MAX);
    hone_error_clear();
    assert_null(hone_internal_allocate_zeroed(SIZE_MAX / 2, 3));
    assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
    assert_null(hone_internal_allocate_aligned(SIZE_MAX - 3));
    assert_int_equal(hone_internal_grow(&items, &capacity, SIZE_MAX / 2, sizeof *items), HONE_ERROR_MEMORY);
    assert_null(items);
    assert_int_equal(capacity, 0);
}

TEST(aligned_blocks_are_aligned)
{
    for (size_t bytes = 0; bytes < 300; bytes += 7) {
        unsigned char *block = hone_internal_allocate_aligned(bytes);
        assert_int_equal((uintptr_t)block % HONE_ALIGNMENT, 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(block[i], 0);
        memset(block, 1, bytes);
        hone_internal_free_aligned(block);
    }
    hone_internal_free_aligned(NULL);
}

TEST(grows_by_more_than_asked)
{
    int64_t *items = NULL;
    size_t capacity = 0;

    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(hone_internal_grow(&items, &capacity, i + 1, sizeof *items), 0);
        assert_true(capacity > i);
        items[i] = (int64_t)i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    hone_internal_free(items);
}

TEST(an_arena_frees_all_at_once)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_arena arena = {.chunks = NULL};

    for (size_t bytes = 0; bytes < 3000; bytes += 13) {
        unsigned char *block = hone_internal_arena_allocate(&arena, bytes);
        assert_int_equal((uintptr_t)block % 16, 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(block[i], 0);
        if (bytes > 0)
            memset(block, 0xff, bytes);
    }
    assert_string_equal(hone_internal_arena_copy_text(&arena, "text"), "text");
    assert_null(hone_internal_arena_copy_text(&arena, NULL));
    assert_null(hone_internal_arena_allocate(&arena, SIZE_MAX - 2));
    hone_internal_arena_free(&arena);
    assert_null(arena.chunks);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    assert_non_null(hone_internal_arena_allocate(&arena, 5));
    hone_internal_arena_free(&arena);
}

TEST(fails_on_purpose_from_a_given_allocation)
{
    void *first, *second, *third;

    hone_internal_fail_allocations_after(2);
    first = hone_internal_allocate(1);
    second = hone_internal_allocate(1);
    third = hone_internal_allocate(1);
    assert_non_null(first);
    assert_non_null(second);
    assert_null(third);
    assert_null(hone_internal_reallocate(first, 10)); /* the old block stays */
    assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
    assert_int_equal(hone_internal_fail_allocations_after(-1), 4);
    third = hone_internal_allocate(1);
    assert_non_null(third);
    hone_internal_free(first);
    hone_internal_free(second);
    hone_internal_free(third);
}

/* A host that counts. */
typedef struct counter {
    int allocated, reallocated, freed;
} counter;

static void *count_allocate(void *context, size_t bytes)
{
    ((counter *)context)->allocated++;
    return malloc(bytes);
}

static void *count_reallocate(void *context, void *pointer, size_t bytes)
{
    ((counter *)context)->reallocated++;
    return realloc(pointer, bytes);
}

static void count_free(void *context, void *pointer)
{
    ((counter *)context)->freed++;
    free(pointer);
}

TEST(uses_the_hosts_allocator)
{
    counter counted = {0, 0, 0};
    hone_allocator allocator = {count_allocate, count_reallocate, count_free, &counted};
    hone_allocator incomplete = {count_allocate, NULL, count_free, &counted};
    char *block;

    assert_int_equal(hone_set_allocator(&incomplete), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_set_allocator(&allocator), HONE_OK);
    block = hone_internal_allocate_zeroed(10, 10);
    for (int i = 0; i < 100; i++)
        assert_int_equal(block[i], 0);
    assert_int_equal(hone_set_allocator(NULL), HONE_ERROR_STATE);
    block = hone_internal_reallocate(block, 1000);
    hone_internal_free(block);
    assert_int_equal(counted.allocated, 1);
    assert_int_equal(counted.reallocated, 1);
    assert_int_equal(counted.freed, 1);
    assert_int_equal(hone_set_allocator(NULL), HONE_OK);
    hone_internal_free(hone_internal_allocate(1));
    assert_int_equal(counted.allocated, 1);
}

TEST(what_is_too_large_is_told_with_its_bytes)
{
    size_t limit = hone_internal_memory_limit();
    char expected[100];
    assert_true(limit > (size_t)1 << 20);
    assert_int_equal(hone_internal_check_memory(1000, 4, "a thing"), HONE_OK);
    assert_int_equal(hone_internal_check_memory(UINT64_MAX, 4, "a thing"), HONE_ERROR_SHAPE);
    snprintf(expected, sizeof expected, "a thing would need more than %zu bytes", SIZE_MAX);
    assert_non_null(strstr(hone_error_message(), expected));
    if (limit >= SIZE_MAX / 2)
        return; /* 32 bits on a machine with more memory than they can name */
    assert_int_equal(hone_internal_check_memory(SIZE_MAX / 8, 4, "the %s of \"%s\"", "weight", "d"),
                     HONE_ERROR_SHAPE);
    snprintf(expected, sizeof expected, "the weight of \"d\" would need %zu bytes; the limit is ",
             SIZE_MAX / 8 * 4);
    assert_non_null(strstr(hone_error_message(), expected));
    assert_null(hone_internal_allocate(SIZE_MAX / 2));
    snprintf(expected, sizeof expected, "a block would need %zu bytes; the limit is ", SIZE_MAX / 2);
    assert_non_null(strstr(hone_error_message(), expected));
    assert_null(hone_internal_allocate_zeroed(SIZE_MAX / 2, 1));
    assert_non_null(strstr(hone_error_message(), "would need"));
}
