/* What a report says of a model's outputs against their targets: counts, curves, errors. No page, no model.
 */
#ifndef HONE_REPORT_NUMBERS_H
#define HONE_REPORT_NUMBERS_H

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum hone_task {
    HONE_TASK_CLASSES, /* one of k classes: truth [count], outputs [count, k] */
    HONE_TASK_BINARY,  /* one output, 0 or 1: truth [count], outputs [count] */
    HONE_TASK_LABELS,  /* k labels that are 0 or 1 each: truth and outputs [count, k] */
    HONE_TASK_NUMBERS  /* regression: truth and outputs [count, k] */
} hone_task;

/* One output over all samples. A sample may have several positions (steps, pixels): `count` is of positions.
 */
typedef struct hone_judged {
    hone_task task;
    int64_t samples, count, width;
    float *truth, *outputs; /* owned; classes: ids, and probabilities */
    bool were_logits;
    double threshold;   /* of a binary task: above it is the second class */
    double *thresholds; /* of labels, owned; NULL: 0.5 */
} hone_judged;

/* Takes targets as [count, target_width] and outputs [count, width], and finds the task: `regression` says
 * that the loss is one of numbers. Logits become probabilities. */
hone_status hone_internal_judge(hone_judged *judged, const float *targets, int64_t target_width,
                                const float *outputs, int64_t samples, int64_t count, int64_t width,
                                bool regression);
void hone_internal_judged_free(hone_judged *judged);

/* Of classes (two in a binary task, decided at the threshold): what was, what was said, how sure. Below 0:
 * left out. */
int64_t hone_internal_judged_truth(const hone_judged *judged, int64_t at);
int64_t hone_internal_judged_answer(const hone_judged *judged, int64_t at);
double hone_internal_judged_probability(const hone_judged *judged, int64_t at, int64_t class);

/* The scores of a binary task, or of a label, from the highest down, to be freed; counts[0] of the first
 * class, counts[1] of the second, without those that are NaN. NULL: no memory. */
typedef struct hone_scored {
    float score;
    bool positive;
} hone_scored;
hone_scored *hone_internal_judged_sorted(const hone_judged *judged, int64_t label, int64_t counts[2]);

typedef struct hone_class_counts {
    int64_t classes, left_out, right;   /* left out: targets that are not classes */
    int64_t *support, *answered, *hits; /* of each class: how often it was, was said, both */
    int64_t *confusion;                 /* [truth, answer]; NULL above 200 classes */
} hone_class_counts;
hone_status hone_internal_class_counts(hone_class_counts *counts, const hone_judged *judged);
/* The same for each of several labels, at its threshold; there is no confusion. */
void hone_internal_class_counts_free(hone_class_counts *counts);
double hone_internal_precision(const hone_class_counts *counts, int64_t class); /* NaN: never said */
double hone_internal_recall(const hone_class_counts *counts, int64_t class);    /* NaN: never was */
double hone_internal_f1(const hone_class_counts *counts, int64_t class);

/* How often answers of a confidence are right: ten equal bins from 0 to 1; of a binary task, how often the
 * positive class was where its probability was said to be so. Error: sum of |confidence - share| by count. */
enum { HONE_CALIBRATION_BINS = 10 };
typedef struct hone_calibration {
    int64_t count[HONE_CALIBRATION_BINS];
    double confidence[HONE_CALIBRATION_BINS], share[HONE_CALIBRATION_BINS]; /* NaN in empty bins */
    double error;
} hone_calibration;
hone_calibration hone_internal_calibrate(const hone_judged *judged);

/* The curves of a binary task over all thresholds, thinned to at most this many points. */
enum { HONE_ROC_POINTS = 256 };
typedef struct hone_roc {
    size_t count;
    double false_positive[HONE_ROC_POINTS], true_positive[HONE_ROC_POINTS], precision[HONE_ROC_POINTS];
    double area; /* NaN when there is one class only */
} hone_roc;
hone_status hone_internal_roc(const hone_judged *judged, hone_roc *roc);

typedef struct hone_residuals {
    double mean_absolute, root_mean_square, bias, r2; /* r2 NaN when the truth is constant */
} hone_residuals;
/* Of one column, or of all (column below 0). */
hone_residuals hone_internal_residuals(const hone_judged *judged, int64_t column);

/* Positions that went wrong, the worst first: for classes by the probability of the true one, for numbers by
 * the size of the error (of all columns). To be freed; `count` at most `most`. */
int64_t *hone_internal_worst(const hone_judged *judged, size_t most, size_t *count);

#endif
