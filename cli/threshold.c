/* hone threshold: from which probability on one output means the second of two classes, kept with the model.
 */
#include "json.h"

#include <hone/files.h>
#include <hone/look.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_row(const char *name, const char *when, const hone_threshold_point *point, int width)
{
    printf("%-*s%s%-8s %10.6g %10.4f %10.4f %10.4f %10.4f %10.4f\n", width, name, width > 0 ? "  " : "", when,
           point->threshold, point->precision, point->recall, point->f1, point->accuracy,
           point->balanced_accuracy);
}

static void put_point(cli_json *json, const char *name, const hone_threshold_point *point)
{
    cli_json_open(json, name, '{');
    cli_json_number(json, "threshold", point->threshold);
    cli_json_number(json, "precision", point->precision);
    cli_json_number(json, "recall", point->recall);
    cli_json_number(json, "f1", point->f1);
    cli_json_number(json, "accuracy", point->accuracy);
    cli_json_number(json, "balanced_accuracy", point->balanced_accuracy);
    cli_json_close(json, '}');
}

/* "before" and "best" of one, or of each by its name. */
static int print_json(const hone_threshold_found *found, size_t count)
{
    cli_json json;
    cli_json_begin(&json);
    if (count > 1)
        cli_json_open(&json, "thresholds", '{');
    for (size_t i = 0; i < count; i++) {
        if (count > 1)
            cli_json_open(&json, found[i].of.name, '{');
        put_point(&json, "before", &found[i].search.before);
        put_point(&json, "best", &found[i].search.best);
        if (count > 1)
            cli_json_close(&json, '}');
    }
    if (count > 1)
        cli_json_close(&json, '}');
    return cli_json_print(&json);
}

static void print_search(const hone_threshold_found *found, size_t count)
{
    int width = 0;
    for (size_t i = 0; i < count && count > 1; i++)
        width = (int)strlen(found[i].of.name) > width ? (int)strlen(found[i].of.name) : width;
    printf("%-*s%-8s %10s %10s %10s %10s %10s %10s\n", width > 0 ? width + 2 : 0, "", "", "threshold",
           "precision", "recall", "f1", "accuracy", "balanced");
    for (size_t i = 0; i < count; i++) {
        const char *name = count > 1 ? found[i].of.name : "";
        put_row(name, "before", &found[i].search.before, width);
        put_row(name, "best", &found[i].search.best, width);
    }
}

/* The one number of a model, or "name  0.3" for each. */
static int print_thresholds(const hone_model *model, bool as_json)
{
    hone_probability at;
    cli_json json;
    const bool several = hone_model_probability_at(model, 1, &at);
    if (as_json)
        cli_json_begin(&json);
    if (as_json && several)
        cli_json_open(&json, "thresholds", '{');
    for (size_t i = 0; hone_model_probability_at(model, i, &at); i++)
        if (as_json)
            cli_json_number(&json, several ? at.name : "threshold", at.threshold);
        else
            printf("%s%s%.15g\n", several ? at.name : "", several ? "  " : "", at.threshold);
    if (as_json && several)
        cli_json_close(&json, '}');
    return as_json ? cli_json_print(&json) : CLI_DONE;
}

/* The best over the data become the model's. */
static hone_status search(hone_recipe *recipe, hone_model *model, const cli_settings *settings)
{
    hone_threshold_found *found = NULL;
    size_t count = 0;
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    hone_status status = data == NULL ? hone_error_status()
                                      : hone_thresholds_find(model, data, settings->measure, &found, &count);
    hone_dataset_free(data);
    for (size_t i = 0; status >= 0 && i < count; i++)
        status = hone_model_set_threshold(model, found[i].of.output, found[i].of.number,
                                          found[i].search.best.threshold);
    if (status >= 0 && settings->json)
        status = print_json(found, count) == CLI_DONE ? HONE_OK : HONE_ERROR_FILE;
    else if (status >= 0)
        print_search(found, count);
    hone_free(found);
    return status;
}

/* ---- NAME=NUMBER,... ---- */

static bool read_number(const char *text, size_t length, double *number)
{
    char copy[64], *end;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *number = strtod(copy, &end);
    return *end == '\0' && *number > 0 && *number < 1;
}

/* The next item of "0.3", "rain=0.3,wind=0.6": where its name and number stand; NULL when it is neither. */
static const char *next_item(const char *text, size_t *name, double *number)
{
    const size_t length = strcspn(text, ",");
    size_t equals = length;
    while (equals > 0 && text[equals - 1] != '=')
        equals--;
    *name = equals > 0 ? equals - 1 : 0;
    return read_number(text + equals, length - equals, number) ? text + length + (text[length] == ',') : NULL;
}

