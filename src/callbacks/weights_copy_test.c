/* The weights of a model as a callback keeps them. */
#include "callbacks/weights_copy.h"
#include "base/memory.h"
#include "testing/test.h"
#include <hone/error.h>

TEST(has_room_for_all_floats)
{
    hone_weights_copy *copy = hone_internal_weights_copy_create(1000);
    assert_int_equal(copy->floats, 1000);
    for (size_t i = 0; i < copy->floats; i++)
        copy->data[i] = (float)i; /* the sanitizers watch */
    hone_weights_copy_free(copy);
    hone_weights_copy_free(NULL);
}

TEST(a_size_beyond_memory_is_no_overflow)
{
    assert_null(hone_internal_weights_copy_create(SIZE_MAX / 2));
    assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < 2; n++) {
        hone_internal_fail_allocations_after(n);
        assert_null(hone_internal_weights_copy_create(10));
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}
