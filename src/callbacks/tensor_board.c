/* tensor_board: logs for TensorBoard, with the tags, steps and folders of Keras's callback.
 *
 *    log_dir/train        epoch_NAME, batch_NAME, PATH/histogram, PATH/gradient, PATH/image, LAYER/maps,
 *                         the graph
 *    log_dir/validation   epoch_NAME, evaluation_NAME_vs_iterations
 *    log_dir              hyper-parameters, and how the run ended
 *
 * TensorBoard's step of an epoch is its number from 0, that of a batch its number from 1 over all epochs. */
#include "callbacks/callback.h"

HONE_FIELD_TABLE(hone_tensor_board_args, HONE_TENSOR_BOARD_FIELDS);

#ifndef HONE_CORE_ONLY

#include "base/memory.h"
#include "callbacks/weight_image.h"
#include "formats/events.h"
#include "graph/graph.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TAG_SIZE = 512 };

typedef struct state {
    hone_event_log *session, *train, *validation; /* NULL: not opened */
    int64_t every;                                /* batches from one log of them to the next; 0: none */
    int64_t batches;                              /* over all epochs */
    double epoch_begun, batch_begun;
    int64_t epoch_iteration;
} state;

static const hone_tensor_board_args *args_of(const hone_callback *callback)
{
    return callback->args;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static hone_status check(hone_callback *callback)
{
    const char *text = args_of(callback)->update_freq;
    state *self = callback->state;
    if (strcmp(text, "batch") == 0)
        text = "1";
    return hone_internal_callback_frequency("update_freq", text, &self->every);
}

/* ---- logs, opened when the first thing goes into them ---- */

static hone_status open_log(const hone_callback *callback, const char *part, hone_event_log **log)
{
    if (*log != NULL)
        return HONE_OK;
    const char *folder = args_of(callback)->log_dir;
    char *path = part == NULL ? hone_internal_copy_text(folder) : hone_internal_format("%s/%s", folder, part);
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    *log = hone_internal_event_log_open(path);
    hone_internal_free(path);
    return *log == NULL ? hone_error_status() : HONE_OK;
}

static hone_status open_train(hone_callback *callback)
{
    return open_log(callback, "train", &((state *)callback->state)->train);
}

static void close_logs(hone_callback *callback, hone_status *status)
{
    state *self = callback->state;
    hone_event_log **logs[] = {&self->train, &self->validation, &self->session};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        hone_status closed = hone_internal_event_log_close(*logs[i]);
        *logs[i] = NULL;
        if (*status >= 0)
            *status = closed;
    }
}

/* A scalar under the tag PREFIX + NAME + SUFFIX. */
/* What the logs have, as epoch_NAME; several values as epoch_NAME/0, epoch_NAME/1, ... */
static hone_status add_log(hone_event_log *log, const char *prefix, const char *name, const char *suffix,
                           hone_log logged, int64_t step)
{
    char tag[TAG_SIZE];
    snprintf(tag, sizeof tag, "%s%s%s", prefix, name, suffix);
    if (logged.count == 1)
        return hone_internal_event_log_scalar(log, tag, logged.values[0], step);
    for (int i = 0; i < logged.count; i++) {
        snprintf(tag, sizeof tag, "%s%s%s/%d", prefix, name, suffix, i);
        HONE_TRY(hone_internal_event_log_scalar(log, tag, logged.values[i], step));
    }
    return HONE_OK;
}

/* ---- the start and the end ---- */

static hone_status add_node(void *context, const hone_call_view *call)
{
    hone_event_node node = {call->path,       call->class_name,
                            call->inputs,     (size_t)call->input_count,
                            call->shape.size, (size_t)call->shape.rank};
    return hone_internal_event_graph_add(context, &node);
}

