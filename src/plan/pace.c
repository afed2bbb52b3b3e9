/* Trials of running alone against running on the team. */
#include "plan/pace.h"

enum {
    TRIAL_RUNS = 12,
    WARM_RUNS = 2, /* of a trial, which do not count: what they read is in another cache */
    SHORTEST_INTERVAL = 20 * 1000 * 1000, /* nanoseconds */
    LONGEST_INTERVAL = 2000 * 1000 * 1000
};
static const double better = 0.97; /* what is not faster than this is no reason to change */

bool hone_internal_pace_alone(const hone_pace *pace)
{
    return pace->alone != pace->trying;
}

static void end_trial(hone_pace *pace, int64_t now)
{
    double other = (double)pace->trial_sum / (TRIAL_RUNS - WARM_RUNS),
           present = (double)pace->sum / (double)pace->runs;
    bool change = other < better * present;
    if (change)
        pace->alone = !pace->alone;
    pace->interval = change || pace->interval == 0           ? SHORTEST_INTERVAL
                     : pace->interval < LONGEST_INTERVAL / 2 ? 2 * pace->interval
                                                             : LONGEST_INTERVAL;
    pace->next_trial = now + pace->interval;
    pace->trying = false;
    pace->runs = pace->sum = pace->trial = pace->trial_sum = 0;
}

void hone_internal_pace_note(hone_pace *pace, int64_t begin, int64_t end)
{
    if (pace->trying) {
        if (pace->trial++ >= WARM_RUNS)
            pace->trial_sum += end - begin;
        if (pace->trial == TRIAL_RUNS)
            end_trial(pace, end);
        return;
    }
    if (pace->next_trial == 0)
        pace->next_trial = end + SHORTEST_INTERVAL;
    pace->runs++;
    pace->sum += end - begin;
    pace->trying = end >= pace->next_trial && pace->runs >= TRIAL_RUNS;
}
