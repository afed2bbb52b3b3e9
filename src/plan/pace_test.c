/* Alone or together: the faster way is found, and found again when it changes. */
#include "plan/pace.h"
#include "testing/test.h"

/* A machine on which a run takes so long; returns how many of `runs` were made alone. */
static int run_for(hone_pace *pace, int64_t *clock, int64_t together, int64_t alone, int runs)
{
    int count = 0;
    for (int i = 0; i < runs; i++) {
        int64_t begin = *clock;
        *clock += hone_internal_pace_alone(pace) ? alone : together;
        count += hone_internal_pace_alone(pace);
        hone_internal_pace_note(pace, begin, *clock);
    }
    return count;
}

enum { MICROSECOND = 1000, RUNS = 20000 };

TEST(goes_on_together_when_that_is_faster)
{
    hone_pace pace = {0};
    int64_t clock = 1;
    int alone = run_for(&pace, &clock, 300 * MICROSECOND, 500 * MICROSECOND, RUNS);
    assert_true(alone > 0 && alone < RUNS / 50); /* trials alone */
}

TEST(goes_on_alone_when_that_is_faster)
{
    hone_pace pace = {0};
    int64_t clock = 1;
    int alone = run_for(&pace, &clock, 800 * MICROSECOND, 500 * MICROSECOND, RUNS);
    assert_true(alone > RUNS - RUNS / 50);
}

/* No difference worth a change: it stays together. */
TEST(stays_together_without_a_difference)
{
    hone_pace pace = {0};
    int64_t clock = 1;
    assert_true(run_for(&pace, &clock, 500 * MICROSECOND, 495 * MICROSECOND, RUNS) < RUNS / 50);
}

/* Long runs with hours between them: one in thirty is alone, not the one after each pause. */
TEST(pauses_are_no_reason_for_a_trial)
{
    hone_pace pace = {0};
    int64_t clock = 1;
    int alone = 0;
    for (int round = 0; round < 60; round++, clock += (int64_t)1000 * 1000 * 1000 * 3600)
        alone += run_for(&pace, &clock, 200 * 1000 * MICROSECOND, 400 * 1000 * MICROSECOND, 4);
    assert_in_range(alone, 1, 8);
}

TEST(follows_a_change)
{
    hone_pace pace = {0};
    int64_t clock = 1;
    run_for(&pace, &clock, 300 * MICROSECOND, 500 * MICROSECOND, RUNS);
    run_for(&pace, &clock, 900 * MICROSECOND, 500 * MICROSECOND, RUNS);
    assert_true(hone_internal_pace_alone(&pace) != pace.trying);
    run_for(&pace, &clock, 300 * MICROSECOND, 500 * MICROSECOND, RUNS);
    assert_true(hone_internal_pace_alone(&pace) == pace.trying);
}
