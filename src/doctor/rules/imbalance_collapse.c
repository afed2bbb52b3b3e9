/* A network that always answers the commonest class. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (output->classes < 2 || output->task == HONE_DOCTOR_NUMBERS ||
        (double)output->largest_count < 10 * (double)output->smallest_count || !(output->top_share > 0.99) ||
        !(output->least_recall == 0) || !(facts->q < 0.05))
        return false;
    double n = (double)output->labels, k = (double)output->classes;
    hone_finding_say(finding, "always answers %lld (%.0f %% of the data)", (long long)output->top_class,
                     100 * (double)output->largest_count / n);
    hone_finding_number_add(finding, "largest_to_smallest",
                            (double)output->largest_count / (double)output->smallest_count, 10);
    hone_finding_number_add(finding, "predicted", output->top_share, 0.99);
    if (output->classes == 2)
        hone_finding_edit(finding, HONE_EDIT_SET, "fit.class_weight", "", "{%lld: %.3g, %lld: %.3g}",
                          (long long)output->largest_class, n / (k * (double)output->largest_count),
                          (long long)output->smallest_class, n / (k * (double)output->smallest_count));
    else
        hone_finding_advise(finding, "give each class the weight n / (k n_c): fit: {class_weight: ...}");
    return true;
}

const hone_doctor_rule hone_internal_doctor_imbalance_collapse = {
    .id = "imbalance_collapse",
    .title = "only the commonest class is predicted",
    .phase = "end",
    .grade = 'M',
    .suppresses = "underfit|too_few_steps|momentum_missing",
    .what = "Where one class is ten times as common as another, always answering it is nearly right, and a "
            "weak network stays there.",
    .told = "Classes ten times as common as others, one class predicted for more than 99 %, one never found, "
            "and no more learned than their shares.",
    .alike = "A calibrated network that ranks well (its loss is then below that of the shares).",
    .cure = "fit: {class_weight: {0: ..., 1: ...}}, n / (k n_c) each.",
    .source = "He and Garcia 2009",
    .test = test,
};
