/* What a report says of a model's outputs against their targets. */
#include "base/plural.h"
#include "report/numbers.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONFUSED = 200 };

/* ---- which task it is ---- */

static bool only(const float *numbers, int64_t count, float a, float b)
{
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] != a && numbers[i] != b)
            return false;
    return count > 0;
}

static bool one_hot(const float *targets, int64_t count, int64_t width)
{
    for (int64_t row = 0; row < count; row++) {
        int64_t ones = 0;
        for (int64_t i = 0; i < width; i++)
            ones += targets[row * width + i] == 1;
        if (ones != 1)
            return false;
    }
    return only(targets, count * width, 0, 1);
}

static hone_task find_task(const float *targets, int64_t target_width, int64_t count, int64_t width,
                           bool regression)
{
    if (width > 1 && target_width == 1)
        return HONE_TASK_CLASSES;
    if (regression)
        return HONE_TASK_NUMBERS;
    if (width > 1 && one_hot(targets, count, width))
        return HONE_TASK_CLASSES;
    if (only(targets, count * width, 0, 1) || only(targets, count * width, -1, 1))
        return width > 1 ? HONE_TASK_LABELS : HONE_TASK_BINARY;
    return HONE_TASK_NUMBERS;
}

/* ---- probabilities ---- */

static bool within_unit(const float *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] < -1e-4f || numbers[i] > 1 + 1e-4f)
            return false;
    return true;
}

/* Rows that do not sum to about 1 are not probabilities of classes either. */
static bool sums_to_one(const float *rows, int64_t count, int64_t width)
{
    for (int64_t row = 0; row < count; row++) {
        double sum = 0;
        for (int64_t i = 0; i < width; i++)
            sum += (double)rows[row * width + i];
        if (fabs(sum - 1) > 0.01)
            return false;
    }
    return true;
}

static void softmax(float *row, int64_t width)
{
    double most = -HUGE_VAL, sum = 0;
    for (int64_t i = 0; i < width; i++)
        most = fmax(most, (double)row[i]);
    for (int64_t i = 0; i < width; i++)
        sum += exp((double)row[i] - most);
    for (int64_t i = 0; i < width; i++)
        row[i] = (float)(exp((double)row[i] - most) / sum);
}

static void make_probabilities(hone_judged *judged, bool signed_targets)
{
    int64_t numbers = judged->count * judged->width;
    bool classes = judged->task == HONE_TASK_CLASSES;
    bool good = within_unit(judged->outputs, numbers) &&
                (!classes || sums_to_one(judged->outputs, judged->count, judged->width));
    if (good && !signed_targets)
        return;
    judged->were_logits = !signed_targets;
    for (int64_t row = 0; classes && row < judged->count; row++)
        softmax(judged->outputs + row * judged->width, judged->width);
    for (int64_t i = 0; !classes && i < numbers; i++) {
        double x = (double)judged->outputs[i];
        judged->outputs[i] = (float)(signed_targets ? fmin(fmax((x + 1) / 2, 0), 1) : 1 / (1 + exp(-x)));
    }
}

static void fill_truth(hone_judged *judged, const float *targets, int64_t target_width)
{
    bool classes = judged->task == HONE_TASK_CLASSES;
    int64_t rows = judged->count;
    for (int64_t i = 0; i < rows * (classes ? 1 : judged->width); i++)
        judged->truth[i] = classes && target_width > 1 ? -1 : targets[i];
    for (int64_t i = 0; classes && target_width > 1 && i < rows * target_width; i++)
        if (targets[i] == 1)
            judged->truth[i / target_width] = (float)(i % target_width);
}

