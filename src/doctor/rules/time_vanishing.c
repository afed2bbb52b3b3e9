/* Gradients that get lost on their way back in time. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->time_ratio < 1e-2) || !hone_internal_is_bad(facts))
        return false;
    if (facts->time_ratio >= 1e-4) /* not all is lost: only if remembering helps */
        finding->grade = 'C';
    hone_finding_at(finding, facts->time_layer);
    hone_finding_say(finding,
                     "the gradient at the first of %lld steps is %.2g of that at the last: %s has forgotten "
                     "what came early",
                     (long long)facts->time_steps, facts->time_ratio, facts->time_layer);
    hone_finding_number_add(finding, "first_to_last", facts->time_ratio, 1e-4);
    hone_finding_number_add(finding, "steps", (double)facts->time_steps, HONE_NONE);
    if (!hone_internal_is(facts->time_class, "SimpleRNN")) {
        hone_finding_advise(finding, "shorten the sequences, pool over all steps, or use attention");
        return true;
    }
    static const char *const kinds[] = {"gru", "lstm"};
    for (int k = 0; k < 2; k++) {
        if (k > 0)
            hone_finding_cure(finding);
        hone_finding_edit(finding, HONE_EDIT_INSERT, facts->time_layer, "",
                          "%s: {units: %lld, return_sequences: %s}", kinds[k], (long long)facts->time_units,
                          facts->time_sequences ? "true" : "false");
        hone_finding_edit(finding, HONE_EDIT_REMOVE, facts->time_layer, "", "%s", "");
    }
    return true;
}

const hone_doctor_rule hone_internal_doctor_time_vanishing = {
    .id = "time_vanishing",
    .title = "gradients vanish along time",
    .phase = "while",
    .grade = 'M',
    .suppresses = "underfit|too_few_steps|momentum_missing|imbalance_collapse|saturated",
    .what =
        "A recurrent layer multiplies the gradient once for each step on its way back. After many steps nothing is left, and what came early is never learned.",
    .told =
        "The gradient at the first step beside that at the last, below 1e-4, in a run that does not learn; below a hundredth, if a layer with a memory then learns.",
    .alike = "A task that the last steps decide: it is learned.",
    .cure = "lstm or gru, orthogonal recurrent weights, shorter sequences, attention.",
    .source = "Hochreiter and Schmidhuber 1997; Bengio, Simard and Frasconi 1994",
    .test = test,
};