/* The graph of layers, then the same as Keras logs it. */
static hone_status write_graph(hone_callback *callback, hone_trainer *trainer)
{
    hone_text graph = {0};
    HONE_TRY(open_train(callback));
    hone_event_log *log = ((const state *)callback->state)->train;
    hone_status drawn = trainer->visit_calls(trainer->context, add_node, &graph);
    if (drawn >= 0)
        drawn = hone_internal_event_log_graph(log, &graph);
    hone_internal_text_free(&graph);
    HONE_TRY(drawn);
    char *json = trainer->describe_model(trainer->context);
    if (json == NULL)
        return hone_error_status();
    hone_status status = hone_internal_event_log_keras_graph(log, json);
    hone_internal_free(json);
    return status;
}

static hone_status write_hyperparameters(hone_callback *callback, hone_trainer *trainer)
{
    state *self = callback->state;
    HONE_TRY(open_log(callback, NULL, &self->session));
    hone_config *map = trainer->describe_training(trainer->context);
    if (map == NULL)
        return hone_error_status();
    hone_status status = hone_internal_event_log_hyperparameters(self->session, map);
    hone_internal_config_free(map);
    return status < 0 ? status : hone_internal_event_log_flush(self->session);
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    state *self = callback->state;
    hone_status status = HONE_OK;
    close_logs(callback, &status); /* of a fit that failed */
    self->batches = 0;
    if (args_of(callback)->write_hparams)
        HONE_TRY(write_hyperparameters(callback, trainer));
    if (args_of(callback)->write_graph)
        HONE_TRY(write_graph(callback, trainer));
    return hone_internal_event_log_flush(self->train);
}

static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    (void)logs;
    state *self = callback->state;
    const char *reason = trainer->stop_reason;
    bool success = reason == NULL || strcmp(reason, "early_stopping") == 0;
    hone_status status =
        self->session == NULL ? HONE_OK : hone_internal_event_log_end(self->session, success);
    close_logs(callback, &status);
    return status;
}

static void free_state(hone_callback *callback)
{
    hone_status status = HONE_ERROR_STATE; /* it cannot be told */
    close_logs(callback, &status);
}

/* ---- batches ---- */

static hone_status batch_begin(hone_callback *callback, hone_trainer *trainer, int64_t batch)
{
    (void)trainer, (void)batch;
    state *self = callback->state;
    self->batches++;
    self->batch_begun = now();
    return HONE_OK;
}

static bool wants_batches(const hone_callback *callback)
{
    return ((const state *)callback->state)->every > 0;
}

static hone_status batch_end(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)trainer, (void)batch;
    state *self = callback->state;
    if (self->every == 0 || self->batches % self->every != 0)
        return HONE_OK;
    HONE_TRY(open_train(callback));
    double seconds = now() - self->batch_begun;
    if (args_of(callback)->write_steps_per_second && seconds > 0)
        HONE_TRY(hone_internal_event_log_scalar(self->train, "batch_steps_per_second", 1 / seconds,
                                                self->batches));
    hone_log log;
    for (int i = 0; (log = hone_logs_at(logs, i)).name != NULL; i++)
        HONE_TRY(add_log(self->train, "batch_", log.name, "", log, self->batches));
    return HONE_OK;
}

/* ---- validation ---- */

static hone_status test_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    state *self = callback->state;
    HONE_TRY(open_log(callback, "validation", &self->validation));
    hone_log log;
    for (int i = 0; (log = hone_logs_at(logs, i)).name != NULL; i++)
        HONE_TRY(
            add_log(self->validation, "evaluation_", log.name, "_vs_iterations", log, trainer->iteration));
    return HONE_OK;
}

/* ---- epochs ---- */

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    (void)epoch;
    state *self = callback->state;
    self->epoch_begun = now();
    self->epoch_iteration = trainer->iteration;
    return HONE_OK;
}

