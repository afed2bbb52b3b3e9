/* fit: its arguments, setting up and clearing away. epochs.c runs it. */
#include "train/fit.h"
#include "base/memory.h"
#include "train/checkpoint.h"

#include <math.h>

static hone_status check_args(const hone_fit_args *args)
{
    if (args->batch_size < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "batch_size must be at least 1, not %lld",
                         (long long)args->batch_size);
    if (args->epochs < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "epochs must be at least 0, not %lld", (long long)args->epochs);
    if (args->initial_epoch < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "initial_epoch must be at least 0");
    if (!(args->validation_split >= 0 && args->validation_split < 1))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split must be at least 0 and below 1, not %g",
                         args->validation_split);
    if (args->validation_freq < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_freq must be at least 1");
    if (args->steps_per_epoch != HONE_NONE_INTEGER && args->steps_per_epoch < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "steps_per_epoch must be at least 1");
    if (args->validation_steps != HONE_NONE_INTEGER && args->validation_steps < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_steps must be at least 1");
    if (args->validation_batch_size != HONE_NONE_INTEGER && args->validation_batch_size < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_batch_size must be at least 1");
    return HONE_OK;
}

static hone_status split(hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    run->validation = args->validation_data == HONE_NO_DATASET ? NULL : args->validation_data;
    if (run->validation != NULL || args->validation_split == 0)
        return HONE_OK;
    if (hone_internal_dataset_streams(run->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split needs arrays, not batches from a callback");
    int64_t count = hone_dataset_count(run->data),
            kept = (int64_t)floor((double)count * (1 - args->validation_split));
    if (kept < 1 || kept >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split %g of %lld samples leaves one part empty",
                         args->validation_split, (long long)count);
    run->slices[0] = hone_dataset_slice(run->data, 0, kept);
    run->slices[1] = hone_dataset_slice(run->data, kept, HONE_NONE_INTEGER);
    if (run->slices[0] == NULL || run->slices[1] == NULL)
        return hone_error_status();
    run->data = run->slices[0];
    run->validation = run->slices[1];
    return HONE_OK;
}

static hone_status check_weights(hone_fit_run *run)
{
    if (isnan(run->args->class_weight[0]))
        return HONE_OK;
    int losses = run->model->compiled.loss_count;
    if (losses > 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight needs a model with one output");
    if (!hone_internal_dataset_streams(run->data) && hone_internal_dataset_weighted(run->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight and sample weights cannot be given together");
    run->class_weight = run->args->class_weight;
    return HONE_OK;
}

static hone_status set_up(hone_fit_run *run)
{
    HONE_TRY(check_args(run->args));
    HONE_TRY(split(run));
    HONE_TRY(hone_internal_feed_check(run->model, run->data, true));
    if (run->validation != NULL)
        HONE_TRY(hone_internal_feed_check(run->model, run->validation, true));
    HONE_TRY(hone_internal_prepare_training(run->model));
    HONE_TRY(check_weights(run));
    if (run->args->shuffle && !hone_internal_dataset_streams(run->data) &&
        !hone_internal_dataset_orders(run->data)) {
        run->order = hone_internal_allocate(sizeof *run->order * (size_t)hone_dataset_count(run->data));
        if (run->order == NULL)
            return HONE_ERROR_MEMORY;
    }
    run->progress = (hone_progress){.output = (hone_output *)run->args->output,
                                    .context = run->args->output_context,
                                    .verbose = run->args->output != NULL ? run->args->verbose : 0,
                                    .terminal = run->args->output_terminal,
                                    .plain = run->args->output_plain,
                                    .columns = run->args->output_columns};
    run->batch_logs =
        run->progress.verbose == 1 ||
        (run->callbacks != NULL && hone_internal_callbacks_want(run->callbacks, HONE_EVENT_BATCH_END));
    return HONE_OK;
}

static hone_status run_fit(hone_fit_run *run)
{
    const hone_fit_args *args = run->args;
    HONE_TRY(hone_internal_model_learn_schema(run->model, run->data, args->validation_data));
    HONE_TRY(set_up(run));
    hone_internal_fit_fill_trainer(run);
    if (args->checkpoint != NULL)
        HONE_TRY(hone_internal_checkpoint_open(run, args->checkpoint, args->checkpoint_every, args->resume));
    run->session = hone_internal_session_begin();
    hone_status status = hone_internal_fit_run_epochs(run);
    hone_internal_session_end(&run->session);
    run->history->best_epoch = run->trainer.best_epoch;
    if (run->trainer.stop_reason != NULL) {
        run->history->stopped_by = hone_internal_copy_text(run->trainer.stop_reason);
        if (run->history->stopped_by == NULL)
            return HONE_ERROR_MEMORY;
    }
    return status;
}

/* An empty history in place of the model's last one; NULL on failure. */
static hone_history *new_history(hone_model *model)
{
    hone_kept_training *kept = hone_internal_model_training(model);
    hone_history *history = kept == NULL ? NULL : hone_internal_history_create();
    if (history == NULL)
        return NULL;
    hone_internal_history_free(kept->history);
    return kept->history = history;
}

void hone_fit_args_default(hone_fit_args *args)
{
    *args = (hone_fit_args){.base = {sizeof *args, NULL}, HONE_FIT_DEFAULTS};
}

const hone_history *hone_fit_with(hone_model *model, hone_dataset *data, const hone_fit_args *args)
{
    hone_callback_list *callbacks = args->callbacks == HONE_NO_CALLBACKS ? NULL : args->callbacks;
    bool failed = model == NULL || data == NULL || args->callbacks == NULL || args->validation_data == NULL;
    hone_history *history = failed ? NULL : new_history(model);
    hone_status status = history == NULL ? hone_error_status() : HONE_OK;
    if (history != NULL) {
        hone_fit_run run = {.model = model,
                            .data = data,
                            .args = args,
                            .callbacks = callbacks,
                            .history = history,
                            .epoch = args->initial_epoch};
        atomic_store(&model->stop, 0);
        hone_internal_error_push(args->base.site, NULL);
        status = run_fit(&run);
        hone_internal_error_pop();
        hone_internal_reading_end(&run.reading);
        hone_internal_progress_free(&run.progress);
        hone_internal_arena_free(&run.lists);
        hone_internal_free(run.order);
        hone_internal_free(run.kept_reason);
        hone_internal_checkpoint_close(&run);
        hone_dataset_free(run.slices[0]);
        hone_dataset_free(run.slices[1]);
    }
    hone_callback_list_free(callbacks);
    return history == NULL || status < 0 ? NULL : history;
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
