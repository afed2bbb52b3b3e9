/* Measuring a plan: how long each step takes, on which threads. A measured plan gives the same bits. */
#ifndef HONE_PLAN_MEASURE_H
#define HONE_PLAN_MEASURE_H

#include "plan/plan.h"
#include <stdatomic.h>

typedef struct hone_measure {
    hone_kernel *run; /* the step's own */
    atomic_int_least64_t nanoseconds,
        calls;                     /* over all threads; with the chain that the kernel runs itself */
    atomic_uint_least64_t threads; /* bit of each thread that ran a part, the last for all above */
} hone_measure;

typedef struct hone_plan_measures {
    int64_t runs, nanoseconds; /* of the whole plan */
    int64_t begin, end;        /* of the first run and of the last */
    hone_measure *steps;       /* one for each step of the plan */
} hone_plan_measures;

/* From now on the plan is measured; once is enough. */
hone_status hone_internal_plan_measure(hone_plan *plan);
/* A step's nanoseconds without those of its chain. */
int64_t hone_internal_measure_own(const hone_plan *plan, const hone_step *step);
void hone_internal_measures_free(hone_plan_measures *measures); /* accepts NULL */
/* A whole run has ended (called by the executor). */
void hone_internal_measure_run(hone_plan *plan, int64_t begin, int64_t end);

/* A table for people: each step with its time, share, speed, threads, and what limits it. */
hone_status hone_internal_measures_print(const hone_plan *plan, hone_text *text);

#endif
