/* Flows: stopped anywhere, after a fork, when memory is short. */
#include "testing/pipelines.h"
#include <stdlib.h>
#include <sys/wait.h>

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
    if (getenv("HONE_TEST_EMULATED") != NULL)
        skip(); /* QEMU's emulation of programs knows no threads after a fork */
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
