/* The doctor of recipes: makes what a recipe trains, as it is or with a cure, and says what a cure is in it.
 */
#include "base/clock.h"
#include "doctor/doctor.h"
#include "base/memory.h"
#include "readers/standardize.h"
#include "recipe/parts.h"
#include "train/feed.h"
#include "verbs.h"
#include <hone/recipe.h>

#include <stdio.h>
#include <string.h>

/* A weight as the stages before this one have left it. */
typedef struct kept_weight {
    char *path;
    float *data;
    size_t count;
} kept_weight;

typedef struct recipe_source {
    hone_recipe *recipe;
    hone_dataset *train, *validation; /* as the recipe has them; read once */
    size_t stage;                     /* of a fit in stages: the one that is examined */
    kept_weight *kept;                /* of the first stage: none */
    size_t kept_count;
} recipe_source;

/* ---- stages ---- */

static void forget_weights(recipe_source *source)
{
    for (size_t i = 0; i < source->kept_count; i++) {
        hone_internal_free(source->kept[i].path);
        hone_internal_free(source->kept[i].data);
    }
    hone_internal_free(source->kept);
    source->kept = NULL;
    source->kept_count = 0;
}

/* What the examination of a stage has trained is where the next one begins. */
static hone_status keep_weights(recipe_source *source, const hone_model *model)
{
    forget_weights(source);
    source->kept = hone_internal_allocate_zeroed(model->weights.count + 1, sizeof *source->kept);
    if (source->kept == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *variable = model->weights.items[i];
        kept_weight *one = &source->kept[source->kept_count++];
        one->count = (size_t)hone_internal_variable_count(variable);
        one->path = hone_internal_copy_text(hone_variable_path(variable));
        one->data = hone_internal_allocate((one->count + 1) * sizeof *one->data);
        if (one->path == NULL || one->data == NULL)
            return HONE_ERROR_MEMORY;
        memcpy(one->data, hone_internal_variable_data(variable), one->count * sizeof *one->data);
    }
    return HONE_OK;
}

static void put_weights_back(const recipe_source *source, hone_model *model)
{
    for (size_t i = 0; i < model->weights.count; i++)
        for (size_t k = 0; k < source->kept_count; k++) {
            hone_variable *variable = model->weights.items[i];
            const kept_weight *one = &source->kept[k];
            if (strcmp(one->path, hone_variable_path(variable)) != 0 ||
                one->count != (size_t)hone_internal_variable_count(variable))
                continue;
            float *data = hone_internal_variable_data(variable);
            variable->fresh = variable->fresh && memcmp(data, one->data, one->count * sizeof *data) == 0;
            memcpy(data, one->data, one->count * sizeof *data);
        }
}

/* Whether the stage says its own learning rate, in place of that of the optimizer. */
static bool has_own_rate(const recipe_source *source)
{
    const hone_config *fit = hone_internal_config_get(source->recipe->tree, "fit");
    return hone_internal_config_get(hone_internal_config_at(fit, source->stage), "learning_rate") != NULL;
}

/* A cure of one stage: what it changes of fit, and of a rate that the stage says, stands in the stage. */
static void place_in_stage(const recipe_source *source, hone_cure *cure)
{
    if (hone_internal_recipe_stage_count(source->recipe) < 2)
        return;
    for (int e = 0; e < cure->count; e++) {
        hone_edit *edit = &cure->edits[e];
        char name[sizeof edit->target];
        bool rate = strcmp(edit->target, "compile.learning_rate") == 0 && has_own_rate(source);
        bool fit = strncmp(edit->target, "fit.", 4) == 0 && strspn(edit->target + 4, "0123456789") == 0;
        if (edit->kind != HONE_EDIT_SET || (!rate && !fit))
            continue;
        snprintf(name, sizeof name, "%s", rate ? "learning_rate" : edit->target + 4);
        snprintf(edit->target, sizeof edit->target, "fit.%zu.%.70s", source->stage, name);
    }
}

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
    HONE_TRY(hone_internal_recipe_begin_stages(recipe, subject->model, source->stage));
    if (reads)
        subject->train = hone_recipe_train_data(recipe, subject->model, &subject->validation);
    else {
        subject->train = hone_dataset_retain(source->train);
        subject->validation = source->validation == NULL ? NULL : hone_dataset_retain(source->validation);
    }
    if (subject->train == NULL)
        return hone_error_status();
    subject->stage = (int)source->stage;
    subject->stages = (int)hone_internal_recipe_stage_count(recipe);
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

/* What layers learn from the data before the training. Data that they refuse are examined all the same. */
static hone_status adapt(hone_subject *subject)
{
    hone_error_parts parts;
    if (hone_internal_feed_build(subject->model, subject->train) < 0) {
        hone_error_clear(); /* the examination says why */
        return HONE_OK;
    }
    hone_status status = hone_adapt(subject->model, subject->train);
    if (status != HONE_ERROR_DATA)
        return status;
    hone_error_get_parts(&parts, sizeof parts);
    subject->unfit = parts.name[0] == '\0' ? hone_internal_copy_text(parts.sentence)
                                           : hone_internal_format("%s: %s", parts.name, parts.sentence);
    return subject->unfit == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* The recipe as it is, or cured, with another seed. */
static hone_status change_recipe(const recipe_source *source, hone_recipe *recipe, const hone_cure *cure,
                                 uint64_t seed)
{
    if (cure != NULL) {
        hone_cure placed = *cure;
        place_in_stage(source, &placed);
        HONE_TRY(hone_recipe_cure(recipe, &placed));
    }
    HONE_TRY(hone_recipe_check(recipe));
    if (recipe->fit == NULL || seed == 0)
        return HONE_OK;
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)(recipe->fit->seed + (int64_t)seed));
    HONE_TRY(hone_recipe_set(recipe, "fit.seed", text));
    return hone_recipe_check(recipe);
}

