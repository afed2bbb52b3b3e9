/* Arrays: element types, views, conversion. */
#include <hone/array.h>

#include "base/memory.h"
#include "testing/test.h"
#include <math.h>
#include <string.h>

TEST(types_have_sizes_and_names)
{
    assert_int_equal(hone_dtype_size(HONE_FLOAT32), 4);
    assert_int_equal(hone_dtype_size(HONE_INT64), 8);
    assert_int_equal(hone_dtype_size(HONE_BOOL), 1);
    assert_int_equal(hone_dtype_size(HONE_DTYPE_COUNT), 0);
    assert_string_equal(hone_dtype_name(HONE_FLOAT32), "float32");
    assert_string_equal(hone_dtype_name(HONE_UINT8), "uint8");
    assert_string_equal(hone_dtype_name(HONE_BOOL), "bool");
    assert_string_equal(hone_dtype_name((hone_dtype)99), "unknown");
}

TEST(views_share_memory)
{
    const int16_t numbers[6] = {1, -2, 3, -4, 5, -6};
    hone_array view = hone_array_view(numbers, HONE_INT16, 2, (int64_t[]){2, 3});

    assert_int_equal(hone_array_count(&view), 6);
    assert_true(hone_array_number(&view, 3) == -4);
    assert_true(isnan(hone_array_number(&view, 6)));
    assert_true(isnan(hone_array_number(&view, -1)));
    view = hone_array_view(numbers, HONE_INT16, 9, (int64_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1});
    assert_null(view.data);
    assert_int_equal(hone_error_status(), HONE_ERROR_ARGUMENT);
}

TEST(creates_arrays_of_any_rank)
{
    hone_array *array = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){3, 5});
    hone_array *scalar = hone_array_create(HONE_FLOAT64, 0, NULL);
    hone_array *empty = hone_array_create(HONE_FLOAT64, 2, (int64_t[]){0, INT64_MAX});

    assert_int_equal((uintptr_t)array->data % HONE_ALIGNMENT, 0);
    for (int64_t i = 0; i < 15; i++)
        assert_true(hone_array_number(array, i) == 0);
    assert_int_equal(hone_array_count(scalar), 1);
    assert_int_equal(hone_array_count(empty), 0);
    hone_array_free(array);
    hone_array_free(scalar);
    hone_array_free(empty);
    hone_array_free(NULL);
    assert_null(hone_array_create(HONE_FLOAT32, 1, (int64_t[]){-1}));
    assert_null(hone_array_create(HONE_FLOAT32, 9, (int64_t[]){1}));
    assert_null(hone_array_create((hone_dtype)77, 1, (int64_t[]){1}));
    assert_null(hone_array_create(HONE_FLOAT32, 2, (int64_t[]){INT64_MAX, 3}));
    assert_null(hone_array_create(HONE_FLOAT64, 1, (int64_t[]){INT64_MAX / 4}));
}

static void assert_converted(hone_array from, hone_dtype type, const double *expected)
{
    hone_array *to = hone_array_convert(&from, type);

    assert_non_null(to);
    assert_int_equal(to->type, type);
    assert_int_equal(hone_array_count(to), hone_array_count(&from));
    for (int64_t i = 0; i < hone_array_count(to); i++)
        assert_true(hone_array_number(to, i) == expected[i]);
    hone_array_free(to);
}

TEST(converts_by_saturating)
{
    const double numbers[5] = {1.9, -1.9, 1e300, (double)NAN, 300};
    const int64_t integers[3] = {300, -1, INT64_MAX};
    hone_array from = hone_array_view(numbers, HONE_FLOAT64, 1, (int64_t[]){5});
    hone_array whole = hone_array_view(integers, HONE_INT64, 1, (int64_t[]){3});

    assert_converted(from, HONE_INT32, (double[]){1, -1, INT32_MAX, 0, 300});
    assert_converted(from, HONE_UINT8, (double[]){1, 0, 255, 0, 255});
    assert_converted(from, HONE_BOOL, (double[]){1, 1, 1, 1, 1});
    assert_converted(whole, HONE_UINT8, (double[]){44, 255, 255});
    assert_converted(whole, HONE_INT64, (double[]){300, -1, 0x1p63});
    assert_converted(whole, HONE_BOOL, (double[]){1, 1, 1});
    assert_converted(whole, HONE_FLOAT32, (double[]){300, -1, 0x1p63});
}

TEST(converts_many)
{
    hone_array *bytes = hone_array_create(HONE_UINT8, 2, (int64_t[]){7, 333});
    hone_array *floats;

    for (int i = 0; i < 7 * 333; i++)
        ((uint8_t *)bytes->data)[i] = (uint8_t)i;
    floats = hone_array_convert(bytes, HONE_FLOAT32);
    for (int i = 0; i < 7 * 333; i++)
        assert_true(((float *)floats->data)[i] == (float)(uint8_t)i);
    assert_int_equal(floats->shape[1], 333);
    hone_array_free(bytes);
    hone_array_free(floats);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();

    for (int64_t i = 0; i < 2; i++) {
        hone_internal_fail_allocations_after(i);
        assert_null(hone_array_create(HONE_FLOAT32, 1, (int64_t[]){3}));
    }
    hone_internal_fail_allocations_after(-1);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
