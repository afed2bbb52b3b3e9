/* Inputs that bfloat16 cannot tell apart. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!facts->bfloat16 || !(facts->bf16_distinct < 0.2) || !(facts->bf16_error > 0.1))
        return false;
    hone_finding_say(finding, "column %lld has %lld value%s, of which bfloat16 keeps %lld",
                     (long long)facts->bf16_column + 1, (long long)facts->bf16_before,
                     hone_internal_plural(facts->bf16_before), (long long)facts->bf16_after);
    hone_finding_number_add(finding, "distinct", facts->bf16_distinct, 0.2);
    hone_finding_number_add(finding, "error", facts->bf16_error, 0.1);
    hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "normalization: {dtype: float32}");
    return true;
}

const hone_doctor_rule hone_internal_doctor_bf16_inputs = {
    .id = "bf16_inputs",
    .title = "bfloat16 cannot tell the inputs apart",
    .phase = "static",
    .grade = 'F',
    .suppresses = "inputs_unscaled|bf16_gradients|underfit|too_few_steps|labels_unrelated|rate_too_low",
    .what =
        "bfloat16 keeps 8 bits of a number: of the years 1990 to 2026 five are left. What is small beside the mean of a column is lost before the first layer.",
    .told =
        "Under mixed_bfloat16: a column of the probe has less than a fifth of its distinct values after rounding, and the error is beyond a tenth of its deviation.",
    .alike = "Columns of a few values, which stay apart.",
    .cure = "Centre the column in float32: normalization: {dtype: float32} in front.",
    .source = "Micikevicius and others 2018: Mixed Precision Training",
    .test = test,
};
