/* early_stopping: stops when a number no longer improves; may go back to the best epoch's weights. */
#include "callbacks/callback.h"

HONE_FIELD_TABLE(hone_early_stopping_args, HONE_EARLY_STOPPING_FIELDS);

typedef struct state {
    hone_monitor monitor;
    int64_t wait;
    int64_t best_epoch;         /* from 0 */
    int64_t stopped_epoch;      /* plus 1; 0: it did not stop */
    hone_weights_copy *weights; /* of the best epoch, when they are to be restored */
} state;

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    (void)trainer;
    state *self = hone_callback_state(callback);
    hone_weights_copy_free(self->weights);
    *self = (state){.monitor = {.best = HONE_NONE}};
    return HONE_OK;
}

static hone_status keep_weights(state *self, hone_trainer *trainer, int64_t epoch)
{
    hone_weights_copy *copy = hone_trainer_copy_weights(trainer, self->weights);
    if (copy == NULL)
        return hone_error_status();
    self->weights = copy;
    self->best_epoch = epoch;
    return HONE_OK;
}

/* The baseline: an epoch that is better than the best so far but not than the baseline continues counting. */
static hone_status better(state *self, const hone_early_stopping_args *args, hone_trainer *trainer,
                          int64_t epoch, double value)
{
    self->monitor.best = value;
    self->best_epoch = epoch;
    trainer->best_epoch = epoch;
    if (args->restore_best_weights)
        HONE_TRY(keep_weights(self, trainer, epoch));
    if (hone_internal_monitor_improves(&self->monitor, value, args->baseline, args->min_delta))
        self->wait = 0;
    return HONE_OK;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    state *self = hone_callback_state(callback);
    const hone_early_stopping_args *args = hone_callback_args(callback);
    double value;
    bool found;
    if (epoch < args->start_from_epoch)
        return HONE_OK;
    HONE_TRY(hone_internal_monitor_get(&self->monitor, trainer, "early_stopping", args->monitor, logs, &value,
                                       &found));
    if (!found)
        return HONE_OK;
    HONE_TRY(hone_internal_monitor_resolve(&self->monitor, trainer, args->monitor, args->mode));
    if (args->restore_best_weights && self->weights == NULL)
        HONE_TRY(keep_weights(self, trainer, epoch));
    self->wait++;
    if (hone_internal_monitor_improves(&self->monitor, value, self->monitor.best, args->min_delta))
        return better(self, args, trainer, epoch, value);
    if (self->wait < args->patience || epoch == 0)
        return HONE_OK;
    self->stopped_epoch = epoch + 1;
    hone_trainer_stop(trainer, "early_stopping");
    return HONE_OK;
}

static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    (void)logs;
    state *self = hone_callback_state(callback);
    const hone_early_stopping_args *args = hone_callback_args(callback);
    if (self->stopped_epoch > 0 && args->verbose > 0)
        hone_trainer_print(trainer, "Epoch %lld: early stopping\n", (long long)self->stopped_epoch);
    if (self->weights == NULL)
        return HONE_OK;
    if (args->verbose > 0)
        hone_trainer_print(trainer, "Restoring model weights from the end of the best epoch: %lld.\n",
                           (long long)self->best_epoch + 1);
    return hone_trainer_restore_weights(trainer, self->weights);
}

static void free_state(hone_callback *callback)
{
    hone_weights_copy_free(((state *)hone_callback_state(callback))->weights);
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const state *self = callback->state;
    HONE_TRY(hone_internal_monitor_save(&self->monitor, numbers));
    HONE_TRY(hone_logs_set(numbers, "wait", (double)self->wait));
    HONE_TRY(hone_logs_set(numbers, "best_epoch", (double)self->best_epoch));
    return hone_logs_set(numbers, "stopped_epoch", (double)self->stopped_epoch);
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    state *self = hone_callback_state(callback);
    HONE_TRY(hone_internal_monitor_restore(&self->monitor, numbers));
    HONE_TRY(hone_internal_callback_integer(numbers, "wait", &self->wait));
    HONE_TRY(hone_internal_callback_integer(numbers, "best_epoch", &self->best_epoch));
    return hone_internal_callback_integer(numbers, "stopped_epoch", &self->stopped_epoch);
}

static hone_weights_copy **kept_weights(hone_callback *callback)
{
    return &((state *)hone_callback_state(callback))->weights;
}

const hone_callback_type hone_internal_early_stopping_callback = {
    .type = {.name = "early_stopping",
             .class_name = "EarlyStopping",
             .module = "keras.callbacks",
             .summary = "Stops training when a metric no longer improves.",
             HONE_TYPE_FIELDS(hone_early_stopping_args)},
    .state_bytes = sizeof(state),
    .train_begin = train_begin,
    .train_end = train_end,
    .epoch_end = epoch_end,
    .free_state = free_state,
    .save = save,
    .restore = restore,
    .kept_weights = kept_weights,
};
HONE_DEFINE_CALLBACK(early_stopping)
