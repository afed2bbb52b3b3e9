/* Compile settings to and from config trees: Keras's compile_config. */
#include "fields/fields.h"
#include "fields/spec.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "keras/unknown.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static hone_config *copy_or_null(const hone_config *config)
{
    return config == NULL ? hone_internal_config_null() : hone_internal_config_copy(config);
}

/* Losses or metrics as Keras reads them: a name stays the user's text, "huber(delta=2)" becomes an object. */
static hone_config *settings_to_config(const hone_config *settings, const char *family)
{
    if (settings == NULL)
        return hone_internal_config_null();
    if (hone_internal_config_is(settings, HONE_CONFIG_TEXT) &&
        strchr(hone_internal_config_as_text(settings), '(') != NULL)
        return hone_internal_spec_to_config(family, hone_internal_config_as_text(settings));
    bool nested = hone_internal_config_is(settings, HONE_CONFIG_LIST) ||
                  (hone_internal_config_is(settings, HONE_CONFIG_MAP) &&
                   hone_internal_config_get(settings, "class_name") == NULL);
    if (!nested)
        return hone_internal_config_copy(settings);
    hone_config *copy = hone_internal_config_is(settings, HONE_CONFIG_LIST) ? hone_internal_config_list()
                                                                            : hone_internal_config_map();
    bool good = copy != NULL;
    for (size_t i = 0; good && i < hone_internal_config_count(settings); i++) {
        hone_config *item = settings_to_config(hone_internal_config_at(settings, i), family);
        if (hone_internal_config_is(settings, HONE_CONFIG_LIST))
            push(&good, copy, item);
        else
            put(&good, copy, hone_internal_config_key(settings, i), item);
    }
    return finish(good, copy);
}

static hone_config *optimizer_to_config(const hone_optimizer *optimizer)
{
    hone_config *envelope = hone_internal_optimizer_to_config(optimizer);
    hone_config *config = hone_internal_config_get_mutable(envelope, "config");
    return finish(config == NULL || hone_internal_unknown_give(config, optimizer->unknown) >= 0, envelope);
}

static const char LOSS_SCALING[] = "LossScaleOptimizer", WITHIN[] = "inner_optimizer";

/* The optimizer within the one that scales the loss, where the settings have that. */
static hone_config *whole_optimizer_to_config(const hone_optimizer *optimizer)
{
    hone_config *envelope = optimizer_to_config(optimizer);
    if (optimizer->scaling.settings == NULL || envelope == NULL)
        return envelope;
    hone_config *settings = hone_internal_config_copy(optimizer->scaling.settings);
    bool good = settings != NULL;
    put(&good, settings, WITHIN, envelope);
    settings = finish(good, settings);
    return settings == NULL ? NULL : hone_internal_envelope("keras.optimizers", LOSS_SCALING, settings);
}

hone_config *hone_internal_keras_compile_settings(const hone_model *model)
{
    const hone_compiled *compiled = &model->compiled;
    hone_config *config = hone_internal_config_map();
    bool good = config != NULL;
    if (!good || !compiled->ready)
        return config;
    put(&good, config, "optimizer", whole_optimizer_to_config(compiled->optimizer));
    put(&good, config, "loss", settings_to_config(compiled->loss, "loss"));
    put(&good, config, "loss_weights", copy_or_null(compiled->loss_weights));
    put(&good, config, "metrics", settings_to_config(compiled->metrics, "metric"));
    put(&good, config, "weighted_metrics", settings_to_config(compiled->weighted_metrics, "metric"));
    put(&good, config, "run_eagerly", hone_internal_config_boolean(false));
    put(&good, config, "steps_per_execution", hone_internal_config_integer(1));
    put(&good, config, "jit_compile", hone_internal_config_text("auto"));
    good = good && hone_internal_unknown_give(config, compiled->unknown) >= 0;
    return finish(good, config);
}

/* In Keras limits of gradients that are not above 0 limit nothing. */
static hone_status drop_idle_limits(hone_config *config)
{
    static const char *const limits[] = {"clipnorm", "global_clipnorm", "clipvalue"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const hone_config *limit = hone_internal_config_get(config, limits[i]);
        if (hone_internal_config_is_numeric(limit) && hone_internal_config_as_number(limit) <= 0)
            HONE_TRY(hone_internal_config_set(config, limits[i], hone_internal_config_null()));
    }
    return HONE_OK;
}

