/* hone plan: what will run in a step. */
#include "cli.h"

#include <stdio.h>

static int plan(const cli_settings *settings)
{
    int status = cli_check_model("plan", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    char *text =
        model == NULL ? NULL : hone_model_plan(model, cli_batch_size(recipe), hone_model_has_loss(model));
    if (text == NULL)
        status = cli_fail_library();
    else
        fputs(text, stdout);
    hone_free(text);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {CLI_OPTION_BATCH_SIZE, CLI_OPTION_THREADS, CLI_OPTION_IGNORE_UNKNOWN,
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
