/* hone predict: the outputs of a model for each sample. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- CSV: one row per sample, flattened, no header ---- */

/* The shortest text that reads back as the same float. */
static void put_float(FILE *file, float number)
{
    char digits[48];
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)number);
        if (strtof(digits, NULL) == number)
            break;
    }
    fputs(digits, file);
}

static void put_numbers(FILE *file, const float *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', file);
        put_float(file, numbers[i]);
    }
    fputc('\n', file);
}

/* A text as CSV has it: in quotes, doubled within, when it would end its field or line. */
static void put_text(FILE *file, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != '\0'; text++)
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, file);
    fputc('"', file);
}

/* "Sneaker,0.93": the class with the largest number; of two classes with one number, the second above the
 * threshold. */
static void put_class(FILE *file, const hone_model *model, const float *numbers, int64_t count)
{
    int64_t best = count == 1 && (double)numbers[0] > hone_model_threshold(model);
    for (int64_t i = 1; i < count; i++)
        best = numbers[i] > numbers[best] ? i : best;
    put_text(file, hone_model_class_name(model, 0, best));
    fputc(',', file);
    put_float(file, count > 1 ? numbers[best] : best == 1 ? numbers[0] : 1 - numbers[0]);
    fputc('\n', file);
}

/* `model`: the names of its classes in place of the numbers, or NULL. */
static void put_rows(FILE *file, const hone_array *array, const hone_model *model)
{
    int64_t rows = array->shape[0], width = rows > 0 ? hone_array_count(array) / rows : 0;
    for (int64_t row = 0; row < rows; row++) {
        const float *numbers = (const float *)array->data + row * width;
        if (model != NULL)
            put_class(file, model, numbers, width);
        else
            put_numbers(file, numbers, width);
    }
}

static hone_status save_csv(const hone_array *array, const hone_model *model, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    bool good = file != NULL;
    if (good) {
        put_rows(file, array, model);
        good = fclose(file) == 0;
    }
    hone_status status = good ? hone_write_file(path, text, length)
                              : hone_fail(HONE_ERROR_MEMORY, "%s: out of memory for its rows", path);
    free(text);
    return status;
}

/* ---- the command ---- */

enum { LONGEST_KEY = 512 };

static hone_status save_npz(const hone_model *model, hone_array *const *outputs, const char *path)
{
    size_t count = (size_t)hone_model_output_count(model);
    char(*numbered)[LONGEST_KEY] = calloc(count, sizeof *numbered);
    const char **keys = calloc(count, sizeof *keys);
    hone_status status = numbered == NULL || keys == NULL
                             ? hone_fail(HONE_ERROR_MEMORY, "%s: out of memory for its keys", path)
                             : HONE_OK;
    for (size_t i = 0; status >= 0 && i < count; i++)
        keys[i] = hone_model_output_key(model, (int)i, numbered[i], sizeof numbered[i]);
    if (status >= 0)
        status = hone_arrays_save(path, keys, (const hone_array *const *)outputs, count);
    free(numbered);
    free(keys);
    return status;
}

static hone_status check_classes(const hone_model *model, const hone_array *output)
{
    int64_t known = hone_model_class_count(model, 0);
    int64_t width = output->shape[0] > 0 ? hone_array_count(output) / output->shape[0] : known;
    if (known == 0)
        return hone_fail(HONE_ERROR_DATA,
                         "--classes: the model has no class names; a model keeps them when it is "
                         "trained on a table with a target column of strings, or on a folder of pictures");
    if (width == known || (width == 1 && known == 2))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "--classes: the model gives %lld numbers per sample, but there are %lld classes",
                     (long long)width, (long long)known);
}

static hone_status write_outputs(const hone_model *model, hone_array *const *outputs, const char *path,
                                 bool classes)
{
    if (classes)
        CLI_TRY(check_classes(model, outputs[0]));
    if (path == NULL) {
        put_rows(stdout, outputs[0], classes ? model : NULL);
        return HONE_OK;
    }
    if (cli_ends_with(path, ".npz"))
        return save_npz(model, outputs, path);
    return cli_ends_with(path, ".npy") ? hone_array_save(outputs[0], path)
                                       : save_csv(outputs[0], classes ? model : NULL, path);
}

static hone_status predict_and_write(hone_model *model, hone_dataset *data, int64_t size,
                                     const cli_settings *settings)
{
    size_t known = (size_t)hone_model_output_count(model); /* a model that is not built yet has one */
    hone_array **outputs = calloc(known > 0 ? known : 1, sizeof *outputs);
    if (outputs == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory for the outputs");
    hone_status status = hone_predict(model, data, outputs, .batch_size = size);
    if (status >= 0)
        status = write_outputs(model, outputs, settings->output, settings->classes);
    for (int i = 0; i < hone_model_output_count(model); i++)
        hone_array_free(outputs[i]);
    free(outputs);
    return status;
}

static hone_status predict_model(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    const char *path = settings->output;
    if (hone_model_output_count(model) > 1 && (path == NULL || !cli_ends_with(path, ".npz")))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: the model has %d outputs, which need an .npz file: --output FILE.npz",
                         settings->operands[0], hone_model_output_count(model));
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_status status =
        data == NULL ? hone_error_status() : predict_and_write(model, data, cli_batch_size(recipe), settings);
    hone_dataset_free(data);
    return status;
}

static int predict(const cli_settings *settings)
{
    int status = cli_check_model("predict", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.test") == NULL)
        return cli_fail_usage("predict: --data is missing: hone predict %s --data DATA",
                              settings->operands[0]);
    if (settings->classes && settings->output != NULL && !cli_ends_with(settings->output, ".csv"))
        return cli_fail_usage("predict: --classes writes text: give --output FILE.csv, or leave out "
                              "--output");
    if (settings->output != NULL && hone_check_writable(settings->output) < 0)
        return cli_fail_library();
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    hone_status done = model == NULL ? hone_error_status() : predict_model(recipe, model, settings);
    status = model == NULL || done < 0 ? cli_fail_library() : CLI_DONE;
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {CLI_OPTION_DATA,
                                     CLI_OPTION_MEMORY_LIMIT,
                                     {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.npy|.npz|.csv",
                                      .detail = ".npy|.npz|.csv",
                                      .help = "write the outputs here (default CSV on stdout)"},
                                     {"classes", CLI_FLAG, CLI_AT(classes),
                                      .help = "write the name of the most likely class and its probability"},
                                     CLI_OPTION_BATCH_SIZE,
                                     CLI_OPTION_SCALE,
                                     CLI_OPTION_THREADS,
                                     CLI_OPTION_IGNORE_UNKNOWN,
                                     CLI_OPTIONS_END};

const cli_command cli_predict = {
    .name = "predict",
    .operands = "MODEL --data DATA",
    .least = 1,
    .most = 1,
    .options = options,
    .run = predict,
    .summary = "Writes the outputs of a model file for each sample.",
    .details =
        "CSV has no header and one row per sample, flattened. In NPZ the keys are the names of the outputs; several\n"
        "outputs need it. --classes uses the class names that the model kept from its training data.\n\n"
        "  hone predict m.keras --data x.npy --output p.npy\n"};
