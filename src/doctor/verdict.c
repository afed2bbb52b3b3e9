/* The verdict: which rules the facts meet, which of them cause which others, which cures help, what is said.
 */
#include "base/clock.h"
#include "doctor/doctor.h"
#include "doctor/rules.h"

#include <math.h>
#include <stdio.h>

enum { MOST_CANDIDATES = 96, MOST_TRIED = 8, MOST_PASSES = 3 };
static const double least_gain = 0.25, no_gain = 0.05;

typedef struct candidate {
    const hone_doctor_rule *rule;
    hone_finding finding;
    bool suppressed;
    double gain;
} candidate;

typedef struct verdict {
    hone_examination *examination;
    candidate *candidates;
    int count;
} verdict;

static void test_rule(verdict *all, const hone_doctor_rule *rule)
{
    const hone_examination *examination = all->examination;
    if (all->count >= MOST_CANDIDATES)
        return;
    candidate *one = &all->candidates[all->count];
    *one = (candidate){.rule = rule, .gain = -HUGE_VAL};
    all->count += hone_internal_rule_meets(rule, examination->args->without, &examination->diagnosis->facts,
                                           &one->finding);
}

/* A run that learns, but less than half of what there is: a mechanism counts if its cure makes much of the
 * difference.
 */
static bool is_weak(const hone_doctor_facts *facts)
{
    return !hone_internal_is_bad(facts) && facts->q < 0.5 &&
           (facts->outcome == HONE_OUTCOME_LEARNED || facts->outcome == HONE_OUTCOME_PARTLY);
}

/* A mechanism, or a cure that is a guess, counts when the run does not learn; when it learns little, one with
 * a cure (choose asks that it makes much of the difference). */
static bool may_alarm(const hone_doctor_facts *facts, const hone_finding *finding)
{
    if (finding->grade == 'N')
        return false;
    return finding->grade == 'F' || finding->always || hone_internal_is_bad(facts) ||
           (finding->cure_count > 0 && is_weak(facts));
}

/* Its cures were tried, and nothing came of them: something else may be the cause. */
static bool is_refuted(const candidate *one)
{
    return one->finding.grade != 'F' && one->finding.tried && !one->finding.verified && one->gain < no_gain;
}

/* What a cause can produce is no cause; one that is refuted produces nothing. */
static void suppress(verdict *all)
{
    const hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    for (int j = 0; j < all->count; j++)
        all->candidates[j].suppressed = false;
    for (int i = 0; i < all->count; i++) {
        const candidate *one = &all->candidates[i];
        bool beside = one->rule->flatters && hone_internal_is_bad(facts);
        if (beside || one->finding.grade == 'C' || one->suppressed || is_refuted(one) ||
            !may_alarm(facts, &one->finding))
            continue;
        for (int j = 0; j < all->count; j++)
            if (i != j && hone_internal_rule_listed(one->rule->suppresses, all->candidates[j].rule->id))
                all->candidates[j].suppressed = true;
    }
}

/* ---- trials ---- */

static void note_proof(hone_finding *finding, const hone_trial *trial, int cure)
{
    finding->tried = true;
    if (!trial->helps)
        return;
    hone_cure first = finding->cures[cure];
    finding->cures[cure] = finding->cures[0];
    finding->cures[0] = first;
    finding->verified = true;
    finding->proof_steps = trial->steps;
    finding->proof_seeds = trial->seeds;
    finding->before = trial->loss_before;
    finding->after = trial->loss_after;
    finding->before_q = trial->q_before;
    finding->after_q = trial->q_after;
}

/* Trials run steps on training data, without callbacks: neither early stopping nor other validation data can
 * be tried in one. */
static bool is_beyond_trials(const hone_cure *cure)
{
    return cure->count > 0 && (strcmp(cure->edits[0].target, "fit.callbacks") == 0 ||
                               strcmp(cure->edits[0].target, "data.validation") == 0);
}

