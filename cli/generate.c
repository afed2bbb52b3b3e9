/* hone generate: writes text with a model that was trained on text. */
#include "json.h"
#include "record.h"

#include <hone/generate.h>
#include <stdio.h>

/* What comes: the prompt, then a symbol at a time. */
typedef struct writing {
    bool quiet;
    int64_t parts;
    double start; /* of the first symbol, in seconds */
} writing;

static void print_text(void *context, const char *text, size_t length)
{
    writing *at = context;
    if (at->parts++ == 0)
        at->start = cli_now();
    if (at->quiet)
        return;
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static int print_json(const writing *at, const char *text)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "text", text);
    cli_json_integer(&json, "tokens", at->parts - 1);
    cli_json_number(&json, "seconds", cli_now() - at->start);
    return cli_json_print(&json);
}

static void print_remark(void *context, const char *text, size_t length)
{
    (void)context;
    fprintf(stderr, "hone: note: %.*s\n", (int)length, text);
}

static int write_text(hone_model *model, const cli_settings *settings)
{
    hone_generate_args args;
    writing at = {.quiet = settings->json};
    if (hone_args_default("generate", &args, sizeof args) < 0)
        return cli_fail_library();
    args.prompt = settings->prompt;
    args.top_k = settings->top_k;
    args.top_p = settings->top_p;
    args.output = print_text;
    args.output_context = &at;
    args.remark = print_remark;
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
        return cli_fail_library();
    int status = settings->json ? print_json(&at, text) : CLI_DONE;
    if (!settings->json)
        printf("\n");
    hone_free(text);
    return status;
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
    status = model == NULL ? cli_fail_library() : write_text(model, settings);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    {.argument_of = "generate.prompt", CLI_AT(prompt)},
    {.argument_of = "generate.length", CLI_AT(length)},
    {.argument_of = "generate.temperature", CLI_AT(temperature)},
    {.argument_of = "generate.top_k", CLI_AT(top_k)},
    {.argument_of = "generate.top_p", CLI_AT(top_p)},
    {.argument_of = "generate.seed", CLI_AT(seed)},
    {.argument_of = "generate.beams", CLI_AT(beams)},
    {"json", CLI_FLAG, CLI_AT(json), .help = "print one JSON object on stdout: text, tokens, seconds"},
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
        "The model has the characters of its training data, or its tokenizer, with it (see hone help data). Recurrent layers keep their states,\n"
        "causal attention keeps keys and values, so that a character costs one step; what costs a run over the text so far is told on\n"
        "the standard error. The same seed gives the same text.\n"
        "\n"
        "  hone generate verses.keras --prompt \"In the beginning \" --length 400 --temperature 0.7\n"
        "  hone generate verses.keras --prompt \"And \" --temperature 0\n"
        "  hone generate verses.keras --prompt \"And \" --beams 5\n"};
