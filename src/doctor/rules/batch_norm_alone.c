/* Batch statistics of one sample. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    for (int i = 0; i < facts->layer_count && facts->batch == 1; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->normalizes || layer->statistics_rows != 1)
            continue;
        hone_finding_at(finding, layer->name);
        hone_finding_say(finding,
                         "batches of 1 sample have no variance: %s gives its beta, whatever comes in",
                         layer->name);
        hone_finding_number_add(finding, "batch_size", 1, 2);
        hone_finding_edit(finding, HONE_EDIT_SET, "fit.batch_size", "", "32");
        return true;
    }
    return false;
}

const hone_doctor_rule hone_internal_doctor_batch_norm_alone = {
    .id = "batch_norm_alone",
    .title = "batch normalization of single samples",
    .phase = "static",
    .grade = 'F',
    .suppresses = "rate_too_low|vanishing_gradients|underfit|too_few_steps|oscillation|batch_norm_lag",
    .what = "Batch normalization subtracts the mean of the batch. With one sample in the batch that is the "
            "sample itself: what remains is the offset beta, whatever came in.",
    .told = "A batch size of 1 and a normalization whose statistics are over the samples alone.",
    .alike = "Images, whose pixels count too.",
    .cure = "batch_size: 32, or layer_normalization.",
    .source = "Ioffe and Szegedy 2015",
    .test = test,
};
