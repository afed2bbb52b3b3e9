/* fit: epochs of batches, validation, callbacks, history, progress. */
#include "base/memory.h"
#include "base/progress.h"
#include "base/text.h"
#include "model/history.h"
#include "model/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* All that a fit in progress knows. */
typedef struct fit {
    hone_model *model;
    hone_dataset *data, *validation;
    hone_dataset *slices[2]; /* made here by validation_split */
    const hone_fit_args *args;
    hone_callback_list *callbacks;
    hone_trainer trainer;
    hone_history *history;
    hone_session session;
    hone_progress progress;
    int64_t *order;     /* of the samples in this pass over the data, or NULL */
    int64_t position;   /* samples of this pass that are done */
    const double *class_weight;
    bool told_not_finite;
    bool batch_logs;    /* somebody wants the running numbers after each batch */
} fit;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void say(fit *fit, const char *text) {
    if (fit->args->output == NULL) return;
    hone_internal_progress_break(&fit->progress);
    fit->args->output(fit->args->output_context, text, strlen(text));
}

/* ---- the trainer as callbacks see it ---- */

static double trainer_rate(void *context) { return hone_optimizer_learning_rate(((fit *)context)->model->compiled.optimizer); }
static hone_status trainer_set_rate(void *context, double rate) {
    return hone_optimizer_set_learning_rate(((fit *)context)->model->compiled.optimizer, rate);
}
static hone_status trainer_set_momentum(void *context, double momentum) {
    return hone_internal_optimizer_set_momentum(((fit *)context)->model->compiled.optimizer, momentum);
}
static int trainer_direction(void *context, const char *name) {
    return hone_internal_compiled_direction(((fit *)context)->model, name);
}
static hone_status trainer_save(void *context, const char *path, bool weights_only) {
    (void)weights_only; /* the extension says which */
    return hone_model_save(((fit *)context)->model, path);
}
static void trainer_print(void *context, const char *text) { say(context, text); }
static hone_status trainer_swap(void *context) {
    return hone_internal_optimizer_swap_averages(((fit *)context)->model->compiled.optimizer);
}

struct hone_weights_copy {
    size_t floats;
    float *data;
};

static void free_copy(hone_weights_copy *copy) {
    if (copy == NULL) return;
    hone_internal_free(copy->data);
    hone_internal_free(copy);
}

static size_t weight_floats(const hone_model *model) {
    size_t floats = 0;
    for (size_t i = 0; i < model->weights.count; i++) floats += (size_t)hone_internal_variable_count(model->weights.items[i]);
    return floats;
}

static hone_weights_copy *trainer_copy(void *context, hone_weights_copy *into) {
    const hone_model *model = ((fit *)context)->model;
    if (into == NULL) {
        into = hone_internal_allocate_zeroed(1, sizeof *into);
        if (into == NULL) return NULL;
        into->floats = weight_floats(model);
        into->data = hone_internal_allocate((into->floats + 1) * sizeof(float));
        if (into->data == NULL) {
            free_copy(into);
            return NULL;
        }
    }
    float *next = into->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(next, model->weights.items[i]->data, count * sizeof(float));
        next += count;
    }
    return into;
}

static hone_status trainer_restore(void *context, const hone_weights_copy *copy) {
    const hone_model *model = ((fit *)context)->model;
    if (copy->floats != weight_floats(model)) return hone_fail(HONE_ERROR_STATE, "the kept weights are of another model");
    const float *next = copy->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(model->weights.items[i]->data, next, count * sizeof(float));
        next += count;
    }
    return HONE_OK;
}

static void fill_trainer(fit *fit) {
    fit->trainer = (hone_trainer){.context = fit, .epochs = fit->args->epochs, .verbose = fit->args->verbose, .steps = HONE_ANY,
                                  .learning_rate = trainer_rate, .set_learning_rate = trainer_set_rate,
                                  .set_momentum = trainer_set_momentum, .direction = trainer_direction, .save = trainer_save,
                                  .copy_weights = trainer_copy, .restore_weights = trainer_restore, .free_copy = free_copy,
                                  .swap_averages = trainer_swap, .print = trainer_print, .best_epoch = -1};
}

static hone_status tell(fit *fit, hone_event event, int64_t number, hone_logs *logs) {
    if (fit->callbacks == NULL) return HONE_OK;
    fit->trainer.iteration = hone_optimizer_iterations(fit->model->compiled.optimizer);
    return hone_internal_callbacks_run(fit->callbacks, event, &fit->trainer, number, logs);
}

/* ---- batches ---- */

static bool stopping(fit *fit) {
    if (atomic_load(&fit->model->stop)) hone_trainer_stop(&fit->trainer, "interrupt");
    return fit->trainer.stopped;
}

