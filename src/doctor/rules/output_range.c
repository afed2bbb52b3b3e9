/* Targets that the last function cannot give. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->output_count; i++) {
        const hone_doctor_output *output = &facts->outputs[i];
        bool entropy = output->task == HONE_DOCTOR_IDS || output->task == HONE_DOCTOR_ROWS ||
                       output->task == HONE_DOCTOR_YES_NO;
        bool before_log = entropy && !output->from_logits && output->loss != NULL &&
                          strstr(output->loss, "hinge") == NULL &&
                          hone_internal_is(output->activation, "relu");
        bool unreached = output->out_of_range > 0.01;
        if (!output->has_loss || output->softmax_size == 1 || (!unreached && !before_log))
            continue;
        if (unreached)
            hone_finding_say(finding, "%.0f %% of the targets (%.4g to %.4g) are outside what %s gives",
                             100 * output->out_of_range, output->y_low, output->y_high, output->activation);
        else
            hone_finding_say(finding, "relu before %s gives probabilities of 0 and beyond 1", output->loss);
        hone_finding_at(finding, output->layer);
        hone_finding_number_add(finding, "out_of_range",
                                unreached ? output->out_of_range : output->not_probability, 0.01);
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "%s",
                          unreached                            ? "linear"
                          : output->task == HONE_DOCTOR_YES_NO ? "sigmoid"
                                                               : "softmax");
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_output_range = {
    .id = "output_range",
    .title = "the last activation cannot give these targets",
    .phase = "first",
    .grade = 'F',
    .suppresses =
        "rate_too_low|rate_too_high|target_scale|dead_relu|not_finite|underfit|too_few_steps|saturated|vanishing_gradients|inputs_unscaled|init_scale|oscillation|momentum_missing|exploding_gradients|imbalance_collapse|labels_unrelated",
    .what = "The last function gives only some numbers: relu nothing below 0, sigmoid 0 to 1, tanh -1 to 1. "
            "Targets beyond are never reached. Before a cross-entropy a relu makes probabilities of 0.",
    .told = "More than 1 % of the targets are outside what the last function gives, or a relu comes before a "
            "cross-entropy.",
    .alike = "A little noise around the bounds (1 %).",
    .cure = "No activation for numbers; softmax or sigmoid for classes.",
    .source = "Stack Overflow 48221692; DeepDiagnosis: out of range",
    .test = test,
};
