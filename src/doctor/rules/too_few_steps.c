/* A loss that still falls at the end. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool falls = facts->late_trend < -1.9 || facts->trend < -2.6;
    if (!facts->finished || !falls || facts->steps_planned >= 500 || !(facts->q < 0.5) ||
        facts->outcome == HONE_OUTCOME_BROKE)
        return false;
    finding->always = true;
    hone_finding_say(finding, "the loss still falls after all %lld step%s: %.4g at first, %.4g now",
                     (long long)facts->steps, hone_internal_plural(facts->steps), facts->probe_first,
                     facts->probe_end);
    hone_finding_number_add(finding, "trend", facts->late_trend, -2.6);
    hone_finding_number_add(finding, "steps", (double)facts->steps, 500);
    hone_finding_edit(finding, HONE_EDIT_SET, "fit.epochs", "", "%lld", (long long)facts->epochs * 3);
    return true;
}

const hone_doctor_rule hone_internal_doctor_too_few_steps = {
    .id = "too_few_steps",
    .title = "the training ends too early",
    .phase = "end",
    .grade = 'C',
    .suppresses = "momentum_missing",
    .what = "The loss still falls when the planned epochs are over.",
    .told = "The loss falls steadily over the last 30 % of fewer than 500 steps, and three times as many "
            "epochs learn more.",
    .alike = "A rate that is too low, which more epochs help too.",
    .cure = "More epochs, smaller batches.",
    .source = "Deep Learning Tuning Playbook",
    .test = test,
};
