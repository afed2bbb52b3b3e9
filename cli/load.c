/* Models and data as the commands take them: a recipe, or a model file, with the options in place of its
 * keys. */
#include "cli.h"

#include <hone/files.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what MODEL may be ---- */

bool cli_is_recipe(const char *path)
{
    return cli_ends_with(path, ".yaml") || cli_ends_with(path, ".yml");
}

bool cli_is_model_file(const char *path)
{
    return (hone_file_uses(path) & HONE_LOADS_MODEL) != 0;
}

int cli_check_model(const char *command, const char *path, bool recipes)
{
    char endings[64];
    if (cli_is_model_file(path) || (recipes && cli_is_recipe(path)))
        return CLI_DONE;
    hone_file_endings(HONE_LOADS_MODEL, endings, sizeof endings);
    if (cli_is_recipe(path))
        return cli_fail_usage(
            "%s: \"%s\" is a recipe; expected a trained model (%s), which hone train --output writes",
            command, path, endings);
    if ((hone_file_uses(path) & HONE_LOADS_WEIGHTS) != 0)
        return cli_fail_usage("%s: \"%s\" holds only weights; expected a model (%s)", command, path, endings);
    return cli_fail_usage("%s: expected %sa model file (%s), received \"%s\"", command,
                          recipes ? "a recipe (.yaml) or " : "", endings, path);
}

int cli_check_keras_version(const cli_settings *settings)
{
    int major, minor;
    const char *text = settings->keras_version;
    if (text == NULL || (sscanf(text, "%3d.%3d", &major, &minor) == 2 && major == 3 && minor >= 0))
        return CLI_DONE;
    return cli_fail_usage("--keras-version: expected a release of Keras 3 such as 3.3, received \"%s\"",
                          text);
}

/* ---- recipes ---- */

void cli_print_warning(void *context, const char *text, size_t length)
{
    (void)context;
    fprintf(stderr, "hone: warning: %.*s", (int)length, text);
}

/* An option that may be repeated makes a list of its own. */
static hone_status add_to_list(hone_recipe *recipe, const char *key, const char *text, bool first)
{
    if (first)
        CLI_TRY(hone_recipe_set(recipe, key, "[]"));
    return strcmp(text, "none") == 0 ? HONE_OK : hone_recipe_add_text(recipe, key, text);
}

