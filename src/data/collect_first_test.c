/* The first samples of streams. */
#include "base/memory.h"
#include "data/dataset.h"
#include "testing/pipelines.h"

#include <hone/data.h>

/* Batches of two samples [3]; `kind` 1: five of them, 2: one of another shape, 3: none. */
static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static float x[2][4], y[2];
    const int kind = *(const int *)context;
    (void)epoch;
    if ((kind == 1 && step == 5) || kind == 3)
        return 0;
    for (int i = 0; i < 2; i++) {
        y[i] = (float)(2 * step + i);
        for (int j = 0; j < 3; j++)
            (&x[0][0])[3 * i + j] = 10 * y[i] + (float)j;
    }
    batch->x[0] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){2, kind == 2 && step == 1 ? 2 : 3});
    batch->y[0] = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){2});
    return 1;
}

static hone_dataset *first_of(int *kind, int64_t most)
{
    hone_dataset *stream = hone_dataset_from_callback(next_batch, kind, NULL);
    hone_dataset *first = hone_internal_dataset_first(stream, most);
    hone_dataset_free(stream);
    return first;
}

TEST(as_many_as_are_asked_for_or_as_there_are)
{
    static const struct {
        int kind;
        int64_t most, count;
    } rows[] = {{0, 7, 7}, {0, 8, 8}, {1, 7, 7}, {1, 100, 10}};
    const int64_t before = hone_internal_blocks_in_use();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int kind = rows[i].kind;
        hone_dataset *first = first_of(&kind, rows[i].most);
        assert_non_null(first);
        assert_int_equal(hone_dataset_count(first), rows[i].count);
        assert_true(hone_internal_dataset_in_memory(first));
        const float *x = hone_dataset_input(first, 0)->data, *y = hone_dataset_target(first, 0)->data;
        for (int64_t n = 0; n < rows[i].count; n++) {
            assert_true(y[n] == (float)n);
            assert_true(x[3 * n + 2] == (float)(10 * n + 2));
        }
        hone_dataset_free(first);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(what_cannot_be_joined_is_refused)
{
    const int64_t before = hone_internal_blocks_in_use();
    int kind = 2;
    assert_null(first_of(&kind, 10));
    assert_error(HONE_ERROR_DATA, "samples of different shapes");
    kind = 3;
    assert_null(first_of(&kind, 10));
    assert_error(HONE_ERROR_DATA, "returned no batch");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* Batches that go by: what is refused, and what is beyond the most, is not in the data set. */
TEST(batches_are_gathered_one_by_one)
{
    const int64_t before = hone_internal_blocks_in_use();
    int kind = 2; /* the second batch has another shape */
    hone_gathering *all = hone_internal_gathering_begin(5);
    for (int64_t step = 0; step < 4; step++) {
        hone_batch batch = {.x = {{0}}};
        assert_int_equal(next_batch(&kind, 0, step, &batch), 1);
        assert_int_equal(hone_internal_gathering_add(all, &batch), step == 1 ? HONE_ERROR_DATA : HONE_OK);
        assert_int_equal(hone_internal_gathering_count(all), step < 2 ? 2 : step == 2 ? 4 : 5);
    }
    hone_dataset *made = hone_internal_gathering_end(all);
    assert_int_equal(hone_dataset_count(made), 5);
    assert_true(((const float *)hone_dataset_target(made, 0)->data)[4] ==
                6); /* of the batch behind the refused one */
    hone_dataset_free(made);
    assert_null(hone_internal_gathering_end(hone_internal_gathering_begin(5)));
    assert_error(HONE_ERROR_DATA, "there are none");
    hone_internal_gathering_free(hone_internal_gathering_begin(5));
    hone_internal_gathering_free(NULL);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
