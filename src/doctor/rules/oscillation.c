/* Batches too small, or a momentum too close to 1. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool small = facts->batch<8, heavy = facts->momentum> 0.95;
    if (!(facts->probe_swing > 0.25) || facts->update > 0.1 || (!small && !heavy))
        return false;
    hone_finding_say(finding, "the loss of the same samples swings by %.0f %%, with %s",
                     100 * facts->probe_swing, small ? "batches of a few samples" : "a momentum close to 1");
    hone_finding_number_add(finding, "swing", facts->probe_swing, 0.25);
    hone_finding_number_add(finding, "batch", (double)facts->batch, 8);
    hone_finding_number_add(finding, "momentum", facts->momentum, 0.95);
    if (small)
        hone_finding_edit(finding, HONE_EDIT_SET, "fit.batch_size", "", "%lld",
                          (long long)(facts->batch * 8));
    else
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "+momentum=0.9");
    return true;
}

const hone_doctor_rule hone_internal_doctor_oscillation = {
    .id = "oscillation",
    .title = "the loss swings",
    .phase = "end",
    .grade = 'M',
    .suppresses = "too_few_steps|underfit|labels_unrelated",
    .what = "Batches of a few samples, or a momentum close to 1, throw the weights to and fro.",
    .told = "The loss of the same samples swings by a quarter while steps are of a usual size, with batches "
            "below 8 or a momentum above 0.95.",
    .alike = "Noise of the batches: then the loss of the probe is smooth.",
    .cure = "Batches of 32; momentum 0.9.",
    .source = "Masters and Luschi 2018; Cohen and others 2021",
    .test = test,
};