/* The optimizer of compile settings, with what is unknown of it kept apart. */
static hone_optimizer *read_optimizer(const hone_config *setting, const hone_loading *loading)
{
    if (!hone_internal_config_present(setting))
        return hone_optimizer_from_text("rmsprop");
    hone_config *copy = hone_internal_config_copy(setting), *unknown = NULL;
    hone_config *config = hone_internal_config_get_mutable(copy, "config");
    const char *class_name = hone_internal_config_get_text(copy, "class_name");
    const hone_type *type = class_name == NULL ? NULL : hone_internal_type_find("optimizer", class_name);
    hone_optimizer *made = NULL;
    bool good = copy != NULL && (class_name == NULL ||
                                 (type != NULL && hone_internal_keras_check_origin(copy, class_name) >= 0));
    good = good && drop_idle_limits(config) >= 0;
    if (good && (type == NULL || config == NULL ||
                 hone_internal_unknown_take(loading, type, config, "the optimizer", &unknown) >= 0))
        made = hone_internal_optimizer_from_config(copy);
    if (made != NULL) {
        made->unknown = unknown;
        unknown = NULL;
    }
    hone_internal_config_free(unknown);
    hone_internal_config_free(copy);
    return made;
}

/* Of the settings of loss scaling, which may lack either. */
static bool check_scaling(const hone_config *settings)
{
    const hone_config *scale = hone_internal_config_get(settings, "initial_scale"),
                      *growth = hone_internal_config_get(settings, "dynamic_growth_steps");
    const double number = hone_internal_config_is_numeric(scale) ? hone_internal_config_as_number(scale) : 0;
    char received[64];
    if (hone_internal_config_present(scale) && !(number >= (double)FLT_MIN && number <= (double)FLT_MAX)) {
        hone_internal_config_describe(scale, received, sizeof received);
        hone_internal_config_fail(scale, "%s: initial_scale: expected a number from %g to %g, received %s",
                                  LOSS_SCALING, (double)FLT_MIN, (double)FLT_MAX, received);
        return false;
    }
    if (hone_internal_config_present(growth) && (!hone_internal_config_is(growth, HONE_CONFIG_INTEGER) ||
                                                 hone_internal_config_as_integer(growth) < 1)) {
        hone_internal_config_describe(growth, received, sizeof received);
        hone_internal_config_fail(growth, "%s: dynamic_growth_steps: expected an integer from 1, received %s",
                                  LOSS_SCALING, received);
        return false;
    }
    return true;
}

static hone_optimizer *read_whole_optimizer(const hone_config *setting, const hone_loading *loading)
{
    const char *class_name = hone_internal_config_is(setting, HONE_CONFIG_MAP)
                                 ? hone_internal_config_get_text(setting, "class_name")
                                 : NULL;
    if (class_name == NULL || strcmp(class_name, LOSS_SCALING) != 0)
        return read_optimizer(setting, loading);
    const hone_config *config = hone_internal_config_get(setting, "config"),
                      *within = hone_internal_config_get(config, WITHIN);
    if (!hone_internal_config_present(within)) {
        hone_internal_config_fail(setting, "%s lacks its %s", LOSS_SCALING, WITHIN);
        return NULL;
    }
    if (!check_scaling(config))
        return NULL;
    hone_optimizer *optimizer = read_optimizer(within, loading);
    hone_config *settings = optimizer == NULL ? NULL : hone_internal_config_copy(config);
    if (settings == NULL) {
        hone_optimizer_free(optimizer);
        return NULL;
    }
    hone_internal_config_remove(settings, WITHIN);
    hone_internal_optimizer_scale(optimizer, settings);
    return optimizer;
}

/* The keys of compile settings that make the model; others tell how Keras is to run it, or are unknown. */
static const char *const COMPILE_KEYS[] = {
    "optimizer",           "loss",        "loss_weights",    "metrics", "weighted_metrics", "run_eagerly",
    "steps_per_execution", "jit_compile", "auto_scale_loss", NULL};

static const hone_type compile_type = {.name = "compile", .class_name = "compile_config"};

static bool is_compile_key(const char *key)
{
    for (size_t i = 0; COMPILE_KEYS[i] != NULL; i++)
        if (strcmp(COMPILE_KEYS[i], key) == 0)
            return true;
    return false;
}

