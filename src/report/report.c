/* A report: a training, a model and what it does with data, as one page of HTML. */
#include "base/plural.h"
#include "report/report.h"

#include "base/file.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "train/feed.h"
#include "verbs.h"
#include <hone/data_files.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the outputs ---- */

/* The target of an output, or below zero: by the losses, else in order. */
static int target_of(const hone_model *model, const hone_dataset *data, int output)
{
    bool losses = model->compiled.ready && model->compiled.loss_count > 0;
    if (losses && hone_internal_model_loss(model, output) == NULL)
        return -1;
    return losses                                     ? hone_internal_feed_target(model, data, NULL, output)
           : output < hone_dataset_target_count(data) ? output
                                                      : -1;
}

static int64_t numbers_of(const hone_array *array)
{
    int64_t count = 1;
    for (int axis = 1; axis < array->rank; axis++)
        count *= array->shape[axis];
    return count;
}

/* Those of the model: of one probability, or of each label. */
static hone_status take_thresholds(hone_report_output *output)
{
    hone_judged *judged = &output->judged;
    if (judged->task != HONE_TASK_LABELS) {
        judged->threshold = hone_model_threshold_of(output->model, output->index, 0);
        return HONE_OK;
    }
    judged->thresholds = hone_internal_allocate((size_t)judged->width * sizeof *judged->thresholds);
    for (int64_t i = 0; judged->thresholds != NULL && i < judged->width; i++)
        judged->thresholds[i] = hone_model_threshold_of(output->model, output->index, i);
    return judged->thresholds != NULL ? HONE_OK : HONE_ERROR_MEMORY;
}

/* Targets as [count, width] floats beside the outputs. */
static hone_status judge(hone_report_output *output, const hone_array *outputs, int target, bool regression)
{
    const hone_array *y = hone_dataset_target(output->data, target);
    int64_t samples = outputs->shape[0], of_outputs = numbers_of(outputs), of_targets = numbers_of(y);
    int64_t width = outputs->rank > 1 ? outputs->shape[outputs->rank - 1] : 1;
    int64_t positions = width > 0 ? of_outputs / width : 0;
    if (positions < 1 || of_targets % positions != 0)
        return hone_fail(HONE_ERROR_SHAPE, "a sample has %lld target%s and %lld output%s",
                         (long long)of_targets, hone_internal_plural(of_targets), (long long)of_outputs,
                         hone_internal_plural(of_outputs));
    float *targets = hone_internal_allocate_zeroed((size_t)(samples * of_targets) + 1, sizeof *targets);
    if (targets == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_dataset_gather(output->data, HONE_COMPONENT_TARGET, target, NULL, 0, samples, targets);
    hone_status status =
        hone_internal_judge(&output->judged, targets, of_targets / positions, (const float *)outputs->data,
                            samples, samples * positions, width, regression);
    if (status >= 0 && !output->judged.were_logits) /* a threshold is one of probabilities */
        status = take_thresholds(output);
    hone_internal_free(targets);
    return status;
}

hone_status hone_internal_report_judge(hone_report_output *output, const hone_array *outputs)
{
    int target = target_of(output->model, output->data, output->index);
    if (target < 0)
        return hone_fail(HONE_ERROR_DATA, "output %s has no target in the data",
                         hone_model_output_name(output->model, output->index));
    return judge(output, outputs, target, hone_internal_model_regresses(output->model, output->index));
}

static hone_status put_output(hone_text *page, hone_report_output *output, const hone_array *outputs,
                              int target, bool regression)
{
    char title[128] = "Results";
    if (output->name != NULL)
        snprintf(title, sizeof title, "Results of %.100s", output->name);
    hone_internal_page_section(page, title);
    hone_status status = judge(output, outputs, target, regression);
    if (status >= 0)
        status = output->judged.task == HONE_TASK_NUMBERS ? hone_internal_report_regression(page, output)
                                                          : hone_internal_report_classes(page, output);
    if (status >= 0)
        status = hone_internal_report_worst(page, output);
    hone_internal_judged_free(&output->judged);
    return status;
}

static hone_status put_outputs(hone_text *page, const hone_report_args *args, hone_array *const *outputs,
                               const double *accuracy)
{
    int count = hone_model_output_count(args->model);
    size_t names = 0;
    while (args->class_names != NULL && args->class_names[names] != NULL)
        names++;
    for (int i = 0; i < count; i++) {
        int target = target_of(args->model, args->data, i);
        hone_report_output output = {.name = count > 1 ? hone_model_output_name(args->model, i) : NULL,
                                     .index = i,
                                     .class_names = args->class_names,
                                     .class_name_count = names,
                                     .model = args->model,
                                     .data = args->data,
                                     .accuracy = accuracy};
        if (target >= 0)
            HONE_TRY(
                put_output(page, &output, outputs[i], target, hone_internal_model_regresses(args->model, i)));
    }
    return HONE_OK;
}

/* ---- the model over its data ---- */

/* Of several values, one for each class or threshold, each by its number: "f1_score [0]". */
static void put_metric(hone_text *page, const hone_log *log)
{
    if (log->count == 1)
        hone_internal_page_number(page, log->name, log->values[0]);
    for (int i = 0; i < log->count && log->count > 1; i++) {
        char label[256];
        snprintf(label, sizeof label, "%s [%d]", log->name, i);
        hone_internal_page_number(page, label, log->values[i]);
    }
}

/* Loss and metrics as they are compiled. */
static hone_status put_metrics(hone_text *page, const hone_report_args *args, double *accuracy)
{
    hone_logs logs = {.count = 0};
    if (!args->model->compiled.ready || !hone_internal_config_present(args->model->compiled.loss))
        return HONE_OK;
    hone_status status = hone_evaluate(args->model, args->data, &logs, .batch_size = args->batch_size);
    hone_log log;
    if (status < 0 || !hone_logs_get(&logs, "accuracy", accuracy))
        *accuracy = NAN;
    hone_internal_text_append(page, "<div class=\"numbers\">\n");
    for (int i = 0; status >= 0 && (log = hone_logs_at(&logs, i)).name != NULL; i++)
        put_metric(page, &log);
    hone_internal_text_append(page, "</div>\n");
    hone_logs_free(&logs);
    return status;
}

/* What looks wrong in the data, such as unknown pieces of a text: a line for each. */
static void put_notes(hone_text *page, const hone_dataset *data)
{
    const char *notes = hone_dataset_notes(data);
    for (size_t length; notes != NULL && *notes != '\0'; notes += length + (notes[length] == '\n')) {
        length = strcspn(notes, "\n");
        hone_internal_page_say_format(page, "%.*s", (int)length, notes);
    }
}

hone_status hone_internal_report_check_data(hone_model *model, const hone_dataset *data)
{
    if (hone_internal_dataset_streams(data) || hone_dataset_count(data) < 1)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "report: expected a data set of known length");
    if (hone_dataset_target_count(data) < 1)
        return hone_fail(HONE_ERROR_DATA, "report: the data have no targets to compare with");
    return hone_internal_feed_check(model, data, model->compiled.ready);
}

