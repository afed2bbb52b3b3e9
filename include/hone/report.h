/* Reports: a page about a model, what it does with data, and its training. */
#ifndef HONE_REPORT_H
#define HONE_REPORT_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HONE_NO_MODEL ((hone_model *)(void *)hone_nothing)
typedef struct hone_report_args {
    hone_args base;
    hone_model *model;           /* left out: the history alone */
    hone_dataset *data;          /* with targets; left out: the model is described but not judged */
    const hone_history *history; /* the curves of a fit; or */
    const char *history_file;    /* of a CSV file, as hone train --history or csv_logger writes it */
    const char *title;           /* left out: the model's name */
    const char *const
        *class_names; /* ended by NULL; left out: those that the model knows, else the numbers */
    int64_t batch_size;
} hone_report_args;
#define HONE_REPORT_DEFAULTS .model = HONE_NO_MODEL, .data = HONE_NO_DATASET, .batch_size = 32
/* Writes one page of HTML that needs nothing else: loss and metrics, the table of classes, confusions,
 * calibration, ROC of two classes, residuals of a regression, the worst samples (as pictures when they are),
 * the curves of the training, the layers. Which of these there are follows from the outputs, the targets and
 * the loss. Written whole or not at all; the same content gives the same bytes. Errors: files, shapes that do
 * not fit, data without targets or of unknown length, memory. */
hone_status hone_report_with(const char *path, const hone_report_args *args);
#ifndef __cplusplus
#define hone_report(...) HONE_REPORT(__VA_ARGS__, .base = {sizeof(hone_report_args), HONE_SITE})
#define HONE_REPORT(path_, ...) \
    HONE_WITH_OVERRIDES(hone_report_with(path_, &(hone_report_args){HONE_REPORT_DEFAULTS, __VA_ARGS__}))
#endif

#ifdef __cplusplus
}
#endif
#endif
