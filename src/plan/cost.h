/* What the planner takes the parts of a plan to cost: rough numbers that follow from shapes and the kernel
 * table alone. */
#ifndef HONE_PLAN_COST_H
#define HONE_PLAN_COST_H

#include "plan/plan.h"

/* Nanoseconds of a step on one thread, without its chain: 50 for the call, and the longer of its FLOP at its
 * rate and its bytes: 64 a nanosecond up to 256 KB, 32 up to 16 MB, else 16. */
double hone_internal_step_cost(const hone_step *step);

/* Nanoseconds of a run on so many threads: phases that are worth it are shared, as evenly as their tiles
 * allow, and end with a meeting of a microsecond. */
double hone_internal_plan_cost(const hone_plan *plan, int threads);

#endif
