/* fit: its arguments, setting up and clearing away. epochs.c runs it. */
#include "train/fit.h"
#include "base/memory.h"
#include "data/windows.h"
#include "optimizers/part.h"
#include "readers/standardize.h"
#include "schedules/schedule.h"
#include "train/checkpoint.h"
#include "train/distribute.h"
#include "train/prepare.h"
#include "train/shards.h"
#include "train/traces.h"
#include "verbs.h"

#include <math.h>
#include <string.h>

static hone_status split(hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    run->validation = args->validation_data == HONE_NO_DATASET ? NULL : args->validation_data;
    if (run->validation != NULL || args->validation_split == 0)
        return HONE_OK;
    if (hone_internal_dataset_streams(run->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split needs arrays, not batches from a callback");
    int64_t count = hone_dataset_count(run->data),
            kept = (int64_t)floor((double)count * (1 - args->validation_split)),
            before = kept - hone_internal_dataset_overlap(run->data);
    if (before < 1 || kept >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split %g of %lld samples leaves one part empty",
                         args->validation_split, (long long)count);
    run->slices[0] = hone_dataset_slice(run->data, 0, before);
    run->slices[1] = hone_dataset_slice(run->data, kept, HONE_NONE_INTEGER);
    if (run->slices[0] == NULL || run->slices[1] == NULL)
        return hone_error_status();
    run->data = run->slices[0];
    run->validation = run->slices[1];
    return HONE_OK;
}

static hone_status check_weights(hone_fit_run *run)
{
    run->class_weight = hone_internal_numbers_of(run->args->class_weight);
    return hone_internal_class_weights_fit(run->model, run->data, run->class_weight);
}

static hone_status prepare(hone_fit_run *run)
{
    hone_dataset **sets[2] = {&run->data, &run->validation};
    for (int i = 0; i < 2; i++) {
        if (*sets[i] == NULL)
            continue;
        run->prepared[i] = hone_internal_prepare_data(run->model, *sets[i]);
        if (run->prepared[i] == NULL)
            return hone_error_status();
        *sets[i] = run->prepared[i];
    }
    return HONE_OK;
}

/* As Keras says it: such a training changes nothing but statistics. */
static void look_for_weights(const hone_fit_run *run)
{
    static const char line[] = "The model has no trainable weights: nothing is learned.\n";
    for (size_t i = 0; i < run->model->weights.count; i++)
        if (run->model->weights.items[i]->trainable)
            return;
    if (run->args->output != NULL)
        ((hone_output *)run->args->output)(run->args->output_context, line, sizeof line - 1);
}

/* A schedule whose length is left to the fit falls until the end of it. */
static hone_status set_schedule(const hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    const hone_optimizer *optimizer = run->model->compiled.optimizer;
    const int64_t steps = hone_internal_fit_steps(run);
    if (!hone_internal_schedule_is_open(optimizer->schedule))
        return HONE_OK;
    if (steps == HONE_ANY)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: its number of steps must be given: that of the data is not known beforehand",
                         optimizer->schedule->type->type.name);
    hone_internal_schedule_set_length(
        optimizer->schedule, (double)(optimizer->iterations + steps * (args->epochs - args->initial_epoch)));
    return HONE_OK;
}

static hone_status check_shards(const hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    const int64_t size = hone_internal_reading_size(run->data, args->batch_size);
    if (args->shards == 1)
        return HONE_OK;
    if (args->shards > size)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "shards %lld of batches of %lld samples: some would have none; at most %lld",
                         (long long)args->shards, (long long)size, (long long)size);
    return hone_internal_shards_check(run->model);
}

static hone_status set_up(hone_fit_run *run)
{
    HONE_TRY(hone_internal_feed_check(run->model, run->data, true));
    if (run->validation != NULL)
        HONE_TRY(hone_internal_feed_check(run->model, run->validation, true));
    HONE_TRY(hone_internal_prepare_training(run->model));
    look_for_weights(run);
    HONE_TRY(check_weights(run));
    HONE_TRY(check_shards(run));
    if (run->args->shard_optimizer)
        HONE_TRY(hone_internal_optimizer_check_parts(run->model->compiled.optimizer));
    HONE_TRY(set_schedule(run));
    HONE_TRY(prepare(run));
    if (run->args->shuffle && !hone_internal_dataset_streams(run->data) &&
        !hone_internal_dataset_orders(run->data)) {
        run->order = hone_internal_allocate(sizeof *run->order * (size_t)hone_dataset_count(run->data));
        if (run->order == NULL)
            return HONE_ERROR_MEMORY;
    }
    run->progress = (hone_progress){.output = (hone_output *)run->args->output,
                                    .context = run->args->output_context,
                                    .verbose = run->args->output != NULL ? (int)run->args->verbose : 0,
                                    .terminal = run->args->output_terminal,
                                    .plain = run->args->output_plain,
                                    .columns = run->args->output_columns};
    return HONE_OK;
}

