/* A bound far below the usual gradient. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->clip > 0) || !(facts->clip < 0.01 * facts->gradient_norm) || !(facts->update < 1e-4))
        return false;
    hone_finding_say(finding,
                     "every gradient is cut to 1/%.0f of its length, which is about %.3g: the bound is %.3g",
                     facts->gradient_norm / facts->clip, facts->gradient_norm, facts->clip);
    hone_finding_number_add(finding, "clip", facts->clip, 0.01 * facts->gradient_norm);
    hone_finding_number_add(finding, "norm", facts->gradient_norm, HONE_NONE);
    hone_finding_number_add(finding, "update", facts->update, 1e-4);
    bool elements = hone_internal_is(facts->clip_argument, "clipvalue");
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+%s=%.3g",
                      facts->clip_argument == NULL ? "clipnorm" : facts->clip_argument,
                      elements ? 10 * facts->gradient_norm / sqrt(fmax((double)facts->trainable_numbers, 1))
                               : 2 * facts->gradient_norm);
    return true;
}

const hone_doctor_rule hone_internal_doctor_clip_too_small = {
    .id = "clip_too_small",
    .title = "gradients are clipped to nothing",
    .phase = "while",
    .grade = 'M',
    .suppresses = "rate_too_low|momentum_missing|too_few_steps|underfit|labels_unrelated",
    .what = "Clipping is for the few gradients that are too large. A bound far below the usual size shrinks "
            "every step.",
    .told = "The bound is below 1 % of the usual gradient, and steps move the weights by less than 0.01 %.",
    .alike = "Optimizers that divide by the size of the gradient, such as adam, to which the bound makes no "
             "difference.",
    .cure = "A bound at the 90th percentile of the norms.",
    .source = "Deep Learning Tuning Playbook",
    .test = test,
};
