/* A trainable weight that the loss does not depend on. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    char layer[96];
    if (facts->unreached == NULL)
        return false;
    strncpy(layer, facts->unreached, sizeof layer - 1);
    layer[sizeof layer - 1] = '\0';
    if (strrchr(layer, '/') != NULL)
        *strrchr(layer, '/') = '\0';
    hone_finding_at(finding, layer);
    if (facts->unreached_by != NULL)
        hone_finding_say(finding, "%s: nothing flows back through %s", facts->unreached, facts->unreached_by);
    else
        hone_finding_say(finding, "%s: the loss does not depend on it (an output without a loss)",
                         facts->unreached);
    hone_finding_advise(finding, "give the output a loss, or freeze what is not to be trained");
    return true;
}

const hone_doctor_rule hone_internal_doctor_no_gradient_path = {
    .id = "no_gradient_path",
    .title = "a weight gets no gradient",
    .phase = "first",
    .grade = 'F',
    .suppresses = "rate_too_low|vanishing_gradients",
    .what = "Between a trainable weight and the loss stands something without a derivative (an argmax, a "
            "rounding, a stop), or no loss at all: the weight never changes.",
    .told = "The gradients of the recorded network: one of a trainable weight is missing.",
    .alike = "A gradient that is there and very small: vanishing_gradients.",
    .cure = "Give the output a loss, replace the operation, or freeze the weight so that it is plain.",
    .source = "Karpathy: A Recipe for Training Neural Networks",
    .test = test,
};
