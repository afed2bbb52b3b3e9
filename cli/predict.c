/* hone predict: the outputs of a model for each sample. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "formats/array_files.h"
#include "formats/csv.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- CSV: a row a sample, flattened, no header ---- */

/* The shortest text that reads back as the same float. */
static void append_float(hone_text *text, float number)
{
    char digits[48];
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)number);
        if (strtof(digits, NULL) == number)
            break;
    }
    hone_internal_text_append(text, digits);
}

static void append_row(hone_text *text, const float *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (i > 0)
            hone_internal_text_append(text, ",");
        append_float(text, numbers[i]);
    }
    hone_internal_text_append(text, "\n");
}

static void append_text(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

/* "Sneaker,0.93": the class with the largest number; of two classes with one number, the second from 0.5. */
static void append_class(hone_text *text, const hone_model *model, const float *numbers, int64_t count)
{
    int64_t best = count == 1 && numbers[0] > 0.5f;
    for (int64_t i = 1; i < count; i++)
        best = numbers[i] > numbers[best] ? i : best;
    hone_csv csv = {.output = append_text, .context = text};
    hone_internal_csv_text(&csv, hone_model_class_name(model, 0, best));
    hone_internal_text_append(text, ",");
    append_float(text, count > 1 ? numbers[best] : best == 1 ? numbers[0] : 1 - numbers[0]);
    hone_internal_text_append(text, "\n");
}

/* Rows go out as they are made, to `writer` or, when that is NULL, to stdout. `model`: the names of its
 * classes in place of the numbers, or NULL. */
static hone_status write_rows(const hone_array *array, const hone_model *model, hone_file_writer *writer)
{
    int64_t rows = array->shape[0], width = rows > 0 ? hone_array_count(array) / rows : 0;
    hone_text text = {.data = NULL};
    hone_status status = HONE_OK;
    for (int64_t row = 0; row < rows && status >= 0; row++) {
        const float *numbers = (const float *)array->data + row * width;
        if (model != NULL)
            append_class(&text, model, numbers, width);
        else
            append_row(&text, numbers, width);
        if (text.failed)
            status = HONE_ERROR_MEMORY;
        if (status >= 0 && writer != NULL)
            status = hone_internal_file_write(writer, text.data, text.length);
        else if (status >= 0)
            fwrite(text.data, 1, text.length, stdout);
        text.length = 0;
    }
    hone_internal_text_free(&text);
    return status;
}

static hone_status save_csv(const hone_array *array, const hone_model *model, const char *path)
{
    hone_file_writer writer;
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status >= 0)
        status = write_rows(array, model, &writer);
    if (status >= 0)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    return status;
}

/* ---- the command ---- */

static bool is_taken(const char *const *keys, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

enum { LONGEST_KEY = 512 };

/* An output's name, with _1, _2, ... behind it when an earlier output has it: a layer may be one twice. */
static const char *output_key(const char *name, const char *const *earlier, size_t count, char *numbered)
{
    const char *key = name;
    for (unsigned number = 1; is_taken(earlier, count, key); number++) {
        snprintf(numbered, LONGEST_KEY, "%.480s_%u", name, number);
        key = numbered;
    }
    return key;
}

static hone_status save_npz(const hone_model *model, hone_array *const *outputs, const char *path)
{
    char numbered[HONE_MAX_ENDS][LONGEST_KEY];
    const char *keys[HONE_MAX_ENDS];
    const hone_array *arrays[HONE_MAX_ENDS];
    size_t count = (size_t)hone_model_output_count(model);
    for (size_t i = 0; i < count; i++) {
        keys[i] = output_key(hone_model_output_name(model, (int)i), keys, i, numbered[i]);
        arrays[i] = outputs[i];
    }
    return hone_internal_npz_save(path, keys, arrays, count);
}

static hone_status check_classes(const hone_model *model, const hone_array *output)
{
    int64_t known = hone_model_class_count(model, 0);
    int64_t width = output->shape[0] > 0 ? hone_array_count(output) / output->shape[0] : known;
    if (known == 0)
        return hone_fail(
            HONE_ERROR_DATA,
            "--classes: the model knows no names of classes; they are kept when it is trained on a "
            "table with a column of texts as target, or on a folder of pictures");
    if (width == known || (width == 1 && known == 2))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "--classes: the model gives %lld numbers a sample, and there are %lld classes",
                     (long long)width, (long long)known);
}

static hone_status write_outputs(const hone_model *model, hone_array *const *outputs, const char *path,
                                 bool classes)
{
    if (classes)
        HONE_TRY(check_classes(model, outputs[0]));
    if (path == NULL)
        return write_rows(outputs[0], classes ? model : NULL, NULL);
    if (cli_ends_with(path, ".npz"))
        return save_npz(model, outputs, path);
    return cli_ends_with(path, ".npy") ? hone_array_save(outputs[0], path)
                                       : save_csv(outputs[0], classes ? model : NULL, path);
}

static hone_status predict_and_write(hone_model *model, hone_dataset *data, const cli_settings *settings)
{
    hone_array *outputs[HONE_MAX_ENDS] = {NULL};
    HONE_TRY(hone_predict(model, data,
                          outputs, .batch_size = cli_given_integer(settings->batch_size) ? settings->batch_size : 32));
    hone_status status = write_outputs(model, outputs, settings->output, settings->classes);
    for (int i = 0; i < hone_model_output_count(model); i++)
        hone_array_free(outputs[i]);
    return status;
}

static hone_status predict_model(hone_model *model, const cli_settings *settings)
{
    const char *path = settings->output;
    if (hone_model_output_count(model) > 1 && (path == NULL || !cli_ends_with(path, ".npz")))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: the model has %d outputs, which only an .npz file can hold: --output FILE.npz",
                         settings->operands[0], hone_model_output_count(model));
    hone_dataset *data = cli_load_data_as(model, model->schema, settings->data, "test", settings->scale, NULL,
                                          settings->memory_limit);
    hone_status status = data == NULL ? hone_error_status() : predict_and_write(model, data, settings);
    hone_dataset_free(data);
    return status;
}

static int predict(const cli_settings *settings)
{
    int status = cli_check_model("predict", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (settings->data == NULL)
        return cli_fail_usage("predict: --data is missing: hone predict %s --data DATA",
                              settings->operands[0]);
    if (settings->classes && settings->output != NULL && !cli_ends_with(settings->output, ".csv"))
        return cli_fail_usage("predict: --classes writes texts: give --output FILE.csv, or none");
    if (settings->output != NULL && hone_internal_file_check_writable(settings->output) < 0)
        return cli_fail_library();
    hone_model *model = cli_load_file(settings->operands[0], settings);
    hone_status done = model == NULL ? hone_error_status() : predict_model(model, settings);
    status = model == NULL || done < 0 ? cli_fail_library() : CLI_DONE;
    hone_model_free(model);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    CLI_OPTION_MEMORY_LIMIT,
    {"output", CLI_FILE, CLI_AT(output), "FILE.npy|.npz|.csv", "where the outputs go; else CSV on stdout",
     ".npy|.npz|.csv", 0, 0, false},
    {"classes", CLI_FLAG, CLI_AT(classes), NULL, "write the name of the likeliest class and its probability",
     NULL, 0, 0, false},
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
        "CSV: no header, a row a sample, flattened. NPZ: keys are the names of the outputs; several outputs need it.\n\n"
        "  hone predict m.keras --data x.npy --output p.npy\n"};
