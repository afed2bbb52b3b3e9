/* Models and data as the commands take them. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "readers/schema.h"
#include <hone/data_files.h>
#include "model/model.h"
#include <hone/runtime.h>

#include <stdio.h>
#include <string.h>

bool cli_is_recipe(const char *path)
{
    return cli_ends_with(path, ".yaml") || cli_ends_with(path, ".yml");
}

bool cli_is_model_file(const char *path)
{
    return cli_ends_with(path, ".keras") || cli_ends_with(path, ".onnx") ||
           (cli_ends_with(path, ".h5") && !cli_ends_with(path, ".weights.h5"));
}

int cli_check_model(const char *command, const char *path, bool recipes)
{
    if (cli_is_model_file(path) || (recipes && cli_is_recipe(path)))
        return CLI_DONE;
    if (cli_is_recipe(path))
        return cli_fail_usage(
            "%s: \"%s\" is a recipe; expected a trained model (.keras, .h5, .onnx), which hone train --output writes",
            command, path);
    if (cli_ends_with(path, ".weights.h5"))
        return cli_fail_usage("%s: \"%s\" holds weights alone; expected a model (.keras, .h5, .onnx)",
                              command, path);
    return cli_fail_usage("%s: expected %sa model file (.keras, .h5, .onnx), received \"%s\"", command,
                          recipes ? "a recipe (.yaml) or " : "", path);
}

void cli_print_warning(void *context, const char *text, size_t length)
{
    (void)context;
    fprintf(stderr, "hone: warning: %.*s", (int)length, text);
}

hone_model *cli_load_file(const char *path, const cli_settings *settings)
{
    return hone_load(path, .ignore_unknown = settings->ignore_unknown, .output = cli_print_warning);
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

hone_model *cli_load_model(const char *path, const cli_settings *settings, hone_recipe **recipe)
{
    *recipe = NULL;
    if (!cli_is_recipe(path))
        return cli_load_file(path, settings);
    hone_recipe *read = hone_internal_recipe_load(path);
    if (read == NULL)
        return NULL;
    hone_model *model = hone_internal_recipe_read(read) < 0 ? NULL : hone_internal_recipe_model(read);
    if (model != NULL && hone_internal_recipe_compile(read, model) >= 0) {
        *recipe = read;
        return model;
    }
    hone_model_free(model);
    hone_internal_recipe_free(read);
    return NULL;
}

static hone_config *copy_setting(const hone_config *setting)
{
    return setting == NULL ? hone_internal_config_null() : hone_internal_config_copy(setting);
}

/* Adds one of --metrics to the list of every output, or of the output that it names. */
static hone_status add_metric(const hone_model *model, hone_config *map, const char *item)
{
    const char *names[HONE_MAX_ENDS], *spec = cli_spec_of(item);
    int count = hone_model_output_count(model);
    bool found = false;
    for (int i = 0; i < count; i++) {
        names[i] = hone_model_output_name(model, i);
        size_t length = strlen(names[i]);
        bool all = spec == item, own = strncmp(item, names[i], length) == 0 && item[length] == ':';
        if (!all && !own)
            continue;
        found = true;
        HONE_TRY(hone_internal_config_append(hone_internal_config_get_mutable(map, names[i]),
                                             hone_internal_config_text(spec)));
    }
    return found ? HONE_OK : hone_internal_fail_name("output (--metrics)", item, names, (size_t)count);
}

hone_config *cli_metrics(const hone_model *model, const char *metrics)
{
    hone_config *list = cli_split_specs(metrics), *map = hone_internal_config_map();
    hone_status status = list == NULL || map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    int outputs = hone_model_output_count(model);
    for (int i = 0; status >= 0 && i < outputs; i++)
        status = hone_internal_config_set(map, hone_model_output_name(model, i), hone_internal_config_list());
    for (size_t i = 0; status >= 0 && outputs > 0 && i < hone_internal_config_count(list); i++)
        status = add_metric(model, map, hone_internal_config_as_text(hone_internal_config_at(list, i)));
    if (status >= 0 && outputs > 0) {
        hone_internal_config_free(list);
        list = outputs > 1 ? map : hone_internal_config_copy(hone_internal_config_at(map, 0));
        if (outputs == 1)
            hone_internal_config_free(map);
        return list;
    }
    hone_internal_config_free(map); /* a model that does not know its outputs yet has one */
    if (status >= 0)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

hone_status cli_recompile(hone_model *model, const cli_settings *settings, hone_optimizer *optimizer)
{
    const hone_compiled *compiled = &model->compiled;
    if (optimizer == NULL && settings->loss == NULL && settings->metrics == NULL)
        return HONE_OK;
    if (optimizer == NULL)
        optimizer = compiled->optimizer != NULL ? hone_optimizer_retain(compiled->optimizer)
                                                : hone_optimizer_from_text("rmsprop");
    hone_config *loss =
        settings->loss != NULL ? hone_internal_config_text(settings->loss) : copy_setting(compiled->loss);
    hone_config *weights = copy_setting(compiled->loss_weights);
    hone_config *metrics =
        settings->metrics != NULL ? cli_metrics(model, settings->metrics) : copy_setting(compiled->metrics);
    hone_config *weighted = copy_setting(compiled->weighted_metrics);
    if (optimizer != NULL && loss != NULL && weights != NULL && metrics != NULL && weighted != NULL)
        return hone_internal_model_compile(model, optimizer, loss, weights, metrics, weighted);
    hone_optimizer_free(optimizer);
    hone_internal_config_free(loss);
    hone_internal_config_free(weights);
    hone_internal_config_free(metrics);
    hone_internal_config_free(weighted);
    return hone_error_status();
}

bool cli_has_loss(const hone_model *model)
{
    return model->compiled.ready && hone_internal_config_present(model->compiled.loss);
}

static hone_dataset *weigh(hone_dataset *data, const char *path)
{
    hone_array *weights = hone_array_load(path);
    hone_dataset *weighed = weights == NULL ? NULL : hone_internal_dataset_weigh(data, weights, path);
    hone_dataset_free(data);
    return weighed;
}

/* Says how many pictures corrupt=skip left out. */
static void report_skipped(const hone_dataset *data, const char *source)
{
    const char *first;
    int64_t count = hone_dataset_skipped(data, &first);
    if (count > 0)
        cli_say("%s: %lld pictures are left out; the first: %s", source, (long long)count, first);
}

hone_dataset *cli_load_data_as(const hone_model *model, const hone_config *schema, const char *source,
                               const char *part, double scale, const char *weights, int64_t memory_limit)
{
    const char *inputs[HONE_MAX_ENDS + 1] = {NULL};
    if (model != NULL)
        hone_internal_model_input_names(model, inputs);
    hone_dataset *data =
        hone_internal_dataset_load_as(schema, inputs, source, part, cli_given(scale) ? scale : 1,
                                      cli_given_integer(memory_limit) ? memory_limit : 0);
    if (data != NULL)
        report_skipped(data, source);
    return data == NULL || weights == NULL ? data : weigh(data, weights);
}

hone_dataset *cli_load_data(const char *source, const char *part, double scale, const char *weights,
                            int64_t memory_limit)
{
    return cli_load_data_as(NULL, NULL, source, part, scale, weights, memory_limit);
}

void cli_set_threads(const cli_settings *settings)
{
    if (cli_given_integer(settings->threads))
        hone_set_threads((int)settings->threads);
}
