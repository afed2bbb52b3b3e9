/* hone explain: which pixels of an image speak for a class, as a picture. */
#include "json.h"

#include <hone/look.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_status draw(const cli_settings *settings, hone_model *model, const hone_batch *batch)
{
    hone_explanation explanation;
    CLI_TRY(hone_explain(model, &batch->x[0], &explanation,
                         .method = settings->method != NULL ? settings->method : "saliency",
                         .class_number = settings->class_number, .layer = settings->layer));
    const int64_t number = explanation.class_numbers[0];
    const char *known =
        number < hone_model_class_count(model, 0) ? hone_model_class_name(model, 0, number) : NULL;
    const char **names = known == NULL ? NULL : calloc((size_t)number + 1, sizeof *names);
    if (names != NULL)
        names[number] = known;
    hone_status status = cli_ends_with(settings->output, ".npy")
                             ? hone_array_save(explanation.heat, settings->output)
                             : hone_explanation_draw(&explanation, &batch->x[0], names, settings->output);
    if (status >= 0)
        printf("class %lld%s%s%s: output %.6g%s%s\n", (long long)number, known != NULL ? " (" : "",
               known != NULL ? known : "", known != NULL ? ")" : "", explanation.outputs[0],
               explanation.layer != NULL ? "; maps of " : "",
               explanation.layer != NULL ? explanation.layer : "");
    free(names);
    hone_explanation_free(&explanation);
    return status;
}

/* --maps: what a layer makes of the image, in place of what speaks for a class. */
static hone_status show(const cli_settings *settings, hone_model *model, const hone_batch *batch)
{
    return settings->feature_maps ? hone_maps_draw(model, &batch->x[0], settings->layer, settings->output)
                                  : draw(settings, model, batch);
}

/* The sample that is wanted, as floats times the scale. */
static hone_status explain_sample(const cli_settings *settings, hone_model *model, hone_dataset *data)
{
    const int64_t count = hone_dataset_count(data),
                  at = settings->sample == HONE_NONE_INTEGER ? 0 : settings->sample;
    if (at >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "--sample must be from 0 to %lld, not %lld",
                         (long long)count - 1, (long long)at);
    hone_dataset *one = hone_dataset_slice(data, at, at + 1 < count ? at + 1 : HONE_NONE_INTEGER);
    hone_iterator *iterator = one == NULL ? NULL : hone_dataset_iterate(one, 1, 0, 0);
    const hone_batch *batch;
    hone_status status =
        iterator == NULL ? hone_error_status() : (hone_status)hone_iterator_next(iterator, &batch);
    if (status > 0)
        status = show(settings, model, batch);
    hone_iterator_free(iterator);
    hone_dataset_free(one);
    return status;
}

/* ---- the columns of a table ---- */

static hone_status save_csv(const hone_importance *importance, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory for %s", path);
    fputs("column,importance,deviation\n", out);
    for (size_t i = 0; i < importance->count; i++) {
        const hone_importance_column *column = &importance->columns[i];
        bool quoted = strpbrk(column->name, ",\"\r\n") != NULL;
        fputs(quoted ? "\"" : "", out);
        for (const char *letter = column->name; *letter != '\0'; letter++)
            fputs(*letter == '"' ? "\"\"" : (char[]){*letter, '\0'}, out);
        fprintf(out, "%s,%.9g,%.9g\n", quoted ? "\"" : "", column->importance, column->deviation);
    }
    hone_status status = fclose(out) == 0 ? hone_write_file(path, text, length)
                                          : hone_fail(HONE_ERROR_MEMORY, "out of memory for %s", path);
    free(text);
    return status;
}

static void print_importance(const hone_importance *importance)
{
    size_t width = 6;
    for (size_t i = 0; i < importance->count; i++)
        width = strlen(importance->columns[i].name) > width ? strlen(importance->columns[i].name) : width;
    printf("loss: %.6g\n%-*s  %11s  %11s\n", importance->loss, (int)width, "column", "importance",
           "deviation");
    for (size_t i = 0; i < importance->count; i++)
        printf("%-*s  %11.5g  %11.5g\n", (int)width, importance->columns[i].name,
               importance->columns[i].importance, importance->columns[i].deviation);
}

static int print_importance_json(const hone_importance *importance)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_number(&json, "loss", importance->loss);
    cli_json_open(&json, "columns", '[');
    for (size_t i = 0; i < importance->count; i++) {
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "column", importance->columns[i].name);
        cli_json_number(&json, "importance", importance->columns[i].importance);
        cli_json_number(&json, "deviation", importance->columns[i].deviation);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    return cli_json_print(&json);
}

