/* Samples that are both in the training and in the validation data. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->shared_rows > 0.05) || !(facts->shared_rows > 3 * facts->repeated_rows) || facts->rows_equal)
        return false;
    hone_finding_say(finding,
                     "%.0f %% of the validation samples are in the training data (repeats within: %.1f %%)",
                     100 * facts->shared_rows, 100 * facts->repeated_rows);
    hone_finding_number_add(finding, "shared", facts->shared_rows, 0.05);
    hone_finding_number_add(finding, "repeated", facts->repeated_rows, HONE_NONE);
    hone_finding_advise(finding,
                        "hold out other samples: data: {validation: ...}, after repeats are taken out");
    return true;
}

const hone_doctor_rule hone_internal_doctor_rows_shared = {
    .id = "rows_shared",
    .title = "validation samples are in the training data",
    .phase = "static",
    .grade = 'F',
    .suppresses = "",
    .what = "Samples that the network was trained on are used to test it: the result says how well it "
            "remembers.",
    .told = "Hashes of whole rows: the share of validation samples that are in the training data, beside how "
            "often training samples repeat among themselves.",
    .alike = "Tables with few values, whose rows repeat inside the training data just as often.",
    .cure = "Another validation set, without repeats.",
    .source = "deepchecks: train test samples mix",
    .flatters = true,
    .test = test,
};
