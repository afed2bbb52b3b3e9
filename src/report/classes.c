/* Classes in a report: the numbers, the table of classes, the confusions, how far confidence can be believed;
 * for two classes the curves over all thresholds. */
#include "base/memory.h"
#include "base/plural.h"
#include "charts/ticks.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_IN_MATRIX = 30, MOST_CONFUSIONS = 20, MOST_ROWS = 200 };

const char *hone_internal_report_class(const hone_report_output *output, int64_t class, char *buffer,
                                       size_t size)
{
    if (class >= 0 && (size_t) class < output->class_name_count)
        return output->class_names[class];
    const char *known = output->class_name_count == 0 && output->model != NULL
                            ? hone_model_class_name(output->model, output->index, class)
                            : NULL;
    if (known == NULL && output->model != NULL && output->judged.task == HONE_TASK_LABELS)
        known = hone_model_target_name(output->model, output->index, class);
    if (known != NULL)
        return known;
    snprintf(buffer, size, "%lld", (long long)class);
    return buffer;
}

static void say_class(hone_text *page, const hone_report_output *output, int64_t class)
{
    char buffer[24];
    hone_internal_page_say(page, hone_internal_report_class(output, class, buffer, sizeof buffer));
}

/* A cell with a share of 1 in three digits; a dash for none. */
static void put_share(hone_text *page, double share)
{
    if (isnan(share))
        hone_internal_text_append(page, "<td>&ndash;</td>");
    else
        hone_internal_text_format(page, "<td>%.3f</td>", share);
}

/* ---- the table of classes ---- */

typedef double class_number(const hone_class_counts *counts, int64_t class);

/* 10,000, at the end of a row. */
static void put_count(hone_text *page, int64_t count)
{
    char number[32];
    hone_internal_count_to_text((uint64_t)count, number, sizeof number);
    hone_internal_text_format(page, "<td>%s</td></tr>\n", number);
}

/* The mean over the classes that have the number; weighted by support or not. */
static double mean_of(const hone_class_counts *counts, class_number *number, bool weighted)
{
    double sum = 0, weight = 0;
    for (int64_t i = 0; i < counts->classes; i++) {
        double value = number(counts, i),
               part = weighted ? (double)counts->support[i] : counts->support[i] > 0;
        sum += part * (isnan(value) ? 0 : value);
        weight += part;
    }
    return weight > 0 ? sum / weight : (double)NAN;
}

static void put_means(hone_text *page, const hone_class_counts *counts, const char *name, bool weighted)
{
    int64_t all = 0;
    for (int64_t i = 0; i < counts->classes; i++)
        all += counts->support[i];
    hone_internal_text_format(page, "<tr><th class=\"name\">%s</th>", name);
    put_share(page, mean_of(counts, hone_internal_precision, weighted));
    put_share(page, mean_of(counts, hone_internal_recall, weighted));
    put_share(page, mean_of(counts, hone_internal_f1, weighted));
    put_count(page, all);
}

static void put_table(hone_text *page, const hone_report_output *output, const hone_class_counts *counts)
{
    hone_internal_text_append(page,
                              "<h3>By class</h3>\n<div class=\"wide\"><table class=\"classes\"><thead><tr>"
                              "<th class=\"name\">class</th><th>precision</th><th>recall</th><th>f1</th>"
                              "<th>support</th></tr></thead><tbody>\n");
    for (int64_t i = 0; i < counts->classes && i < MOST_ROWS; i++) {
        hone_internal_text_append(page, "<tr><td class=\"name\">");
        say_class(page, output, i);
        hone_internal_text_append(page, "</td>");
        put_share(page, hone_internal_precision(counts, i));
        put_share(page, hone_internal_recall(counts, i));
        put_share(page, hone_internal_f1(counts, i));
        put_count(page, counts->support[i]);
    }
    hone_internal_text_append(page, "</tbody><tfoot>\n");
    put_means(page, counts, "mean over classes", false);
    put_means(page, counts, "weighted mean", true);
    hone_internal_text_append(page, "</tfoot></table></div>\n");
    if (counts->classes > MOST_ROWS)
        hone_internal_text_format(page, "<p class=\"soft\">The first %d of %lld classes.</p>\n", MOST_ROWS,
                                  (long long)counts->classes);
}

/* ---- confusions ---- */

