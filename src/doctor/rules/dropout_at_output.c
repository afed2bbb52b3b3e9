/* A dropout that no weights follow. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        bool drops = layer->drop_rate > 0;
        if ((!drops && !(layer->noise > 0)) || !layer->after_weights || !layer->output ||
            facts->weight_layers < 1)
            continue;
        hone_finding_at(finding, layer->name);
        if (drops)
            hone_finding_say(finding, "%s sets %.0f %% of the outputs themselves to 0", layer->name,
                             100 * layer->drop_rate);
        else
            hone_finding_say(finding, "%s adds noise of %.3g to the outputs themselves", layer->name,
                             layer->noise);
        hone_finding_number_add(finding, drops ? "rate" : "noise", drops ? layer->drop_rate : layer->noise,
                                0);
        hone_finding_edit(finding, HONE_EDIT_MOVE, layer->name, "", "%s", layer->owner);
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_dropout_at_output = {
    .id = "dropout_at_output",
    .title = "dropout or noise behind the last weights",
    .phase = "static",
    .grade = 'F',
    .suppresses = "dropout_too_high|underfit",
    .what = "Dropout after the last layer with weights sets predictions themselves to 0 and scales the rest: "
            "no weight can make up for it.",
    .told = "A dropout layer that no layer with weights follows, on the way to an output.",
    .alike = "Dropout in front of the last layer, which is usual.",
    .cure = "Move it one layer up.",
    .source = "NeuraLint",
    .test = test,
};
