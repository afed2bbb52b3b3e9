/* A softmax whose axis has one element. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->output_count; i++) {
        const hone_doctor_output *output = &facts->outputs[i];
        if (!output->has_loss || output->softmax_size != 1)
            continue;
        bool yes_no = output->y_low >= 0 && output->y_high <= 1;
        hone_finding_say(finding, "softmax over 1 unit always gives 1, and no gradient");
        hone_finding_at(finding, output->layer);
        hone_finding_number_add(finding, "units", 1, 2);
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "%s",
                          yes_no ? "sigmoid" : "linear");
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "%s",
                          yes_no ? "binary_crossentropy" : "mean_squared_error");
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_softmax_one_unit = {
    .id = "softmax_one_unit",
    .title = "softmax over one unit",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "rate_too_low|rate_too_high|vanishing_gradients|imbalance_collapse|loss_task|output_range|too_few_steps|underfit|no_nonlinearity|labels_unrelated|hidden_softmax|symmetric_init|frozen_fresh",
    .what = "Softmax divides by the sum over its units. Over a single unit that is x / x: the output is "
            "always 1 and its gradient 0, so nothing is learned.",
    .told = "The axis of the last softmax has one element.",
    .alike = "A sigmoid over one unit, which is right.",
    .cure = "activation: sigmoid with binary_crossentropy; or two units.",
    .source = "Stack Overflow 33969059, 31880720, 42800203",
    .test = test,
};