/* Takes unknown keys out of a copy of the settings, at each of their levels. */
static hone_status take_unknown_settings(hone_config *settings, const hone_loading *loading,
                                         hone_config **kept)
{
    static const char *const PARTS[][2] = {
        {"loss", "loss"}, {"metrics", "metric"}, {"weighted_metrics", "metric"}};
    hone_config *others = hone_internal_config_map();
    hone_status status = others == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(settings) && status >= 0; i++)
        if (!is_compile_key(hone_internal_config_key(settings, i)))
            status =
                hone_internal_config_set(others, hone_internal_config_key(settings, i),
                                         hone_internal_config_copy(hone_internal_config_at(settings, i)));
    if (status >= 0)
        status = hone_internal_unknown_take(loading, &compile_type, others, "the compile settings", kept);
    hone_internal_config_free(others);
    for (int i = 0; i < 3 && status >= 0; i++) {
        hone_config *part = NULL;
        status = hone_internal_unknown_take_settings(loading, PARTS[i][1],
                                                     hone_internal_config_get_mutable(settings, PARTS[i][0]),
                                                     PARTS[i][0], &part);
        if (status >= 0 && part != NULL && *kept == NULL && (*kept = hone_internal_config_map()) == NULL)
            status = HONE_ERROR_MEMORY;
        if (status >= 0 && part != NULL)
            status = hone_internal_config_set(*kept, PARTS[i][0], part);
        else
            hone_internal_config_free(part);
    }
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The numbers of a map in the order of its sorted keys. */
static hone_config *in_order_of_keys(const hone_config *map)
{
    const char **keys = hone_internal_allocate(sizeof *keys * (hone_internal_config_count(map) + 1));
    hone_config *list = keys == NULL ? NULL : hone_internal_config_list();
    for (size_t i = 0; list != NULL && i < hone_internal_config_count(map); i++)
        keys[i] = hone_internal_config_key(map, i);
    if (list != NULL)
        qsort(keys, hone_internal_config_count(map), sizeof *keys, by_text);
    for (size_t i = 0; list != NULL && i < hone_internal_config_count(map); i++) {
        hone_config *copy = hone_internal_config_copy(hone_internal_config_get(map, keys[i]));
        if (hone_internal_config_append(list, copy) >= 0)
            continue;
        hone_internal_config_free(list);
        list = NULL;
    }
    hone_internal_free(keys);
    return list;
}

/* The weights of losses. Beside losses in a list Keras does not look at the names of weights, only at their
 * order; that is not what the map seems to say. */
static hone_config *weights_setting(const hone_config *settings, const hone_loading *loading)
{
    const hone_config *weights = hone_internal_config_get(settings, "loss_weights"),
                      *loss = hone_internal_config_get(settings, "loss");
    bool by_order = hone_internal_config_is(loss, HONE_CONFIG_LIST) &&
                    hone_internal_config_is(weights, HONE_CONFIG_MAP) &&
                    hone_internal_config_count(weights) == hone_internal_config_count(loss);
    if (!by_order)
        return copy_or_null(weights);
    hone_internal_loading_warn(
        loading,
        "loss_weights has names and loss is a list: as in Keras, the weights go to the losses in the order of "
        "their sorted names");
    return in_order_of_keys(weights);
}

static hone_status compile_settings(hone_model *model, hone_config *settings, const hone_loading *loading)
{
    hone_config *kept = NULL;
    hone_status status = take_unknown_settings(settings, loading, &kept);
    hone_optimizer *optimizer =
        status < 0 ? NULL : read_whole_optimizer(hone_internal_config_get(settings, "optimizer"), loading);
    if (status >= 0)
        status = optimizer == NULL
                     ? hone_error_status()
                     : hone_internal_model_compile(
                           model, optimizer, copy_or_null(hone_internal_config_get(settings, "loss")),
                           weights_setting(settings, loading),
                           copy_or_null(hone_internal_config_get(settings, "metrics")),
                           copy_or_null(hone_internal_config_get(settings, "weighted_metrics")));
    if (status >= 0) {
        model->compiled.unknown = kept;
        kept = NULL;
    }
    hone_internal_config_free(kept);
    return status;
}

hone_status hone_internal_model_compile_config(hone_model *model, const hone_config *compile_config,
                                               const hone_loading *loading)
{
    if (!hone_internal_config_is(compile_config, HONE_CONFIG_MAP))
        return hone_internal_config_fail(compile_config, "the compile settings must be a map");
    hone_config *settings = hone_internal_config_copy(compile_config);
    if (settings == NULL)
        return hone_error_status();
    hone_status status = compile_settings(model, settings, loading);
    hone_internal_config_free(settings);
    return status;
}
