/* What a sweep found: a table, JSON, a picture, a page, and the best model. */
#include "json.h"
#include "sweep.h"
#include "base/plural.h"

#include <hone/charts.h>
#include <hone/look.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMMANDS = 5, CELL = 64, PATH_SIZE = 1024 };

static const char *const states[] = {"waits", "runs", "stopped", "failed", "done"};

/* ---- the order ---- */

static int compare(const void *left, const void *right)
{
    const cli_trial *a = *(cli_trial *const *)left, *b = *(cli_trial *const *)right;
    if (isnan(a->result) != isnan(b->result))
        return isnan(a->result) ? 1 : -1;
    if (a->result != b->result && !isnan(a->result))
        return (a->result > b->result) == a->highest ? -1 : 1;
    return a->number - b->number;
}

cli_trial **cli_sweep_sorted(cli_sweep *sweep)
{
    cli_trial **sorted = malloc((sweep->count + 1) * sizeof *sorted);
    for (size_t i = 0; sorted != NULL && i < sweep->count; i++) {
        sweep->trials[i].highest = sweep->highest;
        sorted[i] = &sweep->trials[i];
    }
    if (sorted != NULL)
        qsort(sorted, sweep->count, sizeof *sorted, compare);
    return sorted;
}

/* ---- commands ---- */

static bool plain(const char *word)
{
    return word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=,:+-")] ==
           '\0';
}

/* As a shell reads it back. */
static void put_word(FILE *out, const char *before, const char *word)
{
    fputs(before, out);
    if (plain(word)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word != '\0'; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

static void put_given(FILE *out, const cli_settings *settings)
{
    static const char *const options[][2] = {
        {"data.train", " --data "}, {"data.validation", " --validation "}, {"fit.epochs", " --epochs "}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const char *text = cli_given_text(settings, options[i][0]);
        if (text != NULL)
            put_word(out, options[i][1], text);
    }
}

char *cli_trial_command(const cli_sweep *sweep, const cli_trial *trial)
{
    char *text = NULL;
    size_t length = 0;
    cli_settings settings;
    if (cli_trial_settings(sweep, trial, &settings) < 0)
        return NULL;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) {
        cli_trial_settings_free(&settings);
        return NULL;
    }
    put_word(out, "hone train ", sweep->recipe);
    put_given(out, sweep->settings);
    for (int i = 0; i < settings.set_count; i++)
        put_word(out, " --set ", settings.sets[i]);
    cli_trial_settings_free(&settings);
    if (trial->budget > 0 && trial->budget < sweep->epochs)
        fprintf(out, " --stop-after %" PRId64, trial->budget);
    put_word(out, " --save-best best.keras --monitor ", sweep->monitor);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* ---- the table ---- */

static void put_cell(const cli_sweep *sweep, const cli_trial *trial, size_t column, char cell[CELL])
{
    cell[0] = '\0';
    if (column == 0)
        snprintf(cell, CELL, "%d", trial->number);
    else if (column == 1 && !isnan(trial->result))
        snprintf(cell, CELL, "%.5g", trial->result);
    else if (column == 1)
        snprintf(cell, CELL, "%s", trial->state == CLI_TRAINED ? "nan" : states[trial->state]);
    else if (column == 2 && trial->best_row >= 0)
        snprintf(cell, CELL, "%" PRId64, trial->best_row + 1);
    else if (column == 3)
        snprintf(cell, CELL, "%" PRId64, trial->epochs);
    else if (column > 3)
        snprintf(cell, CELL, "%.60s", trial->values[column - 4]);
    (void)sweep;
}

static const char *header_of(const cli_sweep *sweep, size_t column)
{
    static const char *const first[] = {"trial", NULL, "epoch", "of"};
    if (column == 1)
        return sweep->monitor;
    return column < 4 ? first[column]
                      : cli_dimension_title(sweep->dimensions, sweep->dimension_count, column - 4);
}

static void print_table(const cli_sweep *sweep, cli_trial *const *sorted)
{
    char cell[CELL];
    for (size_t row = 0; row <= sweep->count; row++) {
        for (size_t column = 0; column < sweep->dimension_count + 4; column++) {
            size_t width = strlen(header_of(sweep, column));
            for (size_t i = 0; i < sweep->count; i++) {
                put_cell(sweep, sorted[i], column, cell);
                width = strlen(cell) > width ? strlen(cell) : width;
            }
            snprintf(cell, CELL, "%.60s", header_of(sweep, column));
            if (row > 0)
                put_cell(sweep, sorted[row - 1], column, cell);
            printf("%s%*s", column > 0 ? "  " : "", (int)width, cell);
        }
        putchar('\n');
    }
}

static void print_commands(const cli_sweep *sweep, cli_trial *const *sorted)
{
    size_t shown = sweep->count < MOST_COMMANDS ? sweep->count : MOST_COMMANDS;
    printf("\nTo train again%s:\n", shown < sweep->count ? " (all of them: --json or --page)" : "");
    for (size_t i = 0; i < shown; i++) {
        char *command = cli_trial_command(sweep, sorted[i]);
        printf("%5d: %s\n", sorted[i]->number, command != NULL ? command : "");
        free(command);
    }
}

/* ---- JSON ---- */

static void put_trial(cli_json *json, const cli_sweep *sweep, const cli_trial *trial)
{
    double number;
    char *command = cli_trial_command(sweep, trial);
    cli_json_open(json, NULL, '{');
    cli_json_integer(json, "trial", trial->number);
    cli_json_text(json, "state", states[trial->state]);
    cli_json_number(json, "result", trial->result);
    if (trial->best_row >= 0)
        cli_json_integer(json, "epoch", trial->best_row);
    cli_json_integer(json, "epochs", trial->epochs);
    cli_json_open(json, "set", '{');
    for (size_t i = 0; i < sweep->dimension_count; i++)
        if (cli_to_number(trial->values[i], &number) && strchr(trial->values[i], '/') == NULL)
            cli_json_number(json, sweep->dimensions[i].path, number);
        else
            cli_json_text(json, sweep->dimensions[i].path, trial->values[i]);
    cli_json_close(json, '}');
    cli_json_open(json, "metrics", '{');
    for (size_t i = 0; i < trial->name_count; i++)
        cli_json_number(json, trial->names[i], trial->numbers[i]);
    cli_json_close(json, '}');
    cli_json_text(json, "reason", trial->reason[0] != '\0' ? trial->reason : NULL);
    cli_json_text(json, "command", command);
    cli_json_close(json, '}');
    free(command);
}

static int print_json(const cli_sweep *sweep, cli_trial *const *sorted)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "monitor", sweep->monitor);
    cli_json_text(&json, "mode", sweep->highest ? "max" : "min");
    cli_json_open(&json, "trials", '[');
    for (size_t i = 0; i < sweep->count; i++)
        put_trial(&json, sweep, sorted[i]);
    cli_json_close(&json, ']');
    cli_json_text(&json, "output", sweep->settings->output);
    return cli_json_print(&json);
}

