/* hone summary: the layers of a model, as a table and as a picture. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static hone_status print_table(hone_model *model, const cli_settings *settings)
{
    if (settings->json)
        return HONE_OK;
    char *text =
        hone_summary(model, .columns = cli_columns(STDOUT_FILENO), .line_length = settings->line_length,
                     .expand_nested = settings->expand_nested, .show_trainable = settings->show_trainable);
    if (text == NULL)
        return hone_error_status();
    fputs(text, stdout);
    hone_free(text);
    return HONE_OK;
}

static hone_status print_data(const hone_model *model, const cli_settings *settings)
{
    if (!settings->data_facts)
        return HONE_OK;
    char *text = hone_model_data_text(model);
    if (text == NULL)
        return hone_error_status();
    printf("\nTraining data:\n%s", text);
    hone_free(text);
    return HONE_OK;
}

static hone_status draw(hone_model *model, const cli_settings *settings)
{
    if (settings->graph == NULL)
        return HONE_OK;
    return hone_plot_model(model, settings->graph, .show_shapes = settings->show_shapes,
                           .show_layer_names = settings->show_layer_names,
                           .show_layer_activations = settings->show_layer_activations,
                           .show_trainable = settings->show_trainable,
                           .expand_nested = settings->expand_nested,
                           .rankdir = settings->rankdir != NULL ? settings->rankdir : "TB");
}

static int check_line(const cli_settings *settings)
{
    static const char *const directions[] = {"TB", "BT", "LR", "RL"};
    bool graph = settings->graph != NULL, known = settings->rankdir == NULL;
    for (size_t i = 0; settings->rankdir != NULL && i < sizeof directions / sizeof *directions; i++)
        known = known || strcmp(settings->rankdir, directions[i]) == 0;
    if (settings->json && (!settings->weight_facts || settings->data_facts))
        return cli_fail_usage("summary: --json goes with --weights");
    if (!known)
        return cli_fail_usage("--rankdir: expected TB, BT, LR or RL, received \"%s\"", settings->rankdir);
    if (!graph && (settings->rankdir != NULL || settings->show_shapes || settings->show_layer_names ||
                   settings->show_layer_activations))
        return cli_fail_usage(
            "summary: --rankdir, --show-shapes, --show-layer-names and --show-layer-activations "
            "need --graph FILE");
    return cli_check_model("summary", settings->operands[0], true);
}

static int summary(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if (settings->graph != NULL && hone_check_writable(settings->graph) < 0)
        return cli_fail_library();
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL || print_table(model, settings) < 0 || print_data(model, settings) < 0 ||
        draw(model, settings) < 0)
        status = cli_fail_library();
    else if (settings->weight_facts)
        status = cli_print_weights(model, settings->json);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    {.argument_of = "summary.line_length", CLI_AT(line_length)},
    {.argument_of = "summary.expand_nested", CLI_AT(expand_nested)},
    {.argument_of = "summary.show_trainable", CLI_AT(show_trainable)},
    {"data", CLI_FLAG, CLI_AT(data_facts),
     .help = "also print what the model keeps of its training data: scale, columns, categories, classes"},
    {"weights", CLI_FLAG, CLI_AT(weight_facts),
     .help = "also print the least, mean and most number of each weight, and the share of zeros"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "with --weights: print one JSON object in place of the tables"},
    {"graph", CLI_FILE, CLI_AT(graph), .argument = "FILE.svg|.png|.dot", .detail = ".svg|.png|.dot",
     .help = "also draw the network, like Keras's plot_model"},
    {.argument_of = "plot_model.show_shapes",
     CLI_AT(show_shapes),
     .help = "in the graph: show the shapes of inputs and outputs"},
    {.argument_of = "plot_model.show_layer_names",
     CLI_AT(show_layer_names),
     .help = "in the graph: show layer names beside types"},
    {.argument_of = "plot_model.show_layer_activations",
     CLI_AT(show_layer_activations),
     .help = "in the graph: show the activations of layers"},
    {.argument_of = "plot_model.rankdir",
     CLI_AT(rankdir),
     .help = "in the graph: direction; TB is top to bottom, LR left to right (default TB)"},
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_summary = {
    .name = "summary",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = summary,
    .summary = "Prints the layers of a recipe or model file, with output shapes and parameter counts.",
    .details = "  hone summary m.keras --graph m.svg --show-shapes --show-layer-names\n"};
