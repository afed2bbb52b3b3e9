/* Where a number became NaN or infinite. */
#include "doctor/rules.h"

/* Whether a layer in the middle grows exponentially. */
static bool is_exponential(const hone_doctor_facts *facts, const char *name)
{
    for (int i = 0; i < facts->layer_count; i++)
        if (hone_internal_is(facts->layers[i].name, name) && !facts->layers[i].output)
            return hone_internal_is(facts->layers[i].activation, "exponential");
    return false;
}

static void advise(const hone_doctor_facts *facts, hone_finding *finding)
{
    const char *op = facts->not_finite_op == NULL ? "" : facts->not_finite_op;
    if (strcmp(op, "exp") == 0) {
        hone_finding_advise(
            finding, "exp overflows above 88: another function in the layers between, smaller weights");
        if (is_exponential(facts, facts->not_finite_layer))
            hone_finding_edit(finding, HONE_EDIT_FIT, "hidden", "activation", "relu");
    } else if (strncmp(op, "log", 3) == 0 || strcmp(op, "divide") == 0 || strcmp(op, "sqrt") == 0)
        hone_finding_advise(finding, "keep what it is given above 0: add a small number such as 1e-7");
    else
        hone_finding_advise(finding, "look at what this operation is given");
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->not_finite_step == HONE_NONE_INTEGER)
        return false;
    finding->step = facts->not_finite_step;
    if (facts->own_loop) /* its cause is not looked for there */
        finding->grade = 'F';
    hone_finding_at(finding, facts->not_finite_layer);
    if (facts->not_finite_op == NULL)
        hone_finding_say(finding, "the loss is not finite at step %lld", (long long)facts->not_finite_step);
    else
        hone_finding_say(
            finding, "step %lld, %s %s: %s gives a number that is not finite at element %lld%s%s",
            (long long)facts->not_finite_step,
            hone_internal_is(facts->not_finite_layer, "") ? "the loss" : facts->not_finite_layer,
            facts->not_finite_backward ? "backward" : "forward", facts->not_finite_op,
            (long long)facts->not_finite_element,
            facts->not_finite_operands != NULL && facts->not_finite_operands[0] != '\0' ? ", from " : "",
            facts->not_finite_operands == NULL ? "" : facts->not_finite_operands);
    hone_finding_number_add(finding, "step", (double)facts->not_finite_step, HONE_NONE);
    advise(facts, finding);
    return true;
}

const hone_doctor_rule hone_internal_doctor_not_finite = {
    .id = "not_finite",
    .title = "a number became NaN or infinite",
    .phase = "while",
    .grade = 'M',
    .suppresses = "",
    .what = "Somewhere a number overflows, or something is divided by 0: from there on everything is NaN.",
    .told = "The step is run again from the same bits, and the result of every operation is looked at: the "
            "first with finite operands and a result that is not.",
    .alike = "Its causes: a rate that is too high, inputs that are too large, the logarithm of 0.",
    .cure = "What the operation shows: a floor under a logarithm or a division, a smaller rate.",
    .source = "TensorFlow: check_numerics",
    .test = test,
};
