/* Steps that agree, without momentum. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!hone_internal_is(facts->optimizer, "sgd") || facts->momentum > 0 || !(facts->gradient_cosine > 0.9))
        return false;
    hone_finding_say(finding,
                     "one step after another goes the same way (cosine %.2f, where 1 is the same), but sgd "
                     "without momentum forgets each",
                     facts->gradient_cosine);
    hone_finding_number_add(finding, "cosine", facts->gradient_cosine, 0.9);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+momentum=0.9");
    return true;
}

const hone_doctor_rule hone_internal_doctor_momentum_missing = {
    .id = "momentum_missing",
    .title = "momentum would go further",
    .phase = "end",
    .grade = 'C',
    .suppresses = "too_few_steps|oscillation",
    .what = "Plain gradient descent forgets each step. Where steps agree, momentum adds them up and goes ten "
            "times as far.",
    .told = "sgd without momentum, gradients of steps that follow agree (cosine above 0.9), and momentum 0.9 "
            "learns more.",
    .alike = "A rate that is too low.",
    .cure = "sgd(momentum=0.9), or adam.",
    .source = "Sutskever and others 2013",
    .test = test,
};
