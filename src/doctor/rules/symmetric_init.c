/* Hidden units that cannot become different. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    int count = 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || layer->output || !layer->twins || layer->units < 2)
            continue;
        if (count++ == 0) {
            hone_finding_at(finding, layer->name);
            hone_finding_say(finding, "the %lld units of %s have the same weights and the same gradients",
                             (long long)layer->units, layer->name);
            hone_finding_number_add(finding, "units", (double)layer->units, 1);
        }
        if (count <= HONE_FINDING_EDITS)
            hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "kernel_initializer", "%s",
                              hone_internal_initializer_for(layer->activation));
    }
    if (count > HONE_FINDING_EDITS) {
        finding->cure_count = 0;
        hone_finding_edit(finding, HONE_EDIT_FIT, "", "kernel_initializer", "glorot_uniform");
    }
    return count > 0;
}

const hone_doctor_rule hone_internal_doctor_symmetric_init = {
    .id = "symmetric_init",
    .title = "all units of a layer are the same",
    .phase = "first",
    .grade = 'F',
    .suppresses =
        "vanishing_gradients|exploding_gradients|dead_relu|saturated|rate_too_high|rate_too_low|init_scale|oscillation|momentum_missing|not_finite|imbalance_collapse|no_nonlinearity|too_few_steps|underfit|labels_unrelated",
    .what = "Units that begin with equal weights get equal gradients and stay equal: however many there are, "
            "the layer has one unit.",
    .told = "All columns of a hidden layer's weights are equal, and those of their gradient too.",
    .alike = "A last layer that begins at 0, which is fine.",
    .cure = "A random initializer: glorot_uniform, he_normal.",
    .source = "Goodfellow, Bengio and Courville: Deep Learning, 8.4",
    .test = test,
};
