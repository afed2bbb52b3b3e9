/* Keras's legacy HDF5 files (.h5), as Keras 3 and tf.keras write them: the architecture and the compile
 * settings are JSON in attributes, the weights lie under the names of their layers and are matched by
 * position. Read only. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "fields/fields.h"
#include "keras/keras.h"
#include "keras/staging.h"

#include <string.h>

static const char MODEL_WEIGHTS[] = "model_weights";

/* ---- settings ---- */

/* A root attribute that holds JSON; NULL when it is absent or damaged (*status tells). */
static hone_config *read_json(hone_weights_file *file, const char *path, const char *attribute,
                              hone_status *status)
{
    char *text = hone_internal_weights_attribute(file, "/", attribute);
    *status = text != NULL ? HONE_OK : hone_error_status();
    if (text == NULL)
        return NULL;
    char *label = hone_internal_format("%s: %s", path, attribute);
    hone_config *config = label == NULL ? NULL : hone_internal_json_parse(text, strlen(text), label);
    if (config == NULL)
        *status = hone_error_status();
    hone_internal_free(label);
    hone_internal_free(text);
    return config;
}

/* Keras goes from these files' "bce" to the function, and calls the metric by the function's name. */
static const char *function_name(const char *text)
{
    static const char *const SHORT[] = {"mse", "mae", "mape", "msle", "bce", "kld"};
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++) {
        if (strcmp(text, SHORT[i]) != 0)
            continue;
        const hone_type *type = hone_internal_type_find("metric", text);
        return type != NULL ? type->name : text;
    }
    return text;
}

/* tf.keras wrapped functions: {MeanMetricWrapper, {name: "accuracy", fn: "sparse_categorical_accuracy"}}. The
 * function's name is what stays. */
static hone_config *metric_setting(const hone_config *metric)
{
    const char *class_name = hone_internal_config_get_text(metric, "class_name");
    if (class_name != NULL && strcmp(class_name, "MeanMetricWrapper") == 0) {
        const hone_config *config = hone_internal_config_get(metric, "config");
        const char *name = hone_internal_config_get_text(config, "name"),
                   *function = hone_internal_config_get_text(config, "fn");
        bool short_name = name != NULL && (strcmp(name, "accuracy") == 0 || strcmp(name, "acc") == 0);
        return hone_internal_config_text(short_name || function == NULL ? name : function);
    }
    if (hone_internal_config_is(metric, HONE_CONFIG_TEXT))
        return hone_internal_config_text(function_name(hone_internal_config_as_text(metric)));
    if (!hone_internal_config_is(metric, HONE_CONFIG_LIST))
        return hone_internal_config_copy(metric);
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; list != NULL && i < hone_internal_config_count(metric); i++) {
        if (hone_internal_config_append(list, metric_setting(hone_internal_config_at(metric, i))) >= 0)
            continue;
        hone_internal_config_free(list);
        return NULL;
    }
    return list;
}

/* Lists of one list stand for the one output. */
static hone_config *metrics_setting(const hone_config *metrics)
{
    while (hone_internal_config_is(metrics, HONE_CONFIG_LIST) && hone_internal_config_count(metrics) == 1 &&
           hone_internal_config_is(hone_internal_config_at(metrics, 0), HONE_CONFIG_LIST))
        metrics = hone_internal_config_at(metrics, 0);
    return metrics == NULL ? hone_internal_config_null() : metric_setting(metrics);
}

/* Losses and metrics stand in these files without their module, which Keras 3 wants to see in a .keras file.
 */
static hone_status add_modules(hone_config *setting, const char *family)
{
    const char *class_name = hone_internal_config_get_text(setting, "class_name");
    if (class_name != NULL) {
        const hone_type *type = hone_internal_type_find(family, class_name);
        if (type == NULL)
            return hone_error_status();
        if (hone_internal_config_get(setting, "module") != NULL)
            return HONE_OK;
        HONE_TRY(hone_internal_config_set(setting, "module", hone_internal_config_text(type->module)));
        return hone_internal_config_set(setting, "registered_name", hone_internal_config_null());
    }
    for (size_t i = 0; i < hone_internal_config_count(setting); i++)
        HONE_TRY(add_modules(hone_internal_config_at_mutable(setting, i), family));
    return HONE_OK;
}

