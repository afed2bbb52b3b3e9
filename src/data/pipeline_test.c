/* Tests of pipelines: what comes out of each, in which order, on which thread, and what does not fit. */
#include "testing/files.h"
#include "data/flow.h"
#include "testing/test.h"
#include <hone/pipeline.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

enum { SAMPLES = 50 };
#define VIEW(data, type, rank, ...) hone_array_view(data, type, rank, (int64_t[]){__VA_ARGS__})

static uint8_t pixels[SAMPLES][3];
static int32_t labels[SAMPLES];

static hone_dataset *numbers(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i;
        for (int j = 0; j < 3; j++)
            pixels[i][j] = (uint8_t)(4 * i + j);
    }
    return hone_dataset_from_arrays(.x = {VIEW(pixels, HONE_UINT8, 2, SAMPLES, 3)},
                                    .y = {VIEW(labels, HONE_INT32, 1, SAMPLES)}, .scale = 0.5);
}

static void assert_error(hone_status status, const char *part)
{
    if (hone_error_status() != status || !strstr(hone_error_message(), part))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
    hone_error_clear();
}

/* The labels of a sweep, in the order in which they come; checks that the inputs belong to them. */
static int64_t collect(hone_dataset *data, int64_t epoch, int64_t size, float *result)
{
    hone_iterator *iterator = hone_dataset_iterate(data, size, 7, epoch);
    const hone_batch *batch;
    int64_t count = 0;
    int more;
    assert_non_null(iterator);
    while ((more = hone_iterator_next(iterator, &batch)) == 1) {
        int64_t rows = batch->x[0].shape[0];
        assert_int_equal(batch->x[0].type, HONE_FLOAT32);
        assert_int_equal(batch->y[0].shape[0], rows);
        for (int64_t i = 0; i < rows; i++) {
            float label = ((const float *)batch->y[0].data)[i];
            assert_true(((const float *)batch->x[0].data)[3 * i + 1] ==
                        (4 * (float)((int)label % 100) + 1) / 2);
            result[count++] = label;
        }
    }
    assert_int_equal(more, 0);
    hone_iterator_free(iterator);
    return count;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

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
    data = hone_dataset_take(data, 20); /* what is taken is of the shuffled order */
    assert_int_equal(collect(data, 0, 7, next), 20);
    assert_memory_equal(first, next, 20 * sizeof *first);
    hone_dataset_free(data);
}

/* ---- maps ---- */

typedef struct caller {
    int calls, fail_at, released, shape_at;
    atomic_int inside;
} caller;

static hone_status add_hundreds(void *context, hone_sample *sample)
{
    caller *by = context;
    assert_int_equal(atomic_fetch_add(&by->inside, 1), 0); /* never two at once */
    by->calls++;
    hone_status status = HONE_OK;
    if (by->fail_at > 0 && sample->index == by->fail_at)
        status = hone_fail(HONE_ERROR_DATA, "sample %d is bad", by->fail_at);
    float *label = sample->y[0].data;
    assert_int_equal(sample->x[0].rank, 1);
    assert_int_equal(sample->y[0].rank, 0);
    *label += 100 * (float)sample->epoch;
    if (by->shape_at > 0 && sample->index == by->shape_at)
        hone_sample_reshape(sample, &sample->x[0], 1, (int64_t[]){2});
    atomic_fetch_sub(&by->inside, 1);
    return status;
}

static void release(void *context)
{
    ((caller *)context)->released++;
}

/* Two inputs of one: the pairs, and the sum as a target. */
static hone_status new_shapes(void *context, hone_sample *sample)
{
    (void)context;
    const float *old = sample->x[0].data;
    float *pairs = hone_sample_reshape(sample, &sample->x[0], 2, (int64_t[]){2, 2});
    float *sum = hone_sample_reshape(sample, &sample->y[0], 1, (int64_t[]){1});
    if (!pairs || !sum)
        return hone_error_status();
    pairs[0] = old[0], pairs[1] = old[1], pairs[2] = old[1], pairs[3] = old[2];
    float *random = hone_sample_reshape(sample, &sample->x[1], 0, NULL);
    *random = (float)(sample->random >> 40);
    *sum = old[0] + old[1] + old[2];
    sample->inputs = 2;
    return HONE_OK;
}

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

