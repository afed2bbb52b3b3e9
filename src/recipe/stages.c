/* A fit in stages: the section `fit` as a list.
 *
 *   fit:
 *     - {epochs: 5, batch_size: 32}                                  new layers behind a frozen base
 *     - {unfreeze: "block5*", learning_rate: 1e-5, epochs: 10}       then part of the base, slowly
 *
 * A stage has the settings of those before it, but for what it says itself; `freeze`, `unfreeze`, `lora`
 * and `learning_rate` are of the stage that says them. Epochs are numbered on, in one history. A stage has a
 * checkpoint of its own, in DIR/stage-1, DIR/stage-2, ...; a run that is resumed goes through the stages that
 * are over, each of which is at its end at once. */
#include "base/limits.h"
#include "base/memory.h"
#include "model/model.h"
#include "recipe/parts.h"
#include "train/fit.h"

#include <string.h>

/* What a stage does when it begins, and no later one does again. */
static const char *const own_keys[] = {"freeze", "unfreeze", "lora", "learning_rate"};
enum { OWN_KEYS = sizeof own_keys / sizeof *own_keys };

static const hone_config *stages_of(const hone_recipe *recipe)
{
    const hone_config *fit = hone_internal_config_get(recipe->tree, "fit");
    return hone_internal_config_is(fit, HONE_CONFIG_LIST) ? fit : NULL;
}

size_t hone_internal_recipe_stage_count(const hone_recipe *recipe)
{
    const hone_config *stages = stages_of(recipe);
    return stages == NULL ? 1 : hone_internal_config_count(stages);
}

static hone_status lay_over(hone_config *merged, const hone_config *stage)
{
    for (int i = 0; i < OWN_KEYS; i++)
        hone_internal_config_remove(merged, own_keys[i]);
    for (size_t i = 0; i < hone_internal_config_count(stage); i++)
        HONE_TRY(hone_internal_config_set(merged, hone_internal_config_key(stage, i),
                                          hone_internal_config_copy(hone_internal_config_at(stage, i))));
    return HONE_OK;
}

hone_status hone_internal_recipe_merge_stage(hone_recipe *recipe, size_t stage)
{
    const hone_config *stages = stages_of(recipe);
    hone_internal_config_free(recipe->merged);
    recipe->merged = NULL;
    if (stages == NULL)
        return HONE_OK;
    if (hone_internal_config_count(stages) == 0)
        return hone_internal_config_fail(
            stages, "fit is an empty list; it must be a map, or a list of one for each stage");
    if (hone_internal_config_count(stages) >
        hone_internal_limits.recipe_stages) /* each lies over those before */
        return hone_internal_config_fail(stages, "fit has %zu stages; at most %zu are read",
                                         hone_internal_config_count(stages),
                                         hone_internal_limits.recipe_stages);
    hone_status status = (recipe->merged = hone_internal_config_map()) == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i <= stage && status >= 0; i++) {
        const hone_config *one = hone_internal_config_at(stages, i);
        status = hone_internal_recipe_expect(one, HONE_CONFIG_MAP, "a stage of fit");
        if (status >= 0)
            status = lay_over(recipe->merged, one);
        hone_internal_config_set_place(recipe->merged, hone_internal_config_place(one));
    }
    return status;
}

/* ---- running ---- */

/* Freezes, thaws and compiles again, as the present stage says. */
static hone_status begin_stage(const hone_recipe *recipe, hone_model *model)
{
    const hone_config *stage = hone_internal_recipe_section(recipe, "fit");
    if (!hone_internal_config_present(stage))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_set_trainable(model, stage));
    return hone_internal_recipe_compile_stage(model, stage);
}

hone_status hone_internal_recipe_begin_stages(hone_recipe *recipe, hone_model *model, size_t stage)
{
    for (size_t s = 0; s <= stage; s++) {
        HONE_TRY(hone_internal_recipe_read_stage(recipe, s));
        HONE_TRY(hone_internal_recipe_label(begin_stage(recipe, model), recipe));
    }
    return HONE_OK;
}

/* New references to a program's callbacks, for another stage. */
static hone_callback_list *again(const hone_callback_list *list)
{
    if (list == HONE_NO_CALLBACKS)
        return HONE_NO_CALLBACKS;
    hone_callback **all = hone_internal_allocate((list->count + 1) * sizeof *all);
    hone_callback_list *result = NULL;
    for (size_t i = 0; all != NULL && i < list->count; i++)
        all[i] = hone_callback_retain(list->items[i]);
    if (all != NULL) {
        all[list->count] = hone_callbacks_end;
        result = hone_callbacks_with(all);
    }
    hone_internal_free(all);
    return result;
}

/* Whether the next stage may follow: early stopping ends a stage, all else the run. */
static bool goes_on(const hone_history *history)
{
    const char *reason = hone_history_stopped_by(history);
    return history != NULL && (reason == NULL || strcmp(reason, "early_stopping") == 0);
}

static const hone_history *run_stage(hone_recipe *recipe, hone_model *model, const hone_recipe_args *args,
                                     hone_recipe_fit_function *fit, hone_recipe_run *run)
{
    const size_t stage = run->stage;
    hone_status status = hone_internal_recipe_read_stage(recipe, stage);
    if (status >= 0)
        status = hone_internal_recipe_label(begin_stage(recipe, model), recipe);
    if (status >= 0 && stage > 0)
        status = hone_internal_fit_goes_on(model);
    hone_callback_list *more = status < 0 ? NULL : again(args->callbacks);
    hone_callback_list *callbacks = more == NULL ? NULL : hone_internal_recipe_callbacks(recipe, more);
    if (callbacks == NULL)
        return NULL;
    recipe->fit->initial_epoch += stage == 0 ? 0 : hone_history_epoch_count(hone_model_history(model));
    recipe->fit->epochs += stage == 0 ? 0 : recipe->fit->initial_epoch;
    return fit(recipe, model, args, callbacks, run);
}

const hone_history *hone_internal_recipe_run_stages(hone_recipe *recipe, hone_model *model,
                                                    const hone_recipe_args *args,
                                                    hone_recipe_fit_function *fit)
{
    const hone_history *history = NULL;
    size_t count = hone_internal_recipe_stage_count(recipe);
    hone_recipe_run run = {0};
    for (; run.stage < count && (run.stage == 0 || goes_on(history)); run.stage++)
        history = run_stage(recipe, model, args, fit, &run);
    hone_dataset_free(run.validation);
    hone_dataset_free(run.train);
    if (args->callbacks != HONE_NO_CALLBACKS)
        hone_callback_list_free(args->callbacks);
    if (count > 1)
        hone_internal_recipe_forget_sections(recipe); /* those of the last stage */
    return history;
}
