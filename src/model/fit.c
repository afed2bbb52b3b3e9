/* fit: epochs of batches, validation, callbacks, history, progress. */
#include "base/memory.h"
#include "base/progress.h"
#include "base/text.h"
#include "callbacks/weights_copy.h"
#include "model/history.h"
#include "model/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* All that a fit in progress knows. */
typedef struct fit_run {
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
} fit_run;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void say(fit_run *run, const char *text) {
    if (run->args->output == NULL) return;
    hone_internal_progress_break(&run->progress);
    run->args->output(run->args->output_context, text, strlen(text));
}

/* ---- the trainer as callbacks see it ---- */

static double trainer_rate(void *context) { return hone_optimizer_learning_rate(((fit_run *)context)->model->compiled.optimizer); }
static hone_status trainer_set_rate(void *context, double rate) {
    return hone_optimizer_set_learning_rate(((fit_run *)context)->model->compiled.optimizer, rate);
}
static hone_status trainer_set_momentum(void *context, double momentum) {
    return hone_internal_optimizer_set_momentum(((fit_run *)context)->model->compiled.optimizer, momentum);
}
static int trainer_direction(void *context, const char *name) {
    return hone_internal_compiled_direction(((fit_run *)context)->model, name);
}
static hone_status trainer_save(void *context, const char *path, bool weights_only) {
    (void)weights_only; /* the extension says which */
    return hone_model_save(((fit_run *)context)->model, path);
}
static void trainer_print(void *context, const char *text) { say(context, text); }
static hone_status trainer_swap(void *context) {
    return hone_internal_optimizer_swap_averages(((fit_run *)context)->model->compiled.optimizer);
}

static size_t weight_floats(const hone_model *model) {
    size_t floats = 0;
    for (size_t i = 0; i < model->weights.count; i++) floats += (size_t)hone_internal_variable_count(model->weights.items[i]);
    return floats;
}

static hone_weights_copy *trainer_copy(void *context, hone_weights_copy *into) {
    const hone_model *model = ((fit_run *)context)->model;
    if (into == NULL) into = hone_internal_weights_copy_create(weight_floats(model));
    if (into == NULL) return NULL;
    float *next = into->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(next, model->weights.items[i]->data, count * sizeof(float));
        next += count;
    }
    return into;
}

static hone_status trainer_restore(void *context, const hone_weights_copy *copy) {
    const hone_model *model = ((fit_run *)context)->model;
    if (copy->floats != weight_floats(model)) return hone_fail(HONE_ERROR_STATE, "the kept weights are of another model");
    const float *next = copy->data;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(model->weights.items[i]->data, next, count * sizeof(float));
        next += count;
    }
    return HONE_OK;
}

static void fill_trainer(fit_run *run) {
    run->trainer = (hone_trainer){.context = run, .epochs = run->args->epochs, .verbose = run->args->verbose, .steps = HONE_ANY,
                                  .learning_rate = trainer_rate, .set_learning_rate = trainer_set_rate,
                                  .set_momentum = trainer_set_momentum, .direction = trainer_direction, .save = trainer_save,
                                  .copy_weights = trainer_copy, .restore_weights = trainer_restore,
                                  .swap_averages = trainer_swap, .print = trainer_print, .best_epoch = -1};
}

static hone_status tell(fit_run *run, hone_event event, int64_t number, hone_logs *logs) {
    if (run->callbacks == NULL) return HONE_OK;
    run->trainer.iteration = hone_optimizer_iterations(run->model->compiled.optimizer);
    return hone_internal_callbacks_run(run->callbacks, event, &run->trainer, number, logs);
}

/* ---- batches ---- */

static bool stopping(fit_run *run) {
    if (atomic_load(&run->model->stop)) hone_trainer_stop(&run->trainer, "interrupt");
    return run->trainer.stopped;
}

