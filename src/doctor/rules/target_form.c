/* Class numbers where the loss takes rows, or rows where it takes class numbers. */
#include "doctor/rules.h"

static bool takes_rows(const hone_doctor_output *output)
{
    return output->loss != NULL &&
           (strncmp(output->loss, "categorical", 11) == 0 || hone_internal_is(output->loss, "kl_divergence"));
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (facts->refusal == NULL || output->units < 2)
        return false;
    bool rows_given = output->wants_ids && output->target_width == output->units && output->target_width > 1,
         ids_given =
             takes_rows(output) && output->target_width == 1 && output->y_whole == 1 && output->y_low >= 0;
    if (!rows_given && !ids_given)
        return false;
    hone_finding_say(finding,
                     rows_given ? "targets are rows of %lld numbers, the loss %s takes class numbers"
                                : "targets are class numbers (a row has %lld), the loss %s takes rows",
                     (long long)output->target_width, output->loss);
    hone_finding_at(finding, output->layer);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "%s",
                      rows_given ? "categorical_crossentropy" : "sparse_categorical_crossentropy");
    hone_finding_number_add(finding, "target_width", (double)output->target_width,
                            rows_given ? 1 : (double)output->units);
    return true;
}

const hone_doctor_rule hone_internal_doctor_target_form = {
    .id = "target_form",
    .title = "the form of the targets does not suit the loss",
    .phase = "static",
    .grade = 'F',
    .suppresses = "loss_task|output_range|labels_offset",
    .what = "The loss takes class numbers (3), the targets are rows (0 0 0 1 0), or the other way round.",
    .told = "The shapes of the targets and what the loss takes: Hone refuses the pair.",
    .alike = "Class numbers that are out of range: labels_offset. A loss for another task: loss_task.",
    .cure = "sparse_categorical_crossentropy takes class numbers, categorical_crossentropy takes rows.",
    .source = "Keras: Losses",
    .test = test,
};