/* A line when the loss stops being a number, once: with the reason when the data are to blame. */
static void tell_not_finite(fit *fit, const hone_pass *pass, const hone_feed *feed, int64_t epoch, int64_t batch, double loss) {
    char reason[512], line[768];
    if (fit->told_not_finite) return;
    fit->told_not_finite = true;
    if (!hone_internal_feed_find_nan(fit->model, pass, feed, reason, sizeof reason))
        snprintf(reason, sizeof reason, "the data are finite: a smaller learning rate, clipnorm=1, or scaled inputs may help");
    snprintf(line, sizeof line, "The loss is %f at batch %lld of epoch %lld; %s.\n", loss, (long long)batch, (long long)epoch + 1, reason);
    say(fit, line);
}

static void running_logs(fit *fit, hone_logs *logs) {
    logs->count = 0;
    hone_internal_compiled_results(fit->model, logs);
}

static hone_status show(fit *fit, int64_t done, const hone_logs *logs, bool last) {
    hone_progress_value values[HONE_MAX_LOGS];
    for (int i = 0; i < logs->count; i++) values[i] = (hone_progress_value){logs->names[i], logs->values[i]};
    if (last) return hone_internal_progress_finish(&fit->progress, done, now(), values, (size_t)logs->count);
    return hone_internal_progress_update(&fit->progress, done, now(), values, (size_t)logs->count);
}

static hone_status train_batch(fit *fit, const hone_feed *feed, int64_t epoch, int64_t batch) {
    hone_pass *pass;
    double loss;
    hone_logs logs = {0};
    HONE_TRY(tell(fit, HONE_EVENT_BATCH_BEGIN, batch, NULL));
    HONE_TRY(hone_internal_run_batch(fit->model, &fit->session, HONE_MODE_TRAIN, feed, &pass, &loss));
    if (!isfinite(loss)) tell_not_finite(fit, pass, feed, epoch, batch, loss);
    if (!fit->batch_logs) return HONE_OK;
    running_logs(fit, &logs);
    HONE_TRY(tell(fit, HONE_EVENT_BATCH_END, batch, &logs));
    return show(fit, batch + 1, &logs, false);
}

static hone_status train_stream(fit *fit, int64_t epoch, int64_t *done) {
    int64_t steps = fit->args->steps_per_epoch;
    for (int64_t batch = 0; (steps == HONE_NONE_INTEGER || batch < steps) && !stopping(fit); batch++) {
        hone_feed feed = {.data = fit->data, .class_weight = fit->class_weight};
        int more = hone_internal_dataset_next(fit->data, epoch, batch, &feed.batch);
        if (more < 0) return (hone_status)more;
        if (more == 0) {
            if (batch == 0) return hone_fail(HONE_ERROR_DATA, "the data gave no batch in epoch %lld", (long long)epoch + 1);
            break;
        }
        feed.count = feed.batch->x[0].shape[0];
        HONE_TRY(train_batch(fit, &feed, epoch, batch));
        *done = batch + 1;
    }
    return HONE_OK;
}

/* A new pass over the data has an order of its own, a function of the seed and the count of passes ever begun. */
static void begin_pass(fit *fit) {
    if (fit->order != NULL)
        hone_internal_dataset_shuffle(fit->model->seed, fit->model->epochs_begun, hone_dataset_count(fit->data), fit->order);
    fit->model->epochs_begun++;
    fit->position = 0;
}

static hone_status train_arrays(fit *fit, int64_t epoch, int64_t *done) {
    int64_t count = hone_dataset_count(fit->data), size = fit->args->batch_size, steps = fit->args->steps_per_epoch;
    if (steps == HONE_NONE_INTEGER || fit->position >= count || fit->position == 0) begin_pass(fit);
    for (int64_t batch = 0; fit->position < count && (steps == HONE_NONE_INTEGER || batch < steps) && !stopping(fit); batch++) {
        int64_t rows = fit->position + size < count ? size : count - fit->position;
        hone_feed feed = {.data = fit->data, .begin = fit->position, .count = rows, .class_weight = fit->class_weight};
        if (fit->order != NULL) feed.rows = fit->order + fit->position;
        HONE_TRY(train_batch(fit, &feed, epoch, batch));
        fit->position += rows;
        *done = batch + 1;
    }
    return HONE_OK;
}

/* ---- epochs ---- */

static bool validates(const fit *fit, int64_t epoch) {
    return fit->validation != NULL && (epoch + 1) % fit->args->validation_freq == 0;
}