/* A line when the loss stops being a number, once: with the reason when the data are to blame. */
static void tell_not_finite(fit_run *run, const hone_pass *pass, const hone_feed *feed, int64_t epoch, int64_t batch, double loss) {
    char reason[512], line[768];
    if (run->told_not_finite) return;
    run->told_not_finite = true;
    if (!hone_internal_feed_find_nan(run->model, pass, feed, reason, sizeof reason))
        snprintf(reason, sizeof reason, "the data are finite: a smaller learning rate, clipnorm=1, or scaled inputs may help");
    snprintf(line, sizeof line, "The loss is %f at batch %lld of epoch %lld; %s.\n", loss, (long long)batch, (long long)epoch + 1, reason);
    say(run, line);
}

static void running_logs(fit_run *run, hone_logs *logs) {
    logs->count = 0;
    hone_internal_compiled_results(run->model, logs);
}

static hone_status show(fit_run *run, int64_t done, const hone_logs *logs, bool last) {
    hone_progress_value values[HONE_MAX_LOGS];
    for (int i = 0; i < logs->count; i++) values[i] = (hone_progress_value){logs->names[i], logs->values[i]};
    if (last) return hone_internal_progress_finish(&run->progress, done, now(), values, (size_t)logs->count);
    return hone_internal_progress_update(&run->progress, done, now(), values, (size_t)logs->count);
}

static hone_status train_batch(fit_run *run, const hone_feed *feed, int64_t epoch, int64_t batch) {
    hone_pass *pass;
    double loss;
    hone_logs logs = {0};
    HONE_TRY(tell(run, HONE_EVENT_BATCH_BEGIN, batch, NULL));
    HONE_TRY(hone_internal_run_batch(run->model, &run->session, HONE_MODE_TRAIN, feed, &pass, &loss));
    if (!isfinite(loss)) tell_not_finite(run, pass, feed, epoch, batch, loss);
    if (!run->batch_logs) return HONE_OK;
    running_logs(run, &logs);
    HONE_TRY(tell(run, HONE_EVENT_BATCH_END, batch, &logs));
    return show(run, batch + 1, &logs, false);
}

static hone_status train_stream(fit_run *run, int64_t epoch, int64_t *done) {
    int64_t steps = run->args->steps_per_epoch;
    for (int64_t batch = 0; (steps == HONE_NONE_INTEGER || batch < steps) && !stopping(run); batch++) {
        hone_feed feed = {.data = run->data, .class_weight = run->class_weight};
        int more = hone_internal_dataset_next(run->data, epoch, batch, &feed.batch);
        if (more < 0) return (hone_status)more;
        if (more == 0) {
            if (batch == 0) return hone_fail(HONE_ERROR_DATA, "the data gave no batch in epoch %lld", (long long)epoch + 1);
            break;
        }
        feed.count = feed.batch->x[0].shape[0];
        HONE_TRY(train_batch(run, &feed, epoch, batch));
        *done = batch + 1;
    }
    return HONE_OK;
}

/* A new pass over the data has an order of its own, a function of the seed and the count of passes ever begun. */
static void begin_pass(fit_run *run) {
    if (run->order != NULL)
        hone_internal_dataset_shuffle(run->model->seed, run->model->epochs_begun, hone_dataset_count(run->data), run->order);
    run->model->epochs_begun++;
    run->position = 0;
}

static hone_status train_arrays(fit_run *run, int64_t epoch, int64_t *done) {
    int64_t count = hone_dataset_count(run->data), size = run->args->batch_size, steps = run->args->steps_per_epoch;
    if (steps == HONE_NONE_INTEGER || run->position >= count || run->position == 0) begin_pass(run);
    for (int64_t batch = 0; run->position < count && (steps == HONE_NONE_INTEGER || batch < steps) && !stopping(run); batch++) {
        int64_t rows = run->position + size < count ? size : count - run->position;
        hone_feed feed = {.data = run->data, .begin = run->position, .count = rows, .class_weight = run->class_weight};
        if (run->order != NULL) feed.rows = run->order + run->position;
        HONE_TRY(train_batch(run, &feed, epoch, batch));
        run->position += rows;
        *done = batch + 1;
    }
    return HONE_OK;
}