/* ---- the picture and the page ---- */

typedef struct picture {
    hone_parallel_axis *axes;
    double *values; /* axis after axis */
    const char **names;
    char (*texts)[CELL];
} picture;

static double place_of(const cli_dimension *dimension, const char *value)
{
    size_t place = 0;
    while (place < dimension->choice_count && strcmp(dimension->choices[place], value) != 0)
        place++;
    return (double)place;
}

/* Losses that lie far apart are on a logarithmic axis. */
static bool by_factors(const double *values, size_t count)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return low > 0 && high / low >= 20;
}

static void fill_axis(const cli_sweep *sweep, picture *drawn, size_t index, cli_trial *const *sorted)
{
    const cli_dimension *dimension = &sweep->dimensions[index];
    double *values = drawn->values + index * sweep->count;
    bool numbers = dimension->kind != CLI_CHOICES;
    for (size_t i = 0; i < sweep->count; i++)
        if (!numbers)
            values[i] = place_of(dimension, sorted[i]->values[index]);
        else if (!cli_to_number(sorted[i]->values[index], &values[i]))
            values[i] = NAN;
    bool logarithmic = dimension->kind == CLI_LOG || dimension->kind == CLI_LOG_INTEGERS;
    drawn->axes[index] =
        (hone_parallel_axis){.title = cli_dimension_title(sweep->dimensions, sweep->dimension_count, index),
                             .values = values,
                             .names = numbers ? NULL : (const char *const *)dimension->choices,
                             .name_count = numbers ? 0 : dimension->choice_count,
                             .logarithmic = logarithmic};
}