static hone_status validate(fit *fit, hone_logs *logs) {
    hone_logs own = {0};
    char name[256];
    int64_t size = fit->args->validation_batch_size != HONE_NONE_INTEGER ? fit->args->validation_batch_size : fit->args->batch_size;
    hone_evaluation evaluation = {fit->validation, size, fit->args->validation_steps, NULL};
    HONE_TRY(tell(fit, HONE_EVENT_TEST_BEGIN, 0, NULL));
    HONE_TRY(hone_internal_evaluate(fit->model, &fit->session, &evaluation));
    hone_internal_compiled_results(fit->model, &own);
    HONE_TRY(tell(fit, HONE_EVENT_TEST_END, 0, &own));
    for (int i = 0; i < own.count; i++) {
        snprintf(name, sizeof name, "val_%s", own.names[i]);
        const char *kept = hone_internal_history_name(fit->history, name);
        if (kept == NULL) return HONE_ERROR_MEMORY;
        HONE_TRY(hone_logs_set(logs, kept, own.values[i]));
    }
    return HONE_OK;
}

static int64_t steps_of(const fit *fit) {
    int64_t steps = fit->args->steps_per_epoch;
    if (hone_internal_dataset_streams(fit->data)) return steps == HONE_NONE_INTEGER ? HONE_ANY : steps;
    int64_t all = (hone_dataset_count(fit->data) + fit->args->batch_size - 1) / fit->args->batch_size;
    return steps == HONE_NONE_INTEGER || steps > all ? all : steps;
}

static hone_status run_epoch(fit *fit, int64_t epoch) {
    double started = now();
    int64_t done = 0;
    hone_logs logs = {0};
    fit->trainer.epoch = epoch;
    fit->trainer.steps = steps_of(fit);
    HONE_TRY(tell(fit, HONE_EVENT_EPOCH_BEGIN, epoch, NULL));
    hone_internal_progress_heading(&fit->progress, epoch, fit->args->epochs);
    hone_internal_progress_begin(&fit->progress, fit->trainer.steps, started);
    hone_internal_compiled_reset(fit->model);
    HONE_TRY(hone_internal_dataset_streams(fit->data) ? train_stream(fit, epoch, &done) : train_arrays(fit, epoch, &done));
    if (atomic_load(&fit->model->stop)) return HONE_OK; /* an interrupted epoch is not one */
    running_logs(fit, &logs);
    if (validates(fit, epoch)) HONE_TRY(validate(fit, &logs));
    hone_optimizer *optimizer = fit->model->compiled.optimizer;
    double rate = hone_internal_optimizer_rate_at(optimizer, optimizer->iterations > 0 ? optimizer->iterations - 1 : 0);
    HONE_TRY(tell(fit, HONE_EVENT_EPOCH_END, epoch, &logs));
    HONE_TRY(hone_internal_history_add(fit->history, epoch, &logs, now() - started, rate));
    return show(fit, done, &logs, true);
}

static void last_logs(const fit *fit, hone_logs *logs) {
    const hone_history *history = fit->history;
    for (int i = 0; i < history->name_count && history->row_count > 0; i++) {
        double value = hone_history_last(history, history->names[i]);
        if (!isnan(value)) hone_logs_set(logs, history->names[i], value);
    }
}

static hone_status run_epochs(fit *fit) {
    hone_logs logs = {0};
    HONE_TRY(tell(fit, HONE_EVENT_TRAIN_BEGIN, 0, NULL));
    hone_status status = HONE_OK;
    for (int64_t epoch = fit->args->initial_epoch; epoch < fit->args->epochs && !stopping(fit) && status >= 0; epoch++)
        status = run_epoch(fit, epoch);
    hone_internal_progress_break(&fit->progress);
    if (status < 0) return status;
    hone_internal_optimizer_finish(fit->model->compiled.optimizer);
    last_logs(fit, &logs);
    return tell(fit, HONE_EVENT_TRAIN_END, 0, &logs);
}

/* ---- setting up ---- */

