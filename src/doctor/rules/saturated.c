/* Hidden units where their function is flat. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        bool early = layer->start.saturated >= 0.5 || layer->early.saturated >= 0.5,
             late = !(layer->end.saturated < 0.5);
        if (layer->output || layer->multiplied || !early || !late)
            continue;
        hone_finding_at(finding, layer->owner);
        hone_finding_say(
            finding,
            "%.0f %% of what the units of %s add up is so large that %s is flat there: hardly any "
            "gradient gets through",
            100 * layer->end.saturated, layer->name, layer->activation);
        hone_finding_number_add(finding, "saturated", layer->end.saturated, 0.5);
        hone_finding_number_add(finding, "at_start", layer->start.saturated, 0.5);
        hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "kernel_initializer", "glorot_uniform");
        hone_finding_cure(finding);
        hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "activation", "relu");
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_saturated = {
    .id = "saturated",
    .title = "units are saturated",
    .phase = "while",
    .grade = 'M',
    .suppresses = "rate_too_low|vanishing_gradients|dead_relu|too_few_steps|underfit|labels_unrelated",
    .what = "tanh and sigmoid are flat far from 0: units that sit there pass on no gradient.",
    .told = "More than half of a hidden layer's sums are where the slope is below 1 % of its maximum (tanh "
            "beyond 3, sigmoid beyond 6), at the start or early and at the end.",
    .alike = "Gates of recurrent layers and last layers, which are to be decided.",
    .cure = "Scaled inputs, glorot_uniform, relu.",
    .source = "Glorot and Bengio 2010",
    .test = test,
};
