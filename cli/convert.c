/* hone convert: a model file in another form. */
#include "base/file.h"
#include "cli.h"

#include <stdio.h>

static int check_line(const char *from, const char *to)
{
    if (cli_ends_with(from, ".safetensors") || cli_ends_with(to, ".safetensors"))
        return cli_fail_usage(
            "convert: .safetensors is neither read nor written yet; there are .keras, .weights.h5 and .h5 (in)");
    if (cli_ends_with(from, ".weights.h5"))
        return cli_fail_usage(
            "convert: \"%s\" holds weights alone, without the model they belong to; expected a .keras or .h5 file first",
            from);
    int status = cli_check_model("convert", from, false);
    if (status != CLI_DONE)
        return status;
    if (cli_ends_with(to, ".keras") || cli_ends_with(to, ".weights.h5"))
        return CLI_DONE;
    return cli_fail_usage("convert: expected a result that ends in .keras or .weights.h5, received \"%s\"",
                          to);
}

static int convert(const cli_settings *settings)
{
    const char *from = settings->operands[0], *to = settings->operands[1];
    int status = check_line(from, to);
    if (status != CLI_DONE)
        return status;
    if (hone_internal_file_check_writable(to) < 0)
        return cli_fail_library();
    hone_model *model = hone_model_load(from);
    if (model == NULL || hone_model_save(model, to) < 0)
        status = cli_fail_library();
    hone_model_free(model);
    return status;
}

static const cli_option options[] = {CLI_OPTIONS_END};

const cli_command cli_convert = {
    .name = "convert",
    .operands = "A B",
    .least = 2,
    .most = 2,
    .options = options,
    .run = convert,
    .summary =
        "Writes the model of file A as file B: from .keras or .h5 to .keras or .weights.h5, by extension."};
