/* Gradients that get lost on their way to the first layers. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_layer *first = NULL;
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].weights && (first == NULL || facts->layers[i].depth < first->depth))
            first = &facts->layers[i];
    const double least =
        hone_internal_is_bad(facts) ? 1e-2 : 1e-4; /* of a run that does not learn less is enough */
    bool vanishes = facts->gradient_ratio < least && facts->flow < 0.5 && facts->gradient_first > 0;
    if (first == NULL || !vanishes || facts->weight_layers < 3)
        return false;
    hone_finding_at(finding, first->name);
    hone_finding_say(finding,
                     "the gradient falls to %.2gx per layer on its way back: %s gets %.2g of the last one",
                     facts->flow, first->name, facts->gradient_ratio);
    hone_finding_number_add(finding, "factor_per_layer", facts->flow, 0.5);
    hone_finding_number_add(finding, "first_to_last", facts->gradient_ratio, least);
    hone_finding_number_add(finding, "update", first->update, HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "activation", "relu");
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "kernel_initializer", "he_normal");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "kernel_initializer", "%s",
                      hone_internal_initializer_for(first->activation));
    return true;
}

const hone_doctor_rule hone_internal_doctor_vanishing_gradients = {
    .id = "vanishing_gradients",
    .title = "gradients vanish",
    .phase = "first",
    .grade = 'M',
    .suppresses = "rate_too_low|underfit|too_few_steps|labels_unrelated|momentum_missing|saturated",
    .what =
        "The gradient is multiplied layer by layer on its way back. Where each factor is well below 1, as "
        "with sigmoids, the first layers of a deep network get none and stay random.",
    .told =
        "The gradient of the first layer beside that of the last, and by which factor it falls per layer.",
    .alike = "Dead units (exactly 0), frozen layers, a tiny rate (all layers then move little).",
    .cure = "relu with he_normal, batch_normalization, or residual connections (add).",
    .source = "Hochreiter 1991; Glorot and Bengio 2010",
    .test = test,
};