/* Tries the cures of a finding, the first that helps with all seeds. */
static void try_cures(verdict *all, candidate *one)
{
    hone_examination *examination = all->examination;
    for (int c = 0; c < one->finding.cure_count && !one->finding.verified; c++) {
        hone_trial trial;
        if (is_beyond_trials(&one->finding.cures[c]))
            continue;
        if (hone_internal_doctor_try(examination, &one->finding.cures[c], (int)examination->args->seeds,
                                     &trial) < 0) {
            hone_error_clear();
            continue;
        }
        note_proof(&one->finding, &trial, c);
        one->gain = trial.gain > one->gain ? trial.gain : one->gain;
    }
}

static bool can_try(const hone_examination *examination)
{
    return examination->args->trials && examination->source->describe != NULL &&
           hone_internal_examination_left(examination) > 0.05 * examination->args->time;
}

/* A cure that helped is more than a mechanism, and that more than one whose cures did not help enough. Where
 * steps are read, what rows look like beside each other (labels_unrelated) proves little. */
static int rank_of(const candidate *one, bool steps)
{
    if (one->rule->flatters) /* only what is left to say of a run that does not learn */
        return -1;
    if (one->finding.verified)
        return 2;
    return one->finding.tried || (steps && one->finding.cure_count == 0) ? 0 : 1;
}

/* Whether a candidate explains, when its cures have been tried; those that need a cure that helps drop out
 * without one. */
static bool explains(verdict *all, candidate *one, int *tried)
{
    const hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    if (one->suppressed || !may_alarm(facts, &one->finding))
        return false;
    if (one->finding.grade == 'F')
        return true;
    if (one->finding.cure_count > 0 && !one->finding.tried && can_try(all->examination) &&
        (*tried)++ < MOST_TRIED)
        try_cures(all, one);
    bool needs_much = is_weak(facts) && !(one->finding.grade == 'M' && one->finding.always);
    if ((one->finding.grade == 'C' || needs_much) && !one->finding.verified)
        return false;
    return !needs_much || one->gain >= least_gain;
}

/* Candidates that explain, in the order of causes. One that is refuted gives way to what it suppressed, in
 * another pass. */
static candidate *choose(verdict *all)
{
    candidate *chosen = NULL;
    bool steps = hone_internal_reads_steps(&all->examination->diagnosis->facts);
    const bool bad = hone_internal_is_bad(&all->examination->diagnosis->facts);
    int tried = 0;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
        chosen = NULL;
        for (int i = 0; i < all->count; i++) {
            candidate *one = &all->candidates[i];
            const bool explained = explains(all, one, &tried);
            if (is_refuted(one)) /* what it suppressed may be a cause of those that follow */
                suppress(all);
            if (!explained)
                continue;
            if (one->finding.grade == 'F' && !(one->rule->flatters && bad))
                return one;
            bool better =
                chosen == NULL || rank_of(one, steps) > rank_of(chosen, steps) ||
                (one->finding.verified && chosen->finding.verified && one->gain > chosen->gain + 0.15);
            chosen = better ? one : chosen;
        }
        if (chosen != NULL && rank_of(chosen, steps) > 0)
            break;
        suppress(all);
    }
    return chosen;
}

/* ---- what is said ---- */

static void keep_note(hone_diagnosis *diagnosis, const hone_finding *finding)
{
    if (hone_internal_grow(&diagnosis->notes, &diagnosis->note_room, diagnosis->note_count + 1,
                           sizeof *diagnosis->notes) >= 0)
        diagnosis->notes[diagnosis->note_count++] = *finding;
}

/* The ids of symptoms that a finding explains: "a|b". */
static const char *suppressed_by(verdict *all, const candidate *cause)
{
    hone_text text = {.data = NULL};
    for (int j = 0; j < all->count; j++)
        if (hone_internal_rule_listed(cause->rule->suppresses, all->candidates[j].rule->id))
            hone_internal_text_format(&text, "%s%s", text.length > 0 ? "|" : "", all->candidates[j].rule->id);
    char *ids = hone_internal_text_take(&text);
    const char *kept = hone_internal_examination_text(all->examination, ids);
    hone_internal_free(ids);
    return kept;
}

