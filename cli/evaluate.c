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
static void print_line(const char *name, const double *values, int count)
{
    printf("%s: %s", name, count > 1 ? "[" : "");
    for (int i = 0; i < count; i++) {
        printf("%s", i > 0 ? ", " : "");
        print_number(values[i]);
    }
    printf("%s\n", count > 1 ? "]" : "");
}

/* The loss first, then the metrics by name. */
static int print_results(const hone_logs *logs, bool as_json)
{
    cli_json json;
    if (as_json)
        cli_json_begin(&json);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < logs->count; i++) {
            if ((strcmp(logs->names[i], "loss") == 0) != (pass == 0))
                continue;
            const double *values = logs->lists[i] != NULL ? logs->lists[i] : &logs->values[i];
            int count = logs->lists[i] != NULL ? logs->list_counts[i] : 1;
            if (as_json)
                cli_json_numbers(&json, logs->names[i], values, count);
            else
                print_line(logs->names[i], values, count);
        }
    return as_json ? cli_json_print(&json) : CLI_DONE;
}

static int evaluate_model(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_logs logs;
    if (!hone_model_has_loss(model))
        return cli_fail("%s: the model is not compiled: give --loss", settings->operands[0]);
    return hone_recipe_evaluate(recipe, model, &logs) < 0 ? cli_fail_library()
                                                          : print_results(&logs, settings->json);
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
