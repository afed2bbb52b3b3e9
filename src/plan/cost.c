/* The costs of steps, phases and plans. */
#include "plan/cost.h"

/* What a thread streams through memory in a nanosecond, and what a meeting of all threads takes, roughly. */
static const double stream_bytes = 16, meeting = 1000;

double hone_internal_step_cost(const hone_step *step)
{
    double work = (double)step->flops / step->traits.rate, stream = (double)step->bytes / stream_bytes;
    return 50 + (work > stream ? work : stream);
}

double hone_internal_plan_cost(const hone_plan *plan, int threads)
{
    double cost = 0;
    for (int p = 0; p < plan->phase_count; p++) {
        const hone_phase *phase = &plan->phases[p];
        if (threads < 2 || !phase->parallel) {
            cost += phase->cost;
            continue;
        }
        const int64_t most = (phase->tiles + threads - 1) / threads; /* tiles of one thread */
        cost += phase->cost * (double)most / (double)phase->tiles + meeting;
    }
    return cost;
}
