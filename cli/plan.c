/* hone plan: what will run in a step. */
#include "cli.h"
#include "json.h"

#include <hone/advice.h>
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

/* ---- advice ---- */

static void put_item(cli_json *json, const hone_advice_item *item)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "subject", item->subject);
    if (item->layer[0] != '\0')
        cli_json_text(json, "layer", item->layer);
    cli_json_text(json, "now", item->now[0] != '\0' ? item->now : NULL);
    cli_json_text(json, "instead", item->instead[0] != '\0' ? item->instead : NULL);
    cli_json_truth(json, "worth", item->worth);
    cli_json_number(json, "gain", item->gain);
    cli_json_text(json, "sentence", item->sentence);
    cli_json_close(json, '}');
}

static int print_json(const hone_advice *advice)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_open(&json, "advice", '[');
    for (int i = 0; i < hone_advice_count(advice); i++)
        put_item(&json, hone_advice_at(advice, i));
    cli_json_close(&json, ']');
    return cli_json_print(&json);
}

/* What is worth changing, then what is not. */
static void print_sentences(const hone_advice *advice, bool worth)
{
    bool any = false;
    for (int i = 0; i < hone_advice_count(advice); i++) {
        const hone_advice_item *item = hone_advice_at(advice, i);
        if (item->worth != worth)
            continue;
        if (!any)
            printf(worth ? "Worth changing:\n" : "As good as it gets:\n");
        any = true;
        printf("  %s\n", item->sentence);
    }
}

static int advise(const cli_settings *settings, hone_recipe *recipe, hone_model *model)
{
    hone_advice *advice = model == NULL ? NULL : hone_advise(model, cli_batch_size(recipe));
    if (advice == NULL)
        return cli_fail_library();
    int status = CLI_DONE;
    if (settings->json) {
        status = print_json(advice);
    } else {
        printf("By the planner's estimates, which follow from shapes and the kernels of this machine:\n\n");
        print_sentences(advice, true);
        print_sentences(advice, false);
    }
    hone_advice_free(advice);
    return status;
}

/* ---- the command ---- */

static int check_line(const cli_settings *settings)
{
    if (settings->link != NULL && !cli_given_integer(settings->processes))
        return cli_fail_usage("plan: --link needs --ranks N");
    if (settings->advised && cli_given_integer(settings->processes))
        return cli_fail_usage("plan: --advice is about one process, --ranks about several: give one of them");
    if (settings->json && !settings->advised)
        return cli_fail_usage("plan: --json goes with --advice");
    return cli_check_model("plan", settings->operands[0], true);
}

static int print_plan(const cli_settings *settings, hone_recipe *recipe, hone_model *model)
{
    char *text = model == NULL ? NULL : make_text(settings, recipe, model);
    if (text == NULL)
        return cli_fail_library();
    fputs(text, stdout);
    hone_free(text);
    return CLI_DONE;
}

static int plan(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    status = settings->advised ? advise(settings, recipe, model) : print_plan(settings, recipe, model);
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
    {"advice", CLI_FLAG, CLI_AT(advised),
     .help = "print what is worth changing on this machine, instead: batch, threads, width of layers, dtype"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "with --advice: print one JSON object"},
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
        "and FLOP counts.",
    .details = "  hone plan m.yaml --advice --threads 2\n"};
