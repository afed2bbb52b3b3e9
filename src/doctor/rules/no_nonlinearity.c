/* Only affine operations between layers with weights. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!facts->affine || facts->weight_layers < 2)
        return false;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || layer->output)
            continue;
        if (finding->cure_count == 0)
            hone_finding_at(finding, layer->name);
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "activation", "relu");
    }
    hone_finding_say(finding, "%lld layers without a function between them make one linear map",
                     (long long)facts->weight_layers);
    hone_finding_number_add(finding, "layers", (double)facts->weight_layers, 1);
    return true;
}

const hone_doctor_rule hone_internal_doctor_no_nonlinearity = {
    .id = "no_nonlinearity",
    .title = "the layers make one linear map",
    .phase = "static",
    .grade = 'C',
    .suppresses = "underfit|too_few_steps|labels_unrelated|rate_too_low",
    .what = "Layers without an activation between them are one matrix: however many there are, only straight "
            "boundaries can be learned.",
    .told = "Between all layers with weights there are only affine operations; and relu in between helps.",
    .alike = "A low-rank factor or a linear probe, which learns what it is to learn.",
    .cure = "activation: relu in the hidden layers.",
    .source = "Goodfellow, Bengio and Courville: Deep Learning, 6.1",
    .test = test,
};
