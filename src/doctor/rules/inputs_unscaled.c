/* Inputs far from the size that initial weights are made for. */
#include "doctor/rules.h"

/* Where the targets of a regression are large as well, neither helps without the other. */
static void scale_targets_too(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (output->task != HONE_DOCTOR_NUMBERS || output->activation != NULL || !(output->y_rms > 10) ||
        output->target_width != output->units)
        return;
    for (int adam = 0; adam < 2; adam++) { /* plain steps still go as far as the targets are large */
        hone_finding_cure(finding);
        hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "normalization");
        hone_finding_edit(finding, HONE_EDIT_APPEND, output->layer, "", "normalization: {invert: true}");
        if (adam)
            hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "adam");
    }
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool large = facts->entry_rms > 10, small = facts->entry_rms < 0.02 && facts->entry_rms > 0,
         uneven = facts->entry_spread > 100, shifted = facts->entry_offset > 20;
    if (facts->entry_normalized || (!large && !small && !uneven && !shifted) || facts->rows_equal)
        return false;
    double chance = facts->constant_loss;
    if (large && facts->first_loss > 2 * chance)
        finding->grade = 'M';
    hone_finding_at(finding, facts->entry_layer);
    if (uneven && !large)
        hone_finding_say(finding, "columns of the inputs differ in size by a factor of %.3g",
                         facts->entry_spread);
    else if (shifted && !large)
        hone_finding_say(finding, "the mean of the inputs is %.3g times their deviation",
                         facts->entry_offset);
    else
        hone_finding_say(
            finding,
            "inputs go from %.4g to %.4g, their usual size is %.4g where about 1 is expected; the first "
            "loss is %.4g, where guessing has %.4g",
            facts->x_low, facts->x_high, facts->entry_rms, facts->first_loss, chance);
    hone_finding_number_add(finding, "rms", facts->entry_rms, 10);
    hone_finding_number_add(finding, "spread", facts->entry_spread, 100);
    hone_finding_number_add(finding, "first_loss", facts->first_loss, 2 * chance);
    hone_finding_number_add(finding, "chance_loss", chance, HONE_NONE);
    if (facts->x_bytes == 1 && facts->x_high > 16 && facts->x_high <= 255)
        hone_finding_edit(finding, HONE_EDIT_SET, "data.scale", "", "1/255");
    else
        hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "normalization");
    scale_targets_too(facts, finding);
    return true;
}

const hone_doctor_rule hone_internal_doctor_inputs_unscaled = {
    .id = "inputs_unscaled",
    .title = "the inputs are not scaled",
    .phase = "first",
    .grade = 'C',
    .suppresses =
        "dead_relu|saturated|exploding_gradients|rate_too_high|not_finite|init_scale|rate_too_low|oscillation|momentum_missing|too_few_steps|underfit|labels_unrelated",
    .what = "Initial weights and usual learning rates are made for inputs of about 1. Inputs in the hundreds "
            "make the first sums, the first loss and the gradients as many times too large; columns of very "
            "different size let the largest one decide alone.",
    .told = "The size of what the first weights read (median over samples), the spread of its columns, the "
            "first loss beside that of chance; and that it goes away when the inputs are scaled.",
    .alike =
        "One row that sticks out (the median is taken); inputs behind a normalization; a bad initializer, "
        "with inputs of 1.",
    .cure = "data: {scale: 1/255} for bytes, else a normalization layer in front.",
    .source = "LeCun and others 1998: Efficient BackProp",
    .test = test,
};
