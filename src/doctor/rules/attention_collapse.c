/* Attention that looks at one place. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->attention_collapsed >= 0.5) || !hone_internal_is_bad(facts))
        return false;
    hone_finding_at(finding, facts->attention_layer);
    hone_finding_say(finding, "%.0f %% of the heads of %s look at one place each by step %lld",
                     100 * facts->attention_collapsed, facts->attention_layer,
                     (long long)facts->attention_step);
    hone_finding_number_add(finding, "entropy", facts->attention_entropy, 0.05);
    hone_finding_number_add(finding, "heads", facts->attention_collapsed, 0.5);
    hone_finding_edit(finding, HONE_EDIT_INSERT, facts->attention_layer, "", "layer_normalization");
    hone_finding_cure(finding);
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.learning_rate", "", "%.4g", facts->rate / 3);
    hone_finding_advise(finding, "warm the rate up, and normalise what attention reads");
    return true;
}

const hone_doctor_rule hone_internal_doctor_attention_collapse = {
    .id = "attention_collapse",
    .title = "attention looks at one place",
    .phase = "while",
    .grade = 'M',
    .suppresses = "rate_too_low|underfit|too_few_steps|momentum_missing",
    .what =
        "Where scores are large, the softmax of an attention chooses one key and passes on no gradient to the others: it stays there.",
    .told =
        "The entropy of the weights, over its largest, is below 0.05 in half of the heads before a tenth of the training, and the run does not learn.",
    .alike = "Sharp heads late in a training that learns.",
    .cure = "Warm-up, layer_normalization in front of the attention, a third of the rate.",
    .source =
        "Zhai and others 2023: Stabilizing Transformer Training by Preventing Attention Entropy Collapse",
    .test = test,
};
