/* hone report: a model, its data and its training as one page of HTML. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "model/model.h"
#include <hone/data_files.h>
#include <hone/look.h>

#include <string.h>

enum { MOST_NAMES_BYTES = 1 << 20 };

/* ---- names of the classes ---- */

typedef struct class_names {
    char *text; /* cut at commas or at the ends of lines */
    const char **items;
    size_t capacity, count;
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

static hone_status read_names(class_names *names, const cli_settings *settings)
{
    const char *given = settings->class_names;
    size_t bytes;
    void *data = NULL;
    if (given != NULL && cli_ends_with(given, ".txt")) {
        HONE_TRY(hone_internal_file_read(given, MOST_NAMES_BYTES, &data, &bytes));
        names->text = data;
        return HONE_OK;
    }
    if (given == NULL)
        given = known_names(settings->data);
    names->text = given == NULL ? NULL : hone_internal_copy_text(given);
    return given != NULL && names->text == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* "a,b" or a line each; a last empty line is none. */
static hone_status split_names(class_names *names, bool lines)
{
    for (char *next = names->text; next != NULL && *next != '\0';) {
        size_t length = strcspn(next, lines ? "\r\n" : ",");
        HONE_TRY(hone_internal_grow(&names->items, &names->capacity, names->count + 2, sizeof *names->items));
        names->items[names->count++] = next;
        names->items[names->count] = NULL;
        char end = next[length];
        next[length] = '\0';
        next += length + (end != '\0');
        next += end == '\r' && *next == '\n';
    }
    return HONE_OK;
}

/* The names that the data bring along, lent. */
static hone_status take_names(class_names *names, const hone_dataset *data)
{
    int64_t count = hone_dataset_class_count(data, 0);
    HONE_TRY(hone_internal_grow(&names->items, &names->capacity, (size_t)count + 1, sizeof *names->items));
    for (int64_t i = 0; i < count; i++)
        names->items[names->count++] = hone_dataset_class_name(data, 0, i);
    names->items[names->count] = NULL;
    return HONE_OK;
}

/* ---- the command ---- */

static hone_status write_report(const cli_settings *settings, hone_model *model, hone_dataset *data)
{
    class_names names = {.text = NULL};
    hone_status status = read_names(&names, settings);
    bool lines = settings->class_names != NULL && cli_ends_with(settings->class_names, ".txt");
    if (status >= 0)
        status = split_names(&names, lines);
    if (status >= 0 && names.count == 0 && hone_dataset_class_count(data, 0) > 0)
        status = take_names(&names, data);
    if (status >= 0)
        status =
            hone_report(settings->output, .model = model != NULL ? model : HONE_NO_MODEL,
                        .data = data != NULL ? data : HONE_NO_DATASET, .history_file = settings->history,
                        .title = settings->title, .class_names = names.items,
                        .batch_size = cli_given_integer(settings->batch_size) ? settings->batch_size : 32);
    hone_internal_free(names.items);
    hone_internal_free(names.text);
    return status;
}

static hone_status load_and_write(const cli_settings *settings)
{
    HONE_TRY(hone_internal_file_check_writable(settings->output));
    hone_model *model = NULL;
    hone_dataset *data = NULL;
    hone_status status = HONE_OK;
    if (settings->operand_count > 0 && (model = cli_load_file(settings->operands[0], settings)) == NULL)
        status = hone_error_status();
    if (status >= 0 && settings->loss != NULL)
        status = cli_recompile(model, settings, NULL);
    if (status >= 0 && settings->data != NULL &&
        (data = cli_load_data_as(model, model != NULL ? model->schema : NULL, settings->data, "test",
                                 settings->scale, NULL, settings->memory_limit)) == NULL)
        status = hone_error_status();
    if (status >= 0)
        status = write_report(settings, model, data);
    hone_dataset_free(data);
    hone_model_free(model);
    return status;
}

static int report(const cli_settings *settings)
{
    bool has_model = settings->operand_count > 0;
    int status = has_model ? cli_check_model("report", settings->operands[0], false) : CLI_DONE;
    if (status != CLI_DONE)
        return status;
    if (!has_model && settings->history == NULL)
        return cli_fail_usage("report: MODEL or --history is missing: hone report MODEL --data DATA "
                              "--output FILE.html");
    if (!has_model && (settings->data != NULL || settings->loss != NULL))
        return cli_fail_usage("report: --%s needs a MODEL", settings->data != NULL ? "data" : "loss");
    if (settings->output == NULL)
        return cli_fail_usage("report: --output FILE.html is missing");
    return load_and_write(settings) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_option options[] = {
    {"data", CLI_TEXT, CLI_AT(data), "DATA", "judge the model by these: see hone help data", NULL, 0, 0,
     false},
    {"history", CLI_TEXT, CLI_AT(history), "FILE.csv",
     "the curves of the training, from hone train --history", ".csv", 0, 0, false},
    {"output", CLI_FILE, CLI_AT(output), "FILE.html", "the page", ".html|.htm", 0, 0, false},
    {"title", CLI_TEXT, CLI_AT(title), "TEXT", "its title; the model's name", NULL, 0, 0, false},
    {"class-names", CLI_TEXT, CLI_AT(class_names), "A,B|FILE.txt",
     "names of the classes, or a file with a line each; those of known data sets are known", NULL, 0, 0,
     false},
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
    .summary = "Writes one page of HTML about a model file, what it does with data, and its training.",
    .details =
        "Classes: a table of precision, recall, f1 and support, the confusion matrix, calibration, the worst mistakes (as\n"
        "pictures when the inputs are); of two classes the ROC too. Numbers: errors, residuals. The page needs no other\n"
        "file and no network.\n"
        "\n"
        "  hone report m.keras --data fashion-mnist --scale 1/255 --history m.csv --output report.html\n"};