/* A second fact that is no consequence of the first. */
static void add_second(verdict *all, const candidate *first)
{
    hone_diagnosis *diagnosis = all->examination->diagnosis;
    for (int i = 0; i < all->count && diagnosis->count < 2; i++) {
        candidate *one = &all->candidates[i];
        if (one == first || one->suppressed || one->finding.grade != 'F' ||
            (first->finding.grade != 'F' && !one->rule->flatters) ||
            hone_internal_rule_listed(first->rule->suppresses, one->rule->id))
            continue;
        one->finding.suppressed = suppressed_by(all, one);
        diagnosis->findings[diagnosis->count++] = one->finding;
    }
}

static void exclude(verdict *all)
{
    hone_diagnosis *diagnosis = all->examination->diagnosis;
    const hone_doctor_facts *facts = &diagnosis->facts;
    for (int i = 0; i < all->count; i++) {
        const candidate *one = &all->candidates[i];
        if (one->finding.tried && !one->finding.verified)
            hone_internal_diagnosis_exclude(diagnosis, "%s (the cure changes nothing)", one->rule->id);
    }
    if (facts->forward > 0.5 && facts->forward < 2)
        hone_internal_diagnosis_exclude(diagnosis, "init (sums grow %.2gx a layer)", facts->forward);
    if (facts->flow > 0.5 && facts->flow < 2)
        hone_internal_diagnosis_exclude(diagnosis, "gradients (%.2gx a layer backwards)", facts->flow);
    if (!isnan(facts->neighbours_z) && facts->neighbours_z > 3 && facts->neighbours_chance > 0)
        hone_internal_diagnosis_exclude(diagnosis,
                                        "labels (neighbours agree in %.0f %%, by chance in %.0f %%)",
                                        100 * facts->neighbours, 100 * facts->neighbours_chance);
}

static void conclude(verdict *all, candidate *chosen)
{
    hone_examination *examination = all->examination;
    hone_diagnosis *diagnosis = examination->diagnosis;
    if (chosen != NULL) {
        if (chosen->finding.cure_count > 0 && !chosen->finding.tried && can_try(examination))
            try_cures(all, chosen);
        chosen->finding.suppressed = suppressed_by(all, chosen);
        diagnosis->findings[diagnosis->count++] = chosen->finding;
        add_second(all, chosen);
    }
    for (int i = 0; i < diagnosis->count && examination->source->describe != NULL; i++)
        examination->source->describe(examination->source->context, &diagnosis->findings[i]);
    if (chosen != NULL && chosen->finding.cure_count > 0 && !chosen->finding.tried &&
        examination->args->trials && examination->source->describe != NULL && !can_try(examination))
        hone_internal_diagnosis_skip(diagnosis, "the trial of the cure: budget");
    for (int i = 0; i < all->count; i++) {
        const candidate *one = &all->candidates[i];
        bool said = false;
        for (int f = 0; f < diagnosis->count; f++)
            said = said || strcmp(diagnosis->findings[f].id, one->rule->id) == 0;
        if (!said)
            keep_note(diagnosis, &one->finding);
    }
    if (hone_internal_is_bad(&diagnosis->facts) && !(chosen != NULL && chosen->finding.grade == 'F'))
        exclude(all);
}

hone_status hone_internal_doctor_verdict(hone_examination *examination)
{
    verdict all = {.examination = examination};
    const hone_doctor_rule *const *more = examination->args->rules;
    all.candidates = hone_internal_allocate(MOST_CANDIDATES * sizeof *all.candidates);
    if (all.candidates == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; more != NULL && more[i] != NULL; i++)
        test_rule(&all, more[i]);
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        test_rule(&all, hone_doctor_rule_at(i));
    suppress(&all);
    candidate *chosen = choose(&all);
    conclude(&all, chosen);
    hone_internal_free(all.candidates);
    return HONE_OK;
}
