/* The doctor of recipes: makes what a recipe trains, as it is or with a cure, and says what a cure is in it.
 */
#include "doctor/doctor.h"
#include "base/memory.h"
#include "recipe/parts.h"
#include "verbs.h"
#include <hone/recipe.h>

#include <stdio.h>
#include <string.h>

typedef struct recipe_source {
    hone_recipe *recipe;
    hone_dataset *train, *validation; /* as the recipe has them; read once */
} recipe_source;

/* ---- subjects ---- */

static bool touches_data(const hone_cure *cure)
{
    for (int e = 0; cure != NULL && e < cure->count; e++)
        if (strncmp(cure->edits[e].target, "data.", 5) == 0 && cure->edits[e].kind == HONE_EDIT_SET)
            return true;
    return false;
}

/* early_stopping among the callbacks. */
static void find_monitor(const hone_recipe *recipe, hone_subject *subject)
{
    const hone_config *list = hone_internal_recipe_get(recipe, "fit", "callbacks");
    subject->patience = HONE_NONE_INTEGER;
    subject->min_delta = HONE_NONE;
    for (size_t i = 0; i < hone_internal_config_count(list); i++) {
        hone_callback *callback = hone_callback_from_text(hone_internal_config_text_at(list, i));
        if (callback == NULL) {
            hone_error_clear();
            continue;
        }
        if (strcmp(callback->type->type.name, "early_stopping") == 0) {
            const hone_early_stopping_args *args = callback->args;
            subject->monitor = args->monitor == NULL ? "val_loss" : args->monitor;
            subject->patience = args->patience;
            subject->min_delta = args->min_delta;
            subject->monitor_mode = args->mode;
            subject->monitor_holder = callback;
            return;
        }
        hone_callback_free(callback);
    }
}

static hone_status fill(hone_recipe *recipe, const recipe_source *source, bool reads, hone_subject *subject)
{
    subject->model = hone_recipe_model(recipe);
    if (subject->model == NULL)
        return hone_error_status();
    if (reads)
        subject->train = hone_recipe_train_data(recipe, subject->model, &subject->validation);
    else {
        subject->train = hone_dataset_retain(source->train);
        subject->validation = source->validation == NULL ? NULL : hone_dataset_retain(source->validation);
    }
    if (subject->train == NULL)
        return hone_error_status();
    subject->batch = recipe->fit->batch_size;
    subject->epochs = recipe->fit->epochs > 0 ? recipe->fit->epochs : 1;
    subject->shuffle = recipe->fit->shuffle;
    return HONE_OK;
}

static hone_status copy_weights_of_classes(const hone_recipe *recipe, hone_subject *subject)
{
    hone_numbers weights = hone_internal_numbers_of(&recipe->fit->class_weight);
    if (weights.items == NULL)
        return HONE_OK;
    double *copy = hone_internal_allocate((weights.count + 1) * sizeof *copy);
    if (copy == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(copy, weights.items, weights.count * sizeof *copy);
    subject->class_weight = (hone_numbers){copy, weights.count};
    subject->weights_holder = copy;
    return HONE_OK;
}

/* What a recipe trains. Early stages alone of a fit in stages. */
static hone_status make(void *context, const hone_cure *cure, uint64_t seed, hone_subject *subject)
{
    recipe_source *source = context;
    hone_recipe *recipe = hone_internal_recipe_copy(source->recipe);
    *subject = (hone_subject){.model = NULL};
    hone_status status = recipe == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && cure != NULL)
        status = hone_recipe_cure(recipe, cure);
    if (status >= 0)
        status = hone_recipe_check(recipe);
    if (status >= 0 && recipe->fit != NULL && seed > 0) {
        char text[32];
        snprintf(text, sizeof text, "%lld", (long long)(recipe->fit->seed + (int64_t)seed));
        status = hone_recipe_set(recipe, "fit.seed", text);
        if (status >= 0)
            status = hone_recipe_check(recipe);
    }
    bool reads = source->train == NULL || touches_data(cure);
    if (status >= 0)
        status = fill(recipe, source, reads, subject);
    if (status >= 0 && source->train == NULL) {
        source->train = hone_dataset_retain(subject->train);
        source->validation = subject->validation == NULL ? NULL : hone_dataset_retain(subject->validation);
    }
    if (status >= 0)
        status = hone_adapt(subject->model, subject->train);
    if (status >= 0)
        status = copy_weights_of_classes(recipe, subject);
    if (status >= 0)
        find_monitor(recipe, subject);
    hone_recipe_free(recipe);
    if (status < 0)
        hone_internal_subject_free(subject);
    return status;
}

static void describe(void *context, hone_finding *finding)
{
    hone_internal_recipe_describe_cure(((recipe_source *)context)->recipe, finding);
}

/* The layer at which the recipe failed: the last that begins before the place of the message. */
static void name_failed(const hone_recipe *recipe, char *name, size_t size)
{
    const hone_config *list = hone_internal_config_get(recipe->tree, "model");
    hone_error_parts parts;
    hone_error_get_parts(&parts, sizeof parts);
    const int line = parts.line, column = parts.column;
    hone_failure failure;
    hone_internal_error_take(&failure); /* asking for types clears it */
    name[0] = '\0';
    for (size_t i = 0;
         i < hone_internal_config_count(list) && hone_internal_config_is(list, HONE_CONFIG_LIST); i++) {
        const hone_config_place place = hone_internal_config_place(hone_internal_config_at(list, i));
        if (place.line < line || (place.line == line && place.column <= column))
            hone_internal_recipe_layer_name(list, i, name, size);
    }
    hone_internal_error_raise(&failure);
}

hone_diagnosis *hone_recipe_diagnose_with(hone_recipe *recipe, const hone_diagnose_args *said)
{
    hone_diagnose_args args;
    hone_subject subject;
    recipe_source from = {.recipe = recipe};
    hone_subject_source source = {.context = &from, .make = make, .describe = describe};
    if (hone_internal_args_read(&hone_internal_diagnose_verb, said, &args) < 0 ||
        hone_recipe_check(recipe) < 0)
        return NULL;
    hone_diagnosis *diagnosis = NULL;
    if (make(&from, NULL, 0, &subject) >= 0) {
        if (!subject.model->compiled.ready || !hone_model_has_loss(subject.model))
            hone_fail(HONE_ERROR_STATE, "%s: there is no loss to train with", recipe->label);
        else if (hone_internal_dataset_streams(subject.train))
            hone_fail(HONE_ERROR_UNSUPPORTED, "the doctor needs a data set of known length");
        else
            diagnosis = hone_internal_examine(&subject, &args, &source);
        hone_internal_subject_free(&subject);
    } else if (hone_error_status() ==
               HONE_ERROR_SHAPE) { /* layers that do not fit each other are a diagnosis */
        char layer[128];
        name_failed(recipe, layer, sizeof layer);
        diagnosis = hone_internal_diagnosis_of_failure(&args, layer);
        for (int i = 0; i < hone_diagnosis_count(diagnosis); i++)
            hone_internal_recipe_describe_cure(recipe, &diagnosis->findings[i]);
    }
    hone_dataset_free(from.train);
    hone_dataset_free(from.validation);
    return diagnosis;
}
