/* Measuring a plan: between the executor and each kernel stands a function that looks at the clock. */
#include "plan/measure.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/placement.h"
#include "base/trace.h"

static uint64_t thread_bit(void)
{
    int number = hone_internal_thread_number();
    return (uint64_t)1 << (number < 64 ? number - 1 : 63);
}

static const char *layer_of(const hone_step *step)
{
    return step->node->scope[0] != '\0' ? step->node->scope : "model";
}

static void run_measured(const hone_kernel_args *args, int64_t first, int64_t past, void *scratch)
{
    const hone_step *step = args->owner;
    hone_measure *measure = step->measure;
    int64_t begin = hone_internal_nanoseconds();
    measure->run(args, first, past, scratch);
    int64_t end = hone_internal_nanoseconds();
    atomic_fetch_add_explicit(&measure->nanoseconds, end - begin, memory_order_relaxed);
    atomic_fetch_add_explicit(&measure->calls, 1, memory_order_relaxed);
    atomic_fetch_or_explicit(&measure->threads, thread_bit(), memory_order_relaxed);
    hone_internal_trace_event(hone_internal_kernel_name(step->kernel), layer_of(step), begin, end);
}

hone_status hone_internal_plan_measure(hone_plan *plan)
{
    if (plan->measures != NULL)
        return HONE_OK;
    hone_plan_measures *measures = hone_internal_allocate_zeroed(1, sizeof *measures);
    if (measures == NULL)
        return HONE_ERROR_MEMORY;
    measures->steps = hone_internal_allocate_zeroed((size_t)plan->step_count + 1, sizeof *measures->steps);
    if (measures->steps == NULL) {
        hone_internal_free(measures);
        return HONE_ERROR_MEMORY;
    }
    plan->measures = measures;
    for (int s = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        step->measure = &measures->steps[s];
        step->measure->run = step->run;
        step->run = run_measured;
        for (int c = 0; c < step->chain.count; c++)
            step->chain.step[c].run = run_measured;
    }
    return HONE_OK;
}

int64_t hone_internal_measure_own(const hone_plan *plan, const hone_step *step)
{
    int64_t own = atomic_load(&step->measure->nanoseconds);
    for (int c = 0; step->traits.runs_chain && c < step->chain.count; c++)
        own -= atomic_load(&plan->steps[step->chained[c]].measure->nanoseconds);
    return own;
}

void hone_internal_measures_free(hone_plan_measures *measures)
{
    if (measures == NULL)
        return;
    hone_internal_free(measures->steps);
    hone_internal_free(measures);
}

void hone_internal_measure_run(hone_plan *plan, int64_t begin, int64_t end)
{
    if (plan->measures->runs++ == 0)
        plan->measures->begin = begin;
    plan->measures->end = end;
    plan->measures->nanoseconds += end - begin;
    hone_internal_trace_event("step", "plan", begin, end);
}
