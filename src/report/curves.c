/* The training in a report: a plot for each number of the history. */
#include "base/memory.h"
#include "base/plural.h"
#include "charts/ticks.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TITLE_SIZE = 80 };

static bool is_validation(const char *name)
{
    return strncmp(name, "val_", 4) == 0;
}

static const double *validation_of(const hone_curve_table *table, const char *name)
{
    char full[256];
    snprintf(full, sizeof full, "val_%s", name);
    return hone_internal_curve_table_find(table, full);
}

static double epoch_of(const hone_curve_table *table, size_t row)
{
    return (double)table->epochs[row] + 1;
}

/* The row of the best epoch: told, else of the least val_loss, else loss; below zero: none. */
static int64_t best_row(const hone_curve_table *table)
{
    const double *judged = validation_of(table, "loss");
    int64_t best = -1;
    for (size_t row = 0; row < table->row_count; row++)
        if (table->best_epoch >= 0 && table->epochs[row] == table->best_epoch)
            return (int64_t)row;
    if (judged == NULL)
        judged = hone_internal_curve_table_find(table, "loss");
    for (size_t row = 0; judged != NULL && row < table->row_count; row++)
        if (isfinite(judged[row]) && (best < 0 || judged[row] < judged[best]))
            best = (int64_t)row;
    return best;
}

/* A learning rate falls by factors, as in the other picture of a history. */
static bool is_positive_rate(const hone_curve_table *table, const char *name, const double *values)
{
    bool positive = strcmp(name, "learning_rate") == 0;
    for (size_t row = 0; row < table->row_count; row++)
        positive = positive && values[row] > 0;
    return positive;
}

static void draw_curve(hone_text *page, const hone_curve_table *table, const char *name,
                       const double *training, const double *epochs, double vertical)
{
    char title[TITLE_SIZE];
    const double *validation = is_validation(name) ? NULL : validation_of(table, name);
    hone_page_series series[2] = {
        {HONE_PAGE_LINE, "training", epochs, training, table->row_count, 1, false},
        {HONE_PAGE_LINE, "validation", epochs, validation, table->row_count, 2, true}};
    if (validation == NULL)
        series[0].label = is_validation(name) ? "validation" : NULL;
    hone_internal_curve_title(is_validation(name) ? name + 4 : name, title, sizeof title);
    hone_internal_page_plot(page, &(hone_page_plot){.title = title,
                                                    .x_label = "epoch",
                                                    .series = series,
                                                    .series_count = validation != NULL ? 2 : 1,
                                                    .x_integers = true,
                                                    .y_logarithmic = is_positive_rate(table, name, training),
                                                    .vertical = vertical});
}

static void say_best(hone_text *page, const hone_curve_table *table, int64_t best)
{
    const char *name = validation_of(table, "loss") != NULL ? "val_loss" : "loss";
    const double *values = hone_internal_curve_table_find(table, name);
    hone_internal_text_append(page, "<p class=\"soft\">");
    hone_internal_page_say_format(page, "%zu epoch%s.", table->row_count,
                                  hone_internal_plural((long long)table->row_count));
    if (best >= 0 && values != NULL && isfinite(values[best])) {
        char number[48];
        hone_internal_number_short(values[best], number, sizeof number);
        hone_internal_page_say_format(page, " The best one, number %lld (the dotted line), had a %s of %s.",
                                      (long long)table->epochs[best] + 1, name, number);
    }
    hone_internal_text_append(page, "</p>\n");
}

void hone_internal_report_curves(hone_text *page, const hone_curve_table *table)
{
    double *epochs = hone_internal_allocate_zeroed(table->row_count + 1, sizeof *epochs);
    int64_t best = best_row(table);
    if (epochs == NULL) {
        page->failed = true;
        return;
    }
    for (size_t row = 0; row < table->row_count; row++)
        epochs[row] = epoch_of(table, row);
    hone_internal_page_section(page, "Training");
    say_best(page, table, best);
    hone_internal_text_append(page, "<div class=\"plots\">\n");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < table->name_count; i++) {
            const char *name = table->names[i];
            bool paired = is_validation(name) && hone_internal_curve_table_find(table, name + 4) != NULL;
            bool first = strcmp(name, "loss") == 0;
            if (!paired && first == (pass == 0))
                draw_curve(page, table, name, table->values[i], epochs,
                           best < 0 || table->row_count < 2 ? (double)NAN : epochs[best]);
        }
    hone_internal_text_append(page, "</div>\n");
    hone_internal_free(epochs);
}
