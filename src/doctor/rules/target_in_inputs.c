/* A column that is the target. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->target_kind == NULL)
        return false;
    const char *what =
        facts->x_rank > 2 ? "number" : "column"; /* of a picture or a sequence: of all its numbers */
    hone_finding_say(finding, "%s %lld of the inputs tells the target in all %lld sample%s looked at (%s)",
                     what, (long long)facts->target_column, (long long)facts->sampled,
                     hone_internal_plural(facts->sampled), facts->target_kind);
    hone_finding_number_add(finding, "column", (double)facts->target_column, HONE_NONE);
    if (facts->x_rank > 2 &&
        hone_internal_reads_steps(facts)) /* a sequence whose answer stands in one step */
        finding->grade = 'N';
    if (facts->x_rank > 2)
        hone_finding_advise(finding, "unless that is what is to be learned, set it to 0 in all samples");
    else
        hone_finding_advise(finding, "leave column %lld out (of a table: FILE.csv#drop=[NAME])",
                            (long long)facts->target_column);
    return true;
}

const hone_doctor_rule hone_internal_doctor_target_in_inputs = {
    .id = "target_in_inputs",
    .title = "a column of the inputs tells the target",
    .phase = "static",
    .grade = 'F',
    .suppresses = "",
    .what = "One column is the target under another name. The network learns to copy it, looks perfect, and "
            "fails where the column is not known beforehand.",
    .told = "A column with one value of its own for each class, or one from which a straight line gives the "
            "target.",
    .alike = "Separable data, where a threshold decides; autoencoders, whose targets are their inputs.",
    .cure = "Leave the column out: train.csv#drop=[name].",
    .source = "deepchecks: feature label correlation",
    .flatters = true,
    .test = test,
};
