/* Class numbers as rows of shares. */
#include "data/inside.h"
#include "testing/message.h"

#include <hone/hone.h>

static hone_dataset *numbers(const float *y, int rank, const int64_t *shape)
{
    static const float x[4] = {0};
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){2})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, rank, shape)});
}

TEST(numbers_become_rows)
{
    static const float y[2] = {2, 0}, rows[6] = {0, 0, 1, 1, 0, 0};
    for (int rank = 1; rank <= 2; rank++) {
        hone_dataset *data = hone_dataset_one_hot(numbers(y, rank, (int64_t[]){2, 1}), 3);
        assert_non_null(data);
        assert_int_equal(hone_internal_dataset_one_hot(data), 3);
        hone_iterator *iterator = hone_dataset_iterate(data, 2, 0, 0);
        const hone_batch *batch;
        assert_int_equal(hone_iterator_next(iterator, &batch), 1);
        assert_int_equal(batch->y[0].rank, 2);
        assert_memory_equal(batch->y[0].data, rows, sizeof rows);
        hone_iterator_free(iterator);
        hone_dataset_free(data);
    }
}

TEST(rows_stay_as_they_are)
{
    static const float y[6] = {0, 0.5f, 0.5f, 1, 0, 0};
    hone_dataset *data = numbers(y, 2, (int64_t[]){2, 3});
    assert_ptr_equal(hone_dataset_one_hot(data, 3), data);
    hone_dataset_free(data);
}

TEST(what_is_no_class_is_refused)
{
    static const float y[6] = {0, 3, 1, 1, 0, 0}, half[2] = {0.5f, 1};
    assert_null(hone_dataset_one_hot(NULL, 3));
    assert_null(hone_dataset_one_hot(numbers(y, 1, (int64_t[]){2}), 1));
    assert_message_has("2 to 1048576 classes, not 1");
    assert_null(hone_dataset_one_hot(numbers(y, 2, (int64_t[]){2, 3}), 4));
    assert_message_has("the targets have 3 numbers");
    assert_null(hone_dataset_one_hot(numbers(half, 1, (int64_t[]){2}), 3));
    assert_message_has("is 0.5, which is not one of the class numbers 0 to 2");
    hone_dataset *data = hone_dataset_one_hot(numbers(y, 1, (int64_t[]){2}), 3);
    hone_iterator *iterator = hone_dataset_iterate(data, 2, 0, 0);
    const hone_batch *batch;
    assert_true(hone_iterator_next(iterator, &batch) < 0);
    assert_message_has("the target of sample 1 is 3");
    hone_iterator_free(iterator);
    hone_dataset_free(data);
}
