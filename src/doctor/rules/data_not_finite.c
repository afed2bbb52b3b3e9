/* NaN or an infinity in the data. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->bad_part == NULL)
        return false;
    hone_finding_say(finding, "row %lld, column %lld of the %s (%s) is not a finite number; %lld such row%s",
                     (long long)facts->bad_row, (long long)facts->bad_column, facts->bad_part,
                     facts->bad_label == NULL ? "data" : facts->bad_label, (long long)facts->bad_rows,
                     hone_internal_plural(facts->bad_rows));
    hone_finding_number_add(finding, "rows", (double)facts->bad_rows, 0);
    hone_finding_number_add(finding, "row", (double)facts->bad_row, HONE_NONE);
    hone_finding_number_add(finding, "column", (double)facts->bad_column, HONE_NONE);
    hone_finding_advise(finding, "leave these rows out or fill the gaps (of a table: FILE.csv#missing=mean)");
    return true;
}

const hone_doctor_rule hone_internal_doctor_data_not_finite = {
    .id = "data_not_finite",
    .title = "the data are not finite",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "not_finite|rate_too_high|rate_too_low|exploding_gradients|inputs_unscaled|target_scale|labels_unrelated|split_shift",
    .what = "Inputs or targets contain NaN or an infinity. One such number makes the loss, then all "
            "gradients, then all weights NaN.",
    .told = "Every number of inputs, targets and validation data is looked at.",
    .alike = "A loss that becomes NaN while the data are finite: not_finite, rate_too_high.",
    .cure = "Leave the rows out, or fill the gaps: train.csv#missing=mean. Find out where the number comes "
            "from.",
    .source = "Goodfellow, Bengio and Courville: Deep Learning, 11.5",
    .test = test,
};
