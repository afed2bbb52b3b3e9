/* hone report: a model, its data and its training as one page of HTML. */
#include "scores.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES_BYTES = 1 << 20 };

/* ---- names of the classes ---- */

typedef struct class_names {
    char *text; /* cut at commas or at the ends of lines */
    const char **items;
    size_t count;
} class_names;

/* The classes of data sets that are known by name. */
static const char *known_names(const char *source)
{
    static const struct {
        const char *name, *classes;
    } known[] = {
        {"fashion-mnist", "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"},
        {"cifar10", "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck"},
        {"iris", "setosa,versicolor,virginica"}};
    for (size_t i = 0; source != NULL && i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i].name);
        if (strncmp(source, known[i].name, length) == 0 && (source[length] == '\0' || source[length] == '#'))
            return known[i].classes;
    }
    return NULL;
}

static hone_status fail_memory(void)
{
    return hone_fail(HONE_ERROR_MEMORY, "out of memory for the names of the classes");
}

static hone_status read_file(const char *path, char **text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot open the file: %s", path, strerror(errno));
    *text = calloc(MOST_NAMES_BYTES + 1, 1);
    size_t length = *text == NULL ? 0 : fread(*text, 1, MOST_NAMES_BYTES + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (*text == NULL)
        return fail_memory();
    if (failed)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot read the file: %s", path, strerror(errno));
    if (length > MOST_NAMES_BYTES)
        return hone_fail(HONE_ERROR_FILE, "%s: a list of names has at most %d bytes", path, MOST_NAMES_BYTES);
    return HONE_OK;
}

static hone_status read_names(class_names *names, const cli_settings *settings)
{
    const char *given = settings->class_names;
    if (given != NULL && cli_ends_with(given, ".txt"))
        return read_file(given, &names->text);
    if (given == NULL)
        given = known_names(cli_given_text(settings, "data.test"));
    names->text = given == NULL ? NULL : strdup(given);
    return given != NULL && names->text == NULL ? fail_memory() : HONE_OK;
}

/* One more name, borrowed; NULL stays behind the last. */
static hone_status add_name(class_names *names, const char *name)
{
    const char **items = realloc(names->items, (names->count + 2) * sizeof *items);
    if (items == NULL)
        return fail_memory();
    names->items = items;
    items[names->count++] = name;
    items[names->count] = NULL;
    return HONE_OK;
}

/* "a,b" or a line each; a last empty line is none. */
static hone_status split_names(class_names *names, bool lines)
{
    for (char *next = names->text; next != NULL && *next != '\0';) {
        size_t length = strcspn(next, lines ? "\r\n" : ",");
        CLI_TRY(add_name(names, next));
        char end = next[length];
        next[length] = '\0';
        next += length + (end != '\0');
        next += end == '\r' && *next == '\n';
    }
    return HONE_OK;
}

/* The names that the data bring along, borrowed. */
static hone_status take_names(class_names *names, const hone_dataset *data)
{
    int64_t count = hone_dataset_class_count(data, 0);
    for (int64_t i = 0; i < count; i++)
        CLI_TRY(add_name(names, hone_dataset_class_name(data, 0, i)));
    return HONE_OK;
}

/* ---- the command ---- */

static hone_status write_report(const cli_settings *settings, hone_model *model, hone_dataset *data,
                                int64_t batch_size)
{
    class_names names = {.text = NULL};
    hone_status status = read_names(&names, settings);
    bool lines = settings->class_names != NULL && cli_ends_with(settings->class_names, ".txt");
    if (status >= 0)
        status = split_names(&names, lines);
    if (status >= 0 && names.count == 0 && hone_dataset_class_count(data, 0) > 0)
        status = take_names(&names, data);
    if (status >= 0)
        status = hone_report(settings->output, .model = model != NULL ? model : HONE_NO_MODEL,
                             .data = data != NULL ? data : HONE_NO_DATASET, .history_file = settings->history,
                             .doctor_file = settings->doctor_file,
                             .title = settings->title != NULL ? settings->title
                                      : model != NULL         ? settings->operands[0]
                                                              : NULL,
                             .class_names = names.items, .batch_size = batch_size);
    free(names.items);
    free(names.text);
    return status;
}

/* --json: the metrics and all that the page says of the outputs. */
static hone_status print_report(const cli_settings *settings, hone_recipe *recipe, hone_model *model,
                                hone_dataset *data)
{
    cli_json json;
    hone_logs logs = {.count = 0};
    hone_status status = HONE_OK;
    if (!settings->json)
        return HONE_OK;
    if (hone_model_has_loss(model))
        status = hone_recipe_evaluate(recipe, model, &logs);
    cli_json_begin(&json);
    cli_json_text(&json, "model", hone_model_name(model));
    if (status >= 0) {
        cli_json_open(&json, "metrics", '{');
        cli_put_results(&json, &logs, "");
        cli_json_close(&json, '}');
        status = cli_put_scores(&json, recipe, model, data, settings, true);
    }
    hone_logs_free(&logs);
    if (status < 0)
        cli_json_drop(&json);
    else
        cli_json_print(&json);
    return status;
}

static hone_status load_and_write(const cli_settings *settings)
{
    if (settings->output != NULL)
        CLI_TRY(hone_check_writable(settings->output));
    if (settings->operand_count == 0)
        return write_report(settings, NULL, NULL, 32);
    bool wanted = cli_given_text(settings, "data.test") != NULL;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    hone_dataset *data = model != NULL && wanted ? hone_recipe_test_data(recipe, model) : NULL;
    bool failed = model == NULL || (wanted && data == NULL);
    hone_status status = failed ? hone_error_status()
                         : settings->output != NULL
                             ? write_report(settings, model, data, cli_batch_size(recipe))
                             : HONE_OK;
    if (status >= 0)
        status = print_report(settings, recipe, model, data);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static int report(const cli_settings *settings)
{
    bool has_model = settings->operand_count > 0;
    int status = has_model ? cli_check_model("report", settings->operands[0], false) : CLI_DONE;
    if (status != CLI_DONE)
        return status;
    if (!has_model && settings->history == NULL && settings->doctor_file == NULL)
        return cli_fail_usage(
            "report: MODEL, --history or --doctor is missing: hone report MODEL --data DATA "
            "--output FILE.html");
    const char *data = cli_given_text(settings, "data.test");
    if (!has_model && (data != NULL || cli_given_text(settings, "compile.loss") != NULL))
        return cli_fail_usage("report: --%s needs a MODEL", data != NULL ? "data" : "loss");
    if (settings->json && (!has_model || data == NULL))
        return cli_fail_usage("report: --json needs a MODEL and --data DATA");
    if (settings->output == NULL && !settings->json)
        return cli_fail_usage("report: --output FILE.html is missing");
    return load_and_write(settings) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_option options[] = {
    {"data", .key = "data.test", .help = "evaluate the model on this data (see hone help data)"},
    {.argument_of = "report.history",
     CLI_AT(history),
     .detail = ".csv",
     .help = "training history, written by hone train --history"},
    {.argument_of = "report.doctor",
     CLI_AT(doctor_file),
     .detail = ".json",
     .help =
         "each layer's gradients, updates, dead and saturated units over the training: FILE.json of hone train --doctor-page"},
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.html", .detail = ".html|.htm",
     .help = "write the page here"},
    {"json", CLI_FLAG, CLI_AT(json),
     .help = "print the results as one JSON object on stdout; --output may be left out"},
    {.argument_of = "report.title", CLI_AT(title), .help = "title of the page (default: the model's name)"},
    {.argument_of = "report.class_names",
     CLI_AT(class_names),
     .argument = "A,B|FILE.txt",
     .help = "names of the classes, or a file with one per line (default: those of the model or data set)"},
    CLI_OPTION_LOSS,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_report = {
    .name = "report",
    .operands = "[MODEL]",
    .least = 0,
    .most = 1,
    .options = options,
    .run = report,
    .summary = "Writes an HTML page about a model file, its results on data, and its training.",
    .details =
        "For classification: a table of precision, recall, f1 and support, the confusion matrix, "
        "calibration, the worst mistakes\n"
        "(as pictures if the inputs are images), and, for two classes, the ROC curve. For regression: errors and "
        "residuals. The\n"
        "page needs no other file and no network.\n"
        "\n"
        "  hone report m.keras --data fashion-mnist --history m.csv --output report.html\n"};