/* ---- epochs ---- */

static bool validates(const fit_run *run, int64_t epoch) {
    return run->validation != NULL && (epoch + 1) % run->args->validation_freq == 0;
}

static hone_status validate(fit_run *run, hone_logs *logs) {
    hone_logs own = {0};
    char name[256];
    int64_t size = run->args->validation_batch_size != HONE_NONE_INTEGER ? run->args->validation_batch_size : run->args->batch_size;
    hone_evaluation evaluation = {run->validation, size, run->args->validation_steps, NULL};
    HONE_TRY(tell(run, HONE_EVENT_TEST_BEGIN, 0, NULL));
    HONE_TRY(hone_internal_evaluate(run->model, &run->session, &evaluation));
    hone_internal_compiled_results(run->model, &own);
    HONE_TRY(tell(run, HONE_EVENT_TEST_END, 0, &own));
    for (int i = 0; i < own.count; i++) {
        snprintf(name, sizeof name, "val_%s", own.names[i]);
        const char *kept = hone_internal_history_name(run->history, name);
        if (kept == NULL) return HONE_ERROR_MEMORY;
        HONE_TRY(hone_logs_set(logs, kept, own.values[i]));
    }
    return HONE_OK;
}

static int64_t steps_of(const fit_run *run) {
    int64_t steps = run->args->steps_per_epoch;
    if (hone_internal_dataset_streams(run->data)) return steps == HONE_NONE_INTEGER ? HONE_ANY : steps;
    int64_t all = (hone_dataset_count(run->data) + run->args->batch_size - 1) / run->args->batch_size;
    return steps == HONE_NONE_INTEGER || steps > all ? all : steps;
}

static hone_status run_epoch(fit_run *run, int64_t epoch) {
    double started = now();
    int64_t done = 0;
    hone_logs logs = {0};
    run->trainer.epoch = epoch;
    run->trainer.steps = steps_of(run);
    HONE_TRY(tell(run, HONE_EVENT_EPOCH_BEGIN, epoch, NULL));
    hone_internal_progress_heading(&run->progress, epoch, run->args->epochs);
    hone_internal_progress_begin(&run->progress, run->trainer.steps, started);
    hone_internal_compiled_reset(run->model);
    HONE_TRY(hone_internal_dataset_streams(run->data) ? train_stream(run, epoch, &done) : train_arrays(run, epoch, &done));
    if (atomic_load(&run->model->stop)) return HONE_OK; /* an interrupted epoch is not one */
    running_logs(run, &logs);
    if (validates(run, epoch)) HONE_TRY(validate(run, &logs));
    hone_optimizer *optimizer = run->model->compiled.optimizer;
    double rate = hone_internal_optimizer_rate_at(optimizer, optimizer->iterations > 0 ? optimizer->iterations - 1 : 0);
    HONE_TRY(tell(run, HONE_EVENT_EPOCH_END, epoch, &logs));
    HONE_TRY(hone_internal_history_add(run->history, epoch, &logs, now() - started, rate));
    return show(run, done, &logs, true);
}

static void last_logs(const fit_run *run, hone_logs *logs) {
    const hone_history *history = run->history;
    for (int i = 0; i < history->name_count && history->row_count > 0; i++) {
        double value = hone_history_last(history, history->names[i]);
        if (!isnan(value)) hone_logs_set(logs, history->names[i], value);
    }
}

