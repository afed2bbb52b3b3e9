/* Steps that are too small. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool waits = facts->outcome == HONE_OUTCOME_STUCK || facts->outcome == HONE_OUTCOME_SLOW;
    double usual = hone_internal_is_adaptive(facts) ? 1e-3 : 1e-2;
    if (!waits || !(facts->rate > 0) || !(facts->update < 0.03))
        return false;
    bool flows = isnan(facts->flow) || (facts->flow > 0.3 && facts->flow < 3);
    if (facts->update < 1e-5 && flows)
        finding->grade = 'M';
    hone_finding_say(finding, "a step moves the weights by %.2g %% of their size, with a rate of %.3g",
                     100 * facts->update, facts->rate);
    hone_finding_number_add(finding, "update", facts->update, 1e-5);
    hone_finding_number_add(finding, "rate", facts->rate, usual);
    if (facts->rate < usual / 5)
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", usual);
    else
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", 10 * facts->rate);
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g",
                      facts->rate < usual / 5 ? 10 * usual : 100 * facts->rate);
    return true;
}

const hone_doctor_rule hone_internal_doctor_rate_too_low = {
    .id = "rate_too_low",
    .title = "the learning rate is too low",
    .phase = "end",
    .grade = 'C',
    .suppresses = "too_few_steps|underfit|momentum_missing|imbalance_collapse|labels_unrelated",
    .what = "Steps are so small that the weights stay nearly where they began.",
    .told = "A step moves the weights by less than 0.001 %, or a larger rate learns where this one does not.",
    .alike = "Vanishing gradients, clipping, a schedule that has ended, frozen layers, too few epochs.",
    .cure = "10 to 100 times the rate; hone find-lr shows which suit.",
    .source = "Bengio 2012; Smith 2017",
    .test = test,
};
