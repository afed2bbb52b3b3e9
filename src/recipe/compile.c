/* The section `compile`: short forms and specs become what models are compiled with. */
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "model/model.h"
#include "recipe/parts.h"

#include <math.h>
#include <string.h>

/* ---- specs ---- */

/* "accuracy" and "crossentropy" stand for several metrics, to be told apart by shapes. */
static bool is_general_metric(const char *name)
{
    static const char *const names[] = {"accuracy", "acc", "crossentropy", "ce"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (hone_internal_text_equal_nocase(name, names[i]))
            return true;
    return false;
}

static bool is_of_family(const char *family, const char *name)
{
    bool found = hone_internal_type_find(family, name) != NULL;
    if (!found)
        hone_error_clear();
    return found;
}

hone_status hone_internal_recipe_check_spec(const char *family, const char *text)
{
    hone_spec spec;
    if (strcmp(family, "metric") == 0) {
        char *name = hone_internal_spec_parse(text, NULL);
        if (name == NULL)
            return hone_error_status();
        bool general = is_general_metric(name),
             loss = !is_of_family("metric", name) && is_of_family("loss", name);
        hone_internal_free(name);
        if (general)
            return HONE_OK;
        if (loss)
            family = "loss";
    }
    HONE_TRY(hone_internal_spec_resolve(family, text, &spec));
    hone_internal_spec_free(&spec);
    return HONE_OK;
}

/* ---- by output ---- */

/* How a value of one output is made from what the recipe says. */
typedef hone_config *tidy_function(const hone_config *value);

hone_status hone_internal_recipe_fail_output(const hone_model *model, const char *what, const char *name)
{
    const char *names[256];
    int count = hone_model_output_count(model);
    for (int i = 0; i < count && i < 256; i++)
        names[i] = hone_model_output_name(model, i);
    return hone_internal_fail_name(what, name, names, (size_t)(count < 256 ? count : 256));
}

static int output_index(const hone_model *model, const char *name)
{
    for (int i = 0; i < hone_model_output_count(model); i++)
        if (strcmp(hone_model_output_name(model, i), name) == 0)
            return i;
    return -1;
}

/* {huber: {delta: 2}} is an object and {price: mse} a map by output, which may be named as a loss is. */
static bool is_object(const hone_model *model, const hone_config *map, const char *family)
{
    if (hone_internal_config_get(map, "class_name") != NULL)
        return true;
    if (family == NULL || hone_internal_config_count(map) != 1 ||
        output_index(model, hone_internal_config_key(map, 0)) >= 0)
        return false;
    return is_of_family(family, hone_internal_config_key(map, 0)) ||
           (strcmp(family, "metric") == 0 && is_of_family("loss", hone_internal_config_key(map, 0)));
}

static hone_config *tidy_items(const hone_config *setting, tidy_function *tidy)
{
    bool map = hone_internal_config_is(setting, HONE_CONFIG_MAP);
    hone_config *result = map ? hone_internal_config_map() : hone_internal_config_list();
    for (size_t i = 0; result != NULL && i < hone_internal_config_count(setting); i++) {
        hone_config *item = tidy(hone_internal_config_at(setting, i));
        hone_status status =
            map ? hone_internal_config_set(result, hone_internal_config_key(setting, i), item)
                : hone_internal_config_append(result, item);
        if (status >= 0)
            continue;
        hone_internal_config_free(result);
        return NULL;
    }
    return result;
}

static hone_status check_outputs(const hone_model *model, const hone_config *map)
{
    for (size_t i = 0; hone_model_output_count(model) > 0 && i < hone_internal_config_count(map); i++)
        if (output_index(model, hone_internal_config_key(map, i)) < 0)
            return hone_internal_recipe_place_key(
                hone_internal_recipe_fail_output(model, "output", hone_internal_config_key(map, i)),
                hone_internal_config_at(map, i));
    return HONE_OK;
}

static hone_config *tidy_setting(const hone_model *model, const hone_config *setting, const char *family,
                                 tidy_function *tidy)
{
    if (!hone_internal_config_present(setting))
        return hone_internal_config_null();
    if (hone_internal_config_is(setting, HONE_CONFIG_LIST))
        return tidy_items(setting, tidy);
    if (!hone_internal_config_is(setting, HONE_CONFIG_MAP) || is_object(model, setting, family))
        return tidy(setting);
    return check_outputs(model, setting) < 0 ? NULL : tidy_items(setting, tidy);
}

/* ---- losses, metrics, weights ---- */

static hone_config *tidy_spec(const char *family, const hone_config *value)
{
    char received[96], *text = NULL;
    if (!hone_internal_config_present(value))
        return hone_internal_config_null();
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT)) {
        if (!hone_internal_spec_is_none(hone_internal_config_as_text(value)) &&
            hone_internal_recipe_place(
                hone_internal_recipe_check_spec(family, hone_internal_config_as_text(value)), value) < 0)
            return NULL;
        return hone_internal_config_copy(value);
    }
    if (!hone_internal_config_is(value, HONE_CONFIG_MAP) ||
        (hone_internal_config_count(value) != 1 && hone_internal_config_get(value, "class_name") == NULL)) {
        hone_internal_config_describe(value, received, sizeof received);
        hone_internal_config_fail(value, "a %s must be a string or a map with one key, not %s", family,
                                  received);
        return NULL;
    }
    bool as_loss = strcmp(family, "metric") == 0 &&
                   !is_of_family("metric", hone_internal_config_key(value, 0)) &&
                   is_of_family("loss", hone_internal_config_key(value, 0));
    text = hone_internal_spec_from_config(as_loss ? "loss" : family, value);
    hone_config *result = text == NULL ? NULL : hone_internal_config_text(text);
    if (text == NULL)
        hone_internal_recipe_place(hone_error_status(), value);
    hone_internal_free(text);
    return result;
}