static hone_status write_page(const cli_sweep *sweep, picture *drawn, cli_trial *const *sorted,
                              const hone_parallel *chart)
{
    size_t columns = sweep->dimension_count + 5, cells = (sweep->count + 1) * columns;
    char **commands = calloc(sweep->count + 1, sizeof *commands);
    drawn->names = calloc(cells, sizeof *drawn->names);
    drawn->texts = calloc(cells, sizeof *drawn->texts);
    hone_status status = commands == NULL || drawn->names == NULL || drawn->texts == NULL
                             ? hone_fail(HONE_ERROR_MEMORY, "out of memory for the page of a sweep")
                             : HONE_OK;
    for (size_t row = 0; status >= 0 && row <= sweep->count; row++)
        for (size_t column = 0; column < columns; column++) {
            size_t place = row * columns + column;
            bool last = column == columns - 1;
            drawn->names[place] = drawn->texts[place];
            if (row == 0)
                drawn->names[place] = last ? "command" : header_of(sweep, column);
            else if (!last)
                put_cell(sweep, sorted[row - 1], column, drawn->texts[place]);
            else if ((commands[row - 1] = cli_trial_command(sweep, sorted[row - 1])) != NULL)
                drawn->names[place] = commands[row - 1];
        }
    if (status >= 0)
        status = hone_report_table(sweep->settings->page, chart,
                                   &(hone_report_rows){.header = drawn->names,
                                                       .cells = drawn->names + columns,
                                                       .columns = columns,
                                                       .rows = sweep->count});
    for (size_t i = 0; commands != NULL && i < sweep->count; i++)
        free(commands[i]);
    free(commands);
    return status;
}

static hone_status draw(const cli_sweep *sweep, picture *drawn, cli_trial *const *sorted)
{
    const cli_settings *settings = sweep->settings;
    size_t axes = sweep->dimension_count + 1;
    char title[PATH_SIZE];
    drawn->axes = calloc(axes, sizeof *drawn->axes);
    drawn->values = calloc(axes * sweep->count, sizeof *drawn->values);
    if (drawn->axes == NULL || drawn->values == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory for the picture of a sweep");
    for (size_t i = 0; i < sweep->dimension_count; i++)
        fill_axis(sweep, drawn, i, sorted);
    double *results = drawn->values + sweep->dimension_count * sweep->count;
    for (size_t i = 0; i < sweep->count; i++)
        results[i] = sorted[i]->result;
    drawn->axes[sweep->dimension_count] =
        (hone_parallel_axis){.title = sweep->monitor,
                             .values = results,
                             .logarithmic = !sweep->highest && by_factors(results, sweep->count)};
    snprintf(title, sizeof title, "%s: %zu trial%s", sweep->recipe, sweep->count,
             hone_internal_plural((long long)sweep->count));
    const hone_parallel chart = {.title = title,
                                 .axes = drawn->axes,
                                 .axis_count = axes,
                                 .count = sweep->count,
                                 .highest = sweep->highest};
    if (settings->plot != NULL)
        CLI_TRY(hone_parallel_write(settings->plot, &chart));
    return settings->page != NULL ? write_page(sweep, drawn, sorted, &chart) : HONE_OK;
}

static hone_status write_pictures(const cli_sweep *sweep, cli_trial *const *sorted)
{
    picture drawn = {.axes = NULL};
    if (sweep->settings->plot == NULL && sweep->settings->page == NULL)
        return HONE_OK;
    hone_status status = draw(sweep, &drawn, sorted);
    free(drawn.axes);
    free(drawn.values);
    free(drawn.names);
    free(drawn.texts);
    return status;
}

/* ---- the best model ---- */

static hone_status copy_best(const cli_sweep *sweep, const cli_trial *best)
{
    char path[PATH_SIZE];
    if (sweep->settings->output == NULL)
        return HONE_OK;
    cli_trial_path(sweep, best, "best.keras", path, sizeof path);
    FILE *file = fopen(path, "rb");
    long length = file != NULL && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *bytes = length < 0 ? NULL : malloc((size_t)length + 1);
    if (bytes != NULL)
        rewind(file);
    bool read = bytes != NULL && fread(bytes, 1, (size_t)length, file) == (size_t)length;
    if (file != NULL)
        fclose(file);
    hone_status status = read ? hone_write_file(sweep->settings->output, bytes, (size_t)length)
                              : hone_fail(HONE_ERROR_FILE, "%s: cannot read the best model", path);
    free(bytes);
    return status;
}

int cli_sweep_results(cli_sweep *sweep)
{
    cli_trial **sorted = cli_sweep_sorted(sweep);
    if (sorted == NULL)
        return cli_fail("out of memory");
    bool any = sweep->count > 0 && !isnan(sorted[0]->result);
    int status = CLI_DONE;
    if (write_pictures(sweep, sorted) < 0 || (any && copy_best(sweep, sorted[0]) < 0))
        status = cli_fail_library();
    if (sweep->settings->json)
        status = print_json(sweep, sorted) == CLI_DONE ? status : CLI_FAILED;
    else {
        print_table(sweep, sorted);
        if (any)
            print_commands(sweep, sorted);
    }
    if (!any && status == CLI_DONE && cli_caught_signal() == 0)
        status = cli_fail("no trial has a %s: see the logs in %s", sweep->monitor, sweep->folder);
    free(sorted);
    return status;
}