static void put_matrix(hone_text *page, const hone_report_output *output, const hone_class_counts *counts)
{
    hone_internal_text_append(
        page, "<h3>Confusion matrix</h3>\n<p class=\"soft\">Rows are the actual classes, columns the "
              "predicted ones; the shade shows the fraction of the row.</p>\n<div class=\"wide\">"
              "<table class=\"confusion\"><thead><tr><th></th>");
    for (int64_t i = 0; i < counts->classes; i++) {
        hone_internal_text_append(page, "<th>");
        say_class(page, output, i);
        hone_internal_text_append(page, "</th>");
    }
    hone_internal_text_append(page, "</tr></thead><tbody>\n");
    for (int64_t row = 0; row < counts->classes; row++) {
        hone_internal_text_append(page, "<tr><th class=\"name\">");
        say_class(page, output, row);
        hone_internal_text_append(page, "</th>");
        for (int64_t column = 0; column < counts->classes; column++) {
            int64_t count = counts->confusion[row * counts->classes + column];
            double part = counts->support[row] > 0 ? (double)count / (double)counts->support[row] : 0;
            hone_internal_text_format(page, "<td%s style=\"background:rgba(var(--heat),%.2f)\">%lld</td>",
                                      row == column ? " class=\"right\"" : "", part * 0.6, (long long)count);
        }
        hone_internal_text_append(page, "</tr>\n");
    }
    hone_internal_text_append(page, "</tbody></table></div>\n");
}

typedef struct confusion {
    int64_t truth, answer, count;
} confusion;

static int by_count(const void *a, const void *b)
{
    const confusion *first = a, *second = b;
    if (first->count != second->count)
        return first->count < second->count ? 1 : -1;
    return first->truth != second->truth
               ? (first->truth > second->truth) - (first->truth < second->truth)
               : (first->answer > second->answer) - (first->answer < second->answer);
}

static void put_confusions(hone_text *page, const hone_report_output *output, const confusion *items,
                           size_t count)
{
    hone_internal_text_append(page,
                              "<h3>Most frequent confusions</h3>\n<div class=\"wide\"><table><thead><tr>"
                              "<th class=\"name\">actual</th><th class=\"name\">predicted</th>"
                              "<th>count</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count && i < MOST_CONFUSIONS && items[i].count > 0; i++) {
        hone_internal_text_append(page, "<tr><td class=\"name\">");
        say_class(page, output, items[i].truth);
        hone_internal_text_append(page, "</td><td class=\"name\">");
        say_class(page, output, items[i].answer);
        hone_internal_text_format(page, "</td><td>%lld</td></tr>\n", (long long)items[i].count);
    }
    hone_internal_text_append(page, "</tbody></table></div>\n");
}

static hone_status list_confusions(hone_text *page, const hone_report_output *output,
                                   const hone_class_counts *counts)
{
    size_t classes = (size_t)counts->classes, count = 0;
    confusion *items = hone_internal_allocate_zeroed(classes * classes, sizeof *items);
    if (items == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t truth = 0; truth < counts->classes; truth++)
        for (int64_t answer = 0; answer < counts->classes; answer++)
            if (truth != answer)
                items[count++] =
                    (confusion){truth, answer, counts->confusion[truth * counts->classes + answer]};
    qsort(items, count, sizeof *items, by_count);
    put_confusions(page, output, items, count);
    hone_internal_free(items);
    return HONE_OK;
}

/* ---- plots ---- */

static void plot_calibration(hone_text *page, const hone_judged *judged)
{
    hone_calibration bins = hone_internal_calibrate(judged);
    bool classes = judged->task == HONE_TASK_CLASSES;
    double left[HONE_CALIBRATION_BINS], counts[HONE_CALIBRATION_BINS];
    hone_page_series line = {HONE_PAGE_LINE, NULL, bins.confidence, bins.share, HONE_CALIBRATION_BINS, 1,
                             false};
    for (int i = 0; i < HONE_CALIBRATION_BINS; i++) {
        left[i] = (double)i / HONE_CALIBRATION_BINS;
        counts[i] = (double)bins.count[i];
    }
    hone_page_series bars = {HONE_PAGE_BARS, NULL, left, counts, HONE_CALIBRATION_BINS, 4, false};
    hone_internal_page_plot(page,
                            &(hone_page_plot){.title = "Calibration",
                                              .x_label = classes ? "confidence" : "probability of the class",
                                              .y_label = classes ? "fraction correct" : "fraction positive",
                                              .series = &line,
                                              .series_count = 1,
                                              .unit_square = true,
                                              .diagonal = true,
                                              .vertical = NAN});
    hone_internal_page_plot(page,
                            &(hone_page_plot){.title = classes ? "Confidence" : "Predicted probabilities",
                                              .x_label = classes ? "confidence" : "probability",
                                              .y_label = "answers",
                                              .series = &bars,
                                              .series_count = 1,
                                              .from_zero = true,
                                              .bar_width = 1.0 / HONE_CALIBRATION_BINS,
                                              .vertical = NAN});
}

