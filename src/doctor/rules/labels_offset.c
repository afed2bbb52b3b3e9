/* Class numbers that begin at 1, or go beyond the units. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (!output->wants_ids || output->y_whole != 1 || output->target_width != 1 || output->units < 2)
        return false;
    bool beyond = facts->refusal != NULL && (output->y_low < 0 || output->y_high >= (double)output->units);
    bool unused = facts->refusal == NULL && output->class_low == 1 &&
                  output->class_high == output->units - 1 && output->classes == output->units - 1 &&
                  output->labels >= 20 * output->units;
    if (!beyond && !unused)
        return false;
    hone_finding_say(finding, "classes are numbered %.0f to %.0f, but %lld %s for 0 to %lld%s", output->y_low,
                     output->y_high, (long long)output->units,
                     hone_internal_number_word(output->units, "unit stands", "units stand"),
                     (long long)output->units - 1, output->y_low == 1 ? ": numbers begin at 1" : "");
    hone_finding_at(finding, output->layer);
    hone_finding_number_add(finding, "lowest", output->y_low, 0);
    hone_finding_number_add(finding, "highest", output->y_high, (double)output->units - 1);
    hone_finding_number_add(finding, "units", (double)output->units, HONE_NONE);
    if (output->y_low > 0)
        hone_finding_advise(finding, "subtract %.0f from the labels", output->y_low);
    else if (output->y_low == 0)
        finding->title = "there are fewer units than classes";
    else
        hone_finding_advise(finding, "number the classes from 0");
    if (beyond && output->y_low >= 0 && output->y_high < 10000)
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "units", "%.0f", output->y_high + 1);
    return true;
}

const hone_doctor_rule hone_internal_doctor_labels_offset = {
    .id = "labels_offset",
    .title = "class numbers do not begin at 0",
    .phase = "static",
    .grade = 'F',
    .suppresses = "imbalance_collapse|loss_task",
    .what =
        "Classes are counted from 0: k units serve the classes 0 to k - 1. Numbers from 1 leave the first "
        "unit without samples and the last class without a unit.",
    .told = "Class 0 never occurs while all others do, or class numbers are beyond the units.",
    .alike = "A class that is merely rare: then another one than 0 is missing.",
    .cure = "Subtract 1 from the labels, or give the last layer as many units as the largest number and 1.",
    .source = "Keras: SparseCategoricalCrossentropy",
    .test = test,
};
