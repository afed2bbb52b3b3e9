/* hone find-lr: which learning rate suits a model and its data. */
#include "base/error.h"
#include "base/file.h"
#include "cli.h"
#include "train/find_rate.h"

#include <stdio.h>

static const double standard_lowest = 1e-6, standard_highest = 10;
enum { MOST_STEPS = 300, FEWEST_STEPS = 100 };

/* ---- results ---- */

static bool put(hone_config *map, const char *key, hone_config *value)
{
    return hone_internal_config_set(map, key, value) >= 0;
}

static hone_config *point_map(const hone_rate_point *point)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL && put(map, "learning_rate", hone_internal_config_number(point->rate)) &&
                put(map, "loss", hone_internal_config_number(point->loss)) &&
                put(map, "averaged", hone_internal_config_number(point->smooth));
    if (good)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_config *points_list(const hone_rate_search *search)
{
    hone_config *list = hone_internal_config_list();
    for (int64_t i = 0; list != NULL && i < search->count; i++) {
        if (hone_internal_config_append(list, point_map(&search->points[i])) >= 0)
            continue;
        hone_internal_config_free(list);
        return NULL;
    }
    return list;
}

static int print_json(const hone_rate_search *search)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL && put(map, "learning_rate", hone_internal_config_number(search->suggestion)) &&
                put(map, "reason", hone_internal_config_text(search->reason)) &&
                put(map, "lowest", point_map(&search->points[search->least])) &&
                put(map, "points", points_list(search));
    if (!good) {
        hone_internal_config_free(map);
        return cli_fail_library();
    }
    return cli_print_json(map) ? CLI_DONE : CLI_FAILED;
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

static hone_dataset *load_training_data(const hone_recipe *recipe, const cli_settings *settings)
{
    const char *source = settings->data != NULL ? settings->data
                         : recipe != NULL       ? recipe->data->train
                                                : NULL;
    double scale = cli_given(settings->scale) ? settings->scale : recipe != NULL ? recipe->data->scale : 1;
    if (source != NULL)
        return cli_load_data(source, "train", scale, NULL, settings->memory_limit);
    hone_fail(HONE_ERROR_DATA, "%s: there are no data to train on; give --data", settings->operands[0]);
    return NULL;
}

static hone_status prepare(hone_model *model, const hone_recipe *recipe, const cli_settings *settings)
{
    hone_optimizer *optimizer = NULL;
    if (settings->optimizer != NULL && (optimizer = hone_optimizer_from_text(settings->optimizer)) == NULL)
        return hone_error_status();
    HONE_TRY(cli_recompile(model, settings, optimizer));
    if (!cli_has_loss(model))
        return hone_fail(HONE_ERROR_STATE, "%s: there is no loss to train by; give --loss",
                         settings->operands[0]);
    int64_t seed = cli_given_integer(settings->seed) ? settings->seed
                   : recipe != NULL                  ? recipe->fit->seed
                                                     : 0;
    return hone_model_set_seed(model, (uint64_t)seed);
}

static int64_t clamp(int64_t steps)
{
    return steps > MOST_STEPS ? MOST_STEPS : steps < FEWEST_STEPS ? FEWEST_STEPS : steps;
}

static int search_rates(hone_model *model, const hone_recipe *recipe, const cli_settings *settings)
{
    if (prepare(model, recipe, settings) < 0)
        return cli_fail_library();
    hone_dataset *data = load_training_data(recipe, settings);
    if (data == NULL)
        return cli_fail_library();
    hone_find_rate_args args = {
        .lowest = cli_given(settings->lowest_rate) ? settings->lowest_rate : standard_lowest,
        .highest = cli_given(settings->highest_rate) ? settings->highest_rate : standard_highest,
        .batch_size = cli_given_integer(settings->batch_size) ? settings->batch_size
                      : recipe != NULL                        ? recipe->fit->batch_size
                                                              : 32};
    args.steps = cli_given_integer(settings->steps) ? settings->steps
                                                    : clamp(hone_dataset_count(data) / args.batch_size);
    hone_rate_search search;
    int status = hone_internal_find_rate(model, data, &args, &search) < 0 ? cli_fail_library()
                                                                          : print_results(&search, settings);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    return status;
}

static int find_rate(const cli_settings *settings)
{
    hone_recipe *recipe;
    double lowest = cli_given(settings->lowest_rate) ? settings->lowest_rate : standard_lowest;
    double highest = cli_given(settings->highest_rate) ? settings->highest_rate : standard_highest;
    int status = cli_check_model("find-lr", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    if (lowest >= highest)
        return cli_fail_usage("find-lr: --lowest (%g) must be below --highest (%g)", lowest, highest);
    if (settings->data == NULL && !cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("find-lr: --data is missing: a model file says nothing about data");
    if (settings->plot != NULL && hone_internal_file_check_writable(settings->plot) < 0)
        return cli_fail_library();
    hone_model *model = cli_load_model(settings->operands[0], settings, &recipe);
    status = model == NULL ? cli_fail_library() : search_rates(model, recipe, settings);
    hone_model_free(model);
    hone_internal_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_SCALE,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_LOSS,
    {"optimizer", CLI_SPEC, CLI_AT(optimizer), "SPEC", "the optimizer to find a rate for", "optimizer", 0, 0,
     false},
    {"seed", CLI_INTEGER, CLI_AT(seed), "N", "of weights, shuffling and dropout; 0", NULL, 0, 1e18, false},
    CLI_OPTION_THREADS,
    {"lowest", CLI_NUMBER, CLI_AT(lowest_rate), "X", "the rate of the first step; 1e-6", NULL, 0, 1e15, true},
    {"highest", CLI_NUMBER, CLI_AT(highest_rate), "X", "the rate of the last step; 10", NULL, 0, 1e15, true},
    {"steps", CLI_INTEGER, CLI_AT(steps), "N", "steps at most; an epoch's, but 100 to 300", NULL, 2, 1e9,
     false},
    {"plot", CLI_FILE, CLI_AT(plot), "FILE.png|.svg", "the loss against the rate", ".png|.svg", 0, 0, false},
    {"json", CLI_FLAG, CLI_AT(json), NULL, "one object on stdout", NULL, 0, 0, false},
    CLI_OPTIONS_END};

const cli_command cli_find_rate = {
    .name = "find-lr",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = find_rate,
    .summary = "Suggests a learning rate: trains a copy with a rate that grows from step to step.",
    .details = "  hone find-lr examples/chapter.yaml --plot lr.png\n"};
