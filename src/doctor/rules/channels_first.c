/* Pictures whose channels come first. */
#include "doctor/rules.h"

#include <stdio.h>

/* "... of its input (None, 3, 32, 32)": the model cannot be made. */
static bool refused(const hone_doctor_facts *facts, hone_finding *finding)
{
    long long c = 0, h = 0, w = 0;
    const char *shape = facts->refusal == NULL ? NULL : strstr(facts->refusal, "of its input (None, ");
    if (shape == NULL || strstr(facts->refusal, "a window of ") == NULL ||
        sscanf(shape, "of its input (None, %lld, %lld, %lld)", &c, &h, &w) != 3 || (c != 1 && c != 3) ||
        h <= 4 || w <= 4)
        return false;
    finding->grade = 'F';
    hone_finding_at(finding, facts->refused_layer);
    hone_finding_say(finding,
                     "samples have the shape (%lld, %lld, %lld): the channels seem to be first, so the %lld "
                     "columns are taken for channels",
                     c, h, w, w);
    hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "permute: {dims: [2, 3, 1]}");
    return true;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (refused(facts, finding))
        return true;
    if (facts->channels_first == NULL)
        return false;
    hone_finding_at(finding, facts->channels_first);
    hone_finding_say(
        finding, "samples have the shape %s: the channels seem to be first, %s takes the columns for them",
        facts->channels_first_shape, facts->channels_first);
    hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "permute: {dims: [2, 3, 1]}");
    return true;
}

const hone_doctor_rule hone_internal_doctor_channels_first = {
    .id = "channels_first",
    .title = "the channels come first",
    .phase = "static",
    .grade = 'M',
    .suppresses = "map_collapsed|underfit|too_few_steps|labels_unrelated|rate_too_low|momentum_missing",
    .what =
        "A convolution reads pictures as rows, columns, channels. Where the file has the channels first, it slides over channels and rows and takes the columns for channels.",
    .told =
        "A sample has 1 or 3 along its first axis and more than 4 along its last, and a convolution reads it as it is.",
    .alike = "Pictures of 3 rows, which learn.",
    .cure = "permute: {dims: [2, 3, 1]} behind the input, or data_format: channels_first in the layers.",
    .source = "Chollet: Deep Learning with Python, 8.1",
    .test = test,
};