static hone_status run_epochs(fit_run *run) {
    hone_logs logs = {0};
    HONE_TRY(tell(run, HONE_EVENT_TRAIN_BEGIN, 0, NULL));
    hone_status status = HONE_OK;
    for (int64_t epoch = run->args->initial_epoch; epoch < run->args->epochs && !stopping(run) && status >= 0; epoch++)
        status = run_epoch(run, epoch);
    hone_internal_progress_break(&run->progress);
    if (status < 0) return status;
    hone_internal_optimizer_finish(run->model->compiled.optimizer);
    last_logs(run, &logs);
    return tell(run, HONE_EVENT_TRAIN_END, 0, &logs);
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

static hone_status split(fit_run *run) {
    const hone_fit_args *args = run->args;
    run->validation = args->validation_data == HONE_NO_DATASET ? NULL : args->validation_data;
    if (run->validation != NULL || args->validation_split == 0) return HONE_OK;
    if (hone_internal_dataset_streams(run->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split needs arrays, not batches from a callback");
    int64_t count = hone_dataset_count(run->data), kept = (int64_t)floor((double)count * (1 - args->validation_split));
    if (kept < 1 || kept >= count)
        return hone_fail(HONE_ERROR_ARGUMENT, "validation_split %g of %lld samples leaves one part empty", args->validation_split, (long long)count);
    run->slices[0] = hone_dataset_slice(run->data, 0, kept);
    run->slices[1] = hone_dataset_slice(run->data, kept, HONE_NONE_INTEGER);
    if (run->slices[0] == NULL || run->slices[1] == NULL) return hone_error_status();
    run->data = run->slices[0];
    run->validation = run->slices[1];
    return HONE_OK;
}

static hone_status check_weights(fit_run *run) {
    if (isnan(run->args->class_weight[0])) return HONE_OK;
    int losses = run->model->compiled.loss_count;
    if (losses > 1) return hone_fail(HONE_ERROR_ARGUMENT, "class_weight needs a model with one output");
    if (!hone_internal_dataset_streams(run->data) && hone_internal_dataset_weighted(run->data))
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight and sample weights cannot be given together");
    run->class_weight = run->args->class_weight;
    return HONE_OK;
}

static hone_status set_up(fit_run *run) {
    HONE_TRY(check_args(run->args));
    HONE_TRY(split(run));
    HONE_TRY(hone_internal_feed_check(run->model, run->data, true));
    if (run->validation != NULL) HONE_TRY(hone_internal_feed_check(run->model, run->validation, true));
    HONE_TRY(hone_internal_prepare_training(run->model));
    HONE_TRY(check_weights(run));
    if (run->args->shuffle && !hone_internal_dataset_streams(run->data)) {
        run->order = hone_internal_allocate(sizeof *run->order * (size_t)hone_dataset_count(run->data));
        if (run->order == NULL) return HONE_ERROR_MEMORY;
    }
    run->progress = (hone_progress){.output = (hone_output *)run->args->output, .context = run->args->output_context,
                                    .verbose = run->args->output != NULL ? run->args->verbose : 0, .terminal = run->args->output_terminal};
    run->batch_logs = run->progress.verbose == 1 ||
                      (run->callbacks != NULL && hone_internal_callbacks_want(run->callbacks, HONE_EVENT_BATCH_END));
    return HONE_OK;
}

static hone_status run_fit(fit_run *run) {
    HONE_TRY(set_up(run));
    fill_trainer(run);
    run->session = hone_internal_session_begin();
    hone_status status = run_epochs(run);
    hone_internal_session_end(&run->session);
    run->history->best_epoch = run->trainer.best_epoch;
    if (run->trainer.stop_reason != NULL) {
        run->history->stopped_by = hone_internal_copy_text(run->trainer.stop_reason);
        if (run->history->stopped_by == NULL) return HONE_ERROR_MEMORY;
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
        fit_run run = {.model = model, .data = data, .args = args, .callbacks = callbacks, .history = model->history};
        atomic_store(&model->stop, 0);
        hone_internal_error_push(args->base.site, NULL);
        status = run_fit(&run);
        hone_internal_error_pop();
        hone_internal_progress_free(&run.progress);
        hone_internal_free(run.order);
        hone_dataset_free(run.slices[0]);
        hone_dataset_free(run.slices[1]);
    }
    hone_callback_list_free(callbacks);
    return failed || status < 0 ? NULL : model->history;
}

const hone_history *hone_model_history(const hone_model *model) { return model == NULL ? NULL : model->history; }
void hone_model_stop(hone_model *model) { atomic_store(&model->stop, 1); }
