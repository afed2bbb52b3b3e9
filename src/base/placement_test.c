/* Where threads run. */
#define _GNU_SOURCE /* affinities */
#include "base/placement.h"
#include "testing/test.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

static void *ask(void *numbers)
{
    int *two = numbers;
    two[0] = hone_internal_thread_number();
    two[1] = hone_internal_thread_number();
    return NULL;
}

TEST(each_thread_has_a_number_of_its_own)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    int numbers[THREADS][2], own = hone_internal_thread_number();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, numbers[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_true(numbers[i][0] > 0 && numbers[i][0] != own);
        assert_int_equal(numbers[i][0], numbers[i][1]);
        for (int j = 0; j < i; j++)
            assert_int_not_equal(numbers[i][0], numbers[j][0]);
    }
    assert_int_equal(hone_internal_thread_number(), own);
}

#ifdef __linux__
TEST(the_processor_is_one_of_those_allowed)
{
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    int processor = hone_internal_processor();
    assert_true(processor >= 0 && CPU_ISSET((size_t)processor, &allowed));
}

TEST(avoids_a_processor_unless_it_is_the_only_one)
{
    cpu_set_t allowed, after, one;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    int processor = hone_internal_processor();
    hone_internal_processor_avoid(pthread_self(), processor);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    if (CPU_COUNT(&allowed) > 1) {
        assert_false(CPU_ISSET((size_t)processor, &after));
        assert_int_equal(CPU_COUNT(&after), CPU_COUNT(&allowed) - 1);
    } else {
        assert_true(CPU_EQUAL(&after, &allowed));
    }
    CPU_ZERO(&one);
    CPU_SET((size_t)processor, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    hone_internal_processor_avoid(pthread_self(), processor);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&after, &one));
    sched_setaffinity(0, sizeof allowed, &allowed);
}

TEST(an_unknown_processor_changes_nothing)
{
    cpu_set_t allowed, after;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    hone_internal_processor_avoid(pthread_self(), -1);
    hone_internal_processor_avoid(pthread_self(), CPU_SETSIZE);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&after, &allowed));
}
#endif
