/* Whether a plan runs faster on the team or on one thread: tried out while it runs, again and again, as the
 * answer changes with what else the machine does and where the system lets the threads run. The bits are the
 * same. */
#ifndef HONE_PLAN_PACE_H
#define HONE_PLAN_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: on the team, nothing known. Times are in nanoseconds. What passes between two runs does not
 * count: trials cost a share of the time that runs take, also of a plan that runs now and then. */
typedef struct hone_pace {
    bool alone;                   /* what is faster as far as is known */
    int64_t runs, sum;            /* in that way, since the last trial */
    int64_t trial, trial_sum;     /* runs of the other way that the present trial has had */
    bool trying, moved;           /* the trial's first run, which does not count, is over */
    int64_t ran;                  /* in all */
    int64_t next_trial, interval; /* after so much running in all, and how long after the last */
} hone_pace;

/* Whether the next run is to be on one thread. */
bool hone_internal_pace_alone(const hone_pace *pace);
/* A run has taken from `begin` to `end`. */
void hone_internal_pace_note(hone_pace *pace, int64_t begin, int64_t end);

#endif