static hone_config *tidy_loss(const hone_config *value)
{
    return tidy_spec("loss", value);
}

static hone_config *tidy_metric(const hone_config *value)
{
    return hone_internal_config_is(value, HONE_CONFIG_LIST) ? tidy_items(value, tidy_metric)
                                                            : tidy_spec("metric", value);
}

static hone_config *tidy_weight(const hone_config *value)
{
    char received[96];
    if (hone_internal_config_is(value, HONE_CONFIG_NUMBER) ||
        hone_internal_config_is(value, HONE_CONFIG_INTEGER) || !hone_internal_config_present(value))
        return hone_internal_config_copy(value);
    hone_internal_config_describe(value, received, sizeof received);
    hone_internal_config_fail(value, "loss_weights: expected a number, received %s", received);
    return NULL;
}

/* ---- the optimizer ---- */

/* From its text, {adam: {learning_rate: 0.001}} or {adam: 0.001}; NULL: Keras's default, rmsprop. */
static hone_optimizer *make_optimizer(const hone_config *config)
{
    if (!hone_internal_config_present(config))
        return hone_optimizer_from_text("rmsprop");
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return hone_optimizer_from_text(hone_internal_config_as_text(config));
    if (!hone_internal_config_is(config, HONE_CONFIG_MAP) || hone_internal_config_count(config) != 1) {
        hone_internal_config_fail(
            config, "an optimizer must be a string such as adam(learning_rate=0.001), or a map with one key");
        return NULL;
    }
    const hone_type *type = hone_internal_type_find("optimizer", hone_internal_config_key(config, 0));
    hone_config *arguments =
        type == NULL ? NULL : hone_internal_recipe_arguments(hone_internal_config_at(config, 0));
    hone_status status =
        arguments == NULL ? hone_error_status() : hone_internal_recipe_tidy_arguments(type, arguments);
    void *args = status < 0 ? NULL : hone_internal_fields_from_config(type, arguments, NULL);
    hone_optimizer *optimizer =
        args == NULL ? NULL : hone_optimizer_create((const hone_optimizer_type *)type, args);
    if (args != NULL)
        hone_internal_fields_free(type, args);
    hone_internal_config_free(arguments);
    return optimizer;
}

/* ---- the whole ---- */

/* The settings that a model is compiled with, in the order of hone_internal_model_compile. */
enum { LOSS, LOSS_WEIGHTS, METRICS, WEIGHTED_METRICS, SETTINGS };
typedef struct setting {
    const char *key, *family;
    tidy_function *tidy;
} setting;
static const setting settings[SETTINGS] = {[LOSS] = {"loss", "loss", tidy_loss},
                                           [LOSS_WEIGHTS] = {"loss_weights", NULL, tidy_weight},
                                           [METRICS] = {"metrics", "metric", tidy_metric},
                                           [WEIGHTED_METRICS] = {"weighted_metrics", "metric", tidy_metric}};

