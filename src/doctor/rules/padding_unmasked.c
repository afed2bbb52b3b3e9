/* Padding that is read as data. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->padding > 0.5) || !hone_internal_is_bad(facts) || facts->pad_layer == NULL)
        return false;
    const char *embedding = NULL;
    for (int i = 0; i < facts->layer_count && embedding == NULL; i++)
        if (hone_internal_is(facts->layers[i].class_name, "Embedding"))
            embedding = facts->layers[i].name;
    hone_finding_at(finding, facts->pad_layer);
    hone_finding_say(finding, "%.0f %% of the steps are padding (%.4g), and %s reads them as data",
                     100 * facts->padding, facts->pad_value, facts->pad_layer);
    hone_finding_number_add(finding, "padding", facts->padding, 0.5);
    if (embedding != NULL && facts->pad_value == 0)
        hone_finding_edit(finding, HONE_EDIT_LAYER, embedding, "mask_zero", "true");
    else if (!facts->pad_ids)
        hone_finding_edit(finding, HONE_EDIT_INSERT, facts->pad_layer, "", "masking: {mask_value: %.9g}",
                          facts->pad_value);
    else
        hone_finding_advise(finding, "pad with 0 and set mask_zero: true in the embedding");
    return true;
}

const hone_doctor_rule hone_internal_doctor_padding_unmasked = {
    .id = "padding_unmasked",
    .title = "padding is read as data",
    .phase = "static",
    .grade = 'M',
    .suppresses = "time_vanishing|underfit|too_few_steps|momentum_missing|rate_too_low|imbalance_collapse",
    .what =
        "Short sequences are filled up to one length. Without a mask a recurrent layer walks on through the padding and forgets what it has read.",
    .told =
        "More than half of all steps are the row with which most samples end or begin, no mask reaches the layer, and the run does not learn.",
    .alike = "Padding in front of the data, which is forgotten: such a run learns.",
    .cure = "mask_zero: true in the embedding, or a masking layer in front.",
    .source = "Chollet: Deep Learning with Python, 11.3",
    .test = test,
};
