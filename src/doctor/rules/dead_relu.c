/* Units that are 0 whatever comes in. */
#include "doctor/rules.h"
#include "base/plural.h"

static void cure(const hone_doctor_facts *facts, const hone_doctor_layer *layer, hone_finding *finding)
{
    if (layer->start.dead >= 0.5) { /* from the beginning: the initial weights */
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->owner, "bias_initializer", "zeros");
        hone_finding_cure(finding);
    }
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "activation", "leaky_relu");
    hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "kernel_initializer", "he_normal");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 10);
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        double dead = isnan(layer->end.dead) ? layer->start.dead : layer->end.dead;
        if (!(dead >= 0.5) || (layer->output && facts->output_count > 1))
            continue;
        hone_finding_at(finding, layer->owner);
        hone_finding_say(
            finding, "%.0f of %lld unit%s of %s give 0 for every sample%s: no gradient gets through them",
            dead * (double)layer->units, (long long)layer->units, hone_internal_plural(layer->units),
            layer->owner, layer->start.dead >= 0.5 ? ", from the beginning" : "");
        hone_finding_number_add(finding, "dead", dead, hone_internal_is_bad(facts) ? 0.5 : 0.9);
        hone_finding_number_add(finding, "at_start", layer->start.dead, HONE_NONE);
        if (dead == 1 && facts->own_loop && facts->steps > 0) /* nothing goes through it */
            finding->grade = 'F';
        cure(facts, layer, finding);
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_dead_relu = {
    .id = "dead_relu",
    .title = "units are dead",
    .phase = "while",
    .grade = 'M',
    .suppresses =
        "rate_too_low|vanishing_gradients|imbalance_collapse|too_few_steps|underfit|labels_unrelated",
    .what = "A relu whose sum is below 0 for every sample gives 0 and gets no gradient: it never comes back.",
    .told = "Units that are 0 on all samples of the probe: 90 % of a layer, or half of it when the run does "
            "not learn.",
    .alike = "Sparsity: a unit that is 0 on most samples, but not all. A rate that killed them in the first "
             "steps: rate_too_high.",
    .cure = "A tenth of the rate, leaky_relu, he_normal, a bias initializer of zeros.",
    .source = "Lu and others 2019: Dying ReLU",
    .test = test,
};
