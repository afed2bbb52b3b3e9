/* What a report says of an output in numbers, for programs: by class, confusions, calibration, errors. */
#include "base/memory.h"
#include "report/report.h"
#include "train/feed.h"

#include <math.h>
#include <string.h>

static hone_status copy_classes(hone_scores *scores, const hone_report_output *output,
                                const hone_class_counts *counts)
{
    size_t classes = (size_t)counts->classes;
    scores->class_count = counts->classes;
    scores->left_out = counts->left_out;
    scores->classes = hone_internal_allocate_zeroed(classes + 1, sizeof *scores->classes);
    if (counts->confusion != NULL)
        scores->confusion = hone_internal_allocate_zeroed(classes * classes, sizeof *scores->confusion);
    if (scores->classes == NULL || (counts->confusion != NULL && scores->confusion == NULL))
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < counts->classes; i++) {
        char buffer[24];
        scores->classes[i] = (hone_class_score){
            .name = hone_internal_copy_text(hone_internal_report_class(output, i, buffer, sizeof buffer)),
            .support = counts->support[i],
            .predicted = counts->answered[i],
            .precision = hone_internal_precision(counts, i),
            .recall = hone_internal_recall(counts, i),
            .f1 = hone_internal_f1(counts, i)};
        if (scores->classes[i].name == NULL)
            return HONE_ERROR_MEMORY;
    }
    if (counts->confusion != NULL)
        memcpy(scores->confusion, counts->confusion, classes * classes * sizeof *scores->confusion);
    return HONE_OK;
}

static hone_status score_classes(hone_scores *scores, const hone_report_output *output)
{
    const hone_judged *judged = &output->judged;
    hone_class_counts counts;
    hone_status status = hone_internal_class_counts(&counts, judged);
    if (status >= 0)
        status = copy_classes(scores, output, &counts);
    int64_t all = judged->count * (judged->task == HONE_TASK_LABELS ? judged->width : 1) - counts.left_out;
    scores->accuracy = all > 0 ? (double)counts.right / (double)all : (double)NAN;
    hone_internal_class_counts_free(&counts);
    hone_calibration bins = hone_internal_calibrate(judged);
    memcpy(scores->bin_counts, bins.count, sizeof bins.count);
    memcpy(scores->bin_confidence, bins.confidence, sizeof bins.confidence);
    memcpy(scores->bin_share, bins.share, sizeof bins.share);
    scores->calibration_error = bins.error;
    if (status < 0 || judged->task != HONE_TASK_BINARY)
        return status;
    hone_roc roc;
    status = hone_internal_roc(judged, &roc);
    scores->area = status < 0 ? (double)NAN : roc.area;
    return status;
}

static void score_numbers(hone_scores *scores, const hone_judged *judged)
{
    hone_residuals residuals = hone_internal_residuals(judged, -1);
    scores->mean_absolute = residuals.mean_absolute;
    scores->root_mean_square = residuals.root_mean_square;
    scores->bias = residuals.bias;
    scores->r2 = residuals.r2;
}

static hone_status score(hone_report_output *output, const hone_array *outputs, hone_scores *scores)
{
    static const char *const tasks[] = {"classes", "binary", "labels", "numbers"};
    hone_status status = hone_internal_report_judge(output, outputs);
    if (status >= 0) {
        scores->task = tasks[output->judged.task];
        scores->samples = output->judged.samples;
        if (output->judged.task == HONE_TASK_NUMBERS)
            score_numbers(scores, &output->judged);
        else
            status = score_classes(scores, output);
    }
    hone_internal_judged_free(&output->judged);
    return status;
}

hone_status hone_score(hone_model *model, hone_dataset *data, int output, int64_t batch_size,
                       hone_scores *scores)
{
    if (scores == NULL || model == NULL || data == NULL)
        return hone_internal_fail_null(scores == NULL ? "scores" : model == NULL ? "a model" : "a data set");
    *scores = (hone_scores){.accuracy = NAN,
                            .calibration_error = NAN,
                            .area = NAN,
                            .mean_absolute = NAN,
                            .root_mean_square = NAN,
                            .bias = NAN,
                            .r2 = NAN};
    int count = hone_model_output_count(model);
    if (output < 0 || output >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "score: there is no output %d; the model has %d", output,
                         count);
    HONE_TRY(hone_internal_report_check_data(model, data));
    hone_array **outputs = hone_internal_allocate_zeroed((size_t)count, sizeof *outputs);
    if (outputs == NULL)
        return HONE_ERROR_MEMORY;
    hone_report_output judged = {.index = output, .model = model, .data = data};
    hone_status status = hone_predict(model, data, outputs, .batch_size = batch_size > 0 ? batch_size : 32);
    if (status >= 0)
        status = score(&judged, outputs[output], scores);
    for (int i = 0; i < count; i++)
        hone_array_free(outputs[i]);
    hone_internal_free(outputs);
    if (status < 0)
        hone_scores_free(scores);
    return status;
}

void hone_scores_free(hone_scores *scores)
{
    if (scores == NULL)
        return;
    for (int64_t i = 0; scores->classes != NULL && i < scores->class_count; i++)
        hone_internal_free((char *)scores->classes[i].name);
    hone_internal_free(scores->classes);
    hone_internal_free(scores->confusion);
    scores->classes = NULL;
    scores->confusion = NULL;
    scores->class_count = 0;
}