static int check_items(const char *text)
{
    size_t name;
    double number;
    for (const char *next = text; next == text || *next != '\0';) {
        const char *item = next;
        next = next_item(item, &name, &number);
        if (next == NULL)
            return cli_fail_usage(
                "threshold: expected a number above 0 and below 1, or NAME=NUMBER,..., received \"%s\"",
                item);
        if (name == 0 && (item != text || *next != '\0'))
            return cli_fail_usage("threshold: of several each needs its name: rain=0.3,wind=0.6");
    }
    return CLI_DONE;
}

/* Of one, without a name; else the one of this name. */
static hone_status find(const hone_model *model, const char *name, size_t length, hone_probability *found)
{
    char names[400] = "";
    size_t count = 0, used = 0;
    for (; hone_model_probability_at(model, count, found); count++) {
        if (length > 0 && strlen(found->name) == length && strncmp(found->name, name, length) == 0)
            return HONE_OK;
        if (used < sizeof names - 120)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                     found->name);
    }
    if (length == 0 && count == 1 && hone_model_probability_at(model, 0, found))
        return HONE_OK;
    return length == 0
               ? hone_fail(
                     HONE_ERROR_ARGUMENT,
                     "threshold: the model has %zu probabilities: say for which one, NAME=NUMBER; they are %s",
                     count, names)
               : hone_fail(HONE_ERROR_NAME, "threshold: the model has no output or label \"%.*s\"; it has %s",
                           (int)length, name, names);
}

static hone_status set_items(hone_model *model, const char *text)
{
    hone_probability found;
    size_t name;
    double number;
    while (*text != '\0') {
        const char *next = next_item(text, &name, &number);
        CLI_TRY(find(model, text, name, &found));
        CLI_TRY(hone_model_set_threshold(model, found.output, found.number, number));
        text = next;
    }
    return HONE_OK;
}

static hone_status run(const cli_settings *settings)
{
    if (settings->output != NULL)
        CLI_TRY(hone_check_writable(settings->output));
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    hone_status status = model == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && cli_given_text(settings, "data.test") != NULL)
        status = search(recipe, model, settings);
    else if (status >= 0 && settings->operand_count > 1)
        status = set_items(model, settings->operands[1]);
    else if (status >= 0)
        print_thresholds(model, settings->json);
    if (status >= 0 && settings->output != NULL)
        status = hone_save(model, settings->output);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static int threshold(const cli_settings *settings)
{
    const bool data = cli_given_text(settings, "data.test") != NULL, given = settings->operand_count > 1;
    int status = cli_check_model("threshold", settings->operands[0], false);
    if (status == CLI_DONE && given)
        status = check_items(settings->operands[1]);
    if (status != CLI_DONE)
        return status;
    if (given && data)
        return cli_fail_usage("threshold: a number and --data, which finds one, cannot both be given");
    if (settings->measure != NULL && !data)
        return cli_fail_usage("threshold: --by needs --data");
    if (given && settings->output == NULL)
        return cli_fail_usage("threshold: --output FILE.keras is missing; it may name MODEL itself");
    if (settings->output != NULL && !given && !data)
        return cli_fail_usage("threshold: --output needs a number, or --data to find one");
    return run(settings) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_option options[] = {
    CLI_OPTION_DATA,
    {"by", CLI_TEXT, CLI_AT(measure), .argument = "f1|accuracy|balanced_accuracy",
     .help = "what is to be highest (default f1, of the second class)"},
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the model with its threshold here; may name MODEL itself"},
    CLI_OPTION_JSON,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_BATCH_SIZE,
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_threshold = {
    .name = "threshold",
    .operands = "MODEL [NUMBER|NAME=NUMBER,...]",
    .least = 1,
    .most = 2,
    .options = options,
    .run = threshold,
    .summary = "Finds or sets the probability from which on an output means the second of two classes.",
    .details =
        "The model keeps it: predict --classes, evaluate --per-class, report and the C source of hone export decide by it. (The metric\n"
        "accuracy stays at a half, as in Keras.) With --data it is the one that is best on these data, which should not be\n"
        "those of the training. With neither it is printed. A model with several outputs, or with labels (dense(3, sigmoid)), has one\n"
        "for each, by the name of the output or of the label's column.\n"
        "\n"
        "  hone threshold fraud.keras --data valid.csv --by f1 --output fraud.keras\n"
        "  hone threshold fraud.keras 0.3 --output fraud.keras\n"
        "  hone threshold weather.keras rain=0.3,wind=0.6 --output weather.keras\n"};
