/* hone threshold: from which probability on one output means the second of two classes, kept with the model.
 */
#include "json.h"

#include <hone/files.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_row(const char *name, const hone_threshold_point *point)
{
    printf("%-8s %10.6g %10.4f %10.4f %10.4f %10.4f %10.4f\n", name, point->threshold, point->precision,
           point->recall, point->f1, point->accuracy, point->balanced_accuracy);
}

static void put_point(cli_json *json, const char *name, const hone_threshold_point *point)
{
    cli_json_open(json, name, '{');
    cli_json_number(json, "threshold", point->threshold);
    cli_json_number(json, "precision", point->precision);
    cli_json_number(json, "recall", point->recall);
    cli_json_number(json, "f1", point->f1);
    cli_json_number(json, "accuracy", point->accuracy);
    cli_json_number(json, "balanced_accuracy", point->balanced_accuracy);
    cli_json_close(json, '}');
}

static int print_search(const hone_threshold_search *found, bool as_json)
{
    cli_json json;
    if (as_json) {
        cli_json_begin(&json);
        put_point(&json, "before", &found->before);
        put_point(&json, "best", &found->best);
        return cli_json_print(&json);
    }
    printf("%-8s %10s %10s %10s %10s %10s %10s\n", "", "threshold", "precision", "recall", "f1", "accuracy",
           "balanced");
    put_row("before", &found->before);
    put_row("best", &found->best);
    return CLI_DONE;
}

static int print_threshold(const hone_model *model, bool as_json)
{
    cli_json json;
    if (!as_json) {
        printf("%.15g\n", hone_model_threshold(model));
        return CLI_DONE;
    }
    cli_json_begin(&json);
    cli_json_number(&json, "threshold", hone_model_threshold(model));
    return cli_json_print(&json);
}

static hone_status set_threshold(hone_model *model, double threshold)
{
    char text[40];
    snprintf(text, sizeof text, "%.17g", threshold);
    return hone_model_set_data(model, "threshold", text);
}

/* The best over the data becomes the model's. */
static hone_status search(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_threshold_search found;
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_status status =
        data == NULL ? hone_error_status() : hone_threshold_find(model, data, settings->measure, &found);
    hone_dataset_free(data);
    if (status >= 0 && print_search(&found, settings->json) == CLI_DONE)
        status = set_threshold(model, found.best.threshold);
    return status;
}

static hone_status run(const cli_settings *settings, double value)
{
    if (settings->output != NULL)
        CLI_TRY(hone_check_writable(settings->output));
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    hone_status status = model == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && cli_given_text(settings, "data.test") != NULL)
        status = search(recipe, model, settings);
    else if (status >= 0 && settings->operand_count > 1)
        status = set_threshold(model, value);
    else if (status >= 0)
        print_threshold(model, settings->json);
    if (status >= 0 && settings->output != NULL)
        status = hone_save(model, settings->output);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static int threshold(const cli_settings *settings)
{
    char *end = NULL;
    double value = 0;
    const bool data = cli_given_text(settings, "data.test") != NULL, given = settings->operand_count > 1;
    int status = cli_check_model("threshold", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (given)
        value = strtod(settings->operands[1], &end);
    if (given && (end == settings->operands[1] || *end != '\0' || !(value > 0 && value < 1)))
        return cli_fail_usage("threshold: expected a number above 0 and below 1, received \"%s\"",
                              settings->operands[1]);
    if (given && data)
        return cli_fail_usage("threshold: a number and --data, which finds one, cannot both be given");
    if (settings->measure != NULL && !data)
        return cli_fail_usage("threshold: --by needs --data");
    if (given && settings->output == NULL)
        return cli_fail_usage("threshold: --output FILE.keras is missing; it may name MODEL itself");
    if (settings->output != NULL && !given && !data)
        return cli_fail_usage("threshold: --output needs a number, or --data to find one");
    return run(settings, value) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    {"by", CLI_TEXT, CLI_AT(measure), .argument = "f1|accuracy|balanced_accuracy",
     .help = "what is to be highest (default f1, of the second class)"},
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the model with its threshold here; may name MODEL itself"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "print one JSON object on stdout"},
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_threshold = {
    .name = "threshold",
    .operands = "MODEL [NUMBER]",
    .least = 1,
    .most = 2,
    .options = options,
    .run = threshold,
    .summary = "Finds or sets the probability from which on an output means the second of two classes.",
    .details =
        "The model keeps it: predict --classes, evaluate --per-class, report and the C source of hone export decide by it. (The metric\n"
        "accuracy stays at a half, as in Keras.) With --data it is the one that is best on these data, which should not be\n"
        "those of the training. With neither it is printed.\n"
        "\n"
        "  hone threshold fraud.keras --data valid.csv --by f1 --output fraud.keras\n"
        "  hone threshold fraud.keras 0.3 --output fraud.keras\n"};
