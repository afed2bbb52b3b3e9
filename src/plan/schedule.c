/* Chains and phases: which steps run on the tiles of another, and which may run side by side. */
#include "plan/cost.h"

#include <string.h>

/* A phase dearer than this (nanoseconds) is worth waking the team for: a meeting costs about a microsecond.
 */
static const double parallel_worth = 4000;

static bool reads(const hone_step *step, int operand)
{
    return step->operands[operand] >= 0;
}
static bool writes(const hone_step *step, int operand)
{
    return reads(step, operand) && (step->written >> operand & 1);
}

/* True when step `late` reads or writes memory that `early` writes, or writes memory that `early` reads. */
static bool depends(const hone_plan *plan, const hone_step *late, const hone_step *early)
{
    for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
        if (late->operands[i] < 0)
            continue;
        for (int j = 0; j < HONE_STEP_OPERANDS; j++) {
            if (early->operands[j] < 0 || plan->roots[late->operands[i]] != plan->roots[early->operands[j]])
                continue;
            if (writes(late, i) || writes(early, j))
                return true;
        }
    }
    return false;
}

/* True when a step writes what other tiles of the head may still read. An element-wise head has read an
 * element before its chain writes it. */
static bool disturbs(const hone_plan *plan, const hone_step *late, const hone_step *head)
{
    if (!head->traits.tiles_share_operands)
        return false;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        for (int j = 1; writes(late, i) && j < HONE_STEP_OPERANDS; j++)
            if (reads(head, j) && plan->roots[late->operands[i]] == plan->roots[head->operands[j]])
                return true;
    return false;
}

/* A step may run at its head's time when nothing between the two stands in its way. */
static bool may_attach(const hone_plan *plan, int step, int head)
{
    const hone_step *late = &plan->steps[step], *early = &plan->steps[head];
    if (early->traits.elements != late->items || early->chain.count >= HONE_CHAIN_STEPS ||
        disturbs(plan, late, early))
        return false;
    for (int between = head + 1; between < step; between++)
        if (plan->steps[between].head != head && depends(plan, late, &plan->steps[between]))
            return false;
    return true;
}

static void attach(hone_plan *plan, int step, int head)
{
    hone_step *to = &plan->steps[head];
    to->chained[to->chain.count++] = step;
    plan->steps[step].head = head;
}

/* Chains a step to what makes one of its operands, when it can be. */
static void try_to_attach(hone_plan *plan, int index)
{
    const hone_step *step = &plan->steps[index];
    if (!step->node->op->chains)
        return;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
        if (!reads(step, i) || (step->written >> i & 1))
            continue;
        int producer = plan->producers[plan->roots[step->operands[i]]];
        if (producer < 0 || producer >= index)
            continue;
        int head = plan->steps[producer].head;
        if (!may_attach(plan, index, head))
            continue;
        attach(plan, index, head);
        return;
    }
}

/* The earliest phase after everything that the step depends on. */
static int earliest_phase(const int *last_read, const int *last_write, const hone_plan *plan,
                          const hone_step *step)
{
    int phase = 0;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
        if (step->operands[i] < 0)
            continue;
        hone_value root = plan->roots[step->operands[i]];
        if (last_write[root] + 1 > phase)
            phase = last_write[root] + 1;
        if (writes(step, i) && last_read[root] + 1 > phase)
            phase = last_read[root] + 1;
    }
    return phase;
}

static void note_use(int *last_read, int *last_write, const hone_plan *plan, const hone_step *step, int phase)
{
    for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
        if (step->operands[i] < 0)
            continue;
        hone_value root = plan->roots[step->operands[i]];
        if (phase > last_read[root])
            last_read[root] = phase;
        if (writes(step, i) && phase > last_write[root])
            last_write[root] = phase;
    }
}

static void give_phases(hone_plan *plan, int *last_read, int *last_write)
{
    for (size_t i = 0; i < plan->graph->value_count; i++)
        last_read[i] = last_write[i] = -1;
    for (int s = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        if (step->head != s)
            continue;
        int phase = earliest_phase(last_read, last_write, plan, step);
        for (int c = 0; c < step->chain.count; c++) {
            int later = earliest_phase(last_read, last_write, plan, &plan->steps[step->chained[c]]);
            if (later > phase)
                phase = later;
        }
        step->phase = phase;
        note_use(last_read, last_write, plan, step, phase);
        for (int c = 0; c < step->chain.count; c++) {
            plan->steps[step->chained[c]].phase = phase;
            note_use(last_read, last_write, plan, &plan->steps[step->chained[c]], phase);
        }
        if (phase + 1 > plan->phase_count)
            plan->phase_count = phase + 1;
    }
}

static void count_step(const hone_plan *plan, const hone_step *step)
{
    hone_phase *phase = &plan->phases[step->phase];
    phase->count++;
    phase->tiles += (step->items + step->grain - 1) / step->grain;
    phase->cost += hone_internal_step_cost(step);
    for (int c = 0; c < step->chain.count; c++)
        phase->cost += hone_internal_step_cost(&plan->steps[step->chained[c]]);
}

/* The cost of a tile of a step and its chain. */
static double tile_cost(const hone_plan *plan, const hone_step *step)
{
    double cost = hone_internal_step_cost(step);
    for (int c = 0; c < step->chain.count; c++)
        cost += hone_internal_step_cost(&plan->steps[step->chained[c]]);
    return cost * (double)step->grain / (double)(step->items > step->grain ? step->items : step->grain);
}

/* Dear tiles first: whoever is free takes from what is left, and the last to end are then short. */
static void sort_phase(const hone_plan *plan, const hone_phase *phase)
{
    int *order = plan->order + phase->first;
    for (int i = 1; i < phase->count; i++) {
        const int moved = order[i];
        const double cost = tile_cost(plan, &plan->steps[moved]);
        int at = i;
        for (; at > 0 && tile_cost(plan, &plan->steps[order[at - 1]]) < cost; at--)
            order[at] = order[at - 1];
        order[at] = moved;
    }
}

/* The steps phase by phase, those of a phase in their order. */
static void fill_phases(hone_plan *plan)
{
    for (int s = 0; s < plan->step_count; s++)
        if (plan->steps[s].head == s)
            count_step(plan, &plan->steps[s]);
    int next = 0;
    for (int number = 0; number < plan->phase_count; number++) {
        hone_phase *phase = &plan->phases[number];
        phase->first = next;
        next += phase->count;
        phase->count = 0; /* counted again as they are placed */
        phase->parallel = phase->tiles > 1 && phase->cost > parallel_worth;
        plan->parallel_phases += phase->parallel;
    }
    for (int s = 0; s < plan->step_count; s++)
        if (plan->steps[s].head == s) {
            hone_phase *phase = &plan->phases[plan->steps[s].phase];
            plan->order[phase->first + phase->count++] = s;
        }
    for (int number = 0; number < plan->phase_count; number++)
        sort_phase(plan, &plan->phases[number]);
}

hone_status hone_internal_plan_schedule(hone_plan *plan)
{
    for (int s = 0; s < plan->step_count; s++)
        try_to_attach(plan, s);
    HONE_TRY(hone_internal_plan_find_transients(plan));
    size_t values = plan->graph->value_count + 1;
    int *last = hone_internal_allocate(2 * values * sizeof *last);
    if (last == NULL)
        return HONE_ERROR_MEMORY;
    give_phases(plan, last, last + values);
    hone_internal_free(last);
    fill_phases(plan);
    return HONE_OK;
}
