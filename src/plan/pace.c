/* Trials of running alone against running on the team. */
#include "plan/pace.h"

enum {
    TRIAL_RUNS = 12, /* a trial ends after this many runs, the first of which does not count (what it reads */
    TRIAL_TIME =
        4 * 1000 * 1000,        /* is in another cache), or after two when they took so long (nanoseconds) */
    LONG_RUN = 10 * TRIAL_TIME, /* beside which other caches are nothing: the first counts too */
    SHORTEST_INTERVAL = 20 * 1000 * 1000,
    LONGEST_INTERVAL = 2000 * 1000 * 1000,
    COST = 30 /* an interval is at least this many trials long */
};
static const double better = 0.97; /* what is not faster than this is not a reason to change */

bool hone_internal_pace_alone(const hone_pace *pace)
{
    return pace->alone != pace->trying;
}

static int64_t larger_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void end_trial(hone_pace *pace)
{
    double other = (double)pace->trial_sum / (double)pace->trial,
           present = (double)pace->sum / (double)pace->runs;
    bool change = other < better * present;
    int64_t longer = pace->interval < LONGEST_INTERVAL / 2 ? 2 * pace->interval : LONGEST_INTERVAL;
    if (change)
        pace->alone = !pace->alone;
    pace->interval =
        larger_of(change ? SHORTEST_INTERVAL : larger_of(longer, SHORTEST_INTERVAL), COST * pace->trial_sum);
    pace->next_trial = pace->ran + pace->interval;
    pace->trying = pace->moved = false;
    pace->runs = pace->sum = pace->trial = pace->trial_sum = 0;
}

void hone_internal_pace_note(hone_pace *pace, int64_t begin, int64_t end)
{
    const int64_t run = end - begin;
    pace->ran += run;
    if (pace->trying) {
        if (!pace->moved && run < LONG_RUN) {
            pace->moved = true;
            return;
        }
        pace->trial++;
        pace->trial_sum += run;
        if (pace->trial >= TRIAL_RUNS || pace->trial_sum > TRIAL_TIME)
            end_trial(pace);
        return;
    }
    if (pace->next_trial == 0)
        pace->next_trial = pace->ran + larger_of(SHORTEST_INTERVAL, COST * run);
    pace->runs++;
    pace->sum += run;
    pace->trying = pace->ran >= pace->next_trial && pace->runs > 1;
}
