/* hone find-lr: which learning rate suits a model and its data. */
#include "json.h"

#include <stdio.h>

static const double standard_lowest = 1e-6, standard_highest = 10;
enum { MOST_STEPS = 300, FEWEST_STEPS = 100 };

/* ---- results ---- */

static void put_point(cli_json *json, const char *key, const hone_rate_point *point)
{
    cli_json_open(json, key, '{');
    cli_json_number(json, "learning_rate", point->rate);
    cli_json_number(json, "loss", point->loss);
    cli_json_number(json, "averaged", point->smooth);
    cli_json_close(json, '}');
}

static int print_json(const hone_rate_search *search)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_number(&json, "learning_rate", search->suggestion);
    cli_json_text(&json, "reason", search->reason);
    put_point(&json, "lowest", &search->points[search->least]);
    cli_json_open(&json, "points", '[');
    for (int64_t i = 0; i < search->count; i++)
        put_point(&json, NULL, &search->points[i]);
    cli_json_close(&json, ']');
    return cli_json_print(&json);
}

static int print_results(const hone_rate_search *search, const cli_settings *settings)
{
    if (settings->plot != NULL && hone_rate_search_plot(search, settings->plot) < 0)
        return cli_fail_library();
    if (settings->json)
        return print_json(search);
    printf("learning rate: %.2g\nreason: %s\n", search->suggestion, search->reason);
    return CLI_DONE;
}

/* ---- the search ---- */

static int64_t clamp(int64_t steps)
{
    return steps > MOST_STEPS ? MOST_STEPS : steps < FEWEST_STEPS ? FEWEST_STEPS : steps;
}

static double given_or(double number, double standard)
{
    return cli_given(number) ? number : standard;
}

/* All of the training data: nothing is validated here. */
static int search_rates(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_dataset *data = hone_recipe_train_data(recipe, model, NULL);
    if (data == NULL)
        return cli_fail_library();
    int64_t size = cli_batch_size(recipe);
    hone_rate_search search = {.points = NULL};
    hone_status done =
        hone_find_rate(model, data, &search, .lowest = given_or(settings->lowest_rate, standard_lowest),
                       .highest = given_or(settings->highest_rate, standard_highest), .batch_size = size,
                       .steps = cli_given_integer(settings->steps) ? settings->steps
                                                                   : clamp(hone_dataset_count(data) / size));
    int status = done < 0 ? cli_fail_library() : print_results(&search, settings);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    return status;
}

static int check_line(const cli_settings *settings)
{
    double lowest = given_or(settings->lowest_rate, standard_lowest);
    double highest = given_or(settings->highest_rate, standard_highest);
    int status = cli_check_model("find-lr", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    if (lowest >= highest)
        return cli_fail_usage("find-lr: --lowest (%g) must be below --highest (%g)", lowest, highest);
    if (cli_given_text(settings, "data.train") == NULL && !cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("find-lr: --data is missing: a model file does not name its data");
    return CLI_DONE;
}

static int find_rate(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if (settings->plot != NULL && hone_check_writable(settings->plot) < 0)
        return cli_fail_library();
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL)
        status = cli_fail_library();
    else if (!hone_model_has_loss(model))
        status = cli_fail("%s: there is no loss to train with; give --loss", settings->operands[0]);
    else
        status = search_rates(recipe, model, settings);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    {"data", .key = "data.train", .help = "training data (see hone help data)"},
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_SCALE,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_LOSS,
    CLI_OPTION_SET,
    {.key = "compile.optimizer", .help = "the optimizer to find a learning rate for"},
    {.key = "fit.seed"},
    CLI_OPTION_THREADS,
    {.argument_of = "find_rate.lowest", CLI_AT(lowest_rate)},
    {.argument_of = "find_rate.highest", CLI_AT(highest_rate)},
    {.argument_of = "find_rate.steps",
     CLI_AT(steps),
     .help = "maximum number of steps (default: one epoch, but 100 to 300)"},
    {"plot", CLI_FILE, CLI_AT(plot), .argument = "FILE.png|.svg", .detail = ".png|.svg",
     .help = "plot the loss against the learning rate"},
    CLI_OPTION_JSON,
    CLI_OPTIONS_END};

const cli_command cli_find_rate = {
    .name = "find-lr",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = find_rate,
    .summary = "Suggests a learning rate by training a copy of the model while the rate grows at each step.",
    .details = "The suggestion is a tenth of the rate at which the loss was lowest, before it rose again.\n\n"
               "  hone find-lr examples/chapter.yaml --plot lr.png\n"};