/* "0:1.0,fraud:2.0" as a map of YAML, with its names in quotes; "balanced" stays. */
static hone_status set_class_weight(hone_recipe *recipe, const char *key, const char *text)
{
    if (strcmp(text, "balanced") == 0)
        return hone_recipe_set_text(recipe, key, text);
    CLI_TRY(hone_recipe_set(recipe, key, "{}"));
    size_t size = 3 * strlen(text) + 16;
    char *map = malloc(size), *end = map;
    if (map == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory for the weights of the classes");
    *end++ = '{';
    for (const char *pair = text; *pair != '\0';) {
        const size_t length = strcspn(pair, ",");
        size_t name = length;
        while (name > 0 && pair[name - 1] != ':')
            name--;
        *end++ = '"';
        for (size_t i = 0; i + 1 < name; i++) {
            if (pair[i] == '"' || pair[i] == '\\')
                *end++ = '\\';
            *end++ = pair[i];
        }
        end += snprintf(end, size - (size_t)(end - map), "\": %.*s, ", (int)(length - name), pair + name);
        pair += length + (pair[length] == ',');
    }
    memcpy(end, "}", 2);
    hone_status status = hone_recipe_set(recipe, key, map);
    free(map);
    return status;
}

/* Data of standard input and of pipes become data of a file. */
static hone_status set_text(hone_recipe *recipe, const cli_settings *settings, const cli_key_value *given)
{
    bool data = strncmp(given->key, "data.", 5) == 0, spooled = false;
    if (data && settings->streams && cli_is_stream(given->text))
        return hone_recipe_set_text(recipe, given->key, given->text);
    char *file = data ? cli_spool(given->text, &spooled) : NULL;
    if (spooled && file == NULL)
        return hone_error_status();
    hone_status status = hone_recipe_set_text(recipe, given->key, file != NULL ? file : given->text);
    free(file);
    return status;
}

static hone_status set_key(hone_recipe *recipe, const cli_settings *settings, int index)
{
    const cli_key_value *given = &settings->given[index];
    bool first = true;
    for (int i = 0; i < index; i++)
        first = first && strcmp(settings->given[i].key, given->key) != 0;
    switch (given->kind) {
    case CLI_CLASS_WEIGHT: return set_class_weight(recipe, given->key, given->text);
    case CLI_CALLBACKS: return add_to_list(recipe, given->key, given->text, first);
    case CLI_FLAG:
    case CLI_INTEGER:
    case CLI_BYTES:
    case CLI_NUMBER: return hone_recipe_set(recipe, given->key, given->text);
    default: return set_text(recipe, settings, given);
    }
}

/* --validation and --validation-split end everything that the recipe holds out. */
static hone_status clear_validation(hone_recipe *recipe, const cli_settings *settings)
{
    if (cli_given_text(settings, "data.validation") == NULL &&
        cli_given_text(settings, "fit.validation_split") == NULL)
        return HONE_OK;
    CLI_TRY(hone_recipe_set_text(recipe, "data.validation", NULL));
    return hone_recipe_set_text(recipe, "fit.validation_split", NULL);
}

/* "fit.epochs=5" */
static hone_status set_path(hone_recipe *recipe, const char *setting)
{
    size_t length = strcspn(setting, "=");
    char *path = strndup(setting, length);
    hone_status status = path == NULL ? hone_fail(HONE_ERROR_MEMORY, "out of memory for --set %s", setting)
                                      : hone_recipe_set(recipe, path, setting + length + 1);
    free(path);
    return status;
}

static hone_status set_options(hone_recipe *recipe, const cli_settings *settings)
{
    CLI_TRY(clear_validation(recipe, settings));
    if (settings->ignore_unknown)
        CLI_TRY(hone_recipe_set(recipe, "ignore_unknown", "true"));
    if (cli_given_text(settings, "model") != NULL) /* a file has its own outputs */
        CLI_TRY(hone_recipe_set_text(recipe, "outputs", NULL));
    for (int i = 0; i < settings->given_count; i++)
        CLI_TRY(set_key(recipe, settings, i));
    for (int i = 0; i < settings->set_count; i++)
        CLI_TRY(set_path(recipe, settings->sets[i]));
    return hone_recipe_check(recipe);
}

hone_recipe *cli_load_recipe(const char *path, const cli_settings *settings)
{
    hone_recipe *recipe = hone_recipe_load(path);
    hone_recipe_set_output(recipe, cli_print_warning, NULL);
    if (recipe != NULL && set_options(recipe, settings) >= 0)
        return recipe;
    hone_recipe_free(recipe);
    return NULL;
}

hone_model *cli_fold(hone_model *model, const cli_settings *settings)
{
    char *report = NULL;
    if (!settings->fold || model == NULL)
        return model;
    hone_model *folded = hone_model_fold(model, &report);
    if (folded != NULL)
        fprintf(stderr, "%s", report);
    hone_free(report);
    hone_model_free(model);
    return folded;
}

int64_t cli_batch_size(const hone_recipe *recipe)
{
    int64_t size = 0;
    char *text = hone_recipe_get(recipe, "fit.batch_size");
    if (text != NULL)
        cli_to_integer(text, &size);
    hone_free(text);
    return size;
}

const char *cli_monitor(const cli_settings *settings, const hone_recipe *recipe)
{
    if (settings->monitor != NULL)
        return settings->monitor;
    char *data = hone_recipe_get(recipe, "data.validation"),
         *share = hone_recipe_get(recipe, "fit.validation_split");
    bool any = (data != NULL && strcmp(data, "null") != 0) || (share != NULL && strtod(share, NULL) > 0);
    hone_free(data);
    hone_free(share);
    return any ? "val_loss" : "loss";
}

void cli_set_threads(const cli_settings *settings)
{
    if (cli_given_integer(settings->threads))
        hone_set_threads((int)settings->threads);
}

/* ---- pictures ---- */

static bool is_picture(const char *source)
{
    return cli_ends_with(source, ".png") || cli_ends_with(source, ".jpg") || cli_ends_with(source, ".jpeg");
}

hone_status cli_name_picture(const char *source, hone_model *model, char *name, size_t size)
{
    static const char *const colors[] = {"", "grayscale", "", "rgb", "rgba"};
    const hone_shape shape =
        hone_model_input_count(model) == 1 ? hone_tensor_shape(hone_model_input(model, 0)) : (hone_shape){0};
    const int64_t channels = shape.rank == 3 ? 1 : shape.rank == 4 ? shape.size[3] : 0;
    char options[96] = "";
    if (is_picture(source) && channels >= 1 && channels <= 4 && channels != 2) {
        if (shape.size[1] > 0 && shape.size[2] > 0)
            snprintf(options, sizeof options, "#size=%lldx%lld,color=%s", (long long)shape.size[1],
                     (long long)shape.size[2], colors[channels]);
        else
            snprintf(options, sizeof options, "#color=%s", colors[channels]);
    }
    if ((size_t)snprintf(name, size, "%s%s", source, options) < size)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%.60s...: a name of data has at most %zu bytes", source, size - 1);
}
