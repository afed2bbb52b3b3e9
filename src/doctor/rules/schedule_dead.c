/* A learning rate that is spent before the steps are. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->rate_dead > 0.5) || facts->rate_peak <= 0)
        return false;
    hone_finding_say(finding,
                     "in %.0f %% of the %lld planned step%s the rate is below 1 %% of its peak, %.3g",
                     100 * facts->rate_dead, (long long)facts->steps_planned,
                     hone_internal_plural(facts->steps_planned), facts->rate_peak);
    hone_finding_number_add(finding, "share", facts->rate_dead, 0.5);
    hone_finding_number_add(finding, "end", facts->rate_end, 0.01 * facts->rate_peak);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "%s(learning_rate=%.4g)",
                      facts->optimizer, facts->rate_peak);
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "%s(learning_rate=%.4g)",
                      facts->optimizer, 10 * facts->rate_peak);
    return true;
}

const hone_doctor_rule hone_internal_doctor_schedule_dead = {
    .id = "schedule_dead",
    .title = "the schedule ends the training early",
    .phase = "end",
    .grade = 'M',
    .suppresses = "rate_too_low|too_few_steps|underfit|momentum_missing",
    .what = "The learning rate falls so fast that for most of the steps nothing moves.",
    .told = "More than half of the planned steps have a rate below 1 % of its peak, and the run has not "
            "learned by then.",
    .alike = "A run that has converged.",
    .cure = "Longer decay_steps, or a constant rate.",
    .source = "Deep Learning Tuning Playbook",
    .test = test,
};
