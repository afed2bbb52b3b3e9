/* model_checkpoint: saves the model, or its weights, after each epoch or every N batches. */
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"
#include "callbacks/callback.h"
#include "callbacks/template.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE(hone_model_checkpoint_args, HONE_MODEL_CHECKPOINT_FIELDS);

typedef struct state {
    hone_monitor monitor;
    int64_t every;   /* batches from one file to the next; 0: at the end of epochs */
    int64_t batches; /* since the last file */
} state;

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static hone_status check_path(const hone_model_checkpoint_args *args)
{
    const char *end = args->save_weights_only ? ".weights.h5" : ".keras";
    if (ends_with(args->filepath, end))
        return hone_internal_template_check(args->filepath);
    return hone_fail(HONE_ERROR_ARGUMENT, "filepath \"%s\" must end in %s%s", args->filepath, end,
                     args->save_weights_only ? " since save_weights_only is set" : "");
}

static hone_status check(hone_callback *callback)
{
    const hone_model_checkpoint_args *args = hone_callback_args(callback);
    state *self = hone_callback_state(callback);
    self->monitor.best = args->initial_value_threshold;
    HONE_TRY(check_path(args));
    return hone_internal_callback_frequency("save_freq", args->save_freq, &self->every);
}

/* The path of this moment; to be freed. `batch` below 0: at the end of an epoch. NULL on failure. */
static char *path_of(const hone_model_checkpoint_args *args, int64_t epoch, int64_t batch,
                     const hone_logs *logs)
{
    int logged = hone_logs_count(logs);
    hone_template_value *values = hone_internal_allocate(sizeof *values * (size_t)(logged + 2));
    if (values == NULL)
        return NULL;
    size_t count = 0;
    hone_text text = {0};
    values[count++] = (hone_template_value){"epoch", (double)epoch + 1, true};
    if (batch >= 0)
        values[count++] = (hone_template_value){"batch", (double)batch + 1, true};
    for (int i = 0; i < logged; i++) {
        hone_log log = hone_logs_at(logs, i);
        if (log.count == 1)
            values[count++] = (hone_template_value){log.name, log.values[0], false};
    }
    hone_status status = hone_internal_template_fill(args->filepath, values, count, &text);
    hone_internal_free(values);
    if (status >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}

/* Compares with the best so far, and says what comes of it. */
static hone_status improves(hone_callback *callback, hone_trainer *trainer, const hone_logs *logs,
                            const char *path, bool *yes)
{
    state *self = hone_callback_state(callback);
    const hone_model_checkpoint_args *args = hone_callback_args(callback);
    int64_t epoch = trainer->epoch;
    double value;
    bool found;
    char before[64] = "None";
    *yes = true;
    HONE_TRY(hone_internal_monitor_get(&self->monitor, trainer, "model_checkpoint", args->monitor, logs,
                                       &value, &found));
    if (!found)
        return HONE_OK;
    HONE_TRY(hone_internal_monitor_resolve(&self->monitor, trainer, args->monitor, args->mode));
    if (!isnan(self->monitor.best))
        snprintf(before, sizeof before, "%.5f", self->monitor.best);
    *yes = hone_internal_monitor_improves(&self->monitor, value, self->monitor.best, 0);
    if (args->verbose > 0 && *yes)
        hone_trainer_print(trainer, "Epoch %lld: %s improved from %s to %.5f, saving model to %s\n",
                           (long long)epoch + 1, args->monitor, before, value, path);
    if (args->verbose > 0 && !*yes)
        hone_trainer_print(trainer, "Epoch %lld: %s did not improve from %s\n", (long long)epoch + 1,
                           args->monitor, before);
    if (!*yes)
        return HONE_OK;
    self->monitor.best = value;
    trainer->best_epoch = epoch;
    return HONE_OK;
}

static hone_status save_to(hone_callback *callback, hone_trainer *trainer, const hone_logs *logs,
                           const char *path)
{
    const hone_model_checkpoint_args *args = hone_callback_args(callback);
    long long epoch = (long long)trainer->epoch + 1;
    bool yes = true;
    if (args->save_best_only)
        HONE_TRY(improves(callback, trainer, logs, path, &yes));
    else if (args->verbose > 0)
        hone_trainer_print(trainer, "Epoch %lld: saving model to %s\n", epoch, path);
    if (!yes)
        return HONE_OK;
    HONE_TRY(hone_internal_folder_make_for(path));
    HONE_TRY(hone_trainer_save(trainer, path, args->save_weights_only));
    if (args->verbose > 0)
        hone_trainer_print(trainer, "Epoch %lld: finished saving model to %s\n", epoch, path);
    return HONE_OK;
}

static hone_status save_now(hone_callback *callback, hone_trainer *trainer, int64_t batch,
                            const hone_logs *logs)
{
    char *path = path_of(hone_callback_args(callback), trainer->epoch, batch, logs);
    if (path == NULL)
        return hone_error_status();
    hone_status status = save_to(callback, trainer, logs, path);
    hone_internal_free(path);
    return status;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)epoch;
    const state *self = hone_callback_state(callback);
    return self->every == 0 ? save_now(callback, trainer, -1, logs) : HONE_OK;
}

/* Batches are counted on from epoch to epoch. */
static hone_status batch_end(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    state *self = hone_callback_state(callback);
    if (self->every == 0 || ++self->batches < self->every)
        return HONE_OK;
    self->batches = 0;
    return save_now(callback, trainer, batch, logs);
}

static bool wants_batches(const hone_callback *callback)
{
    return ((const state *)callback->state)->every > 0;
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const state *self = callback->state;
    HONE_TRY(hone_internal_monitor_save(&self->monitor, numbers));
    return hone_logs_set(numbers, "batches", (double)self->batches);
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    state *self = hone_callback_state(callback);
    HONE_TRY(hone_internal_monitor_restore(&self->monitor, numbers));
    return hone_internal_callback_integer(numbers, "batches", &self->batches);
}

const hone_callback_type hone_internal_model_checkpoint_callback = {
    .type = {.name = "model_checkpoint",
             .class_name = "ModelCheckpoint",
             .module = "keras.callbacks",
             .summary = "Saves the model, or its weights, during training.",
             HONE_TYPE_FIELDS(hone_model_checkpoint_args)},
    .state_bytes = sizeof(state),
    .check = check,
    .epoch_end = epoch_end,
    .batch_end = batch_end,
    .wants_batches = wants_batches,
    .save = save,
    .restore = restore,
};
HONE_DEFINE_CALLBACK(model_checkpoint)
