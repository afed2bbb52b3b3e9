/* A penalty that outweighs the data. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool shrinks = facts->weight_growth<0.5, most = facts->penalty_share> 0.9;
    /* Weights that have come to rest are pulled as hard by the data as by the penalty. */
    bool rests = hone_internal_is_bad(facts) && facts->decay_pull > 0.7 && facts->weight_growth < 0.3;
    if (!rests && (!(facts->decay_pull > 2) || (!shrinks && !most)))
        return false;
    int count = 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || layer->regularizer == NULL)
            continue;
        if (count++ == 0)
            hone_finding_at(finding, layer->name);
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "kernel_regularizer", "l2(1e-5)");
    }
    if (count == 0 && facts->weight_decay > 0)
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+weight_decay=0.004");
    hone_finding_say(finding, "%s pulls %.3gx harder than the data; weights are %.2gx what they were",
                     count > 0 ? "the penalty" : "weight decay", facts->decay_pull, facts->weight_growth);
    hone_finding_number_add(finding, "pull", facts->decay_pull, 2);
    hone_finding_number_add(finding, "weights", facts->weight_growth, 0.5);
    hone_finding_number_add(finding, "share", facts->penalty_share, 0.9);
    return true;
}

const hone_doctor_rule hone_internal_doctor_decay_too_strong = {
    .id = "decay_too_strong",
    .title = "the penalty is stronger than the data",
    .phase = "while",
    .grade = 'M',
    .suppresses =
        "rate_too_low|vanishing_gradients|imbalance_collapse|init_scale|dead_relu|momentum_missing|too_few_steps|underfit|labels_unrelated",
    .what =
        "A penalty (l1, l2, weight decay) pulls the weights to 0 harder than the data pull them anywhere: "
        "nothing is left but a constant.",
    .told =
        "The gradient of the penalty beside that of the data (more than 2 times), and weights that shrink "
        "or a loss that is mostly penalty.",
    .alike = "A low rate, under which weights keep their size.",
    .cure = "l2(1e-4), weight_decay=0.004.",
    .source = "Goodfellow, Bengio and Courville: Deep Learning, 7.1",
    .test = test,
};
