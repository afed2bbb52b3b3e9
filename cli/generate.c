/* hone generate: writes text with a model that was trained on text. */
#include "cli.h"

#include <hone/generate.h>
#include <stdio.h>

static void print_text(void *context, const char *text, size_t length)
{
    (void)context;
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static hone_status write_text(hone_model *model, const cli_settings *settings)
{
    hone_generate_args args;
    CLI_TRY(hone_args_default("generate", &args, sizeof args));
    args.prompt = settings->prompt;
    args.top_k = settings->top_k;
    args.top_p = settings->top_p;
    args.output = print_text;
    if (cli_given_integer(settings->beams))
        args.beams = settings->beams;
    if (cli_given_integer(settings->length))
        args.length = settings->length;
    if (cli_given(settings->temperature))
        args.temperature = settings->temperature;
    if (cli_given_integer(settings->seed))
        args.seed = settings->seed;
    char *text = hone_generate_with(model, &args);
    if (text == NULL)
        return hone_error_status();
    hone_free(text);
    printf("\n");
    return HONE_OK;
}

static int generate(const cli_settings *settings)
{
    int status = cli_check_model("generate", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (settings->prompt == NULL)
        return cli_fail_usage("generate: --prompt is missing: hone generate %s --prompt \"In the \"",
                              settings->operands[0]);
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL || write_text(model, settings) < 0)
        status = cli_fail_library();
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {{.argument_of = "generate.prompt", CLI_AT(prompt)},
                                     {.argument_of = "generate.length", CLI_AT(length)},
                                     {.argument_of = "generate.temperature", CLI_AT(temperature)},
                                     {.argument_of = "generate.top_k", CLI_AT(top_k)},
                                     {.argument_of = "generate.top_p", CLI_AT(top_p)},
                                     {.argument_of = "generate.seed", CLI_AT(seed)},
                                     {.argument_of = "generate.beams", CLI_AT(beams)},
                                     CLI_OPTION_THREADS,
                                     CLI_OPTION_IGNORE_UNKNOWN,
                                     CLI_OPTIONS_END};

const cli_command cli_generate = {
    .name = "generate",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = generate,
    .summary = "Writes text with a model that was trained on a text file.",
    .details =
        "The model has the characters of its training data with it (see hone help characters). Recurrent layers keep their states, so\n"
        "that a character costs one step. The same seed gives the same text.\n"
        "\n"
        "  hone generate verses.keras --prompt \"In the beginning \" --length 400 --temperature 0.7\n"
        "  hone generate verses.keras --prompt \"And \" --temperature 0\n"
        "  hone generate verses.keras --prompt \"And \" --beams 5\n"};
