/* hone evaluate: loss and metrics of a model over data. */
#include "json.h"
#include "scores.h"

/* The metrics, and what else was asked for, in one object or as text. */
static int print_all(hone_recipe *recipe, hone_model *model, const hone_logs *logs,
                     const cli_settings *settings)
{
    cli_json json;
    hone_recipe_set_output(recipe, NULL,
                           NULL); /* what there is to warn of was said when the metrics were computed */
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    if (data == NULL)
        return cli_fail_library();
    if (settings->json)
        cli_json_begin(&json);
    cli_put_results(settings->json ? &json : NULL, logs, "");
    int status = cli_put_scores(settings->json ? &json : NULL, recipe, model, data, settings, false) < 0
                     ? cli_fail_library()
                     : CLI_DONE;
    hone_dataset_free(data);
    if (!settings->json)
        return status;
    if (status == CLI_DONE)
        return cli_json_print(&json);
    cli_json_drop(&json);
    return status;
}

static int evaluate_model(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_logs logs = {.count = 0};
    bool more = settings->confusion || settings->per_class || settings->calibration;
    if (hone_model_optimizer(model) == NULL) /* compiled without a loss it still has metrics */
        return cli_fail("%s: the model is not compiled: give --loss", settings->operands[0]);
    int status = hone_recipe_evaluate(recipe, model, &logs) < 0 ? cli_fail_library()
                 : more                                         ? print_all(recipe, model, &logs, settings)
                        : cli_print_results(&logs, "", NULL, settings->json);
    hone_logs_free(&logs);
    return status;
}

/* A recipe names its test data; its network is untrained, so that the trained one must be given. */
static int check_recipe(const cli_settings *settings)
{
    const char *trained = cli_given_text(settings, "model");
    return trained == NULL ? CLI_DONE : cli_check_model("evaluate: --model", trained, false);
}

/* Its model is a file, not a list of layers. */
static bool names_a_model(const hone_recipe *recipe)
{
    char *model = hone_recipe_get(recipe, "model");
    const bool named = model != NULL && model[0] != '[';
    hone_free(model);
    return named;
}

static int evaluate(const cli_settings *settings)
{
    int status = cli_check_model("evaluate", settings->operands[0], true);
    if (status == CLI_DONE)
        status = check_recipe(settings);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.test") == NULL && !cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("evaluate: --data is missing: hone evaluate %s --data DATA",
                              settings->operands[0]);
    if (cli_given_text(settings, "data.test_sample_weight") != NULL &&
        cli_given_text(settings, "fit.class_weight") != NULL)
        return cli_fail_usage("evaluate: --sample-weight and --class-weight cannot both be given");
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    if (recipe != NULL && !names_a_model(recipe)) {
        hone_recipe_free(recipe);
        return cli_fail("%s describes a network without its trained weights; give the trained model: hone "
                        "evaluate %s --model FILE.keras",
                        settings->operands[0], settings->operands[0]);
    }
    hone_model *model = cli_fold(hone_recipe_model(recipe), settings);
    status = model == NULL ? cli_fail_library() : evaluate_model(recipe, model, settings);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    {"model", CLI_TEXT, .key = "model", .argument = "FILE",
     .help = "the trained model, when MODEL is the recipe that it was trained by"},
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_LOSS,
    CLI_OPTION_METRICS,
    {"sample-weight", .key = "data.test_sample_weight", .detail = ".npy"},
    CLI_OPTION_CLASS_WEIGHT,
    {"per-class", CLI_FLAG, CLI_AT(per_class),
     .help = "also print precision, recall, f1 and support of each class"},
    {"confusion", CLI_FLAG, CLI_AT(confusion),
     .help = "also print how often each class was taken for each other one"},
    {"calibration", CLI_FLAG, CLI_AT(calibration),
     .help = "also print how often answers of a confidence are right"},
    CLI_OPTION_FOLD,
    CLI_OPTION_JSON,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = evaluate,
    .summary = "Prints the loss and metrics of a trained model on a data set.",
    .details =
        "If a source has two parts, the test part is used unless it says #train. The data are read and scaled "
        "as those of the\n"
        "training. A recipe evaluates on its own test data.\n\n"
        "  hone evaluate m.keras --data fashion-mnist#test\n"
        "  hone evaluate chapter.yaml --model m.keras\n"};
