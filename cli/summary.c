/* hone summary: the layers of a model. */
#include "base/memory.h"
#include "cli.h"

#include <stdio.h>

static int summary(const cli_settings *settings)
{
    hone_recipe *recipe;
    int status = cli_check_model("summary", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    hone_model *model = cli_load_model(settings->operands[0], &recipe);
    char *text = model == NULL ? NULL : hone_model_summary(model);
    if (text == NULL)
        status = cli_fail_library();
    else
        fputs(text, stdout);
    hone_internal_free(text);
    hone_model_free(model);
    hone_internal_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {CLI_OPTIONS_END};

const cli_command cli_summary = {
    .name = "summary",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = summary,
    .summary = "Prints the layers of a recipe or model file, with output shapes and numbers of parameters."};
