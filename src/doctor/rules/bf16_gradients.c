/* Gradients that bfloat16 turns. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->bf16_cosine < 0.9))
        return false;
    hone_finding_at(finding, facts->bf16_layer);
    hone_finding_say(
        finding,
        "in bfloat16 the gradient of %s points another way than in float32 (cosine %.2f, where 1 is the "
        "same way)",
        facts->bf16_layer, facts->bf16_cosine);
    hone_finding_number_add(finding, "cosine", facts->bf16_cosine, 0.9);
    hone_finding_edit(finding, HONE_EDIT_SET, "dtype_policy", "", "float32");
    return true;
}

const hone_doctor_rule hone_internal_doctor_bf16_gradients = {
    .id = "bf16_gradients",
    .title = "bfloat16 turns the gradients",
    .phase = "first",
    .grade = 'M',
    .suppresses = "rate_too_low|underfit|too_few_steps|momentum_missing|oscillation",
    .what =
        "Sums of numbers with 8 bits can lose what the gradient is made of: the weights are pushed another way than in float32.",
    .told = "The gradients of the probe with mixed_bfloat16 and without: the cosine of a layer is below 0.9.",
    .alike = "Inputs that are rounded away: bf16_inputs.",
    .cure = "dtype_policy: float32, or dtype: float32 for that layer.",
    .source = "Kalamkar and others 2019: A Study of BFLOAT16 for Deep Learning Training",
    .test = test,
};
