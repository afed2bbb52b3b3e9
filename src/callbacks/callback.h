/* The callback object, lists of them, and the trainer as they see it. */
#ifndef HONE_CALLBACKS_CALLBACK_H
#define HONE_CALLBACKS_CALLBACK_H

#include "base/error.h"
#include "fields/config.h"
#include "fields/fields.h"
#include "registry.h"
#include <hone/callbacks.h>

struct hone_callback {
    int references;
    const hone_callback_type *type;
    void *args;
    void *state;
};

struct hone_callback_list {
    hone_callback **items;
    size_t count;
    int references;
};

#define HONE_DEFINE_CALLBACK(thing) \
    hone_callback *hone_##thing##_with(const hone_##thing##_args *args) \
    { \
        hone_callback *callback = hone_callback_create(&hone_internal_##thing##_callback, args); \
        hone_internal_fields_give_back(&hone_internal_##thing##_callback.type, args); \
        return callback; \
    }

/* Takes a weight, or its gradient, by the weight's path in Keras: "sequential/dense/kernel". */
typedef hone_status hone_weight_visitor(void *context, const char *path, hone_shape shape, const float *data);

/* A call of a layer: its place ("inner/dense", "dense_1" again with a number for later calls), what it is,
 * the places of the calls it reads, the shape of its first output. */
typedef struct hone_call_view {
    const char *path, *class_name;
    const char *const *inputs;
    int input_count;
    hone_shape shape;
} hone_call_view;
typedef hone_status hone_call_visitor(void *context, const hone_call_view *call);

/* What stands behind a hone_trainer: filled in by model/fit. Each hone_trainer_... function calls one of
 * these. */
struct hone_trainer {
    void *context;
    int64_t epoch, epochs, steps, iteration;
    int verbose;
    int rank; /* of several processes that share the training; 0: the one that writes files */
    bool stopped;
    const char *stop_reason; /* "early_stopping"; NULL while it continues */
    double (*learning_rate)(void *context);
    hone_status (*set_learning_rate)(void *context, double rate);
    hone_status (*set_momentum)(void *context, double momentum);
    int (*direction)(void *context, const char *name);
    hone_status (*save)(void *context, const char *path, bool weights_only);
    hone_weights_copy *(*copy_weights)(void *context, hone_weights_copy *into);
    hone_status (*restore_weights)(void *context, const hone_weights_copy *copy);
    hone_status (*swap_averages)(void *context);
    /* Checkpoints of the run: keep them in a folder from now on, and continue from the one there; remove it.
     */
    hone_status (*keep_checkpoint)(void *context, const char *folder, int64_t every);
    hone_status (*drop_checkpoint)(void *context, const char *folder);
    void (*print)(void *context, const char *text);
    /* Looking on, which changes nothing: every weight; the gradients of the trainable ones for the last batch
     * (none when batches come from a callback, or before the first batch); the model as Keras's JSON; what
     * the training was set up with, a flat map (both belong to the caller); the calls of layers, those of
     * inner models too. */
    hone_status (*visit_weights)(void *context, hone_weight_visitor *visit, void *visitor);
    hone_status (*visit_gradients)(void *context, hone_weight_visitor *visit, void *visitor);
    char *(*describe_model)(void *context);
    hone_config *(*describe_training)(void *context);
    hone_status (*visit_calls)(void *context, hone_call_visitor *visit, void *visitor);
    /* What each convolution over images gives for the first sample of the validation data, or of the training
     * data: the layer's name, maps [rows, columns, height, width] with rows of zeros behind them to fill the
     * grid. */
    hone_status (*visit_maps)(void *context, hone_weight_visitor *visit, void *visitor);
    bool scheduled;     /* the learning rate comes from the optimizer's schedule */
    bool validates;     /* there are validation data */
    int64_t best_epoch; /* told by monitoring callbacks; -1 none */
};

/* For callbacks that monitor: whether `value` is better than `best` by min_delta, the direction is resolved
 * as Keras resolves it for its monitors. */
typedef struct hone_monitor {
    int direction; /* 1 more is better, -1 less; 0 not resolved yet */
    double best;   /* NaN: none yet */
    bool told_missing;
} hone_monitor;
hone_status hone_internal_monitor_resolve(hone_monitor *monitor, hone_trainer *trainer, const char *name,
                                          const char *mode);
bool hone_internal_monitor_improves(const hone_monitor *monitor, double value, double reference,
                                    double min_delta);
/* The number of this epoch; `found` is false, with a line the first time, when there is none. A metric with
 * several values is an error. */
hone_status hone_internal_monitor_get(hone_monitor *monitor, hone_trainer *trainer, const char *callback,
                                      const char *name, const hone_logs *logs, double *value, bool *found);
/* To and from a checkpoint: "best" and "direction". */
hone_status hone_internal_monitor_save(const hone_monitor *monitor, hone_logs *numbers);
hone_status hone_internal_monitor_restore(hone_monitor *monitor, const hone_logs *numbers);
/* A whole number of a checkpoint, checked: files are not believed. */
hone_status hone_internal_callback_integer(const hone_logs *numbers, const char *name, int64_t *integer);

/* "epoch" (0), or a number of batches from 1; `name` is the argument's. */
hone_status hone_internal_callback_frequency(const char *name, const char *text, int64_t *every);
/* HONE_ERROR_STATE when the rate comes from a schedule, so that it is said before the training. */
hone_status hone_internal_callback_need_own_rate(const hone_trainer *trainer);

/* Runs one event over a list; the first failure ends it. */
typedef enum hone_event {
    HONE_EVENT_TRAIN_BEGIN,
    HONE_EVENT_TRAIN_END,
    HONE_EVENT_EPOCH_BEGIN,
    HONE_EVENT_EPOCH_END,
    HONE_EVENT_BATCH_BEGIN,
    HONE_EVENT_BATCH_END,
    HONE_EVENT_TEST_BEGIN,
    HONE_EVENT_TEST_END
} hone_event;
hone_status hone_internal_callbacks_run(hone_callback_list *list, hone_event event, hone_trainer *trainer,
                                        int64_t number, hone_logs *logs);
bool hone_internal_callbacks_want(const hone_callback_list *list,
                                  hone_event event); /* whether any has a function for it */

#endif