static hone_status explain_columns(const cli_settings *settings, hone_model *model, hone_dataset *data)
{
    hone_importance importance;
    CLI_TRY(hone_importance_of(model, data, &importance,
                               .repeats = cli_given_integer(settings->repeats) ? settings->repeats : 5,
                               .batch_size = 256));
    hone_status status = HONE_OK;
    if (settings->output != NULL)
        status = cli_ends_with(settings->output, ".csv")
                     ? save_csv(&importance, settings->output)
                     : hone_importance_draw(&importance, settings->output);
    if (status >= 0 && settings->json)
        print_importance_json(&importance);
    else if (status >= 0)
        print_importance(&importance);
    hone_importance_free(&importance);
    return status;
}

/* ---- one row of a table ---- */

/* Whether an output of the model may be one of classes: not a single number, such as a price. */
static bool has_classes(const hone_model *model)
{
    const hone_shape output = hone_tensor_shape(hone_model_output(model, 0));
    return hone_model_class_count(model, 0) > 0 || output.size[output.rank - 1] != 1;
}

static int print_effects_json(const hone_model *model, const hone_row_effects *effects, int64_t sample)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_integer(&json, "sample", sample);
    if (has_classes(model))
        cli_json_integer(&json, "class", effects->class_number);
    if (effects->class_number < hone_model_class_count(model, 0))
        cli_json_text(&json, "class_name", hone_model_class_name(model, 0, effects->class_number));
    cli_json_number(&json, "output", effects->output);
    cli_json_open(&json, "columns", '[');
    for (size_t i = 0; i < effects->count; i++) {
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "column", effects->columns[i].name);
        cli_json_number(&json, "value", effects->columns[i].value);
        if (effects->columns[i].category != NULL)
            cli_json_text(&json, "category", effects->columns[i].category);
        cli_json_number(&json, "slope", effects->columns[i].slope);
        cli_json_number(&json, "effect", effects->columns[i].effect);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    return cli_json_print(&json);
}

static void print_number(double number)
{
    if (number == number)
        printf("  %11.5g", number);
    else
        printf("  %11s", "-");
}

static void print_effects(const hone_model *model, const hone_row_effects *effects)
{
    const int64_t classes = hone_model_class_count(model, 0);
    int width = 6;
    for (size_t i = 0; i < effects->count; i++)
        width = (int)strlen(effects->columns[i].name) > width ? (int)strlen(effects->columns[i].name) : width;
    if (effects->class_number < classes)
        printf("class %lld (%s): ", (long long)effects->class_number,
               hone_model_class_name(model, 0, effects->class_number));
    printf("output %.6g\n%-*s  %11s  %11s  %11s\n", effects->output, width, "column", "value", "slope",
           "effect");
    for (size_t i = 0; i < effects->count; i++) {
        printf("%-*s", width, effects->columns[i].name);
        if (effects->columns[i].category != NULL)
            printf("  %11s", effects->columns[i].category);
        else
            print_number(effects->columns[i].value);
        print_number(effects->columns[i].slope);
        print_number(effects->columns[i].effect);
        printf("\n");
    }
}

static hone_status explain_row(const cli_settings *settings, hone_model *model, hone_dataset *data)
{
    const int64_t sample = settings->sample == HONE_NONE_INTEGER ? 0 : settings->sample;
    hone_row_effects effects;
    CLI_TRY(hone_row_effects_of(model, data, sample, settings->class_number, &effects));
    if (settings->json)
        print_effects_json(model, &effects, sample);
    else
        print_effects(model, &effects);
    hone_row_effects_free(&effects);
    return HONE_OK;
}

