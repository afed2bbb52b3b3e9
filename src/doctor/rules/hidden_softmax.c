/* A softmax between layers with weights. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    int count = 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!hone_internal_is(layer->activation, "softmax") || layer->output || layer->multiplied ||
            layer->units < 2 || layer->after_weights)
            continue;
        if (count++ == 0) {
            hone_finding_at(finding, layer->name);
            hone_finding_say(finding,
                             "softmax makes the %lld units of %s share a sum of 1, so that each gives about "
                             "%.2g and little of the input gets through",
                             (long long)layer->units, layer->name, 1 / (double)layer->units);
            hone_finding_number_add(finding, "rms", layer->start.a_rms, 0.5);
        }
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "activation", "relu");
    }
    return count > 0;
}

const hone_doctor_rule hone_internal_doctor_hidden_softmax = {
    .id = "hidden_softmax",
    .title = "softmax in a hidden layer",
    .phase = "static",
    .grade = 'M',
    .suppresses =
        "rate_too_low|vanishing_gradients|init_scale|momentum_missing|too_few_steps|underfit|labels_unrelated",
    .what = "A softmax makes its units share a sum of 1: of 64 units each is about 0.016, and the next layer "
            "sees next to nothing.",
    .told = "A softmax over more than one unit in front of weights, not multiplied into another branch.",
    .alike = "Attention and gates, whose softmax is multiplied into values.",
    .cure = "relu.",
    .source = "NeuraLint; DeepCrime: activation",
    .test = test,
};
