/* Running a plan: phase after phase, tile after tile. Nothing is decided or allocated here. */
#include "base/clock.h"
#include "base/float_mode.h"
#include "plan/measure.h"

/* Items begin .. end-1 of a step and what is chained to it, unless the kernel runs its chain itself. */
static void run_items(const hone_step *step, int64_t begin, int64_t end, void *scratch)
{
    step->run(&step->args, begin, end, scratch);
    if (step->traits.runs_chain || step->chain.count == 0)
        return;
    const int64_t each = step->traits.elements / step->items; /* elements of an item */
    hone_chain_run(&step->chain, begin * each, end * each, scratch);
}

static void run_alone(const hone_plan *plan, const hone_phase *phase)
{
    for (int i = 0; i < phase->count; i++) {
        const hone_step *step = &plan->steps[plan->order[phase->first + i]];
        bool whole = step->traits.runs_chain || step->chain.count == 0;
        int64_t stride = whole ? step->items : step->grain;
        for (int64_t begin = 0; begin < step->items; begin += stride) {
            int64_t end = begin + stride < step->items ? begin + stride : step->items;
            run_items(step, begin, end, plan->scratch);
        }
    }
}

typedef struct phase_run {
    const hone_plan *plan;
    const hone_phase *phase;
} phase_run;

static void run_tile(void *context, int64_t tile, int thread)
{
    const phase_run *run = context;
    const hone_plan *plan = run->plan;
    unsigned char *scratch = plan->scratch;
    if (scratch != NULL)
        scratch += (size_t)thread * plan->scratch_bytes;
    for (int i = 0; i < run->phase->count; i++) {
        const hone_step *step = &plan->steps[plan->order[run->phase->first + i]];
        int64_t tiles = (step->items + step->grain - 1) / step->grain;
        if (tile >= tiles) {
            tile -= tiles;
            continue;
        }
        int64_t begin = tile * step->grain, end = begin + step->grain;
        run_items(step, begin, end < step->items ? end : step->items, scratch);
        return;
    }
}

/* `team` NULL: on this thread. */
static void run_phases(hone_plan *plan, hone_team *team)
{
    for (int p = 0; p < plan->phase_count; p++) {
        const hone_phase *phase = &plan->phases[p];
        phase_run run = {plan, phase};
        if (team != NULL && phase->parallel)
            hone_internal_team_run(team, run_tile, &run, phase->tiles);
        else
            run_alone(plan, phase);
    }
}

static void prepare(hone_plan *plan, uint64_t step)
{
    for (int s = 0, draws = 0; s < plan->step_count; s++)
        if (plan->steps[s].draws)
            plan->randoms[draws++].step = step;
    hone_internal_plan_arrange(plan);
}

/* ---- pieces ---- */

static const hone_step *stop_of(const hone_plan *plan, const hone_phase *phase)
{
    for (int i = 0; i < phase->count; i++)
        if (plan->steps[plan->order[phase->first + i]].node->op->stops)
            return &plan->steps[plan->order[phase->first + i]];
    return NULL;
}

/* The phase that stop number `stop` is in; all phases when there are fewer. */
static int phase_of_stop(const hone_plan *plan, int stop)
{
    int p = 0;
    while (p < plan->phase_count && (stop_of(plan, &plan->phases[p]) == NULL || stop-- > 0))
        p++;
    return p;
}

int hone_internal_plan_stops(const hone_plan *plan)
{
    int count = 0;
    for (int p = 0; p < plan->phase_count; p++)
        count += stop_of(plan, &plan->phases[p]) != NULL;
    return count;
}

float *hone_internal_plan_stop_at(const hone_plan *plan, int stop, size_t *count)
{
    const hone_step *step = stop_of(plan, &plan->phases[phase_of_stop(plan, stop)]);
    *count = (size_t)step->items;
    return hone_internal_plan_address(plan, step->node->outputs[0]);
}

void hone_internal_plan_run_piece(hone_plan *plan, uint64_t step, int piece)
{
    const int first = piece == 0 ? 0 : phase_of_stop(plan, piece - 1) + 1, last = phase_of_stop(plan, piece);
    const hone_float_mode before = hone_internal_float_mode_begin();
    if (piece == 0)
        prepare(plan, step);
    for (int p = first; p <= last && p < plan->phase_count; p++)
        run_alone(plan, &plan->phases[p]);
    hone_internal_float_mode_set(before);
}

/* ---- all of it ---- */

void hone_internal_plan_run(hone_plan *plan, hone_team *team, uint64_t step)
{
    prepare(plan, step);
    int threads = hone_internal_team_threads(team);
    bool together = threads > 1 && threads <= plan->threads && plan->parallel_phases > 0;
    bool timed = together || plan->measures != NULL;
    hone_float_mode before = hone_internal_float_mode_begin();
    int64_t begin = timed ? hone_internal_nanoseconds() : 0;
    run_phases(plan, together && !hone_internal_pace_alone(&plan->pace) ? team : NULL);
    int64_t end = timed ? hone_internal_nanoseconds() : 0;
    hone_internal_float_mode_set(before);
    if (together)
        hone_internal_pace_note(&plan->pace, begin, end);
    if (plan->measures != NULL)
        hone_internal_measure_run(plan, begin, end);
}
