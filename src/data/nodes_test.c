/* Parts of data sets put together: taking, skipping, joining, shuffling by a window. */
#include "testing/pipelines.h"

TEST(takes_and_skips)
{
    int64_t before = hone_internal_blocks_in_use();
    float result[4 * SAMPLES];
    hone_dataset *data = hone_dataset_take(hone_dataset_skip(numbers(), 10), 5);
    assert_int_equal(collect(data, 0, 2, result), 5);
    for (int i = 0; i < 5; i++)
        assert_true(result[i] == (float)(10 + i));
    hone_dataset_free(data);
    hone_dataset *halves[2];
    assert_int_equal(hone_dataset_split(numbers(), 0.1, halves), HONE_OK);
    assert_int_equal(hone_dataset_count(halves[0]), 45);
    data = hone_dataset_concatenate(halves[1], hone_dataset_take(halves[0], 1000));
    assert_int_equal(collect(data, 0, 7, result), SAMPLES);
    assert_true(result[0] == 45 && result[4] == 49 && result[5] == 0 && result[49] == 44);
    data = hone_dataset_repeat(data, 2);
    assert_int_equal(collect(data, 0, 32, result), 2 * SAMPLES);
    assert_true(result[50] == 45 && result[99] == 44);
    data = hone_dataset_skip(hone_dataset_batch(data, 8, true), 1);
    assert_int_equal(collect(data, 0, 0, result), 96);
    assert_true(result[0] == 46);
    hone_dataset_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* A whole shuffle is fit's; a window's never brings a sample forward by more than its size. */
TEST(a_window_never_brings_a_sample_forward_by_more)
{
    float first[SAMPLES], again[SAMPLES], next[SAMPLES];
    int64_t order[SAMPLES];
    hone_dataset *data = hone_dataset_shuffle(numbers(), 1000, HONE_NONE_INTEGER);
    assert_true(hone_internal_dataset_orders(data));
    assert_int_equal(collect(data, 3, 7, first), SAMPLES);
    hone_internal_dataset_shuffle(7, 3, SAMPLES, order);
    for (int i = 0; i < SAMPLES; i++)
        assert_true(first[i] == (float)order[i]);
    collect(data, 4, 7, next);
    collect(data, 3, 50, again);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, next, sizeof first);
    hone_dataset_free(data);
    data = hone_dataset_shuffle(numbers(), 10, 5);
    bool seen[SAMPLES] = {false}, moved = false;
    assert_int_equal(collect(data, 0, 7, first), SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        assert_true(first[i] < (float)(i + 10));
        assert_false(seen[(int)first[i]]);
        seen[(int)first[i]] = true;
        moved = moved || first[i] != (float)i;
    }
    assert_true(moved);
    data = hone_dataset_take(data, 20); /* taking follows the shuffled order */
    assert_int_equal(collect(data, 0, 7, next), 20);
    assert_memory_equal(first, next, 20 * sizeof *first);
    hone_dataset_free(data);
}

TEST(refuses_what_does_not_fit)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_dataset *two[2];
    assert_null(hone_dataset_take(numbers(), 0));
    assert_error(HONE_ERROR_ARGUMENT, "samples is empty");
    assert_null(hone_dataset_skip(numbers(), -1));
    assert_error(HONE_ERROR_ARGUMENT, "received -1");
    assert_null(hone_dataset_skip(numbers(), SAMPLES));
    assert_error(HONE_ERROR_ARGUMENT, "samples is empty");
    assert_true(hone_dataset_split(numbers(), 1, two) < 0);
    assert_error(HONE_ERROR_ARGUMENT, "leaves one part empty");
    assert_null(hone_dataset_repeat(numbers(), 0));
    assert_error(HONE_ERROR_ARGUMENT, "at least 1 time");
    assert_null(hone_dataset_batch(numbers(), 0, false));
    assert_error(HONE_ERROR_ARGUMENT, "at least 1 sample");
    assert_null(hone_dataset_batch(numbers(), 51, true));
    assert_error(HONE_ERROR_ARGUMENT, "samples cannot fill one batch of 51");
    assert_null(hone_dataset_prefetch(numbers(), 65));
    assert_error(HONE_ERROR_ARGUMENT, "0 to 64");
    assert_null(hone_dataset_shuffle(numbers(), 0, 1));
    assert_error(HONE_ERROR_ARGUMENT, "at least 1 sample");
    assert_null(hone_dataset_concatenate(
        numbers(), hone_dataset_from_arrays(.x = {VIEW(pixels, HONE_UINT8, 2, SAMPLES, 3)})));
    assert_error(HONE_ERROR_DATA, "different targets");
    assert_null(hone_dataset_map(NULL, new_shapes, NULL, NULL));
    assert_error(HONE_ERROR_ARGUMENT, "received NULL");
    assert_null(hone_dataset_prefetch(hone_dataset_take(hone_dataset_batch(NULL, 1, false), 2), 2));
    assert_error(HONE_ERROR_ARGUMENT, "expected a data set, received NULL");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