/* What a recipe trains, in the stage that is examined. */
static hone_status make(void *context, const hone_cure *cure, uint64_t seed, hone_subject *subject)
{
    recipe_source *source = context;
    hone_recipe *recipe = hone_internal_recipe_copy(source->recipe);
    *subject = (hone_subject){.model = NULL};
    hone_status status = recipe == NULL ? hone_error_status() : change_recipe(source, recipe, cure, seed);
    bool reads = source->train == NULL || touches_data(cure);
    if (status >= 0)
        status = fill(recipe, source, reads, subject);
    if (status >= 0 && source->train == NULL) {
        source->train = hone_dataset_retain(subject->train);
        source->validation = subject->validation == NULL ? NULL : hone_dataset_retain(subject->validation);
    }
    if (status >= 0 && reads)
        status = hone_internal_dataset_standardize(subject->train);
    if (status >= 0)
        status = adapt(subject);
    if (status >= 0)
        put_weights_back(source, subject->model);
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
    for (int c = 0; c < finding->cure_count; c++)
        place_in_stage(context, &finding->cures[c]);
    hone_internal_recipe_describe_cure(((recipe_source *)context)->recipe, finding);
}

/* The class of "lstm" or "lstm(8)" is LSTM. */
static void name_class(const hone_config *item, char *name, size_t size)
{
    char kind[96];
    const char *said = hone_internal_config_is(item, HONE_CONFIG_TEXT)  ? hone_internal_config_as_text(item)
                       : hone_internal_config_is(item, HONE_CONFIG_MAP) ? hone_internal_config_key(item, 0)
                                                                        : "";
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(said, "( "), said);
    const hone_type *type = hone_internal_type_find("layer", kind);
    snprintf(name, size, "%s", type == NULL ? "" : type->class_name);
}

/* The layer at which the recipe failed: the last that begins before the place of the message. */
static void name_failed(const hone_recipe *recipe, hone_refusal *refusal)
{
    const hone_config *list = hone_internal_config_get(recipe->tree, "model");
    hone_error_parts parts;
    hone_error_get_parts(&parts, sizeof parts);
    const int line = parts.line, column = parts.column;
    hone_failure failure;
    hone_internal_error_take(&failure); /* asking for types clears it */
    *refusal = (hone_refusal){.layer = ""};
    for (size_t i = 0;
         i < hone_internal_config_count(list) && hone_internal_config_is(list, HONE_CONFIG_LIST); i++) {
        const hone_config_place place = hone_internal_config_place(hone_internal_config_at(list, i));
        if (place.line > line || (place.line == line && place.column > column))
            continue;
        hone_internal_recipe_layer_name(list, i, refusal->layer, sizeof refusal->layer);
        if (i == 0)
            continue;
        hone_internal_recipe_layer_name(list, i - 1, refusal->after, sizeof refusal->after);
        name_class(hone_internal_config_at(list, i - 1), refusal->after_class, sizeof refusal->after_class);
    }
    hone_internal_error_raise(&failure);
}

/* Layers that do not fit each other are a diagnosis. */
static hone_diagnosis *diagnose_failure(hone_recipe *recipe, const hone_diagnose_args *args,
                                        const hone_subject_source *source)
{
    hone_refusal refusal;
    if (hone_error_status() != HONE_ERROR_SHAPE)
        return NULL;
    name_failed(recipe, &refusal);
    return hone_internal_diagnosis_of_failure(args, source, &refusal);
}

/* Whether there is something to say of a stage, or nothing to go on with. */
static bool is_last_word(const hone_diagnosis *diagnosis)
{
    const hone_doctor_outcome outcome = diagnosis->facts.outcome;
    return diagnosis->count > 0 || outcome == HONE_OUTCOME_REFUSED || outcome == HONE_OUTCOME_STUCK ||
           outcome == HONE_OUTCOME_BROKE;
}

/* Stage after stage, each with its share of the time, up to the first of which there is something to say. */
static hone_diagnosis *diagnose_stages(hone_recipe *recipe, const hone_diagnose_args *args,
                                       const hone_subject_source *source)
{
    recipe_source *from = source->context;
    hone_diagnosis *diagnosis = NULL;
    const size_t count = hone_internal_recipe_stage_count(recipe);
    const double begun = hone_internal_now();
    for (bool goes_on = true; goes_on; from->stage++) {
        hone_subject subject;
        hone_diagnose_args part = *args;
        part.time = (args->time - (hone_internal_now() - begun)) / (double)(count - from->stage);
        part.time = part.time > 0 ? part.time : 1e-3;
        hone_diagnosis_free(diagnosis);
        if (make(from, NULL, 0, &subject) < 0)
            return diagnose_failure(recipe, args, source);
        diagnosis = hone_internal_examine(&subject, &part, source);
        goes_on = diagnosis != NULL && from->stage + 1 < count && !is_last_word(diagnosis) &&
                  keep_weights(from, subject.model) >= 0;
        hone_internal_subject_free(&subject);
    }
    return diagnosis;
}

hone_diagnosis *hone_recipe_diagnose_with(hone_recipe *recipe, const hone_diagnose_args *said)
{
    hone_diagnose_args args;
    recipe_source from = {.recipe = recipe};
    hone_subject_source source = {.context = &from, .make = make, .describe = describe};
    if (hone_internal_args_read(&hone_internal_diagnose_verb, said, &args) < 0 ||
        hone_recipe_check(recipe) < 0)
        return NULL;
    hone_diagnosis *diagnosis = diagnose_stages(recipe, &args, &source);
    forget_weights(&from);
    hone_dataset_free(from.train);
    hone_dataset_free(from.validation);
    return diagnosis;
}
