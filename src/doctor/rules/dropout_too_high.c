/* Dropout that leaves too few units on. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    int count = 0;
    bool apart = facts->probe_end_training > 3 * facts->probe_end && facts->probe_end > 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!(layer->drop_rate >= (apart ? 0.6 : 0.8)))
            continue;
        if (count++ == 0) {
            hone_finding_at(finding, layer->name);
            hone_finding_say(finding, "%s turns off %.0f %% of its units", layer->name,
                             100 * layer->drop_rate);
            hone_finding_number_add(finding, "rate", layer->drop_rate, 0.8);
        }
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "rate", "0.3");
    }
    return count > 0;
}

const hone_doctor_rule hone_internal_doctor_dropout_too_high = {
    .id = "dropout_too_high",
    .title = "dropout leaves too little",
    .phase = "end",
    .grade = 'M',
    .suppresses =
        "init_scale|exploding_gradients|vanishing_gradients|rate_too_high|underfit|too_few_steps|rate_too_low|labels_unrelated|imbalance_collapse|momentum_missing",
    .what = "With 9 of 10 units off, hardly any way through the network is trained twice.",
    .told = "A rate of 0.8 and more, or a loss in training more than 3 times that without dropout.",
    .alike = "0.5, which is usual.",
    .cure = "dropout: 0.3.",
    .source = "Srivastava and others 2014",
    .test = test,
};
