/* hone train --folds K: K trainings, each without one part of the training data, which it is then evaluated
 * on. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RESULTS = 32, LONGEST_NAME = 48 };

/* The results of all folds: a row for each, a column for each number that has a name of its own, loss first.
 */
typedef struct results {
    char names[MOST_RESULTS][LONGEST_NAME];
    int columns;
    double (*rows)[MOST_RESULTS];
    int64_t count;
} results;

/* ---- one fold ---- */

static hone_status set_fold(hone_recipe *recipe, int64_t folds, int64_t fold)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)folds);
    CLI_TRY(hone_recipe_set(recipe, "data.folds", number));
    snprintf(number, sizeof number, "%lld", (long long)fold);
    return hone_recipe_set(recipe, "data.fold", number);
}

static hone_status evaluate(hone_recipe *recipe, hone_model *model, hone_logs *logs)
{
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_status status = data == NULL
                             ? hone_error_status()
                             : hone_evaluate(model, data, logs, .batch_size = cli_batch_size(recipe));
    hone_dataset_free(data);
    return status;
}

/* The loss, then the metrics by name, into the row of the fold. */
static void take_results(results *all, int64_t fold, const hone_logs *logs)
{
    all->columns = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < hone_logs_count(logs) && all->columns < MOST_RESULTS; i++) {
            const hone_log log = hone_logs_at(logs, i);
            if ((strcmp(log.name, "loss") == 0) != (pass == 0) || log.list)
                continue;
            snprintf(all->names[all->columns], LONGEST_NAME, "%s", log.name);
            all->rows[fold][all->columns++] = log.values[0];
        }
    all->count = fold + 1;
}

/* The results' names are the model's. */
static hone_status fit_and_evaluate(hone_recipe *recipe, hone_model *model, int64_t fold, results *all)
{
    hone_logs logs = {.count = 0};
    if (hone_recipe_fit(recipe, model) == NULL)
        return hone_error_status();
    hone_status status = cli_caught_signal() != 0 ? HONE_OK : evaluate(recipe, model, &logs);
    if (status >= 0)
        take_results(all, fold, &logs);
    hone_logs_free(&logs);
    return status;
}

static hone_status run_fold(const cli_settings *settings, int64_t fold, results *all)
{
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_status status = recipe == NULL ? hone_error_status() : set_fold(recipe, settings->folds, fold);
    hone_model *model = status < 0 ? NULL : hone_recipe_model(recipe);
    if (fold > 0) /* what there is to warn of was said */
        hone_recipe_set_output(recipe, NULL, NULL);
    cli_guard(model);
    status = model == NULL ? hone_error_status() : fit_and_evaluate(recipe, model, fold, all);
    cli_guard(NULL);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

/* ---- the table ---- */

typedef double number_of(const results *all, int64_t fold, int column);

static double one_of(const results *all, int64_t fold, int column)
{
    return all->rows[fold][column];
}

static double mean_of(const results *all, int64_t fold, int column)
{
    double sum = 0;
    (void)fold;
    for (int64_t i = 0; i < all->count; i++)
        sum += all->rows[i][column];
    return sum / (double)all->count;
}

/* Of a sample: over count - 1. */
static double deviation_of(const results *all, int64_t fold, int column)
{
    const double mean = mean_of(all, fold, column);
    double sum = 0;
    for (int64_t i = 0; i < all->count; i++)
        sum += pow(all->rows[i][column] - mean, 2);
    return all->count < 2 ? 0 : sqrt(sum / (double)(all->count - 1));
}

enum { NARROWEST = 12 };

static int width_of(const results *all, int column)
{
    const int length = (int)strlen(all->names[column]);
    return length > NARROWEST ? length : NARROWEST;
}

static void print_header(const results *all)
{
    printf("%-9s", "fold");
    for (int i = 0; i < all->columns; i++)
        printf(" %*s", width_of(all, i), all->names[i]);
    printf("\n");
}

static void print_row(const results *all, const char *name, int64_t fold, number_of *number)
{
    printf("%-9s", name);
    for (int i = 0; i < all->columns; i++)
        printf(" %*.6g", width_of(all, i), number(all, fold, i));
    printf("\n");
}

static void put_all(cli_json *json, const results *all, int64_t fold, number_of *number)
{
    for (int i = 0; i < all->columns; i++)
        cli_json_number(json, all->names[i], number(all, fold, i));
}

static int print_fold_json(const results *all, int64_t fold)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "fold");
    cli_json_integer(&json, "fold", fold);
    put_all(&json, all, fold, one_of);
    return cli_json_print(&json);
}

static int print_end_json(const results *all)
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
    double places[MOST_RESULTS][2]; /* x of the band's ends */
    double ends[MOST_RESULTS][2], spread[MOST_RESULTS][2];
    hone_series series[MOST_RESULTS][2];
    hone_mark marks[MOST_RESULTS];
    char labels[MOST_RESULTS][48];
    hone_panel panels[MOST_RESULTS];
} drawing;

static void draw_column(const results *all, int column, const double *x, double *y, drawing *into)
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

static int draw(const results *all, const char *path)
{
    const size_t count = (size_t)all->count;
    drawing *into = calloc(1, sizeof *into);
    double *numbers = calloc(count * (MOST_RESULTS + 1), sizeof *numbers);
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

/* ---- the command ---- */

static int tell(const cli_settings *settings, const results *all, int64_t fold)
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

static int run_folds(const cli_settings *settings, results *all)
{
    for (int64_t fold = 0; fold < settings->folds; fold++) {
        hone_error_clear();
        if (run_fold(settings, fold, all) < 0)
            return cli_fail_library();
        if (cli_caught_signal() != 0)
            return 128 + cli_caught_signal();
        if (tell(settings, all, fold) != CLI_DONE)
            return CLI_FAILED;
    }
    int status = CLI_DONE;
    if (settings->json)
        status = print_end_json(all);
    else {
        print_row(all, "mean", 0, mean_of);
        print_row(all, "deviation", 0, deviation_of);
    }
    return settings->plot != NULL && draw(all, settings->plot) != CLI_DONE ? CLI_FAILED : status;
}

static int check_line(const cli_settings *settings)
{
    const struct {
        const char *name, *text;
    } files[] = {{"output", settings->output},
                 {"save-best", settings->save_best},
                 {"adapters", settings->adapters},
                 {"doctor-page", settings->doctor_page},
                 {"history", settings->history},
                 {"log-dir", settings->log_dir},
                 {"checkpoint", cli_given_text(settings, "fit.checkpoint")}};
    if (!cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("train: --folds needs a recipe, whose model starts from scratch for each fold");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].text != NULL)
            return cli_fail_usage("train: --folds trains several models and keeps none: leave out --%s",
                                  files[i].name);
    return CLI_DONE;
}

int cli_train_folds(const cli_settings *settings)
{
    int status = check_line(settings), here;
    if (status != CLI_DONE || cli_launched_rank(&here) > 0) /* others would train the same */
        return status;
    if (here > 1)
        cli_say(
            "--folds trains in one of the processes; hone sweep --set data.folds=%lld --set 'data.fold=0|1|...' shares them out",
            (long long)settings->folds);
    results *all = calloc(1, sizeof *all);
    if (all != NULL)
        all->rows = calloc((size_t)settings->folds, sizeof *all->rows);
    status = all == NULL || all->rows == NULL
                 ? cli_fail("out of memory for the results of %lld folds", (long long)settings->folds)
                 : run_folds(settings, all);
    if (all != NULL)
        free(all->rows);
    free(all);
    return status;
}
