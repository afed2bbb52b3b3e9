/* Regression in a report: errors, what was said against what was, residuals. */
#include "base/memory.h"
#include "charts/ticks.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>

enum { BINS = 30, MOST_COLUMNS = 20 };

typedef struct columns {
    double *truth, *outputs, *residuals;
    size_t count;
} columns;

static hone_status fill(columns *table, const hone_judged *judged)
{
    table->count = (size_t)(judged->count * judged->width);
    table->truth = hone_internal_allocate_zeroed(table->count + 1, sizeof(double));
    table->outputs = hone_internal_allocate_zeroed(table->count + 1, sizeof(double));
    table->residuals = hone_internal_allocate_zeroed(table->count + 1, sizeof(double));
    if (table->truth == NULL || table->outputs == NULL || table->residuals == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < table->count; i++) {
        table->truth[i] = (double)judged->truth[i];
        table->outputs[i] = (double)judged->outputs[i];
        table->residuals[i] = table->outputs[i] - table->truth[i];
    }
    return HONE_OK;
}

/* 30 equal bins over the finite residuals. */
static double count_bins(const columns *table, double left[BINS], double counts[BINS])
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = 0; i < table->count; i++)
        if (isfinite(table->residuals[i])) {
            low = fmin(low, table->residuals[i]);
            high = fmax(high, table->residuals[i]);
        }
    double width = high > low ? (high - low) / BINS : 1;
    for (int i = 0; i < BINS; i++) {
        left[i] = low + width * i;
        counts[i] = 0;
    }
    for (size_t i = 0; i < table->count; i++) {
        double bin = (table->residuals[i] - low) / width;
        if (isfinite(bin))
            counts[bin < BINS - 1 ? (int)bin : BINS - 1]++;
    }
    return width;
}

static void plot(hone_text *page, const columns *table)
{
    double left[BINS], counts[BINS], width = count_bins(table, left, counts);
    hone_page_series against = {HONE_PAGE_DOTS, NULL, table->truth, table->outputs, table->count, 1, false};
    hone_page_series residuals = {HONE_PAGE_DOTS, NULL, table->outputs, table->residuals,
                                  table->count,   2,    false};
    hone_page_series bars = {HONE_PAGE_BARS, NULL, left, counts, BINS, 4, false};
    hone_internal_text_append(page, "<div class=\"plots\">\n");
    hone_internal_page_plot(page, &(hone_page_plot){.title = "Predicted against actual",
                                                    .x_label = "true",
                                                    .y_label = "predicted",
                                                    .series = &against,
                                                    .series_count = 1,
                                                    .diagonal = true,
                                                    .vertical = NAN});
    hone_internal_page_plot(page, &(hone_page_plot){.title = "Residuals",
                                                    .x_label = "predicted",
                                                    .y_label = "predicted minus actual",
                                                    .series = &residuals,
                                                    .series_count = 1,
                                                    .from_zero = true,
                                                    .vertical = NAN});
    hone_internal_page_plot(page, &(hone_page_plot){.title = "Distribution of residuals",
                                                    .x_label = "predicted minus actual",
                                                    .y_label = "samples",
                                                    .series = &bars,
                                                    .series_count = 1,
                                                    .from_zero = true,
                                                    .bar_width = width,
                                                    .vertical = 0});
    hone_internal_text_append(page, "</div>\n");
}

static void put_cell(hone_text *page, double value)
{
    char number[48] = "&ndash;";
    if (!isnan(value))
        hone_internal_number_short(value, number, sizeof number);
    hone_internal_text_format(page, "<td>%s</td>", number);
}

static void put_columns(hone_text *page, const hone_judged *judged)
{
    if (judged->width < 2 || judged->width > MOST_COLUMNS)
        return;
    hone_internal_text_append(page,
                              "<h3>By output</h3>\n<div class=\"wide\"><table><thead><tr><th class=\"name\">"
                              "output</th><th>mean absolute error</th><th>root mean square</th><th>bias</th>"
                              "<th>R&sup2;</th></tr></thead><tbody>\n");
    for (int64_t i = 0; i < judged->width; i++) {
        hone_residuals errors = hone_internal_residuals(judged, i);
        hone_internal_text_format(page, "<tr><td class=\"name\">%lld</td>", (long long)i);
        put_cell(page, errors.mean_absolute);
        put_cell(page, errors.root_mean_square);
        put_cell(page, errors.bias);
        put_cell(page, errors.r2);
        hone_internal_text_append(page, "</tr>\n");
    }
    hone_internal_text_append(page, "</tbody></table></div>\n");
}

hone_status hone_internal_report_regression(hone_text *page, const hone_report_output *output)
{
    columns table = {.truth = NULL};
    hone_residuals errors = hone_internal_residuals(&output->judged, -1);
    hone_status status = fill(&table, &output->judged);
    if (status >= 0) {
        hone_internal_text_append(page, "<div class=\"numbers\">\n");
        hone_internal_page_number(page, "mean absolute error", errors.mean_absolute);
        hone_internal_page_number(page, "root mean square error", errors.root_mean_square);
        hone_internal_page_number(page, "R\xc2\xb2", errors.r2);
        hone_internal_page_number(page, "bias", errors.bias);
        hone_internal_page_count(page, "samples", output->judged.samples);
        hone_internal_text_append(page, "</div>\n");
        plot(page, &table);
        put_columns(page, &output->judged);
    }
    hone_internal_free(table.truth);
    hone_internal_free(table.outputs);
    hone_internal_free(table.residuals);
    return status;
}
