/* hone convert: a model file, or weights with the model they belong to, in another form. */
#include "cli.h"

#include <hone/files.h>
#include <stdio.h>
#include <string.h>

static bool holds_weights(const char *path)
{
    return (hone_file_uses(path) & HONE_LOADS_WEIGHTS) != 0 && !cli_is_model_file(path);
}

static bool is_dtype(const char *name)
{
    static const char *const NAMES[] = {"float32", "float64", "float16", "bfloat16"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return false;
}

/* Options that the two names leave no use for. */
static int check_options(const cli_settings *settings, const char *from, const char *to)
{
    bool names = settings->map_count > 0 || settings->partial;
    if (settings->arch == NULL && (names || settings->by_name || settings->skip_mismatch))
        return cli_fail_usage(
            "convert: --map, --partial, --by-name and --skip-mismatch set how weights are loaded into a "
            "model; expected --model ARCH.keras");
    if (names && (hone_file_uses(from) & HONE_NAMES_WEIGHTS) == 0)
        return cli_fail_usage(
            "convert: --map and --partial work with the names of weights in a .safetensors file; \"%s\" "
            "has none",
            from);
    if (settings->dtype != NULL && (!is_dtype(settings->dtype) || !cli_ends_with(to, ".safetensors")))
        return cli_fail_usage(
            "--dtype: expected float32, float64, float16 or bfloat16 and a result that ends in "
            ".safetensors, received \"%s\" for \"%s\"",
            settings->dtype, to);
    if (cli_given_integer(settings->shard_bytes) && !cli_ends_with(to, ".weights.json"))
        return cli_fail_usage("--shard-bytes needs a result that ends in .weights.json, not \"%s\"", to);
    return cli_check_keras_version(settings);
}

static int check_line(const cli_settings *settings)
{
    const char *from = settings->operands[0], *to = settings->operands[1];
    const char *model = settings->arch != NULL ? settings->arch : from;
    if (settings->arch == NULL && holds_weights(from))
        return cli_fail_usage(
            "convert: \"%s\" holds only weights, without the model they belong to; add --model ARCH.keras",
            from);
    if (settings->arch != NULL && !holds_weights(from) && !cli_is_model_file(from))
        return cli_fail_usage("convert: expected a file of weights or a model, received \"%s\"", from);
    int status = cli_check_model("convert", model, false);
    if (status != CLI_DONE)
        return status;
    char endings[128];
    if ((hone_file_uses(to) & (HONE_SAVES_MODEL | HONE_SAVES_WEIGHTS)) == 0)
        return cli_fail_usage("convert: expected a result that ends in %s, received \"%s\"",
                              hone_file_endings((hone_file_use)(HONE_SAVES_MODEL | HONE_SAVES_WEIGHTS),
                                                endings, sizeof endings),
                              to);
    return check_options(settings, from, to);
}

static hone_status fill(hone_model *model, const cli_settings *settings)
{
    if (settings->adapters != NULL)
        CLI_TRY(hone_load_adapters(model, settings->adapters));
    if (settings->arch == NULL)
        return HONE_OK;
    return hone_load_weights(model, settings->operands[0], .by_name = settings->by_name,
                             .skip_mismatch = settings->skip_mismatch, .partial = settings->partial,
                             .map = settings->map_count > 0 ? settings->maps : NULL,
                             .output = cli_print_warning);
}

static hone_status save(hone_model *model, const cli_settings *settings)
{
    if (settings->merge_lora)
        CLI_TRY(hone_merge_lora(model));
    if (settings->quantize != NULL)
        CLI_TRY(hone_quantize(model, settings->quantize));
    return hone_save(model, settings->operands[1], .keras_version = settings->keras_version,
                     .dtype = settings->dtype != NULL ? settings->dtype : "float32",
                     .shard_bytes =
                         cli_given_integer(settings->shard_bytes) ? settings->shard_bytes : INT64_C(5) << 30);
}

static int convert(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if (hone_check_writable(settings->operands[1]) < 0)
        return cli_fail_library();
    hone_model *model = hone_load(settings->arch != NULL ? settings->arch : settings->operands[0],
                                  .ignore_unknown = settings->ignore_unknown, .output = cli_print_warning);
    if (model != NULL && fill(model, settings) >= 0)
        model = cli_fold(model, settings);
    else {
        hone_model_free(model);
        model = NULL;
    }
    if (model == NULL || save(model, settings) < 0)
        status = cli_fail_library();
    hone_model_free(model);
    return status;
}

static const cli_option options[] = {
    {"model", CLI_TEXT, CLI_AT(arch), .argument = "ARCH.keras",
     .help = "the model (.keras, .h5) to which the weights of A belong"},
    {.argument_of = "load_weights.map",
     .kind = CLI_MAPS,
     .help = "load the tensor THEIRS of A as the weight OURS of the model; may be repeated (see below)"},
    {.argument_of = "load_weights.partial", CLI_AT(partial)},
    {.argument_of = "load_weights.by_name", CLI_AT(by_name)},
    {.argument_of = "load_weights.skip_mismatch", CLI_AT(skip_mismatch)},
    CLI_OPTION_FOLD,
    {"adapters", CLI_FILE, CLI_AT(adapters), .argument = "FILE.safetensors", .detail = ".safetensors",
     .help = "give the model the low-rank adaptations in this file (hone train --adapters)"},
    {"merge-lora", CLI_FLAG, CLI_AT(merge_lora),
     .help = "merge low-rank adaptations into the weights: the result has none"},
    {"quantize", CLI_TEXT, CLI_AT(quantize), .argument = "MODE",
     .help =
         "quantise Dense, EinsumDense, the embeddings and attention with heads: int8, int4, int4/SIZE of blocks, int4/-1"},
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTION_KERAS_VERSION,
    {.argument_of = "save.dtype", CLI_AT(dtype)},
    {.argument_of = "save.shard_bytes",
     CLI_AT(shard_bytes),
     .help = "maximum bytes of numbers per file of a .weights.json result (default 5 GiB)"},
    CLI_OPTIONS_END};

const cli_command cli_convert = {
    .name = "convert",
    .operands = "A B",
    .least = 2,
    .most = 2,
    .options = options,
    .run = convert,
    .summary = "Writes the model or weights of file A as file B, by extension.",
    .details =
        "A: .keras, .h5, .onnx, and with --model: .weights.h5, .weights.json, .safetensors (or weights in any of the others).\n"
        "B: .keras, .weights.h5, .weights.json (several files), .safetensors.\n"
        "\n"
        "--map names a tensor of a .safetensors file and the weight that it is; hone summary shows the layers, whose weights are\n"
        "called LAYER/kernel and so on. One * on each side stands for the same text. OURS.T transposes a matrix, which linear\n"
        "layers of PyTorch need. THEIRS= ignores a tensor.\n"
        "\n"
        "--quantize turns weights into whole numbers of eight or four bits, as Keras's model.quantize does; the file becomes that much\n"
        "smaller. So are the projections of attention with heads. Convolutions and recurrent layers are left as they are.\n"
        "\n"
        "A .keras file has low-rank adaptations merged, as Keras writes it; with --merge-lora layers forget their lora_rank too, so that\n"
        "they are trained as a whole again.\n"
        "\n"
        "  hone convert m.keras m.safetensors --dtype float16\n"
        "  hone convert m.keras small.keras --quantize int8\n"
        "  hone convert base.keras tuned.keras --adapters task.safetensors --merge-lora\n"
        "  hone convert base.safetensors new.keras --model arch.keras --partial --map \"encoder.*=tower/*\" --map fc.weight=head/kernel.T\n"};
