/* Streams: passed on as they come, or collected into a data set. */
#include "testing/pipelines.h"

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static float x[2][3], y[2];
    int *last = context;
    if (step == *last)
        return 0;
    if (*last < 0 && step == -*last)
        return hone_fail(HONE_ERROR_NUMERIC, "no more of this");
    for (int i = 0; i < 2; i++) {
        y[i] = (float)(2 * step + i + 10 * epoch);
        for (int j = 0; j < 3; j++)
            x[i][j] = (4 * y[i] + (float)j) / 2;
    }
    batch->x[0] = VIEW(x, HONE_FLOAT32, 2, 2, 3);
    batch->y[0] = VIEW(y, HONE_FLOAT32, 1, 2);
    return 1;
}

TEST(streams_of_unknown_length_pass)
{
    int64_t before = hone_internal_blocks_in_use();
    float result[SAMPLES];
    int batches = 6;
    for (int depth = 0; depth < 4; depth++) {
        hone_dataset *data = hone_dataset_from_callback(next_batch, &batches, NULL);
        data = hone_dataset_prefetch(data, depth);
        assert_int_equal(collect(data, 1, 0, result), 12);
        for (int i = 0; i < 12; i++)
            assert_true(result[i] == (float)(10 + i));
        hone_dataset_free(data);
    }
    hone_dataset *data = hone_dataset_cache(hone_dataset_from_callback(next_batch, &batches, NULL), NULL);
    assert_int_equal(hone_dataset_count(data), 12);
    data = hone_dataset_shuffle(data, 12, 0);
    assert_int_equal(collect(data, 0, 5, result), 12);
    hone_dataset_free(data);
    assert_null(hone_dataset_take(hone_dataset_from_callback(next_batch, &batches, NULL), 3));
    assert_error(HONE_ERROR_ARGUMENT, "hone_dataset_cache");
    int failing = -3;
    for (int depth = 0; depth < 3; depth++) {
        data = hone_dataset_prefetch(hone_dataset_from_callback(next_batch, &failing, NULL), depth);
        hone_iterator *iterator = hone_dataset_iterate(data, 0, 0, 0);
        const hone_batch *batch;
        for (int i = 0; i < 3; i++)
            assert_int_equal(hone_iterator_next(iterator, &batch), 1);
        assert_int_equal(hone_iterator_next(iterator, &batch), HONE_ERROR_NUMERIC);
        assert_error(HONE_ERROR_NUMERIC, "no more of this");
        hone_iterator_free(iterator);
        hone_dataset_free(data);
    }
    assert_null(hone_dataset_cache(hone_dataset_from_callback(next_batch, &failing, NULL), NULL));
    assert_error(HONE_ERROR_NUMERIC, "no more of this");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
