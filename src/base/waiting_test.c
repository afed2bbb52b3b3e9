/* Waiting for another thread. */
#include "base/waiting.h"
#include "base/clock.h"
#include "testing/test.h"

#include <pthread.h>
#include <time.h>

static int64_t time_until_sleep(bool crowded)
{
    hone_waiting patience = {0};
    int64_t before = hone_internal_nanoseconds();
    while (hone_internal_pass_time(&patience, crowded))
        ;
    return hone_internal_nanoseconds() - before;
}

TEST(patience_ends_after_its_time)
{
    assert_true(time_until_sleep(false) >= 240 * 1000);
    assert_true(time_until_sleep(true) >= 20 * 1000);
}

/* Whether one who has waited for 100 microseconds continues to wait; a process that is held up meanwhile does
 * not. */
static bool is_patient(bool crowded)
{
    hone_waiting patience = {.began = hone_internal_nanoseconds() - 100 * 1000};
    bool goes_on = true;
    for (int i = 0; i < 16; i++) /* to the next look at the clock */
        goes_on = hone_internal_pass_time(&patience, crowded);
    return goes_on;
}

TEST(patience_is_shorter_in_a_crowd)
{
    bool alone = false;
    for (int i = 0; i < 100000 && !alone; i++) {
        assert_false(is_patient(true));
        alone = is_patient(false);
    }
    assert_true(alone);
}

TEST(a_word_of_another_value_does_not_sleep)
{
    hone_sleep_word word = 3;
    hone_internal_sleep_on(&word, 2);
}

typedef struct sleeper {
    hone_sleep_word word;
    atomic_int awake;
} sleeper;

static void *sleep_until_changed(void *context)
{
    sleeper *self = context;
    while (atomic_load(&self->word) == 0)
        hone_internal_sleep_on(&self->word, 0);
    atomic_fetch_add(&self->awake, 1);
    return NULL;
}

TEST(a_change_of_the_word_wakes_all_its_sleepers)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    sleeper shared = {0};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sleep_until_changed, &shared), 0);
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    assert_int_equal(atomic_load(&shared.awake), 0);
    hone_internal_wake(&shared.word, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&shared.awake), THREADS);
    assert_int_equal(atomic_load(&shared.word), 1);
}