/* What the section says, else what the model has from its file. */
static hone_config *choose(const hone_model *model, const hone_config *section, int which)
{
    const hone_compiled *compiled = &model->compiled;
    const hone_config *const had[SETTINGS] = {compiled->loss, compiled->loss_weights, compiled->metrics,
                                              compiled->weighted_metrics};
    const hone_config *said = hone_internal_config_get(section, settings[which].key);
    if (said == NULL)
        return had[which] == NULL ? hone_internal_config_null() : hone_internal_config_copy(had[which]);
    if (which >= METRICS && hone_internal_config_is(said, HONE_CONFIG_TEXT)) {
        hone_config *lists = hone_internal_recipe_check_metrics(hone_internal_config_as_text(said)) < 0
                                 ? NULL
                                 : hone_internal_recipe_metrics(model, hone_internal_config_as_text(said));
        if (lists == NULL)
            hone_internal_recipe_place(hone_error_status(), said);
        return lists;
    }
    return tidy_setting(model, said, settings[which].family, settings[which].tidy);
}

/* A model file's optimizer continues with its state, unless other layers are trained now than when it was
 * saved. */
static hone_optimizer *choose_optimizer(const hone_model *model, const hone_config *said, bool moved)
{
    hone_optimizer *had = model->compiled.optimizer;
    if (hone_internal_config_present(said) || had == NULL) {
        hone_optimizer *optimizer = make_optimizer(said);
        if (optimizer == NULL)
            hone_internal_recipe_place(hone_error_status(), said);
        return optimizer;
    }
    if (!moved)
        return hone_optimizer_retain(had);
    hone_optimizer *fresh = hone_optimizer_create(had->type, had->args);
    if (fresh != NULL && had->schedule == NULL)
        hone_optimizer_set_learning_rate(fresh, hone_optimizer_learning_rate(had));
    return fresh;
}

static hone_status compile(const hone_config *section, hone_model *model, bool moved)
{
    hone_config *chosen[SETTINGS] = {NULL};
    hone_optimizer *optimizer =
        choose_optimizer(model, hone_internal_config_get(section, "optimizer"), moved);
    bool good = optimizer != NULL;
    for (int i = 0; good && i < SETTINGS; i++)
        good = (chosen[i] = choose(model, section, i)) != NULL;
    if (good)
        return hone_internal_recipe_place(hone_internal_model_compile(model, optimizer, chosen[LOSS],
                                                                      chosen[LOSS_WEIGHTS], chosen[METRICS],
                                                                      chosen[WEIGHTED_METRICS]),
                                          section);
    hone_optimizer_free(optimizer);
    for (int i = 0; i < SETTINGS; i++)
        hone_internal_config_free(chosen[i]);
    return hone_error_status();
}

/* compile: {learning_rate: 1e-5}. */
static hone_status set_rate(const hone_config *section, hone_model *model)
{
    double rate;
    const hone_config *said = hone_internal_config_get(section, "learning_rate");
    if (!hone_internal_config_present(said))
        return HONE_OK;
    bool number = hone_internal_config_is(said, HONE_CONFIG_NUMBER) ||
                  hone_internal_config_is(said, HONE_CONFIG_INTEGER);
    rate = hone_internal_config_as_number(said);
    if (!number && !(hone_internal_config_is(said, HONE_CONFIG_TEXT) &&
                     hone_internal_text_to_number(hone_internal_config_as_text(said), true, &rate)))
        return hone_internal_recipe_expect(said, HONE_CONFIG_NUMBER, "learning_rate");
    if (!(rate > 0) || !isfinite(rate))
        return hone_internal_config_fail(said, "learning_rate must be above 0, not %g", rate);
    return hone_internal_recipe_place(hone_optimizer_set_learning_rate(hone_model_optimizer(model), rate),
                                      said);
}

/* The section says something that replaces settings; a learning rate does not. */
static bool replaces(const hone_config *section)
{
    for (size_t i = 0; section != NULL && i < hone_internal_config_count(section); i++)
        if (strcmp(hone_internal_config_key(section, i), "learning_rate") != 0)
            return true;
    return false;
}

hone_status hone_internal_recipe_compile(const hone_recipe *recipe, hone_model *model)
{
    const hone_config *section = hone_internal_config_get(recipe->tree, "compile");
    bool ready = model->compiled.ready;
    if (!hone_internal_config_present(section))
        section = NULL;
    bool moved = hone_internal_recipe_file_moves(hone_internal_config_get(recipe->tree, "model"));
    if (ready ? replaces(section) || moved : section != NULL)
        HONE_TRY(compile(section, model, moved));
    return section == NULL ? HONE_OK : set_rate(section, model);
}

hone_status hone_internal_recipe_compile_stage(hone_model *model, const hone_config *stage)
{
    if (hone_internal_recipe_file_moves(stage))
        HONE_TRY(compile(NULL, model, true));
    return set_rate(stage, model);
}