/* ---- caches ---- */

TEST(a_cache_is_filled_once)
{
    int64_t before = hone_internal_blocks_in_use();
    float result[SAMPLES];
    const char *paths[] = {NULL, testing_path("samples.cache")};
    for (int i = 0; i < 2; i++) {
        caller by = {0};
        hone_dataset *data =
            hone_dataset_cache(hone_dataset_map(numbers(), add_hundreds, &by, release), paths[i]);
        assert_non_null(data);
        hone_dataset *part = hone_dataset_slice(data, 5, 15);
        assert_int_equal(collect(part, 1, 4, result), 10);
        assert_true(result[0] == 105);
        assert_int_equal(by.calls, 11);
        hone_dataset_free(part);
        if (i == 1)
            assert_int_not_equal(access(paths[1], F_OK), 0); /* not before it is whole */
        assert_int_equal(collect(data, 1, 4, result), SAMPLES);
        assert_int_equal(by.calls, SAMPLES + 1);
        assert_int_equal(collect(data, 2, 9, result), SAMPLES);
        assert_int_equal(by.calls, SAMPLES + 1);
        assert_true(result[49] == 149);
        hone_dataset_free(data);
    }
    caller by = {0}; /* a later run */
    hone_dataset *data =
        hone_dataset_cache(hone_dataset_map(numbers(), add_hundreds, &by, release), paths[1]);
    assert_int_equal(collect(data, 5, 4, result), SAMPLES);
    assert_int_equal(by.calls, 1);
    assert_true(result[49] == 149);
    hone_dataset_free(data);
    assert_null(hone_dataset_cache(hone_dataset_take(numbers(), 5), paths[1]));
    assert_error(HONE_ERROR_DATA, "is not a cache of this data set");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* ---- streams ---- */

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

/* ---- threads ---- */

/* Stopped at every point, with batches in hand and under way. */
TEST(can_be_stopped_anywhere)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int taken = 0; taken < 12; taken++)
        for (int depth = 0; depth < 5; depth++) {
            hone_dataset *data = hone_dataset_prefetch(numbers(), depth);
            hone_iterator *iterator = hone_dataset_iterate(data, 5, 0, 0);
            hone_dataset_free(data); /* the iterator has its own reference */
            const hone_batch *batch;
            for (int i = 0; i < taken; i++)
                assert_int_equal(hone_iterator_next(iterator, &batch), i < 10);
            hone_iterator_free(iterator);
        }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_fork)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* which lets a forked process start no threads */
#endif
    hone_dataset *data = hone_dataset_prefetch(numbers(), 2);
    hone_iterator *iterator = hone_dataset_iterate(data, 5, 0, 0);
    const hone_batch *batch;
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    pid_t child = fork();
    if (child == 0) {
        int refused = hone_iterator_next(iterator, &batch) == HONE_ERROR_STATE;
        hone_iterator_free(iterator);
        iterator = hone_dataset_iterate(data, 5, 0, 0);
        int good = hone_iterator_next(iterator, &batch) == 1;
        hone_iterator_free(iterator);
        _exit(refused && good ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    hone_iterator_free(iterator);
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
    assert_error(HONE_ERROR_ARGUMENT, "do not fill one batch of 51");
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

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 200; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *data = numbers();
        if (data)
            data = hone_dataset_map(data, new_shapes, NULL, NULL);
        if (data)
            data = hone_dataset_cache(data, NULL);
        if (data)
            data = hone_dataset_repeat(hone_dataset_shuffle(data, 1000, 0), 2);
        hone_iterator *iterator = data ? hone_dataset_iterate(data, 16, 0, 0) : NULL;
        const hone_batch *batch;
        int more = iterator ? 1 : -1;
        while (more == 1)
            more = hone_iterator_next(iterator, &batch);
        hone_internal_fail_allocations_after(-1);
        done = more == 0;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_iterator_free(iterator);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 15, 199);
}