static hone_status put_data(hone_text *page, const hone_report_args *args)
{
    HONE_TRY(hone_internal_report_check_data(args->model, args->data));
    double accuracy = NAN;
    HONE_TRY(put_metrics(page, args, &accuracy));
    put_notes(page, args->data);
    int count = hone_model_output_count(args->model);
    hone_array **outputs = hone_internal_allocate_zeroed((size_t)count, sizeof *outputs);
    if (outputs == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_predict(args->model, args->data, outputs, .batch_size = args->batch_size);
    if (status >= 0)
        status = put_outputs(page, args, outputs, &accuracy);
    for (int i = 0; i < count; i++)
        hone_array_free(outputs[i]);
    hone_internal_free(outputs);
    return status;
}

static hone_status put_curves(hone_text *page, const hone_report_args *args)
{
    hone_curve_table table = {.names = NULL};
    hone_status status = HONE_OK;
    if (args->history_file != NULL)
        status = hone_internal_curve_table_of_file(&table, args->history_file);
    else if (args->history != NULL)
        status = hone_internal_curve_table_of_history(&table, args->history);
    if (status >= 0 && table.row_count > 0)
        hone_internal_report_curves(page, &table);
    hone_internal_curve_table_free(&table);
    return status;
}

/* ---- the page ---- */

/* "houses.csv, 600 samples" */
static void name_data(hone_text *page, const hone_dataset *data)
{
    const char *label = hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0);
    char count[32];
    hone_internal_count_to_text((uint64_t)hone_dataset_count(data), count, sizeof count);
    hone_internal_text_append(page, "<p class=\"soft\">");
    hone_internal_page_say_format(page, "%s%s%s sample%s", label != NULL ? label : "",
                                  label != NULL ? ", " : "", count,
                                  hone_internal_plural(hone_dataset_count(data)));
    hone_internal_text_append(page, "</p>\n");
}

static hone_status fill_page(hone_text *page, const hone_report_args *args)
{
    const char *title = args->title != NULL          ? args->title
                        : args->model != NULL        ? hone_model_name(args->model)
                        : args->history_file != NULL ? args->history_file
                                                     : args->doctor_file;
    hone_internal_page_begin(page, title != NULL ? title : "Training");
    if (args->model != NULL && args->data != NULL)
        name_data(page, args->data);
    if (args->model != NULL && args->data != NULL)
        HONE_TRY(put_data(page, args));
    HONE_TRY(put_curves(page, args));
    if (args->doctor_file != NULL)
        HONE_TRY(hone_internal_report_doctor(page, args->doctor_file));
    if (args->model != NULL)
        HONE_TRY(hone_internal_report_maps(page, args->model, args->data));
    if (args->model != NULL)
        HONE_TRY(hone_internal_report_model(page, args->model));
    hone_internal_text_append(page, "</section><section><p class=\"soft\">Written by hone report.</p>\n");
    hone_internal_page_end(page);
    return page->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_report_with(const char *path, const hone_report_args *said)
{
    hone_text page = {.data = NULL};
    hone_report_args args;
    if (path == NULL)
        return hone_internal_fail_null("a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_report_verb, said, &args));
    args.model = args.model == HONE_NO_MODEL ? NULL : args.model;
    args.data = args.data == HONE_NO_DATASET ? NULL : args.data;
    args.history = args.history == HONE_NO_HISTORY ? NULL : args.history;
    if (args.model == NULL && args.history == NULL && args.history_file == NULL && args.doctor_file == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "report: expected a model, a history, or the numbers of a doctor");
    if (args.model == NULL && args.data != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "report: data need a model");
    hone_status status = fill_page(&page, &args);
    if (status >= 0)
        status = hone_write_file(path, page.data, page.length);
    hone_internal_text_free(&page);
    return status;
}
