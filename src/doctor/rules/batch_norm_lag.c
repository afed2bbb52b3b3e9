/* Moving statistics that still hold their start. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    double seen = 1 - facts->probe_end / facts->constant_loss,
           trained = 1 - facts->probe_end_training / facts->constant_loss;
    if (!(facts->statistics_lag > 0.05) || !facts->finished ||
        !(facts->probe_end > 1.5 * facts->probe_end_training) || !(trained - seen > 0.3))
        return false;
    finding->always = true;
    for (int i = 0; i < facts->layer_count; i++) {
        if (!facts->layers[i].normalizes)
            continue;
        if (finding->cure_count == 0)
            hone_finding_at(finding, facts->layers[i].name);
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->layers[i].name, "momentum", "0.9");
    }
    hone_finding_say(
        finding,
        "the same samples have a loss of %.4g in predictions, which use the averages kept while it "
        "trained, but %.4g with their own: after %lld step%s the kept ones are still far behind",
        facts->probe_end, facts->probe_end_training, (long long)facts->steps,
        hone_internal_plural(facts->steps));
    hone_finding_number_add(finding, "inference", facts->probe_end, 1.5 * facts->probe_end_training);
    hone_finding_number_add(finding, "training", facts->probe_end_training, HONE_NONE);
    hone_finding_number_add(finding, "start_left", facts->statistics_lag, 0.05);
    return true;
}

const hone_doctor_rule hone_internal_doctor_batch_norm_lag = {
    .id = "batch_norm_lag",
    .title = "batch normalization lags behind",
    .phase = "while",
    .grade = 'M',
    .suppresses = "overfit",
    .what = "In training batch normalization uses the statistics of the batch, later a moving mean of them. "
            "After a few steps that mean still holds much of its start, and predictions are wrong.",
    .told = "The loss in inference is far above that in training on the same samples, and momentum to the "
            "power of the steps is above 5 %.",
    .alike = "Overfitting (these are training samples); dropout (the other way round).",
    .cure = "batch_normalization: {momentum: 0.9}, or more steps.",
    .source = "Ioffe and Szegedy 2015",
    .test = test,
};
