/* hone calibrate: one number, fitted over data, that makes a model's probabilities as sure as they are right.
 */
#include "json.h"

#include <hone/files.h>
#include <hone/look.h>
#include <stdio.h>

static void put_point(cli_json *json, const char *name, double loss, double error)
{
    cli_json_open(json, name, '{');
    cli_json_number(json, "loss", loss);
    cli_json_number(json, "calibration_error", error);
    cli_json_close(json, '}');
}

static int print_json(const hone_model *model, const hone_temperature *found, size_t count)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_open(&json, "outputs", '{');
    for (size_t i = 0; i < count; i++) {
        cli_json_open(&json, hone_model_output_name(model, found[i].output), '{');
        cli_json_number(&json, "temperature", found[i].temperature);
        cli_json_integer(&json, "samples", found[i].samples);
        put_point(&json, "before", found[i].loss_before, found[i].error_before);
        put_point(&json, "after", found[i].loss_after, found[i].error_after);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, '}');
    return cli_json_print(&json);
}

static void print_table(const hone_model *model, const hone_temperature *found, size_t count)
{
    printf("%-16s %11s  %-7s %10s %18s\n", "output", "temperature", "", "loss", "calibration error");
    for (size_t i = 0; i < count; i++) {
        printf("%-16s %11.4g  %-7s %10.4f %18.4f\n", hone_model_output_name(model, found[i].output),
               found[i].temperature, "before", found[i].loss_before, found[i].error_before);
        printf("%-16s %11s  %-7s %10.4f %18.4f\n", "", "", "after", found[i].loss_after,
               found[i].error_after);
    }
}

static hone_status fit(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_temperature *found = NULL;
    size_t count = 0;
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_status status = data == NULL ? hone_error_status() : hone_calibrate(model, data, &found, &count);
    hone_dataset_free(data);
    if (status >= 0 && settings->output != NULL)
        status = hone_save(model, settings->output);
    if (status >= 0 && settings->json)
        status = print_json(model, found, count) == CLI_DONE ? HONE_OK : HONE_ERROR_FILE;
    else if (status >= 0)
        print_table(model, found, count);
    hone_free(found);
    return status;
}

static int calibrate(const cli_settings *settings)
{
    const int status = cli_check_model("calibrate", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.test") == NULL)
        return cli_fail_usage("calibrate: --data DATA is missing: data that the model was not trained on");
    if (settings->output != NULL && hone_check_writable(settings->output) < 0)
        return cli_fail_library();
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    const bool done = model != NULL && fit(recipe, model, settings) >= 0;
    hone_model_free(model);
    hone_recipe_free(recipe);
    return done ? CLI_DONE : cli_fail_library();
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the calibrated model here; may name MODEL itself (without: only say what it would be)"},
    CLI_OPTION_JSON,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_calibrate = {
    .name = "calibrate",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = calibrate,
    .summary = "Makes the probabilities of a model of classes as sure as they are right, by one number.",
    .details =
        "A trained model is often too sure: of its answers at 0.99 only nine in ten are right. What its last layer adds up is divided by\n"
        "one number, the temperature, for which the cross-entropy is least over data that the model was not trained on. That layer's\n"
        "kernel and bias are divided, so the file is an ordinary model: Keras, hone export and all commands use it. The likeliest class\n"
        "stays the likeliest, and a threshold of hone threshold moves along. hone evaluate --calibration shows the result.\n"
        "\n"
        "  hone calibrate fraud.keras --data valid.csv --output fraud.keras\n"};
