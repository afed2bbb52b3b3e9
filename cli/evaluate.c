/* hone evaluate: loss and metrics of a model over data. */
#include "base/decimal.h"
#include "base/error.h"
#include "cli.h"
#include "model/model.h"
#include <hone/train.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* As Keras prints them: 0.8820, and 3.1e-04 for what is small. */
static void print_number(double value)
{
    char text[400];
    if (isfinite(value) && value != 0 && fabs(value) < 1e-3)
        hone_internal_decimal_scientific(value, 4, text, sizeof text);
    else
        hone_internal_decimal_fixed(value, 4, text, sizeof text);
    printf("%s", text);
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

static int print_results(const hone_logs *logs, bool json)
{
    hone_config *map = json ? hone_internal_config_map() : NULL;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < logs->count; i++) {
            if ((strcmp(logs->names[i], "loss") == 0) != (pass == 0))
                continue;
            const double *values = logs->lists[i] != NULL ? logs->lists[i] : &logs->values[i];
            int count = logs->lists[i] != NULL ? logs->list_counts[i] : 1;
            if (!json)
                print_line(logs->names[i], values, count);
            else if (map != NULL &&
                     hone_internal_config_set(map, logs->names[i],
                                              hone_internal_config_numbers(values, count)) < 0) {
                hone_internal_config_free(map);
                map = NULL;
            }
        }
    return !json || cli_print_json(map) ? CLI_DONE : CLI_FAILED;
}

static hone_status measure(hone_model *model, hone_dataset *data, const cli_settings *settings,
                           hone_logs *logs)
{
    int64_t size = cli_given_integer(settings->batch_size) ? settings->batch_size : 32;
    return hone_evaluate(model, data, logs, .batch_size = size, .class_weight_list = settings->class_weights,
                         .class_weight_count = settings->class_weight_count);
}

static int evaluate_model(hone_model *model, const cli_settings *settings)
{
    hone_logs logs;
    if (cli_recompile(model, settings, NULL) < 0)
        return cli_fail_library();
    if (!cli_has_loss(model))
        return cli_fail("%s: the model is not compiled: give --loss", settings->operands[0]);
    hone_dataset *data = cli_load_data_as(model, model->schema, settings->data, "test", settings->scale,
                                          settings->sample_weight, settings->memory_limit);
    hone_status status = data == NULL ? hone_error_status() : measure(model, data, settings, &logs);
    int result = status < 0 ? cli_fail_library() : print_results(&logs, settings->json);
    hone_dataset_free(data);
    return result;
}

static int evaluate(const cli_settings *settings)
{
    int status = cli_check_model("evaluate", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (settings->data == NULL)
        return cli_fail_usage("evaluate: --data is missing: hone evaluate %s --data DATA",
                              settings->operands[0]);
    if (settings->sample_weight != NULL && settings->class_weights != NULL)
        return cli_fail_usage("evaluate: --sample-weight and --class-weight cannot both be given");
    hone_model *model = cli_load_file(settings->operands[0], settings);
    status = model == NULL ? cli_fail_library() : evaluate_model(model, settings);
    hone_model_free(model);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_LOSS,
    CLI_OPTION_METRICS,
    CLI_OPTION_SAMPLE_WEIGHT,
    CLI_OPTION_CLASS_WEIGHT,
    {"json", CLI_FLAG, CLI_AT(json), NULL, "one object on stdout", NULL, 0, 0, false},
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .operands = "MODEL --data DATA",
    .least = 1,
    .most = 1,
    .options = options,
    .run = evaluate,
    .summary = "Prints the loss and the metrics of a model file over data.",
    .details = "Of a source with two parts, the test part is taken unless it says #train.\n\n"
               "  hone evaluate m.keras --data fashion-mnist#test --scale 1/255\n"};
