/* hone plan: what will run in a step. */
#include "cli.h"

#include <stdio.h>

/* Of a batch, of one of its shards, or what several ranks would make of it. */
static char *make_text(const cli_settings *settings, hone_recipe *recipe, hone_model *model)
{
    char *said = hone_recipe_get(recipe, "fit.shards");
    int64_t shards = 1, size = cli_batch_size(recipe);
    if (said != NULL && !cli_to_integer(said, &shards))
        shards = 1;
    hone_free(said);
    if (cli_given_integer(settings->processes))
        return hone_model_forecast(model, size, shards > 1 ? shards : 0, (int)settings->processes,
                                   settings->link != NULL ? settings->link : "10GbE");
    if (shards > 1 && hone_model_has_loss(model))
        printf("Each of %lld shards of a batch of %lld:\n\n", (long long)shards, (long long)size);
    return hone_model_plan(model, (size + shards - 1) / shards, hone_model_has_loss(model));
}

static int plan(const cli_settings *settings)
{
    if (settings->link != NULL && !cli_given_integer(settings->processes))
        return cli_fail_usage("plan: --link needs --ranks N");
    int status = cli_check_model("plan", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    char *text = model == NULL ? NULL : make_text(settings, recipe, model);
    if (text == NULL)
        status = cli_fail_library();
    else
        fputs(text, stdout);
    hone_free(text);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_BATCH_SIZE,
    {.key = "fit.shards"},
    {"ranks", CLI_INTEGER, CLI_AT(processes), .argument = "N", .lowest = 1, .highest = 4096,
     .help = "print what a training step would take on up to N processes that share it, instead"},
    {"link", CLI_TEXT, CLI_AT(link), .argument = "LINK",
     .help =
         "with --ranks: processes (of one machine), 1GbE, 10GbE, 25GbE or 100Gbit between them (default 10GbE)"},
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_plan = {
    .name = "plan",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = plan,
    .summary =
        "Prints the operations of one training step (or of prediction if there is no loss), with memory "
        "and FLOP counts."};
