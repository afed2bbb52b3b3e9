/* hone predict: the outputs of a model for each sample, as they come. */
#include "predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---- */

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

static hone_array **make_list(const hone_model *model)
{
    size_t known = (size_t)hone_model_output_count(model); /* a model that is not built yet has one */
    hone_array **list = calloc(known > 0 ? known : 1, sizeof *list);
    if (list == NULL)
        hone_fail(HONE_ERROR_MEMORY, "out of memory for the outputs");
    return list;
}

static void free_list(const hone_model *model, hone_array **list)
{
    for (int i = 0; list != NULL && i < hone_model_output_count(model); i++)
        hone_array_free(list[i]);
    free(list);
}

static hone_status predict_arrays(hone_recipe *recipe, hone_model *model, const char *path)
{
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_array **outputs = data == NULL ? NULL : make_list(model);
    hone_status status = outputs == NULL ? hone_error_status()
                                         : hone_predict(model, data, outputs,
                                                        .batch_size = cli_batch_size(recipe), .whole = true);
    if (status >= 0)
        status =
            cli_ends_with(path, ".npz") ? save_npz(model, outputs, path) : hone_array_save(outputs[0], path);
    if (outputs != NULL)
        free_list(model, outputs);
    hone_dataset_free(data);
    return status;
}

/* ---- Monte Carlo dropout: mean and standard deviation over draws ---- */

typedef struct moments {
    double *sum, *squares; /* of all numbers of all outputs */
    size_t count;
} moments;

static size_t numbers_in(const hone_model *model, hone_array *const *outputs)
{
    size_t count = 0;
    for (int i = 0; i < hone_model_output_count(model); i++)
        count += (size_t)hone_array_count(outputs[i]);
    return count;
}

/* Welford's sums: mean += (x - mean) / n, squares += (x - mean before) (x - mean after). */
static void add_draw(const hone_model *model, moments *of, hone_array *const *outputs, int64_t draw)
{
    size_t at = 0;
    for (int i = 0; i < hone_model_output_count(model); i++) {
        const float *numbers = outputs[i]->data;
        for (int64_t k = 0; k < hone_array_count(outputs[i]); k++, at++) {
            double difference = (double)numbers[k] - of->sum[at];
            of->sum[at] += difference / (double)(draw + 1);
            of->squares[at] += difference * ((double)numbers[k] - of->sum[at]);
        }
    }
}

static hone_status copy_moments(const hone_model *model, const moments *of, int64_t draws,
                                hone_array **outputs, hone_array **spread)
{
    size_t at = 0;
    for (int i = 0; i < hone_model_output_count(model); i++) {
        spread[i] = hone_array_create(HONE_FLOAT32, outputs[i]->rank, outputs[i]->shape);
        if (spread[i] == NULL)
            return hone_error_status();
        for (int64_t k = 0; k < hone_array_count(outputs[i]); k++, at++) {
            ((float *)outputs[i]->data)[k] = (float)of->sum[at];
            ((float *)spread[i]->data)[k] = (float)sqrt(of->squares[at] / (double)draws);
        }
    }
    return HONE_OK;
}

/* The outputs of the last draw stay, with the means in them. */
static hone_status predict_draws(hone_model *model, const hone_batch *batch, int64_t draws,
                                 hone_array **outputs, hone_array **spread)
{
    moments of = {.sum = NULL};
    hone_status status = HONE_OK;
    for (int64_t draw = 0; status >= 0 && draw < draws; draw++) {
        for (int i = 0; draw > 0 && i < hone_model_output_count(model); i++) {
            hone_array_free(outputs[i]);
            outputs[i] = NULL;
        }
        status = hone_predict_on_batch(model, batch, true, outputs);
        if (status >= 0 && draw == 0) {
            of.count = numbers_in(model, outputs);
            of.sum = calloc(of.count + 1, sizeof *of.sum);
            of.squares = calloc(of.count + 1, sizeof *of.squares);
            if (of.sum == NULL || of.squares == NULL)
                status = hone_fail(HONE_ERROR_MEMORY, "out of memory for the draws");
        }
        if (status >= 0)
            add_draw(model, &of, outputs, draw);
    }
    if (status >= 0)
        status = copy_moments(model, &of, draws, outputs, spread);
    free(of.sum);
    free(of.squares);
    return status;
}

/* ---- rows ---- */

