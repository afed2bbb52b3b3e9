/* Running a recipe: its callbacks, the fit, the evaluation. */
#include "base/memory.h"
#include "model/model.h"
#include "readers/standardize.h"
#include "recipe/parts.h"
#include "train/feed.h"

#include <string.h>

/* ---- fit ---- */

/* What the stage froze and thawed. */
static hone_status put_stage(hone_config *map, const hone_recipe *recipe)
{
    static const char *const keys[] = {"freeze", "unfreeze"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const hone_config *part = hone_internal_config_get(recipe->merged, keys[i]);
        if (part != NULL)
            HONE_TRY(hone_internal_config_set(map, keys[i], hone_internal_config_copy(part)));
    }
    return HONE_OK;
}

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
    if (recipe->merged != NULL && status >= 0)
        status = put_stage(map, recipe);
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

/* The first stage reads the data, which are looked at; their statistics, for normalization layers, are taken
 * then too. */
static hone_status read_data(hone_recipe *recipe, hone_model *model, hone_recipe_run *run)
{
    if (run->train != NULL)
        return HONE_OK;
    run->train = hone_recipe_train_data(recipe, model, &run->validation);
    if (run->train == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_recipe_keep_facts(recipe, model, run->train, run->validation));
    HONE_TRY(hone_internal_dataset_standardize(run->train));
    HONE_TRY(hone_internal_feed_build(model, run->train));
    hone_internal_recipe_look_at(recipe, model, run->train, run->validation);
    return hone_adapt(model, run->train);
}

/* The folder of the checkpoints of this stage, to be freed: that of the recipe when there is one stage. */
static hone_status checkpoint_of(const hone_recipe *recipe, const hone_recipe_run *run, char **folder)
{
    *folder = NULL;
    if (recipe->merged == NULL || recipe->fit->checkpoint == NULL)
        return HONE_OK;
    *folder = hone_internal_format("%s/stage-%zu", recipe->fit->checkpoint, run->stage + 1);
    return *folder == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static const hone_history *run_fit(hone_recipe *recipe, hone_model *model, hone_fit_args *fit,
                                   const hone_recipe_run *run)
{
    double *weights;
    int64_t classes;
    if (hone_internal_recipe_class_weights(recipe, run->train, &weights, &classes) < 0)
        return hone_callback_list_free(fit->callbacks), NULL;
    if (weights != NULL) {
        fit->class_weight_list = weights;
        fit->class_weight_count = (size_t)classes;
    }
    if (run->validation != NULL)
        fit->validation_data = run->validation;
    const hone_history *history = hone_fit_with(model, run->train, fit);
    hone_internal_free(weights);
    return history;
}

static const hone_history *fit(hone_recipe *recipe, hone_model *model, const hone_recipe_args *args,
                               hone_callback_list *callbacks, hone_recipe_run *run)
{
    hone_fit_args fit;
    char *folder = NULL, *identity = NULL;
    hone_status status = read_data(recipe, model, run);
    if (status >= 0)
        status = checkpoint_of(recipe, run, &folder);
    if (status >= 0)
        identity = identity_of(recipe);
    fill(&fit, recipe, args);
    fit.callbacks = callbacks;
    fit.checkpoint_identity = identity;
    if (folder != NULL)
        fit.checkpoint = folder;
    if (identity == NULL)
        hone_callback_list_free(callbacks);
    const hone_history *history = identity == NULL ? NULL : run_fit(recipe, model, &fit, run);
    hone_internal_free(identity);
    hone_internal_free(folder);
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
    double *weights;
    int64_t classes;
    hone_status status = hone_internal_recipe_class_weights(recipe, data, &weights, &classes);
    const bool own = weights != NULL;
    if (status >= 0)
        status = hone_evaluate(model, data, logs, .batch_size = recipe->fit->batch_size,
                               .class_weight_list = own ? weights : recipe->fit->class_weight_list,
                               .class_weight_count = own ? (size_t)classes : recipe->fit->class_weight_count);
    hone_internal_free(weights);
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
