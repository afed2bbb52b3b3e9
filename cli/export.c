/* hone export: a model for where Hone is not, in the form that the extension names. */
#include "cli.h"
#include "base/plural.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- C source ---- */

static void print_measured(const hone_c_source *source)
{
    if (source->measured == 0)
        return;
    printf("int8 beside float32 on %" PRId64 " sample%s: outputs differ by at most %.3g", source->measured,
           hone_internal_plural(source->measured), source->largest_difference);
    if (source->score != NULL)
        printf("; %s %.4f, with float32 %.4f", source->score, source->int8_score, source->float_score);
    printf("\n");
}

/* The samples of --calibrate, read as those of the training; the scale is that of --scale when there is one.
 */
static hone_status load_calibration(hone_model *model, const cli_settings *settings, hone_dataset **data)
{
    const char *scale = cli_given_text(settings, "data.scale");
    double number = 0;
    if (scale != NULL && !cli_to_number(scale, &number))
        number = 0;
    *data = settings->calibrate == NULL ? NULL
                                        : hone_dataset_load_for(model, settings->calibrate, "train", number);
    return settings->calibrate != NULL && *data == NULL ? hone_error_status() : HONE_OK;
}

static int export_c(hone_model *model, hone_dataset *data, const cli_settings *settings)
{
    const char *path = settings->output, *standard = settings->calibrate != NULL ? "int8" : "float32";
    hone_c_source source;
    hone_dataset *calibration;
    if (load_calibration(model, settings, &calibration) < 0)
        return cli_fail_library();
    hone_status status = hone_export_c(
        model, path, &source, .weights = settings->weights != NULL ? settings->weights : standard,
        .prefix = settings->prefix, .data = data != NULL ? data : HONE_NO_DATASET,
        .samples = cli_given_integer(settings->samples) ? settings->samples : 3,
        .calibration = calibration != NULL ? calibration : HONE_NO_DATASET);
    hone_dataset_free(calibration);
    if (status < 0)
        return cli_fail_library();
    printf("%s and %.*sh: %s_predict(); weights %" PRId64 " bytes, work space %" PRId64 " bytes, %" PRId64
           " multiply-adds\n",
           path, (int)strlen(path) - 1, path, source.prefix, source.weight_bytes, source.work_bytes,
           source.multiply_adds);
    if (source.calibrated > 0)
        printf("numbers between layers as int8 by the ranges over %" PRId64 " samples; %" PRId64
               " steps give floats\n",
               source.calibrated, source.float_steps);
    print_measured(&source);
    return CLI_DONE;
}

static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t length = strlen(text);
    return length <= 40 && strspn(text, letters) > 0 &&
           strspn(text, "0123456789_"
                        "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length;
}

static int check_c(const cli_settings *settings)
{
    const char *weights = settings->weights, *prefix = settings->prefix;
    if (weights != NULL && strcmp(weights, "float32") != 0 && strcmp(weights, "int8") != 0)
        return cli_fail_usage("--weights: expected float32 or int8, received \"%s\"", weights);
    if (prefix != NULL && !is_name(prefix))
        return cli_fail_usage(
            "--prefix: expected a C name: at most 40 letters, digits and _, a letter first; received \"%s\"",
            prefix);
    if (cli_given_text(settings, "data.test") == NULL && settings->calibrate == NULL &&
        cli_given_text(settings, "data.scale") != NULL)
        return cli_fail_usage("--scale needs --data or --calibrate, whose samples it scales");
    if (settings->calibrate != NULL && weights != NULL && strcmp(weights, "int8") != 0)
        return cli_fail_usage("--calibrate is for --weights int8, not %s", weights);
    return CLI_DONE;
}

/* ---- ONNX ---- */

static void print_remark(void *context, const char *text, size_t length)
{
    (void)context;
    fprintf(stderr, "hone: note: %.*s\n", (int)length, text);
}

static int export_onnx(hone_model *model, hone_dataset *data, const cli_settings *settings)
{
    (void)data;
    return hone_export_onnx(model, settings->output, .remark = print_remark) < 0 ? cli_fail_library()
                                                                                 : CLI_DONE;
}

