/* The epochs of a fit: batches, validation, events, history. */
#include "base/clock.h"
#include "train/checkpoint.h"
#include "train/distribute.h"
#include "train/fit.h"
#include "train/shards.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_status tell(hone_fit_run *run, hone_event event, int64_t number, hone_logs *logs)
{
    if (run->callbacks == NULL)
        return HONE_OK;
    run->trainer.iteration = hone_optimizer_iterations(run->model->compiled.optimizer);
    return hone_internal_callbacks_run(run->callbacks, event, &run->trainer, number, logs);
}

/* ---- batches ---- */

static bool stopping(hone_fit_run *run)
{
    if (hone_internal_fit_interrupted(run))
        hone_trainer_stop(&run->trainer, "interrupt");
    return run->trainer.stopped;
}

/* A line when the loss stops being a number, once: with the reason when the data are to blame. */
static void tell_not_finite(hone_fit_run *run, const hone_pass *pass, const hone_feed *feed, int64_t epoch,
                            int64_t batch, double loss)
{
    char reason[512], line[768];
    if (run->told_not_finite)
        return;
    run->told_not_finite = true;
    const hone_feed here = hone_internal_fit_rows_of(run, feed);
    if (!hone_internal_feed_find_nan(run->model, pass, &here, reason, sizeof reason))
        snprintf(reason, sizeof reason,
                 "the data%s are finite: a smaller learning rate, clipnorm=1, or scaled inputs may help",
                 here.count < feed->count ? " of rank 0" : "");
    snprintf(line, sizeof line, "The loss is %s at batch %lld of epoch %lld; %s.\n",
             isnan(loss) ? "not a number"
             : loss > 0  ? "infinite"
                         : "minus infinity",
             (long long)batch + 1, (long long)epoch + 1, reason);
    hone_internal_fit_say(run, line);
}

/* In the first epoch: rows of which a mask leaves nothing. */
static hone_status look_for_hidden(hone_fit_run *run, const hone_pass *pass, const hone_feed *feed)
{
    if (run->epoch != run->args->initial_epoch || run->args->output == NULL ||
        (run->looked > 0 && !run->masks))
        return HONE_OK;
    const int inputs = run->model->fed_count;
    const hone_feed here = hone_internal_fit_rows_of(run, feed);
    if (run->hidden == NULL)
        run->hidden = hone_internal_allocate_zeroed((size_t)inputs, sizeof *run->hidden);
    if (run->hidden == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < inputs; i++) {
        HONE_TRY(hone_internal_feed_hidden(run->model, pass, &here, i, &run->hidden[i]));
        run->masks = run->masks || run->hidden[i].layer[0] != '\0';
    }
    run->looked += here.count;
    return HONE_OK;
}

static void tell_hidden(hone_fit_run *run)
{
    char line[768];
    for (int i = 0; run->hidden != NULL && i < run->model->fed_count; i++) {
        const hone_hidden_rows *hidden = &run->hidden[i];
        if (hidden->count == 0)
            continue;
        snprintf(line, sizeof line,
                 "%lld of %lld rows for the input \"%s\" %s padding alone (the first is row %lld): the layer "
                 "\"%s\" masks all of their steps.\n",
                 (long long)hidden->count, (long long)run->looked,
                 hone_internal_model_fed_name(run->model, i), hidden->count == 1 ? "is" : "are",
                 (long long)hidden->first, hidden->layer);
        hone_internal_fit_say(run, line);
    }
    hone_internal_free(run->hidden);
    run->hidden = NULL;
}

static hone_status running_logs(hone_fit_run *run)
{
    hone_logs_free(&run->logs);
    return hone_internal_compiled_results(run->model, &run->logs);
}

static hone_status show(hone_fit_run *run, int64_t done, bool last)
{
    size_t count = (size_t)hone_logs_count(&run->logs);
    HONE_TRY((hone_status)hone_internal_grow(&run->shown, &run->shown_room, count, sizeof *run->shown));
    for (size_t i = 0; i < count; i++) {
        hone_log log = hone_logs_at(&run->logs, (int)i);
        run->shown[i] = (hone_progress_value){
            log.name, hone_internal_one_value(log.values[0], log.values, log.list ? log.count : 0)};
    }
    return last ? hone_internal_progress_finish(&run->progress, done, hone_internal_now(), run->shown, count)
                : hone_internal_progress_update(&run->progress, done, hone_internal_now(), run->shown, count);
}

/* Somebody wants the running numbers after this batch. */
static bool wants_logs(const hone_fit_run *run)
{
    return run->progress.verbose == 1 || hone_internal_callbacks_want(run->callbacks, HONE_EVENT_BATCH_END);
}

