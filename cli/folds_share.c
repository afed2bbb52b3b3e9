/* hone train --folds K over several processes: a sweep whose trials are the folds (sweep.h), in a folder
 * beside the recipe,
 *
 *   RECIPE.folds/002/history.csv   one row: what the fold came to on the part that it was trained without
 *   RECIPE.folds/002/log lock done checkpoint/   as those of a sweep
 *
 * so that another process takes up the fold of one that is killed. */
#include "folds.h"
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the process of a fold ---- */

static hone_status write_row(const cli_folds *all, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory for the results of a fold");
    fprintf(out, "epoch");
    for (int i = 0; i < all->columns; i++)
        fprintf(out, ",%s", all->names[i]);
    fprintf(out, "\n0");
    for (int i = 0; i < all->columns; i++)
        fprintf(out, ",%.17g", all->rows[0][i]);
    fprintf(out, "\n");
    const hone_status status = fclose(out) == 0 ? hone_write_file(path, text, length)
                                                : hone_fail(HONE_ERROR_MEMORY, "out of memory for a fold");
    free(text);
    return status;
}

static int train_fold(const cli_settings *settings)
{
    double row[1][CLI_MOST_RESULTS];
    cli_folds all = {.rows = row};
    if (cli_fold_run(settings, &all) < 0)
        return cli_fail_library();
    if (cli_caught_signal() != 0)
        return 128 + cli_caught_signal();
    return write_row(&all, settings->history) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_trial_kind folds = {
    .noun = "fold",
    .ending = "folds",
    .others = "other folds (another recipe, other options or another number): remove it",
    .run = train_fold};

/* ---- all of them ---- */

/* The folds as trials, with as many values of data.fold. */
static hone_status make_trials(cli_sweep *sweep, int64_t count)
{
    sweep->trials = calloc((size_t)count, sizeof *sweep->trials);
    for (int64_t i = 0; sweep->trials != NULL && i < count; i++) {
        cli_trial *trial = &sweep->trials[sweep->count++];
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)i);
        *trial = (cli_trial){.number = (int)i + 1, .best_row = -1, .result = NAN};
        trial->values = calloc(1, sizeof *trial->values);
        if (trial->values == NULL || (trial->values[0] = strdup(number)) == NULL)
            return hone_fail(HONE_ERROR_MEMORY, "out of memory for %lld folds", (long long)count);
    }
    return sweep->trials != NULL
               ? HONE_OK
               : hone_fail(HONE_ERROR_MEMORY, "out of memory for %lld folds", (long long)count);
}

/* A fit in stages has no checkpoints: its folds begin again. */
static hone_status read_recipe(cli_sweep *sweep)
{
    hone_recipe *recipe = cli_load_recipe(sweep->recipe, sweep->settings);
    if (recipe == NULL)
        return hone_error_status();
    char *stage = hone_recipe_get(recipe, "fit.0");
    sweep->anew = stage != NULL;
    hone_free(stage);
    hone_recipe_free(recipe);
    return HONE_OK;
}

/* In their order, until one has failed. */
static bool take_next(void *context, cli_trial **trial, int64_t *budget)
{
    const cli_sweep *sweep = context;
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->trials[i].state == CLI_FAILS)
            return false;
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->trials[i].state == CLI_WAITS && sweep->trials[i].aim == 0) {
            *trial = &sweep->trials[i];
            *budget = sweep->epochs;
            return true;
        }
    return false;
}

static void take_row(const cli_trial *trial, cli_folds *all)
{
    for (all->columns = 0; all->columns < (int)trial->name_count && all->columns < CLI_MOST_RESULTS;
         all->columns++) {
        snprintf(all->names[all->columns], CLI_LONGEST_RESULT, "%s", trial->names[all->columns]);
        all->rows[all->count][all->columns] = trial->numbers[all->columns];
    }
    all->count++;
}

static int tell(const cli_sweep *sweep, cli_folds *all)
{
    for (size_t i = 0; i < sweep->count; i++) /* what failed was said */
        if (sweep->trials[i].state != CLI_TRAINED)
            return CLI_FAILED;
    for (size_t i = 0; i < sweep->count; i++) {
        take_row(&sweep->trials[i], all);
        if (cli_folds_tell(sweep->settings, all, (int64_t)i) != CLI_DONE)
            return CLI_FAILED;
    }
    return cli_folds_tell_all(sweep->settings, all);
}

/* Beside others of a launcher one cannot know: they may have trained them just now. */
static void tell_known(const cli_sweep *sweep)
{
    size_t known = 0;
    if (sweep->rank >= 0)
        return;
    for (size_t i = 0; i < sweep->count; i++)
        known += sweep->trials[i].state == CLI_TRAINED;
    if (known > 0)
        cli_say("%zu of %zu folds are in %s from before: remove it to train them again", known, sweep->count,
                sweep->folder);
}

static int share(cli_sweep *sweep, int jobs, cli_folds *all)
{
    if (read_recipe(sweep) < 0 || make_trials(sweep, sweep->settings->folds) < 0)
        return cli_fail_library();
    cli_sweep_name_folder(sweep);
    if (cli_sweep_claim_folder(sweep) < 0)
        return cli_fail_library();
    cli_guard(NULL);
    if (cli_sweep_begin(sweep, jobs) < 0)
        return cli_fail_library();
    tell_known(sweep);
    if (cli_trials_run(sweep, jobs, take_next, sweep) < 0)
        return cli_fail_library();
    const int caught = cli_caught_signal();
    if (sweep->rank > 0)
        return caught == 0 ? CLI_DONE : 128 + caught;
    if (caught == 0) {
        cli_trials_tidy(sweep);
        return tell(sweep, all);
    }
    cli_say("stopped: the same command continues where it was");
    return 128 + caught;
}

int cli_folds_share(const cli_settings *settings, int jobs, cli_folds *all)
{
    cli_dimension fold = {.path = "data.fold"};
    cli_settings own;
    cli_fold_texts texts;
    if (cli_fold_settings(settings, 0, texts, &own) < 0)
        return cli_fail_library();
    cli_sweep sweep = {.settings = &own,
                       .kind = &folds,
                       .recipe = own.operands[0],
                       .monitor = "loss",
                       .dimensions = &fold,
                       .dimension_count = 1,
                       .epochs = 1};
    const char *verbose = cli_given_text(&own, "fit.verbose");
    own.verbose = verbose != NULL && strcmp(verbose, "0") == 0 ? 0 : 1;
    for (int i = 0; i < own.set_count; i++)
        sweep.dimension_of[i] = i + 1 < own.set_count ? -1 : 0;
    const int status = share(&sweep, jobs, all);
    for (size_t i = 0; i < sweep.count; i++)
        cli_trial_free(&sweep, &sweep.trials[i]);
    free(sweep.trials);
    return status;
}