static void plot_roc(hone_text *page, const hone_roc *roc)
{
    hone_page_series line = {HONE_PAGE_LINE, NULL, roc->false_positive, roc->true_positive, roc->count, 1,
                             false};
    hone_page_series other = {HONE_PAGE_LINE, NULL, roc->true_positive, roc->precision, roc->count, 2, false};
    char title[64];
    snprintf(title, sizeof title, "ROC: area under the curve %.3f", roc->area);
    if (isnan(roc->area))
        return;
    hone_internal_page_plot(page, &(hone_page_plot){.title = title,
                                                    .x_label = "false positive rate",
                                                    .y_label = "true positive rate",
                                                    .series = &line,
                                                    .series_count = 1,
                                                    .unit_square = true,
                                                    .diagonal = true,
                                                    .vertical = NAN});
    hone_internal_page_plot(page, &(hone_page_plot){.title = "Precision and recall",
                                                    .x_label = "recall",
                                                    .y_label = "precision",
                                                    .series = &other,
                                                    .series_count = 1,
                                                    .unit_square = true,
                                                    .vertical = NAN});
}

/* ---- all of it ---- */

static void put_numbers(hone_text *page, const hone_report_output *output, const hone_class_counts *counts,
                        const hone_roc *roc)
{
    const hone_judged *judged = &output->judged;
    bool labels = judged->task == HONE_TASK_LABELS;
    int64_t judgements = judged->count * (labels ? judged->width : 1) - counts->left_out;
    const double right = judgements > 0 ? (double)counts->right / (double)judgements : (double)NAN;
    hone_internal_text_append(page, "<div class=\"numbers\">\n");
    if (output->accuracy == NULL || !(fabs(*output->accuracy - right) < 5e-4))
        hone_internal_page_number(page,
                                  labels                            ? "labels right"
                                  : judged->count > judged->samples ? "accuracy, all positions"
                                                                    : "accuracy",
                                  right);
    hone_internal_page_number(page, "f1, mean over classes", mean_of(counts, hone_internal_f1, false));
    if (judged->task == HONE_TASK_BINARY)
        hone_internal_page_number(page, "area under the ROC curve", roc->area);
    hone_internal_page_number(page, "calibration error", hone_internal_calibrate(judged).error);
    hone_internal_page_count(page, "samples", judged->samples);
    hone_internal_text_append(page, "</div>\n");
    if (judged->were_logits)
        hone_internal_text_append(page, "<p class=\"soft\">The outputs are logits; the "
                                        "probabilities were computed from them.</p>\n");
    if (counts->left_out > 0)
        hone_internal_text_format(page,
                                  "<p class=\"soft\">%lld %s not one of the classes and left out.</p>\n",
                                  (long long)counts->left_out,
                                  hone_internal_number_word(counts->left_out, "target is", "targets are"));
}

static hone_status put_all(hone_text *page, const hone_report_output *output, const hone_class_counts *counts)
{
    hone_roc roc = {.area = NAN};
    if (output->judged.task == HONE_TASK_BINARY)
        HONE_TRY(hone_internal_roc(&output->judged, &roc));
    put_numbers(page, output, counts, &roc);
    hone_internal_text_append(page, "<div class=\"plots\">\n");
    if (output->judged.task == HONE_TASK_BINARY)
        plot_roc(page, &roc);
    plot_calibration(page, &output->judged);
    hone_internal_text_append(page, "</div>\n");
    if (counts->confusion != NULL && counts->classes <= MOST_IN_MATRIX)
        put_matrix(page, output, counts);
    else if (counts->confusion != NULL)
        HONE_TRY(list_confusions(page, output, counts));
    put_table(page, output, counts);
    return HONE_OK;
}

hone_status hone_internal_report_classes(hone_text *page, const hone_report_output *output)
{
    hone_class_counts counts;
    hone_status status = hone_internal_class_counts(&counts, &output->judged);
    if (status >= 0)
        status = put_all(page, output, &counts);
    hone_internal_class_counts_free(&counts);
    return status;
}
