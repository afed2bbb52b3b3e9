/* Shuffles by blocks: each sample once, neighbours stay near, a function of seed and epoch, any block and
 * window. */
#include "testing/pipelines.h"

static void check_permutation(const float *order)
{
    bool seen[SAMPLES] = {false};
    for (int i = 0; i < SAMPLES; i++) {
        assert_false(seen[(int)order[i]]);
        seen[(int)order[i]] = true;
    }
}

/* Blocks that divide the samples, that do not, of one sample and of all; windows of one block and of several.
 */
TEST(every_sample_comes_once_an_epoch)
{
    static const int sizes[] = {1, 2, 3, 7, 10, 16, 49, 50, 99};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    const int64_t before = hone_internal_blocks_in_use();
    for (int b = 0; b < SIZES; b++)
        for (int w = b; w < SIZES; w++)
            for (int64_t epoch = 0; epoch < 4; epoch++) {
                float first[SAMPLES], again[SAMPLES];
                hone_dataset *data = hone_dataset_shuffle_blocks(numbers(), sizes[b], sizes[w], 3);
                assert_true(hone_internal_dataset_orders(data));
                assert_int_equal(collect(data, epoch, 7, first), SAMPLES);
                check_permutation(first);
                assert_int_equal(collect(data, epoch, 32, again), SAMPLES);
                assert_memory_equal(first, again, sizeof first);
                hone_dataset_free(data);
            }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* What stands within a window of the epoch comes from as many blocks as the window has. */
TEST(a_window_has_samples_of_its_blocks_alone)
{
    enum { BLOCK = 5, TOGETHER = 2, WINDOW = BLOCK * TOGETHER };
    float order[SAMPLES];
    hone_dataset *data = hone_dataset_shuffle_blocks(numbers(), BLOCK, WINDOW, 11);
    assert_int_equal(collect(data, 1, 10, order), SAMPLES);
    int moved = 0;
    for (int w = 0; w < SAMPLES / WINDOW; w++) {
        int blocks[SAMPLES / BLOCK] = {0}, different = 0;
        for (int i = 0; i < WINDOW; i++)
            different += blocks[(int)order[w * WINDOW + i] / BLOCK]++ == 0;
        assert_int_equal(different, TOGETHER);
        moved += (int)order[w * WINDOW] != w * WINDOW;
    }
    assert_true(moved > 0);
    hone_dataset_free(data);
}

TEST(the_order_is_a_function_of_seed_and_epoch)
{
    float orders[4][SAMPLES];
    hone_dataset *data = hone_dataset_shuffle_blocks(numbers(), 4, 16, 5),
                 *other = hone_dataset_shuffle_blocks(numbers(), 4, 16, 6),
                 *model = hone_dataset_shuffle_blocks(numbers(), 4, 16, HONE_NONE_INTEGER);
    collect(data, 0, 8, orders[0]);
    collect(data, 1, 8, orders[1]);
    collect(other, 0, 8, orders[2]);
    collect(model, 0, 8, orders[3]); /* by the seed of the sweep */
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < a; b++)
            assert_memory_not_equal(orders[a], orders[b], sizeof orders[a]);
    uint64_t prints[2];
    assert_int_equal(hone_internal_dataset_fingerprint(data, &prints[0]), HONE_OK);
    assert_int_equal(hone_internal_dataset_fingerprint(other, &prints[1]), HONE_OK);
    assert_true(prints[0] != prints[1]);
    hone_dataset_free(data);
    hone_dataset_free(other);
    hone_dataset_free(model);
}

TEST(refuses_windows_without_a_block)
{
    assert_null(hone_dataset_shuffle_blocks(numbers(), 0, 4, 1));
    assert_error(HONE_ERROR_ARGUMENT, "expected blocks of at least 1 sample");
    assert_null(hone_dataset_shuffle_blocks(numbers(), 8, 4, 1));
    assert_error(HONE_ERROR_ARGUMENT, "a block of 8 and a window of 4");
    assert_null(hone_dataset_shuffle_blocks(NULL, 8, 8, 1));
}

TEST(survives_failing_allocations)
{
    float order[SAMPLES];
    const int64_t before = hone_internal_blocks_in_use();
    hone_dataset *held = numbers();
    const int64_t own = hone_internal_blocks_in_use();
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_shuffle_blocks(hone_dataset_retain(held), 4, 8, 1);
        hone_internal_fail_allocations_after(-1);
        if (data) {
            assert_int_equal(collect(data, 0, 8, order), SAMPLES);
            hone_dataset_free(data);
            break;
        }
        assert_int_equal(hone_internal_blocks_in_use(), own);
    }
    hone_dataset_free(held);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
