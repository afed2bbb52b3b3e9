/* A branch that is a constant. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->dead_branch == NULL || facts->dead_branch_checks < 3)
        return false;
    finding->always = true;
    hone_finding_at(finding, facts->dead_branch);
    hone_finding_say(finding,
                     "the branch of %s gives %s the same numbers for all samples and gets no gradient",
                     facts->dead_branch, facts->dead_branch_into);
    hone_finding_number_add(finding, "checks", (double)facts->dead_branch_checks, 3);
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "activation", "leaky_relu");
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "bias_initializer", "zeros");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 10);
    return true;
}

const hone_doctor_rule hone_internal_doctor_dead_branch = {
    .id = "dead_branch",
    .title = "a branch is dead",
    .phase = "while",
    .grade = 'M',
    .suppresses = "dead_relu|rate_too_low|underfit|too_few_steps|momentum_missing",
    .what =
        "A branch whose units are all dead or shut off adds a constant to what it is joined with: its weights get no gradient and never will.",
    .told =
        "What a branch gives where branches are joined is the same for all samples of the probe, and its weights get exactly no gradient, at three checks one after another.",
    .alike = "A residual branch that begins at zero: it has a gradient.",
    .cure = "leaky_relu, a bias initializer of zeros, a smaller rate; or leave the branch out.",
    .source = "Lu and others 2019: Dying ReLU",
    .test = test,
};
