/* Running a recipe: its data, its callbacks, the fit. */
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "readers/schema.h"
#include "recipe/parts.h"

#include <hone/data_files.h>
#include <hone/pipeline.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- data ---- */

/* Says how many pictures corrupt=skip left out. */
static void report_skipped(const hone_recipe *recipe, const hone_dataset *data, const char *source)
{
    const char *first;
    char line[1200];
    int64_t count = hone_dataset_skipped(data, &first);
    if (count == 0 || recipe->output == NULL)
        return;
    snprintf(line, sizeof line, "%s: %lld pictures are skipped; the first: %s\n", source, (long long)count,
             first);
    recipe->output(recipe->output_context, line, strlen(line));
}

/* A DATA form by the recipe's scale and limit. */
static hone_dataset *load(const hone_recipe *recipe, const hone_model *model, const hone_config *schema,
                          const char *source, const char *part)
{
    const char **inputs = model == NULL ? NULL : hone_internal_model_input_names(model);
    int64_t limit = recipe->data->memory_limit;
    if (model != NULL && inputs == NULL)
        return NULL;
    hone_dataset *data = hone_internal_dataset_load_as(schema, inputs, source, part, recipe->data->scale,
                                                       limit == HONE_NONE_INTEGER ? 0 : limit);
    hone_internal_free(inputs);
    if (data != NULL)
        report_skipped(recipe, data, source);
    if (data == NULL || recipe->data->preprocess == NULL)
        return data;
    data = hone_dataset_preprocess(data, recipe->data->preprocess);
    if (data == NULL)
        hone_internal_recipe_label(
            hone_internal_recipe_place(hone_error_status(),
                                       hone_internal_recipe_get(recipe, "data", "preprocess")),
            recipe);
    return data;
}

/* All that data.train names, before anything is held out. */
static hone_dataset *load_all(const hone_recipe *recipe, const hone_model *model)
{
    const hone_recipe_data *said = recipe->data;
    if (said->train == NULL) {
        hone_fail(HONE_ERROR_DATA, "there are no data to train on; give --data, or data: {train: ...}");
        hone_internal_recipe_label(HONE_ERROR_DATA, recipe);
        return NULL;
    }
    hone_dataset *data = load(recipe, model, model == NULL ? NULL : model->schema, said->train, "train");
    if (data != NULL && said->sample_weight != NULL)
        data = hone_dataset_weigh(data, said->sample_weight);
    if (data != NULL && said->cache != NULL)
        data = hone_dataset_cache(data, said->cache);
    if (data != NULL && said->prefetch != HONE_NONE_INTEGER)
        data = hone_dataset_prefetch(data, (int)said->prefetch);
    return data;
}

/* How many samples at the end are held out: "last N", or a fraction as Keras's fit takes it; below zero after
 * a failure. */
static int64_t count_held(const hone_recipe *recipe, const hone_dataset *all)
{
    const hone_holdout *holdout = &recipe->validation;
    int64_t count = hone_dataset_count(all);
    if (holdout->last == 0 && holdout->share == 0)
        return 0;
    int64_t held =
        holdout->last > 0 ? holdout->last : count - (int64_t)floor((double)count * (1 - holdout->share));
    if (held > 0 && held < count)
        return held;
    if (holdout->last > 0)
        return hone_fail(HONE_ERROR_DATA,
                         "validation: last %lld of %lld samples leaves no samples for "
                         "training",
                         (long long)held, (long long)count);
    return hone_fail(HONE_ERROR_DATA, "validation: %g of %lld samples leaves one part empty", holdout->share,
                     (long long)count);
}

/* Parts `all`; *validation stays NULL when nothing is held out. */
static hone_dataset *hold_out(const hone_recipe *recipe, const hone_model *model, hone_dataset *all,
                              hone_dataset **validation)
{
    int64_t held = count_held(recipe, all), count = hone_dataset_count(all);
    if (held < 0) {
        hone_internal_recipe_label(hone_error_status(), recipe);
        return NULL;
    }
    hone_dataset *train = hone_dataset_slice(all, 0, held > 0 ? count - held : HONE_NONE_INTEGER);
    if (train != NULL && held > 0)
        *validation = hone_dataset_slice(all, count - held, HONE_NONE_INTEGER);
    else if (train != NULL && recipe->validation.source != NULL)
        *validation =
            load(recipe, model, hone_internal_dataset_schema(all), recipe->validation.source, "test");
    else
        return train;
    if (*validation != NULL)
        return train;
    hone_dataset_free(train);
    return NULL;
}

hone_dataset *hone_recipe_train_data(hone_recipe *recipe, const hone_model *model, hone_dataset **validation)
{
    if (validation != NULL)
        *validation = NULL;
    if (hone_recipe_check(recipe) < 0)
        return NULL;
    hone_dataset *all = load_all(recipe, model), *train = all;
    if (all != NULL && validation != NULL) {
        train = hold_out(recipe, model, all, validation);
        hone_dataset_free(all);
    }
    train = hone_internal_recipe_augment(recipe, train);
    if (train == NULL && validation != NULL) {
        hone_dataset_free(*validation);
        *validation = NULL;
    }
    return train;
}