static hone_status load_and_explain(const cli_settings *settings)
{
    char name[4096];
    if (settings->output != NULL)
        CLI_TRY(hone_check_writable(settings->output));
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    if (settings->filters && model != NULL) {
        hone_status drawn = hone_filters_draw(model, settings->layer, settings->output);
        hone_model_free(model);
        hone_recipe_free(recipe);
        return drawn;
    }
    hone_status status = model == NULL ? hone_error_status()
                                       : cli_name_picture(settings->operands[1], model, name, sizeof name);
    if (status >= 0)
        status = hone_recipe_set_text(recipe, "data.test", name);
    hone_dataset *data = status < 0 ? NULL : hone_recipe_test_data(recipe, model);
    status = data == NULL           ? hone_error_status()
             : settings->importance ? explain_columns(settings, model, data)
             : settings->row        ? explain_row(settings, model, data)
                                    : explain_sample(settings, model, data);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static int explain_table(const cli_settings *settings)
{
    if (settings->operand_count < 2)
        return cli_fail_usage("explain: the table is missing: hone explain %s DATA --%s",
                              settings->operands[0], settings->row ? "row" : "importance");
    if (settings->row &&
        (settings->importance || settings->output != NULL || cli_given_integer(settings->repeats) ||
         settings->filters || settings->feature_maps || settings->method != NULL || settings->layer != NULL))
        return cli_fail_usage("explain: --row goes with --sample, --class and --json");
    if (settings->filters || settings->feature_maps || settings->method != NULL || settings->layer != NULL ||
        (settings->output != NULL && cli_ends_with(settings->output, ".npy")))
        return cli_fail_usage(
            "explain: --importance goes with --repeats, --json and --output FILE.csv|.png|.svg");
    return load_and_explain(settings) < 0 ? cli_fail_library() : CLI_DONE;
}

static int explain(const cli_settings *settings)
{
    int status = cli_check_model("explain", settings->operands[0], false);
    if (status != CLI_DONE)
        return status;
    if (settings->importance || settings->row)
        return explain_table(settings);
    if (settings->output == NULL || cli_ends_with(settings->output, ".csv"))
        return cli_fail_usage("explain: --output is missing: hone explain %s IMAGE --output heat.png "
                              "(of a table: --importance or --row)",
                              settings->operands[0]);
    if (settings->operand_count < 2 && !settings->filters)
        return cli_fail_usage(
            "explain: the image is missing: hone explain %s IMAGE --output heat.png; only --filters "
            "needs none",
            settings->operands[0]);
    if ((settings->filters || settings->feature_maps) &&
        (settings->method != NULL || settings->class_number != HONE_NONE_INTEGER ||
         cli_ends_with(settings->output, ".npy")))
        return cli_fail_usage(
            "explain: --%s draws all pictures of a layer, without --class, --method and .npy files",
            settings->filters ? "filters" : "maps");
    return load_and_explain(settings) < 0 ? cli_fail_library() : CLI_DONE;
}

static const cli_option options[] = {
    {.argument_of = "explain.class", CLI_AT(class_number)},
    {.argument_of = "explain.method", CLI_AT(method)},
    {.argument_of = "explain.layer", CLI_AT(layer)},
    {"maps", CLI_FLAG, CLI_AT(feature_maps),
     .help = "draw the feature maps of --layer for the image (default: of the first convolution)"},
    {"filters", CLI_FLAG, CLI_AT(filters),
     .help = "draw the kernels of --layer (default: of the first convolution)"},
    {"importance", CLI_FLAG, CLI_AT(importance),
     .help = "of a table: how much the loss rises when a column is shuffled"},
    {"row", CLI_FLAG, CLI_AT(row),
     .help = "of a table: what each column of the row --sample does to the output"},
    {"repeats", CLI_INTEGER, CLI_AT(repeats), .argument = "N", .lowest = 1, .highest = 1000,
     .help = "of --importance: how often each column is shuffled (default 5)"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "of --importance and --row: print one JSON object on stdout"},
    {"sample", CLI_INTEGER, CLI_AT(sample), .argument = "N", .lowest = 0, .highest = 9e15,
     .help = "the sample of the data, from 0 (default 0)"},
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.png|.svg|.npy|.csv",
     .detail = ".png|.svg|.npy|.csv",
     .help = "write the picture here: the image, the heat, the heat over the image; or the heat as numbers"},
    CLI_OPTION_SCALE,
    CLI_OPTION_THREADS,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_explain = {
    .name = "explain",
    .operands = "MODEL [IMAGE]",
    .least = 1,
    .most = 2,
    .options = options,
    .run = explain,
    .summary =
        "Draws which pixels of an image speak for a class, or says which columns of a table a model depends on.",
    .details =
        "IMAGE is a PNG or JPEG file, which is resized to the model's input, or data (see hone help data) with --sample.\n"
        "saliency is the gradient of the class to the pixels; grad_cam weighs the feature maps of a layer by the gradient\n"
        "of the class in each. --maps and --filters show what a layer sees. Samples are scaled as in training.\n"
        "\n"
        "  hone explain m.keras shoe.png --output heat.png\n"
        "--importance is of tables with targets: the loss when the numbers of a column are shuffled among the rows, less the loss\n"
        "as it is; mean and standard deviation over --repeats. It is printed, and drawn or written by --output.\n"
        "\n"
        "--row prints for one row, by the gradient of the class (of a number such as a price, of that number): the value of each\n"
        "column as the model takes it, the slope there, and its effect: slope times distance from the column's mean, which is\n"
        "how far the column moves the class from where a mean row would have it, to first order. (With a softmax or sigmoid at\n"
        "the end it moves what goes into it.)\n"
        "\n"
        "  hone explain m.keras houses.csv --importance --output importance.png\n"
        "  hone explain m.keras houses.csv --row --sample 12\n"
        "  hone explain m.keras fashion-mnist#test --sample 7 --method grad_cam --output heat.png\n"};