static hone_status check_args(const hone_fit_args *args) {
    if (args->batch_size < 1) return hone_fail(HONE_ERROR_ARGUMENT, "batch_size must be at least 1, not %lld", (long long)args->batch_size);
    if (args->epochs < 0) return hone_fail(HONE_ERROR_ARGUMENT, "epochs must be at least 0, not %lld", (long long)args->epochs);
    if (args->initial_epoch < 0) return hone_fail(HONE_ERROR_ARGUMENT, "initial_epoch must be at least 0");
    if (!(args->validation_split >= 0 && args->validation_split < 1))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split must be at least 0 and below 1, not %g", args->validation_split);
    if (args->validation_freq < 1) return hone_fail(HONE_ERROR_ARGUMENT, "validation_freq must be at least 1");
    if (args->steps_per_epoch != HONE_NONE_INTEGER && args->steps_per_epoch < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "steps_per_epoch must be at least 1");
    if (args->validation_steps != HONE_NONE_INTEGER && args->validation_steps < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_steps must be at least 1");
    if (args->validation_batch_size != HONE_NONE_INTEGER && args->validation_batch_size < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_batch_size must be at least 1");
    return HONE_OK;
}

static hone_status split(fit *fit) {
    const hone_fit_args *args = fit->args;
    fit->validation = args->validation_data == HONE_NO_DATASET ? NULL : args->validation_data;
    if (fit->validation != NULL || args->validation_split == 0) return HONE_OK;
    if (hone_internal_dataset_streams(fit->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split needs arrays, not batches from a callback");
    int64_t count = hone_dataset_count(fit->data), kept = (int64_t)floor((double)count * (1 - args->validation_split));
    if (kept < 1 || kept >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split %g of %lld samples leaves one part empty", args->validation_split, (long long)count);
    fit->slices[0] = hone_dataset_slice(fit->data, 0, kept);
    fit->slices[1] = hone_dataset_slice(fit->data, kept, HONE_NONE_INTEGER);
    if (fit->slices[0] == NULL || fit->slices[1] == NULL) return hone_error_status();
    fit->data = fit->slices[0];
    fit->validation = fit->slices[1];
    return HONE_OK;
}

static hone_status check_weights(fit *fit) {
    if (isnan(fit->args->class_weight[0])) return HONE_OK;
    int losses = fit->model->compiled.loss_count;
    if (losses > 1) return hone_fail(HONE_ERROR_ARGUMENT, "class_weight needs a model with one output");
    if (!hone_internal_dataset_streams(fit->data) && hone_internal_dataset_weighted(fit->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight and sample weights cannot be given together");
    fit->class_weight = fit->args->class_weight;
    return HONE_OK;
}

static hone_status set_up(fit *fit) {
    HONE_TRY(check_args(fit->args));
    HONE_TRY(split(fit));
    HONE_TRY(hone_internal_feed_check(fit->model, fit->data, true));
    if (fit->validation != NULL) HONE_TRY(hone_internal_feed_check(fit->model, fit->validation, true));
    HONE_TRY(hone_internal_prepare_training(fit->model));
    HONE_TRY(check_weights(fit));
    if (fit->args->shuffle && !hone_internal_dataset_streams(fit->data)) {
        fit->order = hone_internal_allocate(sizeof *fit->order * (size_t)hone_dataset_count(fit->data));
        if (fit->order == NULL) return HONE_ERROR_MEMORY;
    }
    fit->progress = (hone_progress){.output = (hone_output *)fit->args->output, .context = fit->args->output_context,
                                    .verbose = fit->args->output != NULL ? fit->args->verbose : 0, .terminal = fit->args->output_terminal};
    fit->batch_logs = fit->progress.verbose == 1 ||
                      (fit->callbacks != NULL && hone_internal_callbacks_want(fit->callbacks, HONE_EVENT_BATCH_END));
    return HONE_OK;
}

static hone_status run(fit *fit) {
    HONE_TRY(set_up(fit));
    fill_trainer(fit);
    fit->session = hone_internal_session_begin();
    hone_status status = run_epochs(fit);
    hone_internal_session_end(&fit->session);
    fit->history->best_epoch = fit->trainer.best_epoch;
    if (fit->trainer.stop_reason != NULL) {
        fit->history->stopped_by = hone_internal_copy_text(fit->trainer.stop_reason);
        if (fit->history->stopped_by == NULL) return HONE_ERROR_MEMORY;
    }
    return status;
}

static hone_status new_history(hone_model *model) {
    hone_history *history = hone_internal_history_create();
    if (history == NULL) return HONE_ERROR_MEMORY;
    hone_internal_history_free(model->history);
    model->history = history;
    return HONE_OK;
}

const hone_history *hone_fit_with(hone_model *model, hone_dataset *data, const hone_fit_args *args) {
    hone_callback_list *callbacks = args->callbacks == HONE_NO_CALLBACKS ? NULL : args->callbacks;
    bool failed = model == NULL || data == NULL || args->callbacks == NULL || args->validation_data == NULL;
    hone_status status = failed ? hone_error_status() : new_history(model);
    if (status >= 0 && !failed) {
        fit fit = {.model = model, .data = data, .args = args, .callbacks = callbacks, .history = model->history};
        atomic_store(&model->stop, 0);
        hone_internal_error_push(args->base.site, NULL);
        status = run(&fit);
        hone_internal_error_pop();
        hone_internal_progress_free(&fit.progress);
        hone_internal_free(fit.order);
        hone_dataset_free(fit.slices[0]);
        hone_dataset_free(fit.slices[1]);
    }
    hone_callback_list_free(callbacks);
    return failed || status < 0 ? NULL : model->history;
}

const hone_history *hone_model_history(const hone_model *model) { return model == NULL ? NULL : model->history; }
void hone_model_stop(hone_model *model) { atomic_store(&model->stop, 1); }
