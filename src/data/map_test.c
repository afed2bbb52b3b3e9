/* Maps: in order at any depth, new shapes, failures. */
#include "testing/pipelines.h"

TEST(maps_in_order_at_any_depth)
{
    int64_t before = hone_internal_blocks_in_use();
    float result[SAMPLES], ahead[SAMPLES];
    for (int depth = 0; depth < 4; depth += 3) {
        caller by = {0};
        hone_dataset *data = hone_dataset_map(numbers(), add_hundreds, &by, release);
        data = hone_dataset_prefetch(data, depth);
        assert_int_equal(by.calls, 1);
        assert_int_equal(collect(data, 2, 7, depth ? ahead : result), SAMPLES);
        assert_int_equal(by.calls, SAMPLES + 1);
        assert_int_equal(hone_dataset_input(data, 0)->type, HONE_FLOAT32);
        assert_null(hone_dataset_input(data, 0)->data);
        hone_dataset_free(data);
        assert_int_equal(by.released, 1);
    }
    assert_memory_equal(result, ahead, sizeof result);
    assert_true(result[3] == 203);
    hone_dataset *data = hone_dataset_map(numbers(), new_shapes, NULL, NULL);
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_input(data, 0)->rank, 3);
    assert_int_equal(hone_dataset_input(data, 1)->rank, 1);
    hone_iterator *iterator = hone_dataset_iterate(data, 4, 7, 0);
    const hone_batch *batch;
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    assert_int_equal(batch->x[0].shape[2], 2);
    assert_true(((const float *)batch->x[0].data)[4 + 3] == 3);
    assert_true(((const float *)batch->y[0].data)[1] == 4 / 2.0f + 5 / 2.0f + 6 / 2.0f);
    assert_true(((const float *)batch->x[1].data)[0] != ((const float *)batch->x[1].data)[1]);
    hone_iterator_free(iterator);
    hone_dataset_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(a_failing_map_ends_the_pass_with_its_message)
{
    int64_t before = hone_internal_blocks_in_use();
    static const struct {
        caller by;
        hone_status status;
        const char *part;
    } bad[] = {{{.fail_at = 9}, HONE_ERROR_DATA, "sample 9 is bad"},
               {{.shape_at = 9}, HONE_ERROR_DATA, "x[0] of sample 9 a different shape"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int depth = 0; depth < 2; depth++) {
            caller by = bad[i].by;
            hone_dataset *data =
                hone_dataset_prefetch(hone_dataset_map(numbers(), add_hundreds, &by, release), depth);
            hone_iterator *iterator = hone_dataset_iterate(data, 4, 0, 0);
            const hone_batch *batch;
            assert_int_equal(hone_iterator_next(iterator, &batch), 1);
            assert_int_equal(hone_iterator_next(iterator, &batch), 1);
            assert_int_equal(hone_iterator_next(iterator, &batch), bad[i].status);
            assert_error(bad[i].status, bad[i].part);
            hone_iterator_free(iterator);
            hone_dataset_free(data);
        }
    caller by = {.fail_at = 0};
    assert_null(hone_dataset_map(numbers(), NULL, &by, release));
    assert_error(HONE_ERROR_ARGUMENT, "expected a function");
    assert_int_equal(by.released, 1);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