static hone_status predict_batch(hone_model *model, const hone_batch *batch, const cli_rows *rows,
                                 int64_t draws, int64_t *first, bool *begun)
{
    hone_array **outputs = make_list(model), **spread = draws > 0 ? make_list(model) : NULL;
    hone_status status = outputs == NULL || (draws > 0 && spread == NULL) ? hone_error_status() : HONE_OK;
    if (status >= 0)
        status = draws > 0 ? predict_draws(model, batch, draws, outputs, spread)
                           : hone_predict_on_batch(model, batch, false, outputs);
    if (status >= 0 && !*begun && outputs[0]->shape[0] > 0)
        cli_rows_header(rows, outputs);
    *begun = *begun || status >= 0;
    if (status >= 0)
        status = cli_rows_put(rows, outputs, spread, *first);
    if (status >= 0)
        *first += outputs[0]->shape[0];
    fflush(rows->out);
    free_list(model, outputs);
    free_list(model, spread);
    return status;
}

static hone_status predict_piece(hone_recipe *recipe, hone_model *model, hone_dataset *data,
                                 const cli_rows *rows, int64_t draws, bool *begun)
{
    hone_iterator *iterator = hone_dataset_iterate(data, cli_batch_size(recipe), 0, 0);
    const hone_batch *batch;
    int64_t first = 0;
    int more = iterator == NULL ? hone_error_status() : 1;
    while (more > 0 && (more = hone_iterator_next(iterator, &batch)) > 0) {
        hone_status status = predict_batch(model, batch, rows, draws, &first, begun);
        more = status < 0 ? (int)status : more;
    }
    hone_iterator_free(iterator);
    return more < 0 ? (hone_status)more : HONE_OK;
}

static hone_status predict_source(cli_source *source, cli_rows *rows, int64_t draws)
{
    hone_dataset *data = NULL;
    bool begun = false;
    int more;
    while ((more = cli_source_next(source, &data)) > 0) {
        hone_status status = predict_piece(source->recipe, source->model, data, rows, draws, &begun);
        hone_dataset_free(data);
        if (status < 0)
            return status;
        if (ferror(rows->out))
            break; /* the end says so */
    }
    return more < 0 ? (hone_status)more : HONE_OK;
}

static hone_status save_text(const char *path, FILE *out, char *const *text, const size_t *length)
{
    if (fclose(out) != 0)
        return hone_fail(HONE_ERROR_MEMORY, "%s: out of memory for its rows", path);
    return hone_write_file(path, *text, *length);
}

static int predict_rows(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    cli_source source;
    const char *path = settings->output;
    char *text = NULL;
    size_t length = 0;
    int64_t draws = cli_given_integer(settings->draws) ? settings->draws : 0;
    cli_rows rows = {.model = model,
                     .out = path == NULL ? stdout : open_memstream(&text, &length),
                     .json = settings->json || (path != NULL && cli_ends_with(path, ".jsonl")),
                     .classes = settings->classes || cli_given_integer(settings->top_k),
                     .header = settings->header,
                     .spread = draws > 0,
                     .top = cli_given_integer(settings->top_k) ? settings->top_k : 0,
                     .source = &source};
    hone_status status =
        rows.out == NULL ? hone_fail(HONE_ERROR_MEMORY, "out of memory for the rows") : HONE_OK;
    hone_status opened = cli_source_open(&source, recipe, model, settings);
    status = status < 0 ? status : opened;
    if (status >= 0)
        status = cli_rows_check(&rows);
    source.tell_bad = cli_rows_put_bad;
    source.bad_context = &rows;
    if (status >= 0)
        status = predict_source(&source, &rows, draws);
    if (path != NULL && rows.out != NULL && status >= 0)
        status = save_text(path, rows.out, &text, &length);
    else if (path != NULL && rows.out != NULL)
        fclose(rows.out);
    int result = status < 0 ? cli_source_fail(&source) : source.bad > 0 ? CLI_FAILED : CLI_DONE;
    free(text);
    cli_source_close(&source);
    return result;
}

/* ---- the command ---- */

static bool writes_arrays(const cli_settings *settings)
{
    const char *path = settings->output;
    return path != NULL && (cli_ends_with(path, ".npy") || cli_ends_with(path, ".npz"));
}

/* A model that was trained on arrays does not say how pictures are read: they are brought to its size. */
static hone_status fit_picture(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    char name[4096], *format = hone_model_data(model, "format");
    const bool knows = format != NULL && strstr(format, "images") != NULL;
    hone_free(format);
    if (knows)
        return HONE_OK;
    CLI_TRY(cli_name_picture(cli_given_text(settings, "data.test"), model, name, sizeof name));
    return strcmp(name, cli_given_text(settings, "data.test")) == 0
               ? HONE_OK
               : hone_recipe_set_text(recipe, "data.test", name);
}