static int check_onnx(const cli_settings *settings)
{
    if (settings->weights != NULL || settings->prefix != NULL || settings->given_count > 0 ||
        settings->calibrate != NULL || cli_given_integer(settings->samples))
        return cli_fail_usage("export: --weights, --calibrate, --prefix, --data, --scale and --samples need "
                              "--output FILE.c");
    return CLI_DONE;
}

/* ---- forms ---- */

/* A form: its extension (the option's list and the help name them too), what of the command line it checks
 * (or NULL), and how it is written. */
typedef struct form {
    const char *extension;
    int (*check)(const cli_settings *settings);
    int (*write)(hone_model *model, hone_dataset *data, const cli_settings *settings);
} form;

static const form forms[] = {
    {".onnx", check_onnx, export_onnx},
    {".c", check_c, export_c},
};

static const form *find_form(const char *path)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (cli_ends_with(path, forms[i].extension))
            return &forms[i];
    return NULL;
}

static int load_and_write(const form *to, const cli_settings *settings)
{
    bool wanted = cli_given_text(settings, "data.test") != NULL;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = cli_fold(hone_recipe_model(recipe), settings);
    hone_dataset *data = model != NULL && wanted ? hone_recipe_test_data(recipe, model) : NULL;
    bool failed = model == NULL || (wanted && data == NULL);
    int status = failed ? cli_fail_library() : to->write(model, data, settings);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static int export(const cli_settings *settings)
{
    int status = cli_check_model("export", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (settings->output == NULL)
        return cli_fail_usage("export: --output is missing: hone export %s --output FILE.onnx|FILE.c",
                              settings->operands[0]);
    const form *to = find_form(settings->output);
    if (to == NULL)
        return cli_fail_usage("export: the format of \"%s\" is not known; expected FILE.onnx or FILE.c",
                              settings->output);
    status = to->check == NULL ? CLI_DONE : to->check(settings);
    if (status != CLI_DONE)
        return status;
    if (hone_check_writable(settings->output) < 0)
        return cli_fail_library();
    return load_and_write(to, settings);
}

static const cli_option options[] = {{"output", CLI_FILE, CLI_AT(output), .argument = "FILE.onnx|.c",
                                      .detail = ".onnx|.c",
                                      .help = "write the result here, in the format of its extension"},
                                     {.argument_of = "export_c.weights", CLI_AT(weights)},
                                     {.argument_of = "export_c.prefix",
                                      CLI_AT(prefix),
                                      .argument = "NAME",
                                      .help = "prefix of every name in the source (default: the file's "
                                              "name)"},
                                     {"calibrate", CLI_TEXT, CLI_AT(calibrate), .argument = "DATA",
                                      .help = "with int8 weights make the numbers between layers int8 too, "
                                              "by their ranges over at most 1,000 samples of DATA"},
                                     CLI_OPTION_DATA,
                                     CLI_OPTION_SCALE,
                                     {.argument_of = "export_c.samples", CLI_AT(samples)},
                                     CLI_OPTION_FOLD,
                                     CLI_OPTION_IGNORE_UNKNOWN,
                                     CLI_OPTIONS_END};

const cli_command cli_export = {
    .name = "export",
    .operands = "MODEL --output FILE",
    .least = 1,
    .most = 1,
    .options = options,
    .run = export,
    .summary =
        "Writes a model for prediction in other programs: as an ONNX graph (.onnx) or as C source (.c).",
    .details =
        "Layers that are active only in training (dropout, noise) are left out.\n\n"
        "ONNX: opset 17, IR 8; float32 inputs and outputs with the model's names, any batch size.\n"
        "Above 2 GB the weights go to FILE.onnx.data. hone convert FILE.onnx M.keras reads it back.\n\n"
        "C: C99 with the weights as constants, and FILE.h beside it. It allocates no memory and needs "
        "only libm.\n"
        "-DSELF_TEST adds a main() that predicts samples (from --data, otherwise random) and compares. With\n"
        "--data, the error of int8 weights is measured on all samples. With --calibrate the whole network computes\n"
        "with int8 numbers and int32 sums; what has no such form (softmax) stays float.\n\n"
        "  hone export m.keras --output m.onnx\n"
        "  hone export m.keras --output classifier.c --weights int8 --data fashion-mnist\n"
        "  hone export m.keras --output classifier.c --calibrate fashion-mnist#train --data fashion-mnist#test\n"};
