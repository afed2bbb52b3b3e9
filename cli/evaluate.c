/* hone evaluate: loss and metrics of a model over data. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* As Keras prints them: 0.8820, and 3.1e-04 for what is small. */
static void print_number(double value)
{
    printf(isfinite(value) && value != 0 && fabs(value) < 1e-3 ? "%.4e" : "%.4f", value);
}

/* "accuracy: 0.8820"; of several values "f1_score: [0.8820, 0.7511]". */
static void print_line(const hone_log *log)
{
    printf("%s: %s", log->name, log->list ? "[" : "");
    for (int i = 0; i < log->count; i++) {
        printf("%s", i > 0 ? ", " : "");
        print_number(log->values[i]);
    }
    printf("%s\n", log->list ? "]" : "");
}

/* The loss first, then the metrics by name. */
static int print_results(const hone_logs *logs, bool as_json)
{
    cli_json json;
    if (as_json)
        cli_json_begin(&json);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < hone_logs_count(logs); i++) {
            hone_log log = hone_logs_at(logs, i);
            if ((strcmp(log.name, "loss") == 0) != (pass == 0))
                continue;
            if (!as_json)
                print_line(&log);
            else if (log.list)
                cli_json_numbers(&json, log.name, log.values, log.count);
            else
                cli_json_number(&json, log.name, log.values[0]);
        }
    return as_json ? cli_json_print(&json) : CLI_DONE;
}

static int evaluate_model(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_logs logs = {.count = 0};
    if (!hone_model_has_loss(model))
        return cli_fail("%s: the model is not compiled: give --loss", settings->operands[0]);
    int status = hone_recipe_evaluate(recipe, model, &logs) < 0 ? cli_fail_library()
                                                                : print_results(&logs, settings->json);
    hone_logs_free(&logs);
    return status;
}

static int evaluate(const cli_settings *settings)
{
    int status = cli_check_model("evaluate", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.test") == NULL)
        return cli_fail_usage("evaluate: --data is missing: hone evaluate %s --data DATA",
                              settings->operands[0]);
    if (cli_given_text(settings, "data.test_sample_weight") != NULL &&
        cli_given_text(settings, "fit.class_weight") != NULL)
        return cli_fail_usage("evaluate: --sample-weight and --class-weight cannot both be given");
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    status = model == NULL ? cli_fail_library() : evaluate_model(recipe, model, settings);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,           CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,     CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,        CLI_OPTION_LOSS,
    CLI_OPTION_METRICS,        {"sample-weight", .key = "data.test_sample_weight", .detail = ".npy"},
    CLI_OPTION_CLASS_WEIGHT,   {"json", CLI_FLAG, CLI_AT(json), .help = "print one JSON object on stdout"},
    CLI_OPTION_IGNORE_UNKNOWN, CLI_OPTIONS_END};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .operands = "MODEL --data DATA",
    .least = 1,
    .most = 1,
    .options = options,
    .run = evaluate,
    .summary = "Prints the loss and metrics of a model file on a data set.",
    .details = "If a source has two parts, the test part is used unless it says #train.\n\n"
               "  hone evaluate m.keras --data fashion-mnist#test --scale 1/255\n"};