static int predict_model(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    const char *path = settings->output;
    bool json = settings->json || (path != NULL && cli_ends_with(path, ".jsonl"));
    const bool decides = settings->classes || cli_given_integer(settings->top_k);
    if (hone_model_output_count(model) > 1 && !json && !decides &&
        (path == NULL || !cli_ends_with(path, ".npz")))
        return cli_fail(
            "%s: the model has %d outputs, which need an .npz file or JSON: --output FILE.npz or --json",
            settings->operands[0], hone_model_output_count(model));
    if (fit_picture(recipe, model, settings) < 0)
        return cli_fail_library();
    if (!writes_arrays(settings))
        return predict_rows(recipe, model, settings);
    return predict_arrays(recipe, model, path) < 0 ? cli_fail_library() : CLI_DONE;
}

static int check_line(const cli_settings *settings)
{
    const struct {
        const char *name;
        bool given;
    } of_text[] = {{"classes", settings->classes},   {"top", cli_given_integer(settings->top_k)},
                   {"keep", settings->keep != NULL}, {"header", settings->header},
                   {"json", settings->json},         {"draws", cli_given_integer(settings->draws)}};
    int status = cli_check_model("predict", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.test") == NULL)
        return cli_fail_usage("predict: --data is missing: hone predict %s --data DATA",
                              settings->operands[0]);
    for (size_t i = 0; i < sizeof of_text / sizeof *of_text && writes_arrays(settings); i++)
        if (of_text[i].given)
            return cli_fail_usage(
                "predict: --%s writes text: give --output FILE.csv or FILE.jsonl, or leave out --output",
                of_text[i].name);
    return CLI_DONE;
}

static int predict(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if (settings->output != NULL && hone_check_writable(settings->output) < 0)
        return cli_fail_library();
    cli_settings unread = *settings;
    unread.streams = !writes_arrays(settings);
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], &unread);
    hone_model *model = cli_fold(hone_recipe_model(recipe), settings);
    status = model == NULL ? cli_fail_library() : predict_model(recipe, model, settings);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    CLI_OPTION_MEMORY_LIMIT,
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.npy|.npz|.csv|.jsonl",
     .detail = ".npy|.npz|.csv|.jsonl", .help = "write the outputs here (default CSV on stdout)"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "write a line of JSON for each sample, in place of CSV"},
    {"header", CLI_FLAG, CLI_AT(header), .help = "begin CSV with the names of the columns"},
    {"keep", CLI_TEXT, CLI_AT(keep), .argument = "COLUMN,COLUMN",
     .help =
         "begin each row with these columns of the table; row is the number of the sample, file the file of a picture"},
    {"classes", CLI_FLAG, CLI_AT(classes),
     .help = "write the name of the most likely class and its probability"},
    {"top", CLI_INTEGER, CLI_AT(top_k), .argument = "N", .lowest = 1, .highest = 1000,
     .help = "write the names of the N most likely classes and their probabilities"},
    {"draws", CLI_INTEGER, CLI_AT(draws), .argument = "N", .lowest = 2, .highest = 100000,
     .help = "predict N times with dropout as in training; write the mean and the standard deviation"},
    CLI_OPTION_FOLD,
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
        "CSV has one row per sample, flattened, without a header unless --header is given. --json lines have \"outputs\", or\n"
        "\"class\" and \"probability\" with --classes, or \"top\" with --top; --draws adds \"deviations\". In NPZ the keys are the names\n"
        "of the outputs; several outputs need it, or JSON. Class names are those that the model kept from its training data.\n"
        "Outputs that are not a row for each sample (a sum over the batch) go to NPY and NPZ where all samples are one batch.\n"
        "\n"
        "--data - is standard input: a table is predicted line by line as it comes, each answer is written at once; anything\n"
        "else (NPY, NPZ, a picture) is read whole. So are named pipes and <(...). A line that cannot be read is told on stderr and\n"
        "left out (with --json it is {\"row\": N, \"error\": \"...\"}); the others are predicted, and the exit status is 1.\n"
        "\n"
        "  hone predict m.keras --data x.npy --output p.npy\n"
        "  tail -f new.csv | hone predict m.keras --data - --keep id --classes\n"};
