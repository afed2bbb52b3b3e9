/* A dropout that no weights follow. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!(layer->drop_rate > 0) || !layer->after_weights || !layer->output || facts->weight_layers < 1)
            continue;
        hone_finding_at(finding, layer->name);
        hone_finding_say(finding, "%s sets %.0f %% of the outputs themselves to 0", layer->name,
                         100 * layer->drop_rate);
        hone_finding_number_add(finding, "rate", layer->drop_rate, 0);
        hone_finding_edit(finding, HONE_EDIT_MOVE, layer->name, "", "%s", layer->owner);
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_dropout_at_output = {
    .id = "dropout_at_output",
    .title = "dropout behind the last weights",
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