hone_dataset *hone_recipe_test_data(hone_recipe *recipe, const hone_model *model)
{
    if (hone_recipe_check(recipe) < 0)
        return NULL;
    const hone_recipe_data *said = recipe->data;
    hone_dataset *data = said->test == NULL
                             ? NULL
                             : load(recipe, model, model == NULL ? NULL : model->schema, said->test, "test");
    if (data != NULL && said->test_sample_weight != NULL)
        data = hone_dataset_weigh(data, said->test_sample_weight);
    if (said->test != NULL)
        return data;
    hone_fail(HONE_ERROR_DATA, "there are no test data: data: {test: ...} is missing");
    hone_internal_recipe_label(HONE_ERROR_DATA, recipe);
    return NULL;
}

/* ---- fit ---- */

/* What a checkpoint must agree with: the network and how it is compiled. A model file that is the whole model
 * may have gone on since, and a learning rate is what callbacks move. */
static char *identity_of(const hone_recipe *recipe)
{
    static const char *const keys[] = {"model", "outputs", "compile"};
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && status >= 0; i++) {
        const hone_config *part = hone_internal_config_get(recipe->tree, keys[i]);
        if (part != NULL && !(i == 0 && hone_internal_config_is(part, HONE_CONFIG_TEXT)))
            status = hone_internal_config_set(map, keys[i], hone_internal_config_copy(part));
    }
    hone_config *compile = status < 0 ? NULL : hone_internal_config_get_mutable(map, "compile");
    if (hone_internal_config_present(compile))
        hone_internal_config_remove(compile, "learning_rate");
    char *text = status < 0 ? NULL : hone_internal_config_to_json(map, false);
    hone_internal_config_free(map);
    return text;
}

/* The section `fit` begins as the arguments of hone_fit do. */
_Static_assert(offsetof(hone_recipe_fitting, seed) >= sizeof(hone_fit_args), "fit's fields come first");

static void fill(hone_fit_args *fit, const hone_recipe *recipe, const hone_recipe_args *args)
{
    memcpy(fit, recipe->fit, sizeof *fit);
    fit->base = (hone_args){sizeof *fit, args->base.site};
    fit->validation_split = 0; /* it is held out here */
    fit->output = args->output;
    fit->output_context = args->output_context;
    fit->output_terminal = args->output_terminal;
    fit->output_plain = args->output_plain;
    fit->output_columns = args->output_columns;
}

static const hone_history *fit(hone_recipe *recipe, hone_model *model, const hone_recipe_args *args,
                               hone_callback_list *callbacks)
{
    hone_fit_args fit;
    hone_dataset *validation, *train = hone_recipe_train_data(recipe, model, &validation);
    char *identity = train == NULL ? NULL : identity_of(recipe);
    if (identity == NULL) {
        hone_callback_list_free(callbacks);
        hone_dataset_free(validation);
        hone_dataset_free(train);
        return NULL;
    }
    fill(&fit, recipe, args);
    fit.callbacks = callbacks;
    fit.checkpoint_identity = identity;
    if (validation != NULL)
        fit.validation_data = validation;
    const bool adapted = hone_adapt(model, train) >= 0;
    if (!adapted)
        hone_callback_list_free(callbacks);
    const hone_history *history = adapted ? hone_fit_with(model, train, &fit) : NULL;
    hone_internal_free(identity);
    hone_dataset_free(validation);
    hone_dataset_free(train);
    return history;
}

const hone_history *hone_recipe_fit_with(hone_recipe *recipe, hone_model *model, const hone_recipe_args *said)
{
    hone_recipe_args args = {HONE_RECIPE_FIELDS(HONE_FIELD_DEFAULT, )};
    memcpy(&args, said, said->base.size < sizeof args ? said->base.size : sizeof args);
    bool failed = model == NULL || args.callbacks == NULL || hone_recipe_check(recipe) < 0;
    if (!failed)
        return hone_internal_recipe_run_stages(recipe, model, &args, fit);
    if (args.callbacks != NULL && args.callbacks != HONE_NO_CALLBACKS)
        hone_callback_list_free(args.callbacks);
    if (hone_error_status() >= 0)
        hone_internal_fail_null("a model");
    return NULL;
}

hone_status hone_recipe_evaluate(hone_recipe *recipe, hone_model *model, hone_logs *logs)
{
    HONE_TRY(hone_recipe_check(recipe));
    hone_dataset *data = hone_recipe_test_data(recipe, model);
    if (data == NULL)
        return hone_error_status();
    hone_status status = hone_evaluate(model, data, logs, .batch_size = recipe->fit->batch_size,
                                       .class_weight_list = recipe->fit->class_weight_list,
                                       .class_weight_count = recipe->fit->class_weight_count);
    hone_dataset_free(data);
    return status;
}

hone_model *hone_recipe_train_with(hone_recipe *recipe, const hone_recipe_args *args)
{
    hone_model *model = hone_recipe_model(recipe);
    if (hone_recipe_fit_with(recipe, model, args) != NULL)
        return model;
    hone_model_free(model);
    return NULL;
}
