/* Validation data of another kind than the training data. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    bool classes = facts->split_v > 0.3 && facts->split_p < 1e-6 && output->task != HONE_DOCTOR_NUMBERS;
    bool sizes = facts->split_rms > 3 || facts->split_rms < 1.0 / 3;
    bool columns = facts->split_columns >= 0.25 && facts->outcome == HONE_OUTCOME_MEMORISES;
    bool targets = output->task == HONE_DOCTOR_NUMBERS && facts->split_targets > 0.5;
    if (!classes && !sizes && !columns && !targets)
        return false;
    if (classes)
        hone_finding_say(
            finding,
            "the validation data hold other classes than the training data, or others mostly (Cramer V "
            "%.2f, where 0 is alike)",
            facts->split_v);
    else if (targets)
        hone_finding_say(
            finding,
            "%.0f %% of the validation targets are beyond all training targets, which go from %.4g to %.4g",
            100 * facts->split_targets, output->y_low, output->y_high);
    else if (sizes)
        hone_finding_say(
            finding, "inputs of the validation data are %.3g times as large as those of the training data",
            facts->split_rms);
    else
        hone_finding_say(
            finding, "%.0f %% of the columns differ by more than a standard deviation in the validation data",
            100 * facts->split_columns);
    hone_finding_number_add(finding, "cramer_v", facts->split_v, 0.3);
    hone_finding_number_add(finding, "size", facts->split_rms, 3);
    hone_finding_number_add(finding, "columns", facts->split_columns, 0.25);
    hone_finding_number_add(finding, "targets_beyond", facts->split_targets, 0.5);
    if (!sizes && facts->validation_rows > 0)
        hone_finding_edit(finding, HONE_EDIT_SET, "data.validation", "", "random %lld",
                          (long long)facts->validation_rows);
    hone_finding_advise(finding, "%s",
                        sizes ? "scale both in the same way"
                              : "shuffle the samples before the last of them are held out");
    return true;
}

const hone_doctor_rule hone_internal_doctor_split_shift = {
    .id = "split_shift",
    .title = "training and validation data differ",
    .phase = "static",
    .grade = 'F',
    .suppresses = "overfit|imbalance_collapse|labels_unrelated|early_stop_too_soon",
    .what =
        "The samples held out are of another kind: other classes, another scale. What is learned from the "
        "one does not hold for the other.",
    .told = "The classes of both (Cramer V above 0.3), the sizes of their inputs (more than 3 times), the "
            "means of their columns, validation targets beyond all training targets.",
    .alike = "Overfitting, where both are alike; a slow drift in time.",
    .cure =
        "validation: random N in place of the last N; shuffle the file before it is split; scale both alike.",
    .source = "deepchecks: drift",
    .test = test,
};
