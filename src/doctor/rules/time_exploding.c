/* Gradients that grow on their way back in time. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->time_growth > 1e3) || facts->outcome != HONE_OUTCOME_BROKE)
        return false;
    hone_finding_at(finding, facts->time_layer);
    hone_finding_say(finding, "the gradient at the first of %lld steps is %.2g times that at the last",
                     (long long)facts->time_steps, facts->time_growth);
    hone_finding_number_add(finding, "first_to_last", facts->time_growth, 1e3);
    hone_finding_number_add(finding, "steps", (double)facts->time_steps, HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_LAYER, facts->time_layer, "recurrent_initializer", "orthogonal");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+global_clipnorm=1");
    return true;
}

const hone_doctor_rule hone_internal_doctor_time_exploding = {
    .id = "time_exploding",
    .title = "gradients explode along time",
    .phase = "while",
    .grade = 'M',
    .suppresses = "exploding_gradients|rate_too_high|not_finite|oscillation|init_scale",
    .what =
        "Where recurrent weights stretch, the gradient grows with every step on its way back, and one update destroys what was learned.",
    .told =
        "The gradient at the first step beside that at the last, beyond a thousand, in a run that breaks.",
    .alike = "A rate that is too high: then steps have gradients of one size.",
    .cure = "recurrent_initializer: orthogonal, optimizer with global_clipnorm=1.",
    .source = "Pascanu, Mikolov and Bengio 2013",
    .test = test,
};
