/* Asynchronous successive halving (ASHA) of which the clock decides nothing.
 *
 * Rung r trains its trials until budget[r] epochs; budget[r + 1] is `factor` times as many, the last one is
 * all. Trials enter a rung in an order, and their results count in this order: when the first m of a rung
 * have ended, those of them that are among its best m / factor and have not gone on yet enter the next rung,
 * the best first. Whoever runs ahead of the order waits to be compared, and the jobs take other trials
 * meanwhile: no rung waits for all of its trials. What enters a rung is a function of the results below it
 * alone, never of who was faster. */
#include "sweep.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_RUNGS = 64 };

typedef struct entry {
    cli_trial *trial;
    double result; /* within the rung's epochs, at its best */
    bool went_on;
} entry;

typedef struct rung {
    int64_t budget;               /* epochs in all */
    entry *entries;               /* in the order of the rung */
    size_t *ranked;               /* places of those that were counted, the best first */
    size_t count, begun, counted; /* entered, were given to a job, have ended together with all before them */
} rung;

typedef struct halving {
    const cli_sweep *sweep;
    size_t factor;
    rung rungs[MOST_RUNGS];
    size_t rung_count;
    bool failed; /* no memory */
} halving;

/* ---- budgets ---- */

/* As many rungs as there are trials for, and epochs. */
static void make_rungs(halving *of, int64_t epochs)
{
    int64_t budgets[MOST_RUNGS] = {epochs}, factor = (int64_t)of->factor;
    size_t count = 1;
    for (size_t left = of->sweep->count;
         left >= of->factor && budgets[count - 1] >= factor && count < MOST_RUNGS; left /= of->factor) {
        budgets[count] = (budgets[count - 1] + factor - 1) / factor;
        count++;
    }
    for (size_t r = 0; r < count; r++)
        of->rungs[r].budget = budgets[count - 1 - r];
    of->rung_count = count;
}

/* ---- who goes on ---- */

static void enter(halving *of, size_t number, cli_trial *trial)
{
    rung *into = &of->rungs[number];
    entry *entries = realloc(into->entries, (into->count + 1) * sizeof *entries);
    size_t *ranked = realloc(into->ranked, (into->count + 1) * sizeof *ranked);
    into->entries = entries != NULL ? entries : into->entries;
    into->ranked = ranked != NULL ? ranked : into->ranked;
    if (entries == NULL || ranked == NULL) {
        of->failed = true;
        return;
    }
    entries[into->count++] = (entry){.trial = trial, .result = NAN};
}

static double result_of(const halving *of, const rung *in, const cli_trial *trial)
{
    double best = NAN;
    const int64_t epochs = trial->epochs < in->budget ? trial->epochs : in->budget;
    for (int64_t i = 0; i < epochs; i++)
        if (cli_sweep_better(of->sweep, trial->curve[i], best))
            best = trial->curve[i];
    return best;
}

static bool has_ended(const rung *in, const cli_trial *trial)
{
    return trial->state == CLI_FAILS || cli_trial_has(trial, in->budget);
}

/* Of equal results the earlier is better. */
static void rank_last(const halving *of, rung *in)
{
    const size_t last = in->counted - 1;
    size_t rank = last;
    for (; rank > 0; rank--) {
        const entry *before = &in->entries[in->ranked[rank - 1]];
        if (!cli_sweep_better(of->sweep, in->entries[last].result, before->result))
            break;
        in->ranked[rank] = in->ranked[rank - 1];
    }
    in->ranked[rank] = last;
}

static void let_go_on(halving *of, size_t number)
{
    rung *in = &of->rungs[number];
    const size_t places = number + 1 < of->rung_count ? in->counted / of->factor : 0;
    for (size_t rank = 0; rank < places; rank++) {
        entry *one = &in->entries[in->ranked[rank]];
        if (one->went_on || isnan(one->result))
            continue;
        one->went_on = true;
        enter(of, number + 1, one->trial);
    }
}

/* Takes the results that the order has come to; what follows from them may have been trained before an
 * interruption. */
static void count_results(halving *of)
{
    for (size_t number = 0; number < of->rung_count; number++) {
        rung *in = &of->rungs[number];
        while (in->counted < in->count && has_ended(in, in->entries[in->counted].trial)) {
            entry *one = &in->entries[in->counted++];
            one->result = one->trial->state == CLI_FAILS ? (double)NAN : result_of(of, in, one->trial);
            rank_last(of, in);
            let_go_on(of, number);
        }
    }
}

/* The highest rung that has one comes first. What was counted is not begun again: it may be in a higher rung,
 * and train there. */
static bool choose(void *context, cli_trial **trial, int64_t *budget)
{
    halving *of = context;
    count_results(of);
    for (size_t number = of->rung_count; number-- > 0 && !of->failed;) {
        rung *in = &of->rungs[number];
        while (in->begun < in->counted ||
               (in->begun < in->count && has_ended(in, in->entries[in->begun].trial)))
            in->begun++;
        if (in->begun == in->count)
            continue;
        *trial = in->entries[in->begun++].trial;
        *budget = in->budget;
        return true;
    }
    return false;
}

hone_status cli_sweep_halve(cli_sweep *sweep, int64_t factor, int jobs)
{
    halving of = {.sweep = sweep, .factor = (size_t)factor};
    make_rungs(&of, sweep->epochs);
    for (size_t i = 0; i < sweep->count; i++)
        enter(&of, 0, &sweep->trials[i]);
    hone_status status = of.failed ? HONE_OK : cli_trials_run(sweep, jobs, choose, &of);
    for (size_t number = 0; number < of.rung_count; number++) {
        free(of.rungs[number].entries);
        free(of.rungs[number].ranked);
    }
    return of.failed && status >= 0 ? hone_fail(HONE_ERROR_MEMORY, "out of memory for the rungs of a sweep")
                                    : status;
}