/* The batch number run->done of the epoch. */
static hone_status train_batch(hone_fit_run *run, const hone_feed *feed)
{
    hone_pass *pass;
    double loss;
    HONE_TRY(tell(run, HONE_EVENT_BATCH_BEGIN, run->done, NULL));
    HONE_TRY(hone_internal_run_batch(run->model, &run->session, HONE_MODE_TRAIN, feed, &pass, &loss));
    if (!isfinite(loss))
        tell_not_finite(run, pass, feed, run->epoch, run->done, loss);
    HONE_TRY(look_for_hidden(run, pass, feed));
    run->position += feed->count;
    int64_t batch = run->done++;
    if (wants_logs(run)) {
        HONE_TRY(running_logs(run));
        run->batch = feed->batch;
        HONE_TRY(tell(run, HONE_EVENT_BATCH_END, batch, &run->logs));
        run->batch = NULL;
        HONE_TRY(show(run, batch + 1, false));
    }
    return hone_internal_checkpoint_batch(run);
}

static bool more_steps(const hone_fit_run *run)
{
    return run->args->steps_per_epoch == HONE_NONE_INTEGER || run->done < run->args->steps_per_epoch;
}

void hone_internal_fit_shuffle(hone_fit_run *run)
{
    if (run->order == NULL)
        return;
    hone_internal_dataset_shuffle(run->model->seed, run->model->epochs_begun - 1,
                                  hone_dataset_count(run->data), run->order);
}

/* A new sweep over the data has an order of its own, a function of the seed and the count of sweeps ever
 * begun. */
static void begin_pass(hone_fit_run *run)
{
    run->model->epochs_begun++;
    run->position = 0;
    hone_internal_reading_end(&run->reading);
    hone_internal_fit_shuffle(run);
}

/* Of a stream, an epoch is a sweep; of other data, a sweep is a function of the count of sweeps. */
static hone_status open_reading(hone_fit_run *run)
{
    bool streams = hone_internal_dataset_streams(run->data);
    if (run->reading.open)
        return HONE_OK;
    run->reading =
        (hone_reading){.data = run->data,
                       .order = run->order,
                       .position = run->position,
                       .size = run->args->batch_size,
                       .step = run->done,
                       .steps = run->args->steps_per_epoch,
                       .class_weight = run->class_weight,
                       .shards = run->session.group == NULL ? 0 : run->session.shards,
                       .run = hone_internal_fit_run_of(run),
                       .sweep = {run->model->seed, streams ? run->epoch : run->model->epochs_begun - 1}};
    return hone_internal_reading_begin(&run->reading);
}

static hone_status train_batches(hone_fit_run *run)
{
    HONE_TRY(open_reading(run));
    while (more_steps(run) && !stopping(run)) {
        hone_feed feed;
        int more = hone_internal_reading_next(&run->reading, &feed);
        if (more < 0)
            return (hone_status)more;
        if (more == 0 && run->done == 0 && hone_internal_dataset_streams(run->data))
            return hone_fail(HONE_ERROR_DATA, "the data gave no batch in epoch %lld",
                             (long long)run->epoch + 1);
        if (more == 0)
            break;
        HONE_TRY(train_batch(run, &feed));
    }
    return HONE_OK;
}

/* ---- epochs ---- */

static bool validates(const hone_fit_run *run, int64_t epoch)
{
    return run->validation != NULL && (epoch + 1) % run->args->validation_freq == 0;
}

static hone_status validate(hone_fit_run *run)
{
    hone_logs *own = &run->tested;
    int64_t size =
        run->args->validation_batch_size != HONE_NONE_INTEGER
            ? run->args->validation_batch_size
            : (run->args->batch_size + run->args->shards - 1) / run->args->shards; /* no more memory */
    hone_evaluation evaluation = {
        .data = run->validation, .batch_size = size, .steps = run->args->validation_steps};
    HONE_TRY(tell(run, HONE_EVENT_TEST_BEGIN, 0, NULL));
    HONE_TRY(hone_internal_evaluate(run->model, &run->session, &evaluation));
    hone_logs_free(own);
    HONE_TRY(hone_internal_compiled_results(run->model, own));
    HONE_TRY(hone_internal_logs_keep(own, &run->lists));
    HONE_TRY(tell(run, HONE_EVENT_TEST_END, 0, own));
    hone_log log;
    for (int i = 0; (log = hone_logs_at(own, i)).name != NULL; i++) {
        char name[256];
        snprintf(name, sizeof name, "val_%s", log.name);
        const char *kept = hone_internal_history_name(run->history, name);
        if (kept == NULL)
            return HONE_ERROR_MEMORY;
        HONE_TRY(hone_internal_logs_put(&run->logs, kept, log));
    }
    return HONE_OK;
}