static hone_status add_all_modules(hone_config *settings)
{
    static const char *const KEYS[][2] = {
        {"loss", "loss"}, {"metrics", "metric"}, {"weighted_metrics", "metric"}};
    for (int i = 0; i < 3; i++) {
        hone_config *setting = hone_internal_config_get_mutable(settings, KEYS[i][0]);
        if (setting != NULL)
            HONE_TRY(add_modules(setting, KEYS[i][1]));
    }
    return HONE_OK;
}

/* tf.keras calls its optimizers "Custom>Adam". */
static hone_config *optimizer_setting(const hone_config *optimizer)
{
    static const char PREFIX[] = "Custom>";
    hone_config *copy = hone_internal_config_copy(optimizer);
    const char *name = hone_internal_config_get_text(copy, "class_name");
    if (name == NULL || strncmp(name, PREFIX, sizeof PREFIX - 1) != 0)
        return copy;
    hone_config *plain = hone_internal_config_text(name + sizeof PREFIX - 1);
    if (hone_internal_config_set(copy, "class_name", plain) >= 0)
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

static hone_config *compile_settings(const hone_config *training)
{
    static const char *const PLAIN[] = {"loss", "loss_weights"}, *const METRICS[] = {"metrics",
                                                                                     "weighted_metrics"};
    const hone_config *optimizer = hone_internal_config_get(training, "optimizer_config");
    hone_config *settings = hone_internal_config_map();
    if (settings == NULL)
        return NULL;
    hone_status status = HONE_OK;
    if (optimizer != NULL)
        status = hone_internal_config_set(settings, "optimizer", optimizer_setting(optimizer));
    for (int i = 0; i < 2 && status >= 0; i++) {
        const hone_config *plain = hone_internal_config_get(training, PLAIN[i]);
        if (plain != NULL)
            status = hone_internal_config_set(settings, PLAIN[i], hone_internal_config_copy(plain));
        if (status >= 0)
            status = hone_internal_config_set(
                settings, METRICS[i], metrics_setting(hone_internal_config_get(training, METRICS[i])));
    }
    if (status >= 0)
        status = add_all_modules(settings);
    if (status >= 0)
        return settings;
    hone_internal_config_free(settings);
    return NULL;
}

/* ---- weights ---- */

typedef struct variable_list {
    hone_variable **items;
    size_t count, capacity;
} variable_list;

static hone_status collect(void *context, const char *path, const char *name, hone_variable **variables,
                           size_t count)
{
    variable_list *list = context;
    (void)path, (void)name;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t j = 0; j < list->count && !known; j++)
            known = list->items[j] == variables[i];
        if (known)
            continue;
        HONE_TRY(hone_internal_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items));
        list->items[list->count++] = variables[i];
    }
    return HONE_OK;
}

/* All that are trained first, then all that are not, over the whole layer; a frozen layer keeps Keras's usual
 * order. */
static hone_status layer_weights(const hone_layer *layer, variable_list *sorted)
{
    variable_list all = {0};
    hone_status status = hone_internal_visit_layer(layer, "", HONE_WEIGHTS_LAYERS, collect, &all);
    for (int trainable = 1; trainable >= 0 && status >= 0; trainable--)
        for (size_t i = 0; i < all.count && status >= 0; i++)
            if (trainable == (layer->trainable && all.items[i]->trainable))
                status = collect(sorted, NULL, NULL, &all.items[i], 1);
    hone_internal_free(all.items);
    return status;
}

/* The group of a layer in a file: its path, and the names of its weights in order. */
typedef struct layer_group {
    char *path;
    char **weights;
    size_t count;
} layer_group;

