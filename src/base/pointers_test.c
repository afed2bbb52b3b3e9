#include "base/pointers.h"

#include "base/memory.h"
#include "testing/test.h"
#include <hone/error.h>

enum { COUNT = 5000 };

static char places[2 * COUNT];

TEST(finds_what_was_put)
{
    size_t number;
    hone_pointers pointers = {.count = 0};
    assert_false(hone_internal_pointers_get(&pointers, places, &number));
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(hone_internal_pointers_put(&pointers, &places[2 * i], i), HONE_OK);
    assert_int_equal(pointers.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(hone_internal_pointers_get(&pointers, &places[2 * i], &number));
        assert_int_equal(number, i);
        assert_false(hone_internal_pointers_get(&pointers, &places[2 * i + 1], &number));
    }
    assert_false(hone_internal_pointers_get(&pointers, NULL, &number));
    hone_internal_pointers_free(&pointers);
    assert_false(hone_internal_pointers_get(&pointers, places, &number));
}

TEST(the_last_number_of_an_address_counts)
{
    size_t number;
    hone_pointers pointers = {.count = 0};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(hone_internal_pointers_put(&pointers, places, i), HONE_OK);
    assert_int_equal(pointers.count, 1);
    assert_true(hone_internal_pointers_get(&pointers, places, &number));
    assert_int_equal(number, 2);
    hone_internal_pointers_free(&pointers);
}

TEST(a_failed_allocation_changes_nothing)
{
    size_t number, kept = 0;
    int64_t before = hone_internal_blocks_in_use();
    hone_pointers pointers = {.count = 0};
    hone_internal_fail_allocations_after(2);
    while (hone_internal_pointers_put(&pointers, &places[kept], kept) == HONE_OK)
        kept++;
    hone_internal_fail_allocations_after(-1);
    assert_int_equal(pointers.count, kept);
    for (size_t i = 0; i < 2 * COUNT; i++)
        assert_int_equal(hone_internal_pointers_get(&pointers, &places[i], &number), i < kept);
    hone_internal_pointers_free(&pointers);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