hone_status hone_internal_judge(hone_judged *judged, const float *targets, int64_t target_width,
                                const float *outputs, int64_t samples, int64_t count, int64_t width,
                                bool regression)
{
    *judged = (hone_judged){.samples = samples, .count = count, .width = width, .threshold = 0.5};
    if (target_width != width && target_width != 1)
        return hone_fail(HONE_ERROR_SHAPE, "expected a target for each of %lld output%s, received %lld",
                         (long long)width, hone_internal_plural(width), (long long)target_width);
    judged->task = find_task(targets, target_width, count, width, regression);
    size_t numbers = (size_t)(count * width);
    judged->truth = hone_internal_allocate_zeroed(numbers + 1, sizeof(float));
    judged->outputs = hone_internal_allocate_zeroed(numbers + 1, sizeof(float));
    if (judged->truth == NULL || judged->outputs == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(judged->outputs, outputs, numbers * sizeof(float));
    fill_truth(judged, targets, target_width);
    bool yes_or_no = judged->task == HONE_TASK_BINARY || judged->task == HONE_TASK_LABELS;
    bool signed_targets = yes_or_no && !only(judged->truth, count * width, 0, 1);
    if (judged->task != HONE_TASK_NUMBERS)
        make_probabilities(judged, signed_targets);
    for (int64_t i = 0; signed_targets && i < count * width; i++)
        judged->truth[i] = judged->truth[i] > 0 ? 1.0f : 0.0f;
    return HONE_OK;
}

void hone_internal_judged_free(hone_judged *judged)
{
    hone_internal_free(judged->truth);
    hone_internal_free(judged->outputs);
    hone_internal_free(judged->thresholds);
    *judged = (hone_judged){.truth = NULL};
}

/* ---- classes ---- */

static int64_t class_count(const hone_judged *judged)
{
    return judged->task == HONE_TASK_BINARY ? 2 : judged->width;
}

int64_t hone_internal_judged_truth(const hone_judged *judged, int64_t at)
{
    double class = (double)judged->truth[at];
    bool good = class >= 0 && class < (double)class_count(judged) && class == floor(class);
    return good ? (int64_t) class : -1;
}

int64_t hone_internal_judged_answer(const hone_judged *judged, int64_t at)
{
    const float *row = judged->outputs + at * judged->width;
    int64_t best = 0;
    if (judged->task == HONE_TASK_BINARY)
        return (double)row[0] > judged->threshold;
    for (int64_t i = 1; i < judged->width; i++)
        if (row[i] > row[best])
            best = i;
    return best;
}

double hone_internal_judged_probability(const hone_judged *judged, int64_t at, int64_t class)
{
    if (judged->task == HONE_TASK_BINARY)
        return class == 1 ? (double)judged->outputs[at] : 1 - (double)judged->outputs[at];
    return class < 0 ? 0 : (double)judged->outputs[at * judged->width + class];
}

static void count_classes(hone_class_counts *counts, const hone_judged *judged)
{
    for (int64_t at = 0; at < judged->count; at++) {
        int64_t truth = hone_internal_judged_truth(judged, at),
                answer = hone_internal_judged_answer(judged, at);
        if (truth < 0) {
            counts->left_out++;
            continue;
        }
        counts->support[truth]++;
        counts->answered[answer]++;
        counts->hits[truth] += truth == answer;
        counts->right += truth == answer;
        if (counts->confusion != NULL)
            counts->confusion[truth * counts->classes + answer]++;
    }
}

static void count_labels(hone_class_counts *counts, const hone_judged *judged)
{
    for (int64_t i = 0; i < judged->count * judged->width; i++) {
        int64_t label = i % judged->width;
        const double threshold = judged->thresholds != NULL ? judged->thresholds[label] : 0.5;
        bool truth = judged->truth[i] == 1, answer = (double)judged->outputs[i] > threshold;
        counts->support[label] += truth;
        counts->answered[label] += answer;
        counts->hits[label] += truth && answer;
        counts->right += truth == answer;
    }
}

hone_status hone_internal_class_counts(hone_class_counts *counts, const hone_judged *judged)
{
    size_t classes = (size_t)class_count(judged);
    bool labels = judged->task == HONE_TASK_LABELS;
    *counts = (hone_class_counts){.classes = (int64_t)classes};
    counts->support = hone_internal_allocate_zeroed(classes, sizeof(int64_t));
    counts->answered = hone_internal_allocate_zeroed(classes, sizeof(int64_t));
    counts->hits = hone_internal_allocate_zeroed(classes, sizeof(int64_t));
    bool confused = !labels && classes <= MOST_CONFUSED;
    if (confused)
        counts->confusion = hone_internal_allocate_zeroed(classes * classes, sizeof(int64_t));
    if (counts->support == NULL || counts->answered == NULL || counts->hits == NULL ||
        (confused && counts->confusion == NULL))
        return HONE_ERROR_MEMORY;
    (labels ? count_labels : count_classes)(counts, judged);
    return HONE_OK;
}

void hone_internal_class_counts_free(hone_class_counts *counts)
{
    hone_internal_free(counts->support);
    hone_internal_free(counts->answered);
    hone_internal_free(counts->hits);
    hone_internal_free(counts->confusion);
    *counts = (hone_class_counts){.classes = 0};
}

static double share(int64_t part, int64_t whole)
{
    return whole == 0 ? (double)NAN : (double)part / (double)whole;
}
double hone_internal_precision(const hone_class_counts *counts, int64_t class)
{
    return share(counts->hits[class], counts->answered[class]);
}
double hone_internal_recall(const hone_class_counts *counts, int64_t class)
{
    return share(counts->hits[class], counts->support[class]);
}
/* 2 hits / (answered + support) */
double hone_internal_f1(const hone_class_counts *counts, int64_t class)
{
    return share(2 * counts->hits[class], counts->answered[class] + counts->support[class]);
}

/* ---- calibration ---- */

static void add_confidence(hone_calibration *bins, double confidence, bool right)
{
    int bin = (int)(confidence * HONE_CALIBRATION_BINS);
    if (!(confidence >= 0 && confidence <= 1))
        return;
    bin = bin < HONE_CALIBRATION_BINS ? bin : HONE_CALIBRATION_BINS - 1;
    bins->count[bin]++;
    bins->confidence[bin] += confidence;
    bins->share[bin] += right;
}

hone_calibration hone_internal_calibrate(const hone_judged *judged)
{
    hone_calibration bins = {.error = 0};
    int64_t all = 0;
    bool classes = judged->task == HONE_TASK_CLASSES;
    for (int64_t i = 0; i < judged->count * (classes ? 1 : judged->width); i++) {
        int64_t answer = classes ? hone_internal_judged_answer(judged, i) : 1;
        if (!classes)
            add_confidence(&bins, (double)judged->outputs[i], judged->truth[i] == 1);
        else if (hone_internal_judged_truth(judged, i) >= 0)
            add_confidence(&bins, hone_internal_judged_probability(judged, i, answer),
                           hone_internal_judged_truth(judged, i) == answer);
    }
    for (int i = 0; i < HONE_CALIBRATION_BINS; i++)
        all += bins.count[i];
    for (int i = 0; i < HONE_CALIBRATION_BINS; i++) {
        double count = (double)bins.count[i];
        if (bins.count[i] > 0)
            bins.error += fabs(bins.confidence[i] - bins.share[i]) / (double)all;
        bins.confidence[i] = bins.count[i] > 0 ? bins.confidence[i] / count : (double)NAN;
        bins.share[i] = bins.count[i] > 0 ? bins.share[i] / count : (double)NAN;
    }
    return bins;
}

/* ---- the curves of a binary task ---- */

static int by_score(const void *a, const void *b)
{
    const hone_scored *first = a, *second = b;
    return (first->score < second->score) - (first->score > second->score);
}

hone_scored *hone_internal_judged_sorted(const hone_judged *judged, int64_t label, int64_t counts[2])
{
    hone_scored *items = hone_internal_allocate_zeroed((size_t)judged->count + 1, sizeof *items);
    counts[0] = counts[1] = 0;
    for (int64_t i = label; i < judged->count * judged->width && items != NULL; i += judged->width) {
        const bool positive = judged->truth[i] == 1;
        if (isnan(judged->outputs[i]))
            continue;
        items[counts[0] + counts[1]] = (hone_scored){judged->outputs[i], positive};
        counts[positive]++;
    }
    if (items != NULL)
        qsort(items, (size_t)(counts[0] + counts[1]), sizeof *items, by_score);
    return items;
}

typedef struct sweep {
    double positives, negatives, hits, alarms; /* all, and those above the threshold */
} sweep;

static void add_point(hone_roc *roc, const sweep *now)
{
    roc->false_positive[roc->count] = now->alarms / now->negatives;
    roc->true_positive[roc->count] = now->hits / now->positives;
    roc->precision[roc->count] = now->hits + now->alarms > 0 ? now->hits / (now->hits + now->alarms) : 1;
    roc->count++;
}

/* Thresholds from high to low; equal scores are one. The area is by trapezoids over all of them. */
static void sweep_thresholds(hone_roc *roc, const hone_scored *items, int64_t count, sweep now)
{
    double kept = 0;
    add_point(roc, &now);
    for (int64_t i = 0; i < count;) {
        sweep before = now;
        for (float score = items[i].score; i < count && items[i].score == score; i++) {
            now.hits += items[i].positive;
            now.alarms += !items[i].positive;
        }
        roc->area += (now.alarms - before.alarms) * (now.hits + before.hits) / 2;
        double along = (now.hits / now.positives + now.alarms / now.negatives) / 2 * (HONE_ROC_POINTS - 3);
        if (along - kept >= 1 && i < count) {
            add_point(roc, &now);
            kept = along;
        }
    }
    add_point(roc, &now);
    roc->area /= now.positives * now.negatives;
}

hone_status hone_internal_roc(const hone_judged *judged, hone_roc *roc)
{
    int64_t counts[2];
    hone_scored *items = hone_internal_judged_sorted(judged, 0, counts);
    if (items == NULL)
        return HONE_ERROR_MEMORY;
    *roc = (hone_roc){.count = 0, .area = NAN};
    if (counts[0] > 0 && counts[1] > 0) {
        const sweep start = {.positives = (double)counts[1], .negatives = (double)counts[0]};
        roc->area = 0;
        sweep_thresholds(roc, items, counts[0] + counts[1], start);
    }
    hone_internal_free(items);
    return HONE_OK;
}

/* ---- regression ---- */

hone_residuals hone_internal_residuals(const hone_judged *judged, int64_t column)
{
    double absolute = 0, square = 0, sum = 0, truth = 0, spread = 0, count = 0;
    int64_t first = column < 0 ? 0 : column, step = column < 0 ? 1 : judged->width;
    for (int64_t i = first; i < judged->count * judged->width; i += step) {
        double error = (double)judged->outputs[i] - (double)judged->truth[i];
        absolute += fabs(error);
        square += error * error;
        sum += error;
        truth += (double)judged->truth[i];
        count++;
    }
    for (int64_t i = first; i < judged->count * judged->width; i += step)
        spread += ((double)judged->truth[i] - truth / count) * ((double)judged->truth[i] - truth / count);
    return (hone_residuals){absolute / count, sqrt(square / count), sum / count,
                            spread > 0 ? 1 - square / spread : (double)NAN};
}

/* ---- the worst ---- */

typedef struct ranked {
    double badness;
    int64_t at;
} ranked;

/* Worst first; the earlier of equals first, so that the order is one. */
static int by_badness(const void *a, const void *b)
{
    const ranked *first = a, *second = b;
    if (first->badness != second->badness)
        return first->badness < second->badness ? 1 : -1;
    return (first->at > second->at) - (first->at < second->at);
}

/* How wrong a position is; NaN when it is right. An output of NaN is the worst. */
static double badness(const hone_judged *judged, int64_t at)
{
    double sum = 0;
    if (judged->task == HONE_TASK_CLASSES || judged->task == HONE_TASK_BINARY) {
        int64_t truth = hone_internal_judged_truth(judged, at);
        bool right = truth < 0 || truth == hone_internal_judged_answer(judged, at);
        return right ? (double)NAN : 1 - hone_internal_judged_probability(judged, at, truth);
    }
    for (int64_t i = at * judged->width; i < (at + 1) * judged->width; i++)
        sum += fabs((double)judged->outputs[i] - (double)judged->truth[i]);
    if (isnan(sum))
        return HUGE_VAL;
    return sum > 0 ? sum : (double)NAN;
}

int64_t *hone_internal_worst(const hone_judged *judged, size_t most, size_t *count)
{
    ranked *items = hone_internal_allocate_zeroed((size_t)judged->count + 1, sizeof *items);
    int64_t *worst = hone_internal_allocate_zeroed(most + 1, sizeof *worst);
    size_t wrong = 0;
    for (int64_t at = 0; items != NULL && worst != NULL && at < judged->count; at++) {
        double bad = badness(judged, at);
        if (!isnan(bad))
            items[wrong++] = (ranked){bad, at};
    }
    if (items == NULL || worst == NULL) {
        hone_internal_free(items);
        hone_internal_free(worst);
        return NULL;
    }
    qsort(items, wrong, sizeof *items, by_badness);
    *count = wrong < most ? wrong : most;
    for (size_t i = 0; i < *count; i++)
        worst[i] = items[i].at;
    hone_internal_free(items);
    return worst;
}
