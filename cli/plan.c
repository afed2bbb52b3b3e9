/* hone plan: what will run in a step. */
#include "base/memory.h"
#include "cli.h"

#include <stdio.h>

static int plan(const cli_settings *settings)
{
    hone_recipe *recipe;
    int status = cli_check_model("plan", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    hone_model *model = cli_load_model(settings->operands[0], settings, &recipe);
    int64_t size = cli_given_integer(settings->batch_size) ? settings->batch_size
                   : recipe != NULL                        ? recipe->fit->batch_size
                                                           : 32;
    char *text = model == NULL ? NULL : hone_model_plan(model, size, cli_has_loss(model));
    if (text == NULL)
        status = cli_fail_library();
    else
        fputs(text, stdout);
    hone_internal_free(text);
    hone_model_free(model);
    hone_internal_recipe_free(recipe);
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
        "Prints what runs in a step of training (of prediction, without a loss), its memory and its arithmetic."};
