/* hone train --folds K: K trainings, each without one part of the training data, which it is then evaluated
 * on. */
#include "folds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one fold ---- */

hone_status cli_fold_settings(const cli_settings *settings, int64_t fold, cli_fold_texts texts,
                              cli_settings *own)
{
    *own = *settings;
    if (settings->set_count > CLI_MOST_SETS - 3) /* a process of its own adds one */
        return hone_fail(HONE_ERROR_ARGUMENT, "train: more than %d times --set with --folds",
                         CLI_MOST_SETS - 3);
    snprintf(texts[0], sizeof texts[0], "data.folds=%lld", (long long)settings->folds);
    snprintf(texts[1], sizeof texts[1], "data.fold=%lld", (long long)fold);
    own->sets[own->set_count++] = texts[0];
    own->sets[own->set_count++] = texts[1];
    return HONE_OK;
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

/* The loss, then the metrics by name, into the next row. */
static void take_results(cli_folds *all, const hone_logs *logs)
{
    all->columns = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < hone_logs_count(logs) && all->columns < CLI_MOST_RESULTS; i++) {
            const hone_log log = hone_logs_at(logs, i);
            if ((strcmp(log.name, "loss") == 0) != (pass == 0) || log.list)
                continue;
            snprintf(all->names[all->columns], CLI_LONGEST_RESULT, "%s", log.name);
            all->rows[all->count][all->columns++] = log.values[0];
        }
    all->count++;
}

/* The results' names are the model's. */
static hone_status fit_and_evaluate(hone_recipe *recipe, hone_model *model, cli_folds *all)
{
    hone_logs logs = {.count = 0};
    if (hone_recipe_fit(recipe, model) == NULL)
        return hone_error_status();
    hone_status status = cli_caught_signal() != 0 ? HONE_OK : evaluate(recipe, model, &logs);
    if (status >= 0)
        take_results(all, &logs);
    hone_logs_free(&logs);
    return status;
}

hone_status cli_fold_run(const cli_settings *settings, cli_folds *all)
{
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = recipe == NULL ? NULL : hone_recipe_model(recipe);
    if (all->count > 0) /* what there is to warn of was said */
        hone_recipe_set_output(recipe, NULL, NULL);
    cli_guard(model);
    const hone_status status = model == NULL ? hone_error_status() : fit_and_evaluate(recipe, model, all);
    cli_guard(NULL);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

/* ---- the command ---- */

/* One after the other, in this process. */
static int run_folds(const cli_settings *settings, cli_folds *all)
{
    for (int64_t fold = 0; fold < settings->folds; fold++) {
        cli_settings own;
        cli_fold_texts texts;
        hone_error_clear();
        if (cli_fold_settings(settings, fold, texts, &own) < 0 || cli_fold_run(&own, all) < 0)
            return cli_fail_library();
        if (cli_caught_signal() != 0)
            return 128 + cli_caught_signal();
        if (cli_folds_tell(settings, all, fold) != CLI_DONE)
            return CLI_FAILED;
    }
    return cli_folds_tell_all(settings, all);
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
    if (status != CLI_DONE)
        return status;
    const bool several = cli_launched_rank(&here) >= 0 || cli_given_integer(settings->processes);
    cli_folds all = {.rows = calloc((size_t)settings->folds, sizeof *all.rows)};
    if (all.rows == NULL)
        status = cli_fail("out of memory for the results of %lld folds", (long long)settings->folds);
    else if (several)
        status = cli_folds_share(settings,
                                 cli_given_integer(settings->processes) ? (int)settings->processes : 1, &all);
    else
        status = run_folds(settings, &all);
    free(all.rows);
    return status;
}
