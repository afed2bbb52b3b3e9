/* Iterators: batches of the data set's size, of the caller's, or of 32. */
#include "testing/pipelines.h"

/* The samples of each batch, "20 20 10". */
static void check_batches(hone_dataset *data, int64_t size, const char *expected)
{
    char text[64] = "";
    hone_iterator *iterator = hone_dataset_iterate(data, size, 0, 0);
    const hone_batch *batch;
    assert_non_null(iterator);
    while (hone_iterator_next(iterator, &batch) == 1)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d ", (int)batch->x[0].shape[0]);
    assert_null(batch);
    assert_string_equal(text, expected);
    hone_iterator_free(iterator);
    hone_dataset_free(data);
}

TEST(a_size_is_the_callers_or_the_data_sets_or_32)
{
    check_batches(numbers(), 20, "20 20 10 ");
    check_batches(numbers(), 0, "32 18 ");
    check_batches(hone_dataset_batch(numbers(), 25, false), 0, "25 25 ");
    check_batches(hone_dataset_batch(numbers(), 20, false), 30, "30 20 ");
    check_batches(hone_dataset_batch(numbers(), 20, true), 0, "20 20 ");
}

/* The type of the first input in the batches. */
static hone_dtype shown_type(hone_dtype type, const void *numbers)
{
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view((void *)numbers, type, 2, (int64_t[]){2, 1})});
    hone_iterator *iterator = hone_dataset_iterate(data, 1, 0, 0);
    const hone_batch *batch;
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    const hone_dtype shown = batch->x[0].type;
    assert_true(hone_array_number(&batch->x[0], 0) == 16777217 || shown == HONE_FLOAT32);
    hone_iterator_free(iterator);
    hone_dataset_free(data);
    return shown;
}

TEST(ids_that_floats_do_not_tell_apart_keep_their_type)
{
    assert_int_equal(shown_type(HONE_INT64, (int64_t[]){5, 16777217}), HONE_INT64);
    assert_int_equal(shown_type(HONE_INT32, (int32_t[]){5, 16777217}), HONE_INT32);
    assert_int_equal(shown_type(HONE_FLOAT64, (double[]){5, 16777217}), HONE_FLOAT64);
    assert_int_equal(shown_type(HONE_FLOAT64, (double[]){0.5, 16777217}), HONE_FLOAT32);
    assert_int_equal(shown_type(HONE_INT64, (int64_t[]){5, 6}), HONE_FLOAT32);
}

TEST(nothing_to_iterate_is_an_error)
{
    const hone_batch *batch;
    assert_null(hone_dataset_iterate(NULL, 1, 0, 0));
    assert_error(HONE_ERROR_ARGUMENT, "expected a data set, received NULL");
    assert_int_equal(hone_iterator_next(NULL, &batch), HONE_ERROR_ARGUMENT);
    hone_iterator_free(NULL);
}
