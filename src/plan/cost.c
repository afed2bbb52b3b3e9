/* The costs of steps, phases and plans. */
#include "plan/cost.h"

/* Bytes that a thread reads and writes in a nanosecond, roughly, by how many there are: operands of up to so
 * many are in the nearer caches, or in a core's share of the last one, when a step comes to them again. */
static const struct {
    int64_t most;
    double each;
} streams[] = {{256 * 1024, 64}, {16 * 1024 * 1024, 32}, {INT64_MAX, 16}};
static const double meeting = 1000; /* of all threads */

double hone_internal_step_cost(const hone_step *step)
{
    int row = 0;
    while (step->bytes > streams[row].most)
        row++;
    const double work = (double)step->flops / step->traits.rate,
                 stream = (double)step->bytes / streams[row].each;
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