int64_t hone_internal_fit_steps(const hone_fit_run *run)
{
    int64_t steps = run->args->steps_per_epoch;
    if (hone_internal_dataset_streams(run->data))
        return steps == HONE_NONE_INTEGER ? HONE_ANY : steps;
    int64_t size = hone_internal_reading_size(run->data, run->args->batch_size);
    int64_t all = (hone_internal_reading_count(run->data, size) + size - 1) / size;
    return steps == HONE_NONE_INTEGER || steps > all ? all : steps;
}

/* What comes before the first batch; a checkpoint from inside the epoch has it behind it. */
static hone_status begin_epoch(hone_fit_run *run)
{
    bool streams = hone_internal_dataset_streams(run->data);
    run->done = 0;
    HONE_TRY(tell(run, HONE_EVENT_EPOCH_BEGIN, run->epoch, NULL));
    hone_internal_compiled_reset(run->model);
    bool over = !streams && run->position >= hone_internal_reading_count(run->data, run->args->batch_size);
    if (!streams && (run->args->steps_per_epoch == HONE_NONE_INTEGER || over || run->position == 0))
        begin_pass(run);
    if (streams)
        hone_internal_reading_end(&run->reading);
    return HONE_OK;
}

/* What comes after the last batch. */
static hone_status end_epoch(hone_fit_run *run)
{
    hone_internal_arena_free(&run->lists);
    HONE_TRY(running_logs(run));
    HONE_TRY(hone_internal_logs_keep(&run->logs, &run->lists));
    if (validates(run, run->epoch))
        HONE_TRY(validate(run));
    const hone_optimizer *optimizer = run->model->compiled.optimizer;
    double rate =
        hone_internal_optimizer_rate_at(optimizer, optimizer->iterations > 0 ? optimizer->iterations - 1 : 0);
    HONE_TRY(tell(run, HONE_EVENT_EPOCH_END, run->epoch, &run->logs));
    HONE_TRY(hone_internal_history_add(run->history, run->epoch, &run->logs,
                                       hone_internal_now() - run->started, rate));
    HONE_TRY(show(run, run->done, true));
    tell_hidden(run);
    return HONE_OK;
}

static hone_status run_epoch(hone_fit_run *run)
{
    run->trainer.epoch = run->epoch;
    run->trainer.steps = hone_internal_fit_steps(run);
    hone_internal_progress_heading(&run->progress, run->epoch, run->args->epochs);
    if (!run->inside)
        run->started = hone_internal_now();
    hone_internal_progress_begin(&run->progress, run->trainer.steps, run->started);
    if (!run->inside)
        HONE_TRY(begin_epoch(run));
    run->inside = false;
    hone_status status = train_batches(run);
    if (status >= 0)
        status = hone_internal_fit_compare(run);
    if (status >= 0 && run->session.shard_optimizer)
        status = hone_internal_shards_gather(run->model);
    if (status < 0)
        return hone_internal_fit_rescue(run, status);
    if (hone_internal_fit_interrupted(run))
        return hone_internal_checkpoint_save(run, true); /* an interrupted epoch is not one */
    HONE_TRY(end_epoch(run));
    return hone_internal_checkpoint_save(run, false);
}

static hone_status last_logs(hone_fit_run *run)
{
    const hone_history *history = run->history;
    hone_logs_free(&run->logs);
    for (int i = 0; i < history->name_count && history->row_count > 0; i++) {
        const hone_history_cell *cell =
            hone_internal_history_cell(history, history->names[i], hone_history_epoch_count(history) - 1);
        if (cell != NULL && cell->list != NULL)
            HONE_TRY(hone_logs_set_all(&run->logs, history->names[i], cell->list, cell->list_count));
        else if (cell != NULL && !isnan(cell->value))
            HONE_TRY(hone_logs_set(&run->logs, history->names[i], cell->value));
    }
    return HONE_OK;
}

hone_status hone_internal_fit_run_epochs(hone_fit_run *run)
{
    HONE_TRY(tell(run, HONE_EVENT_TRAIN_BEGIN, 0, NULL));
    HONE_TRY(hone_internal_checkpoint_restore(run));
    hone_status status = hone_internal_fit_meet(run);
    for (; run->epoch < run->args->epochs && (run->inside || !stopping(run)) && status >= 0; run->epoch++)
        status = run_epoch(run);
    hone_internal_progress_break(&run->progress);
    if (status < 0)
        return status;
    if (run->swapped)
        HONE_TRY(hone_trainer_swap_averages(&run->trainer));
    hone_internal_optimizer_finish(run->model->compiled.optimizer);
    HONE_TRY(last_logs(run));
    return tell(run, HONE_EVENT_TRAIN_END, 0, &run->logs);
}