static void free_group(layer_group *group)
{
    hone_internal_free(group->path);
    hone_internal_free(group->weights);
    *group = (layer_group){0};
}

static hone_status open_group(layer_group *group, hone_weights_file *file, const char *root, const char *name)
{
    group->path = root[0] == '\0' ? hone_internal_copy_text(name) : hone_internal_format("%s/%s", root, name);
    if (group->path == NULL)
        return HONE_ERROR_MEMORY;
    group->weights = hone_internal_weights_attribute_list(file, group->path, "weight_names", &group->count);
    return group->weights != NULL ? HONE_OK : hone_error_status();
}

static hone_status stage_weights(hone_staging *staging, const hone_layer *layer, const variable_list *weights,
                                 const layer_group *group)
{
    if (group->count != weights->count)
        return hone_fail(HONE_ERROR_SHAPE, "%s: %s: the layer \"%s\" has %zu weight%s, but the file has %zu",
                         staging->label, group->path, hone_internal_layer_label(layer), weights->count,
                         hone_internal_plural((long long)weights->count), group->count);
    for (size_t i = 0; i < weights->count; i++) {
        char *path = hone_internal_format("%s/%s", group->path, group->weights[i]);
        hone_status status =
            path == NULL ? HONE_ERROR_MEMORY : hone_internal_stage(staging, path, weights->items[i]);
        hone_internal_free(path);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status stage_layer(hone_staging *staging, const hone_layer *layer, const variable_list *weights,
                               const layer_group *group)
{
    size_t staged = staging->count;
    return hone_internal_staging_forgive(staging, staged, stage_weights(staging, layer, weights, group));
}

/* The next group that has weights, from names[*next] on; group->count is 0 at the end. */
static hone_status next_group(layer_group *group, hone_weights_file *file, const char *root, char **names,
                              size_t count, size_t *next)
{
    while (*next < count) {
        HONE_TRY(open_group(group, file, root, names[(*next)++]));
        if (group->count > 0)
            return HONE_OK;
        free_group(group);
    }
    return HONE_OK;
}

static hone_status stage_layers(hone_staging *staging, const hone_model *model, const char *root,
                                char **names, size_t count)
{
    size_t next = 0;
    hone_status status = HONE_OK;
    layer_group group = {0};
    for (size_t i = 0; i < model->layer_count && status >= 0; i++) {
        variable_list weights = {0};
        status = layer_weights(model->layers[i], &weights);
        if (status >= 0 && weights.count > 0) {
            status = next_group(&group, staging->file, root, names, count, &next);
            if (status >= 0 && group.path == NULL)
                status = hone_fail(HONE_ERROR_FORMAT, "%s: the file holds no weights for the layer \"%s\"",
                                   staging->label, hone_internal_layer_label(model->layers[i]));
            if (status >= 0)
                status = stage_layer(staging, model->layers[i], &weights, &group);
        }
        free_group(&group);
        hone_internal_free(weights.items);
    }
    if (status >= 0)
        status = next_group(&group, staging->file, root, names, count, &next);
    if (status >= 0 && group.path != NULL)
        status = hone_fail(HONE_ERROR_FORMAT, "%s: %s: the model has no layer for these weights",
                           staging->label, group.path);
    free_group(&group);
    return status;
}

/* The group of a layer's own name, if there is one. */
static hone_status stage_by_name(hone_staging *staging, const hone_layer *layer, const char *root,
                                 char **names, size_t count)
{
    variable_list weights = {0};
    layer_group group = {0};
    size_t found = 0;
    while (found < count && strcmp(names[found], hone_internal_layer_label(layer)) != 0)
        found++;
    if (found == count)
        return HONE_OK;
    hone_status status = layer_weights(layer, &weights);
    if (status >= 0 && weights.count > 0)
        status = open_group(&group, staging->file, root, names[found]);
    if (status >= 0 && weights.count > 0)
        status = stage_layer(staging, layer, &weights, &group);
    free_group(&group);
    hone_internal_free(weights.items);
    return status;
}

static hone_status stage_named_layers(hone_staging *staging, const hone_model *model, const char *root,
                                      char **names, size_t count)
{
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(stage_by_name(staging, model->layers[i], root, names, count));
    return HONE_OK;
}

bool hone_internal_weights_are_legacy(hone_weights_file *file)
{
    if (hone_internal_weights_has_group(file, MODEL_WEIGHTS))
        return true;
    size_t count;
    char **names = hone_internal_weights_attribute_list(file, "/", "layer_names", &count);
    hone_internal_free(names);
    return names != NULL;
}

hone_status hone_internal_model_read_legacy_weights(hone_model *model, hone_weights_file *file,
                                                    const char *label, const hone_load_weights_args *args)
{
    const char *root = hone_internal_weights_has_group(file, MODEL_WEIGHTS) ? MODEL_WEIGHTS : "";
    size_t count;
    char **names =
        hone_internal_weights_attribute_list(file, root[0] == '\0' ? "/" : root, "layer_names", &count);
    if (names == NULL && hone_error_status() < 0)
        return hone_error_status();
    if (names == NULL)
        return hone_fail(HONE_ERROR_FORMAT, "%s: there is no list of layers (layer_names)", label);
    hone_staging staging = {.file = file, .label = label, .args = args};
    hone_status status = args != NULL && args->by_name
                             ? stage_named_layers(&staging, model, root, names, count)
                             : stage_layers(&staging, model, root, names, count);
    if (status >= 0)
        hone_internal_staging_commit(&staging);
    hone_internal_staging_free(&staging);
    hone_internal_free(names);
    return status;
}

/* ---- the whole file ---- */

static hone_status fill_model(hone_model *model, hone_weights_file *file, const char *path,
                              const hone_loading *loading)
{
    if (!model->built)
        return hone_fail(
            HONE_ERROR_FORMAT,
            "%s: the model was saved before it knew the shape of its input, so the file holds no weights",
            path);
    HONE_TRY(hone_internal_model_read_legacy_weights(model, file, path, NULL));
    hone_status status;
    hone_config *training = read_json(file, path, "training_config", &status);
    if (training == NULL)
        return status;
    hone_config *settings = compile_settings(training);
    status =
        settings == NULL ? hone_error_status() : hone_internal_model_compile_config(model, settings, loading);
    if (status >= 0)
        status = hone_internal_model_read_legacy_optimizer(model, file, path);
    hone_internal_config_free(settings);
    hone_internal_config_free(training);
    return status;
}

static hone_model *load_file(hone_weights_file *file, const char *path, const hone_load_args *args)
{
    hone_status status;
    hone_config *config = read_json(file, path, "model_config", &status);
    if (config == NULL && status >= 0)
        hone_fail(HONE_ERROR_FORMAT,
                  "%s: the file holds only weights, without the model they belong to; expected a model",
                  path);
    hone_loading loading;
    hone_model *model = NULL;
    hone_status begun = hone_internal_loading_begin(&loading, args, hone_internal_weights_most_bytes(file));
    loading.release = config != NULL ? hone_internal_legacy_release(file) : 0;
    if (loading.release == 0) /* the oldest when the file does not tell */
        loading.release = 200;
    if (begun >= 0 && config != NULL)
        model = hone_internal_model_from_config(config, &loading);
    if (model != NULL && fill_model(model, file, path, &loading) < 0) {
        hone_model_free(model);
        model = NULL;
    }
    hone_internal_loading_end(&loading);
    hone_internal_config_free(config);
    return model;
}

hone_model *hone_internal_model_load_legacy(const char *path, const hone_load_args *args)
{
    hone_weights_file *file = hone_internal_weights_open(path);
    hone_model *model = file == NULL ? NULL : load_file(file, path, args);
    if (model == NULL)
        hone_internal_error_in(hone_error_status(), path);
    hone_internal_weights_close(file);
    return model;
}
