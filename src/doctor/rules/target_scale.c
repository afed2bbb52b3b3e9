/* Targets far from the size that outputs begin with. */
#include "doctor/rules.h"

/* A layer behind the last weights that brings the outputs to the size of the targets. */
static bool is_scaled_behind(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].after_weights &&
            (hone_internal_is(facts->layers[i].class_name, "Rescaling") ||
             hone_internal_is(facts->layers[i].class_name, "Normalization")))
            return true;
    return false;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    bool large = output->y_rms > 10, shifted = fabs(output->y_mean) > 10 * output->y_sd && output->y_sd > 0,
         small = output->y_sd < 0.01 && output->y_sd > 0;
    if (output->task != HONE_DOCTOR_NUMBERS || output->activation != NULL || (!large && !shifted && !small) ||
        output->target_width != output->units)
        return false;
    if (is_scaled_behind(facts) && !(facts->first_loss > 10 * facts->constant_loss))
        return false;
    if ((large || shifted) && facts->first_loss > 2 * facts->constant_loss)
        finding->grade = 'M';
    hone_finding_at(finding, output->layer);
    hone_finding_say(finding, "targets are %.4g +- %.3g, but outputs start around 0", output->y_mean,
                     output->y_sd);
    hone_finding_number_add(finding, "rms", output->y_rms, 10);
    hone_finding_number_add(finding, "mean", output->y_mean, HONE_NONE);
    hone_finding_number_add(finding, "deviation", output->y_sd, HONE_NONE);
    hone_finding_number_add(finding, "first_loss", facts->first_loss, 2 * facts->constant_loss);
    hone_finding_edit(finding, HONE_EDIT_APPEND, output->layer, "", "normalization: {invert: true}");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_APPEND, output->layer, "", "normalization: {invert: true}");
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "adam");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "bias_initializer", "constant(%.6g)",
                      output->y_mean);
    return true;
}

const hone_doctor_rule hone_internal_doctor_target_scale = {
    .id = "target_scale",
    .title = "the targets are not scaled",
    .phase = "first",
    .grade = 'C',
    .suppresses =
        "rate_too_high|not_finite|exploding_gradients|init_scale|rate_too_low|oscillation|momentum_missing|dead_relu|too_few_steps|underfit|labels_unrelated",
    .what = "Outputs begin around 0 with a size of about 1. Targets of hundreds or thousands take many steps "
            "to reach, or throw the first steps far off.",
    .told = "The size of the targets, their mean beside their deviation, and the first loss beside that of "
            "the mean.",
    .alike = "Inputs that are too large: inputs_unscaled.",
    .cure =
        "normalization: {invert: true} behind the last layer: it takes the mean and the deviation of the targets.",
    .source = "Bishop 1995: Neural Networks for Pattern Recognition, 8.2",
    .test = test,
};
