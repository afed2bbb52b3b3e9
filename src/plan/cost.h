/* What the planner takes the parts of a plan to cost: rough numbers that follow from shapes and the kernel
 * table alone. */
#ifndef HONE_PLAN_COST_H
#define HONE_PLAN_COST_H

#include "plan/plan.h"

/* Nanoseconds of a step on one thread, without its chain: 50 for the call, and the longer of its FLOP at its
 * rate and its bytes at 16 a nanosecond. */
double hone_internal_step_cost(const hone_step *step);

/* Nanoseconds of a run on so many threads: phases that are worth it are shared, as evenly as their tiles
 * allow, and end with a meeting of a microsecond. */
double hone_internal_plan_cost(const hone_plan *plan, int threads);

#endif
