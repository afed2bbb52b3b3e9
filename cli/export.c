/* hone export: a model in a form that other programs run. */
#include "base/file.h"
#include "cli.h"

/* Each form by its extension; the option's list of extensions and the help name them too. */
static const struct {
    const char *extension;
    hone_status (*write)(hone_model *model, const char *path);
} forms[] = {
    {".onnx", hone_model_export_onnx},
};

static hone_status write_model(hone_model *model, const char *path)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (cli_ends_with(path, forms[i].extension))
            return forms[i].write(model, path);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s: no form of a model has this extension", path);
}

static int export(const cli_settings *settings)
{
    const char *path = settings->output;
    int status = cli_check_model("export", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (path == NULL)
        return cli_fail_usage("export: --output FILE says where the result goes: FILE.onnx");
    if (hone_internal_file_check_writable(path) < 0)
        return cli_fail_library();
    hone_model *model = hone_model_load(settings->operands[0]);
    if (model == NULL || write_model(model, path) < 0)
        status = cli_fail_library();
    hone_model_free(model);
    return status;
}

static const cli_option options[] = {{"output", CLI_FILE, CLI_AT(output), "FILE.onnx",
                                      "where the result goes; its extension says in which form", ".onnx", 0,
                                      0, false},
                                     CLI_OPTIONS_END};

const cli_command cli_export = {
    .name = "export",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = export,
    .summary = "Writes a model as it predicts for other programs: as an ONNX graph (.onnx).",
    .details =
        "ONNX: opset 17, IR 8; float32 inputs and outputs under the model's names, any batch. What only trains (dropout,\n"
        "noise) is left out. Above 2 GB the weights go to FILE.onnx.data. hone convert FILE.onnx M.keras reads it back.\n"};
