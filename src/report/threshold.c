/* From which probability on an output should mean the second of two classes, or that a label is there: the
 * best over data, by a measure. Thresholds lie in the middle between two probabilities that differ, so that
 * no sample stands on one. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "report/report.h"

#include <math.h>
#include <string.h>

/* Samples at or above a threshold: those of the second class, and others; and all of both. */
typedef struct counts {
    double hits, alarms, positives, negatives;
} counts;

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double accuracy_of(const counts *of)
{
    return share(of->hits + of->negatives - of->alarms, of->positives + of->negatives);
}

/* The mean of both recalls. */
static double balanced_of(const counts *of)
{
    return (share(of->hits, of->positives) + share(of->negatives - of->alarms, of->negatives)) / 2;
}

static double f1_of(const counts *of)
{
    return share(2 * of->hits, of->hits + of->alarms + of->positives);
}

static const char *const names[] = {"f1", "accuracy", "balanced_accuracy"};
static double (*const measures[])(const counts *) = {f1_of, accuracy_of, balanced_of};
enum { MEASURES = sizeof names / sizeof *names };

static hone_status find_measure(const char *name, double (**measure)(const counts *))
{
    for (size_t i = 0; i < MEASURES; i++)
        if (strcmp(names[i], name) == 0) {
            *measure = measures[i];
            return HONE_OK;
        }
    return hone_internal_fail_name("measure of a threshold", name, names, MEASURES);
}

static hone_threshold_point point_of(const counts *of, double threshold)
{
    return (hone_threshold_point){.threshold = threshold,
                                  .precision = of->hits + of->alarms > 0 ? of->hits / (of->hits + of->alarms)
                                                                         : (double)NAN,
                                  .recall = of->positives > 0 ? of->hits / of->positives : (double)NAN,
                                  .f1 = f1_of(of),
                                  .accuracy = accuracy_of(of),
                                  .balanced_accuracy = balanced_of(of)};
}

static bool is_better(double value, double threshold, double best, double chosen)
{
    if (fabs(value - best) > 1e-12)
        return value > best;
    return fabs(threshold - 0.5) < fabs(chosen - 0.5); /* of equal ones the nearest to a half */
}

/* Items from the highest score down; behind each group of equal ones stands a threshold. */
static void sweep(const hone_scored *items, int64_t count, counts of, double (*measure)(const counts *),
                  double at, hone_threshold_search *found)
{
    double best = -1;
    const counts none = of;
    found->before = point_of(&none, at);
    for (int64_t i = 0; i < count;) {
        const float score = items[i].score;
        for (; i < count && items[i].score == score; i++) {
            of.hits += items[i].positive;
            of.alarms += !items[i].positive;
        }
        const double below = i < count ? ((double)score + (double)items[i].score) / 2 : (double)score / 2;
        if ((double)score > at)
            found->before = point_of(&of, at);
        if (below > 0 && below < 1 && is_better(measure(&of), below, best, found->best.threshold)) {
            best = measure(&of);
            found->best = point_of(&of, below);
        }
    }
}

static hone_status search(const hone_judged *judged, double (*measure)(const counts *),
                          hone_threshold_found *found)
{
    int64_t each[2];
    hone_scored *items = hone_internal_judged_sorted(judged, found->of.number, each);
    if (items == NULL)
        return HONE_ERROR_MEMORY;
    const counts of = {.negatives = (double)each[0], .positives = (double)each[1]};
    hone_status status =
        of.positives > 0 && of.negatives > 0
            ? HONE_OK
            : hone_fail(HONE_ERROR_DATA, "threshold: %s: the data have samples of one class only",
                        found->of.name);
    if (status >= 0)
        sweep(items, each[0] + each[1], of, measure, found->of.threshold, &found->search);
    hone_internal_free(items);
    return status;
}

/* What is looked for, and what was found. */
typedef struct finder {
    hone_model *model;
    hone_dataset *data;
    double (*measure)(const counts *);
    hone_threshold_found *found; /* room for all probabilities of the model */
    size_t count;
} finder;

/* The numbers of an output that are a yes or no each; none of an output of classes or numbers. */
static hone_status judge_and_search(finder *of, int index, const hone_array *outputs)
{
    hone_report_output output = {.model = of->model, .data = of->data, .index = index};
    hone_probability at;
    hone_status status = hone_internal_report_judge(&output, outputs);
    const hone_task task = output.judged.task;
    const bool yes_or_no =
        (task == HONE_TASK_BINARY || task == HONE_TASK_LABELS) && !output.judged.were_logits;
    for (size_t i = 0; status >= 0 && yes_or_no && hone_model_probability_at(of->model, i, &at); i++) {
        if (at.output != index)
            continue;
        of->found[of->count] = (hone_threshold_found){.of = at, .search = {.best = {.threshold = 0.5}}};
        status = search(&output.judged, of->measure, &of->found[of->count++]);
    }
    hone_internal_judged_free(&output.judged);
    return status;
}

static hone_status find_all(finder *of)
{
    const int outputs = hone_model_output_count(of->model);
    hone_array **arrays = hone_internal_allocate_zeroed((size_t)outputs + 1, sizeof *arrays);
    hone_status status = arrays == NULL ? HONE_ERROR_MEMORY : hone_predict(of->model, of->data, arrays);
    for (int i = 0; i < outputs && status >= 0; i++)
        status = judge_and_search(of, i, arrays[i]);
    for (int i = 0; i < outputs && arrays != NULL; i++)
        hone_array_free(arrays[i]);
    hone_internal_free(arrays);
    if (status >= 0 && of->count == 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "threshold: expected an output that is the probability of the second of two classes "
                         "(dense(1, sigmoid)), or of several labels (dense(3, sigmoid))");
    return status;
}

hone_status hone_thresholds_find(hone_model *model, hone_dataset *data, const char *measure,
                                 hone_threshold_found **found, size_t *count)
{
    finder of = {.model = model, .data = data, .measure = f1_of};
    hone_probability at;
    size_t most = 0;
    if (model == NULL || data == NULL || found == NULL || count == NULL)
        return hone_internal_fail_null(model == NULL  ? "a model"
                                       : data == NULL ? "a data set"
                                                      : "a place for the result");
    *found = NULL;
    *count = 0;
    if (measure != NULL)
        HONE_TRY(find_measure(measure, &of.measure));
    HONE_TRY(hone_internal_report_check_data(model, data));
    while (hone_model_probability_at(model, most, &at))
        most++;
    of.found = hone_internal_allocate_zeroed(most + 1, sizeof *of.found);
    hone_status status = of.found == NULL ? HONE_ERROR_MEMORY : find_all(&of);
    if (status < 0) {
        hone_internal_free(of.found);
        return status;
    }
    *found = of.found;
    *count = of.count;
    return HONE_OK;
}

hone_status hone_threshold_find(hone_model *model, hone_dataset *data, const char *measure,
                                hone_threshold_search *found)
{
    hone_threshold_found *all;
    size_t count;
    if (found == NULL)
        return hone_internal_fail_null("a place for the result");
    *found = (hone_threshold_search){.best = {.threshold = 0.5}};
    HONE_TRY(hone_thresholds_find(model, data, measure, &all, &count));
    *found = all[0].search;
    hone_internal_free(all);
    return count == 1
               ? HONE_OK
               : hone_fail(HONE_ERROR_UNSUPPORTED,
                           "threshold: the model has %zu probabilities; expected one (hone_thresholds_find)",
                           count);
}
