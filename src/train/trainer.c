/* The trainer as callbacks see it, over a fit in progress. */
#include "callbacks/weights_copy.h"
#include "files/files.h"
#include "train/checkpoint.h"
#include "train/distribute.h"

#include <string.h>

void hone_internal_fit_say(hone_fit_run *run, const char *text)
{
    if (run->args->output == NULL)
        return;
    hone_internal_progress_break(&run->progress);
    run->args->output(run->args->output_context, text, strlen(text));
}

static double trainer_rate(void *context)
{
    return hone_optimizer_learning_rate(((hone_fit_run *)context)->model->compiled.optimizer);
}
static hone_status trainer_set_rate(void *context, double rate)
{
    return hone_optimizer_set_learning_rate(((hone_fit_run *)context)->model->compiled.optimizer, rate);
}
static hone_status trainer_set_momentum(void *context, double momentum)
{
    return hone_internal_optimizer_set_momentum(((hone_fit_run *)context)->model->compiled.optimizer,
                                                momentum);
}
static int trainer_direction(void *context, const char *name)
{
    return hone_internal_compiled_direction(((hone_fit_run *)context)->model, name);
}
static hone_status trainer_save(void *context, const char *path, bool weights_only)
{
    bool weights = (hone_file_uses(path) & HONE_SAVES_WEIGHTS) != 0;
    char endings[64];
    if (weights && !weights_only)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: a whole model is saved as %s; this file would hold only its weights", path,
                         hone_file_endings(HONE_SAVES_MODEL, endings, sizeof endings));
    if (weights_only && !weights)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: weights without the model are saved as %s", path,
                         hone_file_endings(HONE_SAVES_WEIGHTS, endings, sizeof endings));
    const hone_fit_run *run = context;
    return run->trainer.rank > 0 ? HONE_OK : hone_save(run->model, path);
}
static void trainer_print(void *context, const char *text)
{
    hone_internal_fit_say(context, text);
}
static hone_status trainer_swap(void *context)
{
    hone_fit_run *run = context;
    HONE_TRY(hone_internal_optimizer_swap_averages(run->model->compiled.optimizer));
    run->swapped = !run->swapped;
    return HONE_OK;
}
static hone_status trainer_keep(void *context, const char *folder, int64_t every)
{
    return hone_internal_checkpoint_open(context, folder, every, true);
}
static hone_status trainer_drop(void *context, const char *folder)
{
    return ((const hone_fit_run *)context)->trainer.rank > 0 ? HONE_OK
                                                             : hone_internal_checkpoint_remove(folder);
}

static size_t weight_floats(const hone_model *model)
{
    size_t floats = 0;
    for (size_t i = 0; i < model->weights.count; i++)
        floats += (size_t)hone_internal_variable_count(model->weights.items[i]);
    return floats;
}

static hone_weights_copy *trainer_copy(void *context, hone_weights_copy *into)
{
    const hone_model *model = ((hone_fit_run *)context)->model;
    if (into == NULL)
        into = hone_internal_weights_copy_create(weight_floats(model));
    if (into == NULL)
        return NULL;
    float *next = into->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(next, hone_internal_variable_data(model->weights.items[i]), count * sizeof(float));
        next += count;
    }
    return into;
}

static hone_status trainer_restore(void *context, const hone_weights_copy *copy)
{
    const hone_model *model = ((hone_fit_run *)context)->model;
    if (copy->floats != weight_floats(model))
        return hone_fail(HONE_ERROR_STATE, "the kept weights belong to another model");
    const float *next = copy->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(hone_internal_variable_data(model->weights.items[i]), next, count * sizeof(float));
        next += count;
    }
    return HONE_OK;
}

void hone_internal_fit_fill_trainer(hone_fit_run *run)
{
    run->trainer = (hone_trainer){.context = run,
                                  .rank = hone_group_rank(hone_internal_model_group(run->model)),
                                  .epochs = run->args->epochs,
                                  .verbose = (int)run->args->verbose,
                                  .steps = HONE_ANY,
                                  .learning_rate = trainer_rate,
                                  .set_learning_rate = trainer_set_rate,
                                  .set_momentum = trainer_set_momentum,
                                  .direction = trainer_direction,
                                  .save = trainer_save,
                                  .copy_weights = trainer_copy,
                                  .restore_weights = trainer_restore,
                                  .swap_averages = trainer_swap,
                                  .keep_checkpoint = trainer_keep,
                                  .drop_checkpoint = trainer_drop,
                                  .print = trainer_print,
                                  .visit_weights = hone_internal_watch_weights,
                                  .visit_gradients = hone_internal_watch_gradients,
                                  .describe_model = hone_internal_watch_model,
                                  .describe_training = hone_internal_watch_training,
                                  .visit_calls = hone_internal_watch_calls,
                                  .visit_maps = hone_internal_watch_maps,
                                  .best_epoch = -1,
                                  .validates = run->validation != NULL,
                                  .scheduled = run->model->compiled.optimizer->schedule != NULL};
}
