/* Windows over nothing, or past positions. */
#include "doctor/rules.h"

/* "a window of 3 does not fit in the 2 positions": the model cannot be made. */
static bool refused(const hone_doctor_facts *facts, hone_finding *finding)
{
    const char *layer = facts->refused_layer;
    if (facts->refusal == NULL || layer == NULL || strstr(facts->refusal, "a window of ") == NULL)
        return false;
    hone_finding_at(finding, layer);
    hone_finding_say(finding, "%s", facts->refusal);
    hone_finding_advise(finding, "take out a pool or a stride before %s, or a larger picture", layer);
    hone_finding_edit(finding, HONE_EDIT_LAYER, layer, "padding", "same");
    return true;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (refused(facts, finding))
        return true;
    if (facts->collapsed == NULL)
        return false;
    hone_finding_at(finding, facts->collapsed);
    if (facts->collapsed_stride > 0)
        hone_finding_say(
            finding, "%s steps %lld positions on, but its window has %lld: the others are never read",
            facts->collapsed, (long long)facts->collapsed_stride, (long long)facts->collapsed_window);
    else
        hone_finding_say(finding,
                         "the map in front of %s has a single position, its window %lld: all but one read 0",
                         facts->collapsed, (long long)facts->collapsed_window);
    hone_finding_number_add(finding, "window", (double)facts->collapsed_window, HONE_NONE);
    if (facts->collapsed_stride > 0)
        hone_finding_number_add(finding, "stride", (double)facts->collapsed_stride,
                                (double)facts->collapsed_window);
    else
        hone_finding_number_add(finding, "map", (double)facts->collapsed_map, 1);
    if (facts->collapsed_stride > 0)
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->collapsed, "strides", "%lld",
                          (long long)facts->collapsed_window);
    else
        hone_finding_advise(finding, "take out a pool or a stride before %s", facts->collapsed);
    return true;
}

const hone_doctor_rule hone_internal_doctor_map_collapsed = {
    .id = "map_collapsed",
    .title = "the map has no positions left",
    .phase = "static",
    .grade = 'F',
    .suppresses = "underfit|too_few_steps|labels_unrelated",
    .what =
        "Pools and strides halve a map until one position is left, or none: a window over it reads padding alone. A stride larger than its window passes positions by.",
    .told =
        "The shapes of the recorded network: a map of one position in front of a window of several, or a stride beyond the window.",
    .alike =
        "A convolution of 1 x 1 with a stride, which shrinks the short way of a residual block; global pooling at the end.",
    .cure = "Fewer pools or strides, padding: same, larger pictures.",
    .source = "Springenberg and others 2015",
    .test = test,
};
