/* What hone train --folds K prints and draws: the results of each fold, their mean and deviation. */
#include "folds.h"
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

typedef double number_of(const cli_folds *all, int64_t fold, int column);

static double one_of(const cli_folds *all, int64_t fold, int column)
{
    return all->rows[fold][column];
}

static double mean_of(const cli_folds *all, int64_t fold, int column)
{
    double sum = 0;
    (void)fold;
    for (int64_t i = 0; i < all->count; i++)
        sum += all->rows[i][column];
    return sum / (double)all->count;
}

/* Of a sample: over count - 1. */
static double deviation_of(const cli_folds *all, int64_t fold, int column)
{
    const double mean = mean_of(all, fold, column);
    double sum = 0;
    for (int64_t i = 0; i < all->count; i++)
        sum += pow(all->rows[i][column] - mean, 2);
    return all->count < 2 ? 0 : sqrt(sum / (double)(all->count - 1));
}

enum { NARROWEST = 12 };

static int width_of(const cli_folds *all, int column)
{
    const int length = (int)strlen(all->names[column]);
    return length > NARROWEST ? length : NARROWEST;
}

static void print_header(const cli_folds *all)
{
    printf("%-9s", "fold");
    for (int i = 0; i < all->columns; i++)
        printf(" %*s", width_of(all, i), all->names[i]);
    printf("\n");
}

static void print_row(const cli_folds *all, const char *name, int64_t fold, number_of *number)
{
    printf("%-9s", name);
    for (int i = 0; i < all->columns; i++)
        printf(" %*.6g", width_of(all, i), number(all, fold, i));
    printf("\n");
}

static void put_all(cli_json *json, const cli_folds *all, int64_t fold, number_of *number)
{
    for (int i = 0; i < all->columns; i++)
        cli_json_number(json, all->names[i], number(all, fold, i));
}

static int print_fold_json(const cli_folds *all, int64_t fold)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "fold");
    cli_json_integer(&json, "fold", fold);
    put_all(&json, all, fold, one_of);
    return cli_json_print(&json);
}

static int print_end_json(const cli_folds *all)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "end");
    cli_json_integer(&json, "folds", all->count);
    cli_json_open(&json, "mean", '{');
    put_all(&json, all, 0, mean_of);
    cli_json_close(&json, '}');
    cli_json_open(&json, "deviation", '{');
    put_all(&json, all, 0, deviation_of);
    cli_json_close(&json, '}');
    return cli_json_print(&json);
}

/* ---- the picture ---- */

/* A panel of one number: a point for each fold, the mean as a line, mean - deviation to mean + deviation as a
 * band. */
typedef struct drawing {
    double places[CLI_MOST_RESULTS][2]; /* x of the band's ends */
    double ends[CLI_MOST_RESULTS][2], spread[CLI_MOST_RESULTS][2];
    hone_series series[CLI_MOST_RESULTS][2];
    hone_mark marks[CLI_MOST_RESULTS];
    char labels[CLI_MOST_RESULTS][48];
    hone_panel panels[CLI_MOST_RESULTS];
} drawing;

static void draw_column(const cli_folds *all, int column, const double *x, double *y, drawing *into)
{
    static const double margin = 0.4;
    const double mean = mean_of(all, 0, column), deviation = deviation_of(all, 0, column);
    for (int64_t i = 0; i < all->count; i++)
        y[i] = all->rows[i][column];
    into->ends[column][0] = into->ends[column][1] = mean;
    into->spread[column][0] = into->spread[column][1] = deviation;
    into->places[column][0] = 1 - margin;
    into->places[column][1] = (double)all->count + margin;
    into->series[column][0] = (hone_series){.kind = HONE_SERIES_BAND,
                                            .x = into->places[column],
                                            .y = into->ends[column],
                                            .deviation = into->spread[column],
                                            .count = 2,
                                            .colour = HONE_COLOUR_SKY};
    into->series[column][1] = (hone_series){
        .kind = HONE_SERIES_POINTS, .x = x, .y = y, .count = (size_t)all->count, .colour = HONE_COLOUR_BLUE};
    snprintf(into->labels[column], sizeof into->labels[column], "%.4g \xc2\xb1 %.2g", mean, deviation);
    into->marks[column] = (hone_mark){.kind = HONE_MARK_HORIZONTAL, .y = mean, .label = into->labels[column]};
    into->panels[column] = (hone_panel){.title = all->names[column],
                                        .x_label = "fold",
                                        .x_integers = true,
                                        .series = into->series[column],
                                        .series_count = 2,
                                        .marks = &into->marks[column],
                                        .mark_count = 1};
}

static int draw(const cli_folds *all, const char *path)
{
    const size_t count = (size_t)all->count;
    drawing *into = calloc(1, sizeof *into);
    double *numbers = calloc(count * (CLI_MOST_RESULTS + 1), sizeof *numbers);
    int status = CLI_DONE;
    if (into == NULL || numbers == NULL)
        status = cli_fail("out of memory for the picture of the folds");
    for (size_t i = 0; status == CLI_DONE && i < count; i++)
        numbers[i] = (double)i + 1;
    for (int i = 0; status == CLI_DONE && i < all->columns; i++)
        draw_column(all, i, numbers, numbers + count * (size_t)(i + 1), into);
    if (status == CLI_DONE && hone_chart_write(path, &(hone_chart){.panels = into->panels,
                                                                   .panel_count = (size_t)all->columns}) < 0)
        status = cli_fail_library();
    free(into);
    free(numbers);
    return status;
}

/* ---- all of it ---- */

int cli_folds_tell(const cli_settings *settings, const cli_folds *all, int64_t fold)
{
    char name[24];
    if (settings->json)
        return print_fold_json(all, fold);
    if (fold == 0)
        print_header(all);
    snprintf(name, sizeof name, "%lld", (long long)fold + 1);
    print_row(all, name, fold, one_of);
    fflush(stdout);
    return CLI_DONE;
}

int cli_folds_tell_all(const cli_settings *settings, const cli_folds *all)
{
    int status = CLI_DONE;
    if (settings->json)
        status = print_end_json(all);
    else {
        print_row(all, "mean", 0, mean_of);
        print_row(all, "deviation", 0, deviation_of);
    }
    return settings->plot != NULL && draw(all, settings->plot) != CLI_DONE ? CLI_FAILED : status;
}
