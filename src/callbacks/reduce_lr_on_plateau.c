/* reduce_lr_on_plateau: the learning rate falls when a number no longer improves. */
#include "base/text.h"
#include "callbacks/callback.h"

#include <math.h>

HONE_FIELD_TABLE(hone_reduce_lr_on_plateau_args, HONE_REDUCE_LR_ON_PLATEAU_FIELDS);

typedef struct state {
    hone_monitor monitor;
    int64_t wait, cooldown;
} state;

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    *(state *)hone_callback_state(callback) = (state){.monitor = {.best = HONE_NONE}};
    return hone_internal_callback_need_own_rate(trainer);
}

static hone_status reduce(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    state *self = hone_callback_state(callback);
    const hone_reduce_lr_on_plateau_args *args = hone_callback_args(callback);
    double rate = hone_trainer_learning_rate(trainer);
    char text[32];
    if (!(rate > (double)(float)args->min_lr))
        return HONE_OK;
    rate = fmax(rate * args->factor, args->min_lr);
    HONE_TRY(hone_trainer_set_learning_rate(trainer, rate));
    hone_internal_number_to_text(rate, text, sizeof text);
    if (args->verbose > 0)
        hone_trainer_print(trainer, "Epoch %lld: ReduceLROnPlateau reducing learning rate to %s.\n",
                           (long long)epoch + 1, text);
    self->cooldown = args->cooldown;
    self->wait = 0;
    return HONE_OK;
}

/* The epoch that ends the cooldown already counts. */
static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    state *self = hone_callback_state(callback);
    const hone_reduce_lr_on_plateau_args *args = hone_callback_args(callback);
    double value;
    bool found;
    HONE_TRY(hone_logs_set(logs, "learning_rate", hone_trainer_learning_rate(trainer)));
    HONE_TRY(hone_internal_monitor_get(&self->monitor, trainer, "reduce_lr_on_plateau", args->monitor, logs,
                                       &value, &found));
    if (!found)
        return HONE_OK;
    HONE_TRY(hone_internal_monitor_resolve(&self->monitor, trainer, args->monitor, args->mode));
    if (self->cooldown > 0) {
        self->cooldown--;
        self->wait = 0;
    }
    if (hone_internal_monitor_improves(&self->monitor, value, self->monitor.best, args->min_delta)) {
        self->monitor.best = value;
        self->wait = 0;
        return HONE_OK;
    }
    if (self->cooldown > 0 || ++self->wait < args->patience)
        return HONE_OK;
    return reduce(callback, trainer, epoch);
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const state *self = callback->state;
    HONE_TRY(hone_internal_monitor_save(&self->monitor, numbers));
    HONE_TRY(hone_logs_set(numbers, "wait", (double)self->wait));
    return hone_logs_set(numbers, "cooldown", (double)self->cooldown);
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    state *self = hone_callback_state(callback);
    HONE_TRY(hone_internal_monitor_restore(&self->monitor, numbers));
    HONE_TRY(hone_internal_callback_integer(numbers, "wait", &self->wait));
    return hone_internal_callback_integer(numbers, "cooldown", &self->cooldown);
}

const hone_callback_type hone_internal_reduce_lr_on_plateau_callback = {
    .type = {.name = "reduce_lr_on_plateau",
             .class_name = "ReduceLROnPlateau",
             .module = "keras.callbacks",
             .summary = "Reduces the learning rate when a metric no longer improves.",
             HONE_TYPE_FIELDS(hone_reduce_lr_on_plateau_args)},
    .state_bytes = sizeof(state),
    .train_begin = train_begin,
    .epoch_end = epoch_end,
    .save = save,
    .restore = restore,
};
HONE_DEFINE_CALLBACK(reduce_lr_on_plateau)
