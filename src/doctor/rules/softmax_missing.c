/* A cross-entropy of outputs that are not probabilities. */
#include "doctor/rules.h"

/* What a dropout or noise behind a softmax does to its outputs is another matter. */
static bool disturbed(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->layer_count; i++)
        if ((facts->layers[i].drop_rate > 0 || facts->layers[i].noise > 0) && facts->layers[i].output)
            return true;
    return false;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->output_count; i++) {
        const hone_doctor_output *output = &facts->outputs[i];
        bool entropy = output->task == HONE_DOCTOR_IDS || output->task == HONE_DOCTOR_ROWS ||
                       (output->task == HONE_DOCTOR_YES_NO && strstr(output->loss, "hinge") == NULL);
        if (!output->has_loss || !entropy || output->from_logits ||
            !((output->not_probability > 0.001 && !disturbed(facts)) || output->unbounded) ||
            hone_internal_is(output->activation, "relu"))
            continue;
        bool one = output->task == HONE_DOCTOR_YES_NO;
        hone_finding_say(
            finding, "%.0f %% of the outputs are below 0 or above 1%s, but %s takes probabilities",
            100 * output->not_probability, output->unbounded ? ", nothing bounds them" : "", output->loss);
        hone_finding_at(finding, output->layer);
        hone_finding_number_add(finding, "not_probability", output->not_probability, 0);
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "%s",
                          one ? "sigmoid" : "softmax");
        hone_finding_cure(finding);
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "%s(from_logits=true)", output->loss);
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_softmax_missing = {
    .id = "softmax_missing",
    .title = "the outputs are not probabilities",
    .phase = "first",
    .grade = 'F',
    .suppresses =
        "rate_too_low|rate_too_high|vanishing_gradients|imbalance_collapse|not_finite|init_scale|dead_relu|too_few_steps|exploding_gradients|inputs_unscaled|oscillation|momentum_missing|underfit|labels_unrelated",
    .what = "A cross-entropy takes the logarithm of probabilities. Outputs below 0 or above 1 are clipped, "
            "and where they are clipped nothing is learned.",
    .told = "The outputs of the first batch, as numbers: some are below 0 or above 1, and the loss has not "
            "been told from_logits.",
    .alike = "A last layer that is not called softmax but gives probabilities.",
    .cure = "activation: softmax (sigmoid for yes or no) in the last layer, or from_logits=true in the loss.",
    .source = "UMLAUT; Stack Overflow",
    .test = test,
};
