/* Steps that go too far. */
#include "doctor/rules.h"

/* Alive at first, dead within 100 steps: the steps did it. */
static bool killed(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].start.dead < 0.3 && facts->layers[i].early.dead >= 0.9)
            return true;
    return false;
}

static const char *fastest(const hone_doctor_facts *facts)
{
    const char *name = NULL;
    double most = 0;
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].update > most) {
            most = facts->layers[i].update;
            name = facts->layers[i].name;
        }
    return name;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool broke = facts->not_finite_step != HONE_NONE_INTEGER ||
                 facts->probe_end > 3 * fmax(facts->probe_first, facts->constant_loss);
    bool forgot =
        facts->outcome == HONE_OUTCOME_BROKE && /* what it came with, from another stage or a file */
        facts->q_first > 0.3;
    broke = broke || forgot;
    bool far = facts->update > 0.1, swings = facts->probe_swing > 0.25 && fabs(facts->trend) < 2.6,
         dies = killed(facts);
    bool weak = facts->q < 0.5 && facts->outcome != HONE_OUTCOME_MEMORISES;
    if ((!hone_internal_is_bad(facts) && !(weak && (far || dies || swings))) || !(facts->rate > 0))
        return false;
    bool seen = far || swings || dies || broke;
    if (!seen && facts->rate_dead > 0.5) /* a schedule that has ended: schedule_dead */
        return false;
    if (seen)
        finding->grade = 'M';
    hone_finding_at(finding, fastest(facts));
    if (far)
        hone_finding_say(finding, "a step moves the weights by %.0f %% of their size", 100 * facts->update);
    else if (broke || facts->outcome == HONE_OUTCOME_BROKE)
        hone_finding_say(finding, "the loss goes from %.4g to %.4g with a rate of %.3g", facts->probe_first,
                         facts->not_finite_step != HONE_NONE_INTEGER ? HUGE_VAL : facts->probe_end,
                         facts->rate);
    else if (dies)
        hone_finding_say(finding, "units die within the first 100 steps, with a rate of %.3g", facts->rate);
    else
        hone_finding_say(finding, "the loss does not fall with a rate of %.3g", facts->rate);
    hone_finding_number_add(finding, "update", facts->update, 0.1);
    hone_finding_number_add(finding, "loss", facts->probe_end, 3 * facts->probe_first);
    hone_finding_number_add(finding, "swing", facts->probe_swing, 0.25);
    hone_finding_number_add(finding, "rate", facts->rate, HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 10);
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 100);
    if (facts->update > 1 || facts->rate > 0.3) {
        hone_finding_cure(finding);
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 1000);
    }
    return true;
}

const hone_doctor_rule hone_internal_doctor_rate_too_high = {
    .id = "rate_too_high",
    .title = "the learning rate is too high",
    .phase = "while",
    .grade = 'C',
    .suppresses =
        "exploding_gradients|not_finite|oscillation|dead_relu|saturated|early_stop_too_soon|too_few_steps|imbalance_collapse|labels_unrelated|batch_norm_lag|momentum_missing",
    .what = "Each step goes too far: the loss jumps or rises, units die, or all becomes NaN.",
    .told =
        "How far a step moves the weights (beyond 10 % of their size), a loss far above where it began, a "
        "loss of the same samples that swings; or that a tenth of the rate learns.",
    .alike = "Inputs that are too large, bad data, decay.",
    .cure = "A tenth of the learning rate; hone find-lr shows which suit.",
    .source = "Bengio 2012; Smith 2017",
    .test = test,
};