static hone_status write_metrics(hone_callback *callback, const hone_trainer *trainer, int64_t epoch,
                                 const hone_logs *logs)
{
    state *self = callback->state;
    double seconds = now() - self->epoch_begun;
    HONE_TRY(open_train(callback));
    hone_log log;
    for (int i = 0; (log = hone_logs_at(logs, i)).name != NULL; i++) {
        bool validation = strncmp(log.name, "val_", 4) == 0;
        if (validation)
            HONE_TRY(open_log(callback, "validation", &self->validation));
        if (strcmp(log.name, "learning_rate") != 0)
            HONE_TRY(add_log(validation ? self->validation : self->train, "epoch_",
                             log.name + (validation ? 4 : 0), "", log, epoch));
    }
    HONE_TRY(hone_internal_event_log_scalar(self->train, "epoch_learning_rate",
                                            hone_trainer_learning_rate(trainer), epoch));
    if (!args_of(callback)->write_steps_per_second || !(seconds > 0))
        return HONE_OK;
    return hone_internal_event_log_scalar(self->train, "epoch_steps_per_second",
                                          (double)(trainer->iteration - self->epoch_iteration) / seconds,
                                          epoch);
}

/* One weight, or gradient, of an epoch. */
typedef struct visit {
    hone_event_log *log;
    const char *suffix;
    int64_t epoch;
    bool images;
} visit;

static hone_status write_weight(void *context, const char *path, hone_shape shape, const float *data)
{
    const visit *self = context;
    char tag[TAG_SIZE];
    snprintf(tag, sizeof tag, "%s/%s", path, self->suffix);
    HONE_TRY(hone_internal_event_log_histogram(self->log, tag, data, hone_internal_shape_count(shape),
                                               self->epoch));
    if (!self->images)
        return HONE_OK;
    snprintf(tag, sizeof tag, "%s/image", path);
    return hone_internal_weight_image_log(self->log, tag, shape, data, self->epoch);
}

static hone_status write_maps(void *context, const char *layer, hone_shape shape, const float *data)
{
    const visit *self = context;
    char tag[TAG_SIZE];
    snprintf(tag, sizeof tag, "%s/maps", layer);
    return hone_internal_maps_image_log(self->log, tag, shape, data, self->epoch);
}

static hone_status write_weights(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    const hone_tensor_board_args *args = args_of(callback);
    visit weights = {((const state *)callback->state)->train, "histogram", epoch, args->write_images};
    visit gradients = {weights.log, "gradient", epoch, false};
    HONE_TRY(trainer->visit_weights(trainer->context, write_weight, &weights));
    if (args->write_maps)
        HONE_TRY(trainer->visit_maps(trainer->context, write_maps, &weights));
    return args->write_grads ? trainer->visit_gradients(trainer->context, write_weight, &gradients) : HONE_OK;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    state *self = callback->state;
    int64_t frequency = args_of(callback)->histogram_freq;
    HONE_TRY(write_metrics(callback, trainer, epoch, logs));
    if (frequency > 0 && epoch % frequency == 0)
        HONE_TRY(write_weights(callback, trainer, epoch));
    HONE_TRY(hone_internal_event_log_flush(self->validation));
    return hone_internal_event_log_flush(self->train);
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    return hone_logs_set(numbers, "batches", (double)((const state *)callback->state)->batches);
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    return hone_internal_callback_integer(numbers, "batches", &((state *)callback->state)->batches);
}

#else

typedef char state;

static hone_status check(hone_callback *callback)
{
    (void)callback;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "this build of Hone is core only, without event files");
}

#endif

const hone_callback_type hone_internal_tensor_board_callback = {
    .type = {.name = "tensor_board",
             .class_name = "TensorBoard",
             .module = "keras.callbacks",
             .summary = "Writes logs for TensorBoard.",
             HONE_TYPE_FIELDS(hone_tensor_board_args)},
    .state_bytes = sizeof(state),
    .check = check,
#ifndef HONE_CORE_ONLY
    .train_begin = train_begin,
    .train_end = train_end,
    .epoch_begin = epoch_begin,
    .epoch_end = epoch_end,
    .batch_begin = batch_begin,
    .batch_end = batch_end,
    .wants_batches = wants_batches,
    .test_end = test_end,
    .free_state = free_state,
    .save = save,
    .restore = restore,
#endif
};
HONE_DEFINE_CALLBACK(tensor_board)
