/* Outputs that know what comes later. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->leak > 1e-4) || facts->causal_asked == NULL)
        return false;
    hone_finding_at(finding, facts->leak_layer);
    hone_finding_say(finding, "%s, but outputs change by %.2g when only later inputs do", facts->causal_asked,
                     facts->leak);
    hone_finding_number_add(finding, "change", facts->leak, 1e-4);
    if (facts->leak_class != NULL && strstr(facts->leak_class, "Conv1D") != NULL)
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->leak_layer, "padding", "causal");
    else if (hone_internal_is(facts->leak_class, "Bidirectional"))
        hone_finding_advise(finding, "walk forwards alone: without bidirectional");
    else
        hone_finding_advise(finding, "call: {use_causal_mask: true} in the attention");
    return true;
}

const hone_doctor_rule hone_internal_doctor_future_leak = {
    .id = "future_leak",
    .title = "outputs know the future",
    .phase = "first",
    .grade = 'F',
    .suppresses = "overfit|early_stop_too_soon",
    .what =
        "A model that predicts the next step reads that very step: its loss is wonderful, and of no use where the future is not known.",
    .told =
        "The outputs of early steps change when only later inputs do, where the targets are the inputs one step later, or a layer is causal.",
    .alike = "Tagging, where every step may read the whole sequence.",
    .cure = "use_causal_mask: true, padding: causal, no bidirectional layer.",
    .source = "Karpathy: A Recipe for Training Neural Networks",
    .flatters = true,
    .test = test,
};
