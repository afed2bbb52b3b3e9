/* Samples in runs of one class, taken in order. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (facts->shuffled || output->task == HONE_DOCTOR_NUMBERS || output->classes < 2 ||
        !(output->label_runs < 0.5) || facts->batch >= facts->rows)
        return false;
    hone_finding_say(
        finding,
        "labels come in runs (%.0f %% of the changes of a random order), and samples are not shuffled",
        100 * output->label_runs);
    hone_finding_number_add(finding, "label_changes", output->label_runs, 0.5);
    if (facts->streams)
        hone_finding_advise(finding, "shuffle the samples before they come into the stream");
    else
        hone_finding_edit(finding, HONE_EDIT_SET, "fit.shuffle", "", "true");
    return true;
}

const hone_doctor_rule hone_internal_doctor_sorted_unshuffled = {
    .id = "sorted_unshuffled",
    .title = "sorted samples are not shuffled",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "oscillation|rate_too_high|rate_too_low|imbalance_collapse|underfit|too_few_steps|overfit|momentum_missing",
    .what = "Samples of one class come one after the other, and shuffling is off: each batch shows a single "
            "class, and the network forgets the others.",
    .told = "Labels change from one sample to the next less than half as often as in a random order.",
    .alike = "Time series, whose order is meant.",
    .cure = "fit: {shuffle: true}.",
    .source = "Bengio 2012: Practical recommendations",
    .test = test,
};
