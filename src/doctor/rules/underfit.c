/* Too few units for what is to be learned. */
#include "base/plural.h"
#include "doctor/rules.h"

static const hone_doctor_layer *narrowest(const hone_doctor_facts *facts)
{
    const hone_doctor_layer *found = NULL;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (layer->weights && !layer->output && (found == NULL || layer->units < found->units))
            found = layer;
    }
    return found;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    const hone_doctor_layer *layer = narrowest(facts);
    bool weak = facts->q < 0.5 || hone_internal_is_bad(facts);
    if (!weak || facts->outcome == HONE_OUTCOME_UNKNOWN || facts->outcome == HONE_OUTCOME_MEMORISES ||
        facts->outcome == HONE_OUTCOME_REFUSED || (layer != NULL && layer->units > 4))
        return false;
    finding->always = true;
    if (layer == NULL) {
        if (facts->weight_layers != 1 || !hone_internal_is_bad(facts))
            return false;
        hone_finding_at(finding, output->layer);
        hone_finding_say(finding, "there is no hidden layer: only straight boundaries can be learned");
        hone_finding_edit(finding, HONE_EDIT_INSERT, output->layer, "",
                          "dense: {units: 32, activation: relu}");
        return true;
    }
    hone_finding_at(finding, layer->name);
    hone_finding_say(finding, "%s has %lld unit%s; it comes to rest at %.4g, where chance is %.4g",
                     layer->name, (long long)layer->units, hone_internal_plural(layer->units),
                     facts->probe_end, facts->constant_loss);
    hone_finding_number_add(finding, "units", (double)layer->units, 4);
    hone_finding_number_add(finding, "loss", facts->probe_end, HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "units", "%lld", (long long)layer->units * 16);
    return true;
}

const hone_doctor_rule hone_internal_doctor_underfit = {
    .id = "underfit",
    .title = "the network is too small",
    .phase = "end",
    .grade = 'C',
    .suppresses = "too_few_steps",
    .what =
        "The network has too few units (or no hidden layer) for what it is to learn: it comes to rest far "
        "above what the data allow.",
    .told = "The loss no longer falls, a bottleneck of a few units or no hidden layer, and more units learn "
            "more.",
    .alike = "Noisy labels, where more units gain nothing.",
    .cure = "More units, or a hidden layer.",
    .source = "Goodfellow, Bengio and Courville: Deep Learning, 5.2",
    .test = test,
};
