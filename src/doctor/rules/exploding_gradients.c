/* Gradients that grow on their way back, or burst. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool grows = facts->flow > 2 && facts->gradient_ratio > 1e3,
         bursts = facts->gradient_burst > 100 && facts->flow > 1.5;
    if (facts->outcome != HONE_OUTCOME_BROKE || (!grows && !bursts))
        return false;
    const char *first = NULL;
    for (int i = 0; i < facts->layer_count && first == NULL; i++)
        if (facts->layers[i].weights)
            first = facts->layers[i].name;
    hone_finding_at(finding, first);
    if (grows)
        hone_finding_say(finding, "the gradient grows %.2gx per layer on its way back, %.2gx in all",
                         facts->flow, facts->gradient_ratio);
    else
        hone_finding_say(finding, "the largest gradient is %.3gx the usual one", facts->gradient_burst);
    hone_finding_number_add(finding, "factor_per_layer", facts->flow, 2);
    hone_finding_number_add(finding, "first_to_last", facts->gradient_ratio, 1e3);
    hone_finding_number_add(finding, "burst", facts->gradient_burst, 100);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+global_clipnorm=1");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "kernel_initializer", "he_normal");
    return true;
}

const hone_doctor_rule hone_internal_doctor_exploding_gradients = {
    .id = "exploding_gradients",
    .title = "gradients explode",
    .phase = "first",
    .grade = 'M',
    .suppresses = "rate_too_high|not_finite|oscillation|too_few_steps|underfit|labels_unrelated",
    .what = "Where each factor on the way back is well above 1, gradients reach sizes at which one step "
            "destroys what was learned.",
    .told = "The factor per layer and the ratio of first to last, or one gradient a hundred times the usual "
            "one, in a run that breaks.",
    .alike = "A rate that is too high: then the factor per layer is about 1.",
    .cure = "Another initializer; optimizer with global_clipnorm=1.",
    .source = "Pascanu, Mikolov and Bengio 2013",
    .test = test,
};
