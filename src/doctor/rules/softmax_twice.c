/* Probabilities that are made probabilities once more. */
#include "doctor/rules.h"

/* The least loss of softmax(one-hot): ln(1 + (k - 1) / e). */
static double floor_of(const hone_doctor_output *output)
{
    double k = output->units > 1 ? (double)output->units : 2;
    return output->units > 1 ? log(1 + (k - 1) / exp(1)) : log1p(exp(-1));
}

/* The last layer without weights that ends in a softmax. */
static const hone_doctor_layer *find_layer(const hone_doctor_facts *facts)
{
    const hone_doctor_layer *found = NULL;
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].output && !facts->layers[i].weights &&
            hone_internal_is(facts->layers[i].activation, "softmax"))
            found = &facts->layers[i];
    return found;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->output_count; i++) {
        const hone_doctor_output *output = &facts->outputs[i];
        if (!output->has_loss || !output->softmax_twice || output->loss == NULL)
            continue;
        const hone_doctor_layer *layer = find_layer(facts);
        hone_finding_say(finding, "%s; the loss cannot fall below %.3f",
                         output->from_logits
                             ? "the loss has from_logits=true, but its inputs are probabilities"
                             : "the outputs go through softmax twice",
                         floor_of(output));
        hone_finding_at(finding, layer != NULL && !output->from_logits ? layer->name : output->layer);
        hone_finding_number_add(finding, "least_loss", floor_of(output), 0);
        if (output->from_logits)
            hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "%s", output->loss);
        else if (layer != NULL)
            hone_finding_edit(finding, HONE_EDIT_REMOVE, layer->name, "", "%s", "");
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_softmax_twice = {
    .id = "softmax_twice",
    .title = "softmax is applied twice",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "rate_too_low|rate_too_high|vanishing_gradients|too_few_steps|underfit|hidden_softmax|softmax_missing|momentum_missing",
    .what = "The outputs are probabilities already and go through a softmax (or a sigmoid) once more: they "
            "end up nearly equal, and the loss cannot come down.",
    .told = "A softmax reads a softmax, or a loss with from_logits reads outputs that a softmax or sigmoid "
            "made.",
    .alike = "Softmax in attention, which is multiplied into values.",
    .cure = "Take one of the two away.",
    .source = "DeepLocalize; NeuraLint: double last activation",
    .test = test,
};