static hone_status run_fit(hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    HONE_TRY(split(run));
    HONE_TRY(hone_internal_dataset_standardize(run->data));
    HONE_TRY(hone_internal_model_learn_schema(run->model, run->data, args->validation_data));
    HONE_TRY(set_up(run));
    hone_internal_fit_fill_trainer(run);
    if (args->checkpoint != NULL)
        HONE_TRY(hone_internal_checkpoint_open(
            run, args->checkpoint, args->checkpoint_every == HONE_NONE_INTEGER ? 0 : args->checkpoint_every,
            args->resume));
    run->session = hone_internal_session_begin();
    run->session.shards = (int)args->shards;
    run->session.group = hone_internal_model_group(run->model);
    run->session.shard_optimizer = args->shard_optimizer && run->session.group != NULL;
    hone_status status = hone_internal_fit_run_epochs(run);
    if (status >= 0 && run->session.traces)
        status = hone_internal_traces_gather(run->session.group);
    hone_internal_session_end(&run->session);
    run->history->best_epoch = run->trainer.best_epoch;
    if (run->trainer.stop_reason != NULL) {
        run->history->stopped_by = hone_internal_copy_text(run->trainer.stop_reason);
        if (run->history->stopped_by == NULL)
            return HONE_ERROR_MEMORY;
    }
    return status;
}

hone_status hone_internal_fit_goes_on(hone_model *model)
{
    hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL)
        return hone_error_status();
    kept->goes_on = true;
    return HONE_OK;
}

/* An empty history in place of the model's last one, or that one; NULL on failure. */
static hone_history *new_history(hone_model *model)
{
    hone_kept_training *kept = hone_internal_model_training(model);
    bool goes_on = kept != NULL && kept->goes_on && kept->history != NULL;
    if (goes_on) {
        kept->goes_on = false;
        hone_internal_free(kept->history->stopped_by);
        kept->history->stopped_by = NULL;
        return kept->history;
    }
    hone_history *history = kept == NULL ? NULL : hone_internal_history_create();
    if (history == NULL)
        return NULL;
    hone_internal_history_free(kept->history);
    return kept->history = history;
}

static void end_run(hone_fit_run *run)
{
    hone_internal_reading_end(&run->reading);
    hone_internal_progress_free(&run->progress);
    hone_internal_arena_free(&run->lists);
    hone_logs_free(&run->logs);
    hone_internal_free(run->shown);
    hone_logs_free(&run->tested);
    hone_internal_free(run->hidden);
    hone_internal_free(run->order);
    hone_internal_free(run->kept_reason);
    hone_internal_checkpoint_close(run);
    hone_dataset_free(run->prepared[0]);
    hone_dataset_free(run->prepared[1]);
    hone_dataset_free(run->slices[0]);
    hone_dataset_free(run->slices[1]);
}

static hone_status fit(hone_model *model, hone_dataset *data, const hone_fit_args *args)
{
    hone_history *history = new_history(model);
    if (history == NULL)
        return hone_error_status();
    hone_fit_run run = {.model = model,
                        .data = data,
                        .args = args,
                        .callbacks = args->callbacks == HONE_NO_CALLBACKS ? NULL : args->callbacks,
                        .history = history,
                        .epoch = args->initial_epoch};
    atomic_store(&model->stop, 0);
    hone_internal_error_push(args->base.site, NULL);
    hone_status status = hone_internal_fit_part(&run, run_fit(&run));
    hone_internal_error_pop();
    end_run(&run);
    return status;
}

/* As this rank does it. */
static hone_status fit_here(hone_model *model, hone_dataset *data, hone_fit_args *args)
{
    char line[160];
    HONE_TRY(hone_internal_fit_share(model, data, args, line, sizeof line));
    if (args->output != NULL && line[0] != '\0')
        ((hone_output *)args->output)(args->output_context, line, strlen(line));
    return fit(model, data, args);
}

const hone_history *hone_fit_with(hone_model *model, hone_dataset *data, const hone_fit_args *said)
{
    hone_fit_args args;
    hone_status status = hone_internal_args_read(&hone_internal_fit_verb, said, &args);
    if (status >= 0 && (model == NULL || data == NULL))
        status = hone_internal_fail_null(model == NULL ? "a model" : "a data set");
    if (status >= 0)
        status = fit_here(model, data, &args);
    if (args.callbacks != HONE_NO_CALLBACKS)
        hone_callback_list_free(args.callbacks);
    if (status < 0 && model != NULL)
        hone_group_fail(hone_internal_model_group(model));
    return status < 0 ? NULL : hone_model_history(model);
}

const hone_history *hone_model_history(const hone_model *model)
{
    return model == NULL || model->training == NULL ? NULL
                                                    : ((const hone_kept_training *)model->training)->history;
}
void hone_model_stop(hone_model *model)
{
    atomic_store(&model->stop, 1);
}
