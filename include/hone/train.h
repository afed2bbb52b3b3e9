/* Training and using models: compile, fit, evaluate, predict; one batch at a time, and custom training loops. */
#ifndef HONE_TRAIN_H
#define HONE_TRAIN_H

#include <hone/callbacks.h>
#include <hone/model.h>
#include <hone/optimizers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- compile ---- */

typedef struct hone_compile_args {
    hone_args base;
    hone_optimizer *optimizer;         /* taken over; left out: rmsprop, as Keras */
    const char *loss;                  /* a spec: one for every output */
    const char *losses[HONE_MAX_ENDS]; /* or one for each output, in their order; "none" leaves one out */
    double
        loss_weights[HONE_MAX_ENDS]; /* of each output's loss; 0 is taken as 1 unless an earlier one is set */
    const char *metrics[HONE_MAX_TEXTS]; /* specs; "price: mae" goes to the output named price alone */
    const char *weighted_metrics[HONE_MAX_TEXTS];
} hone_compile_args;
hone_status hone_compile_with(hone_model *model, const hone_compile_args *args);
#ifndef __cplusplus
#define hone_compile(...) HONE_COMPILE(__VA_ARGS__, .base = {sizeof(hone_compile_args), HONE_SITE})
#define HONE_COMPILE(model_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_compile_with(model_, &(hone_compile_args){.optimizer = HONE_NO_OPTIMIZER, __VA_ARGS__}))
#endif
hone_optimizer *hone_model_optimizer(const hone_model *model); /* lent; NULL when not compiled */

/* ---- training and using ---- */

/* What fit tells of: a row an epoch. */
typedef struct hone_history hone_history;
int64_t hone_history_epochs(const hone_history *history);
int64_t hone_history_epoch(const hone_history *history, int64_t row); /* its number, from 0 */
int hone_history_metrics(const hone_history *history);
const char *hone_history_name(const hone_history *history,
                              int metric); /* "loss", "accuracy", "val_loss", ... sorted */
double hone_history_value(const hone_history *history, const char *name,
                          int64_t row); /* NaN where there is none, or several */
/* All values of a metric (one per class, per threshold, ...): writes at most `capacity` and returns how many
 * there are; 0: none. */
int hone_history_values(const hone_history *history, const char *name, int64_t row, double *values,
                        int capacity);
double hone_history_last(const hone_history *history, const char *name);
double hone_history_seconds(const hone_history *history, int64_t row);
const char *
hone_history_stopped_by(const hone_history *history); /* NULL: ran to its end; "early_stopping", ... */
int64_t hone_history_best_epoch(const hone_history *history); /* of the callback that monitors, else lowest
                                                                 val_loss, else loss; -1 none */

typedef struct hone_fit_args {
    hone_args base;
    int64_t epochs; /* number of the last epoch; they count from initial_epoch */
    int64_t batch_size;
    int64_t initial_epoch;
    bool shuffle; /* a new order each epoch, a function of the seed and the count of epochs */
    hone_dataset *validation_data;
    double validation_split; /* the last share of the data is held out instead; before any shuffling */
    int64_t validation_freq; /* epochs from one validation to the next */
    int64_t validation_batch_size;
    int64_t validation_steps;
    int64_t steps_per_epoch;               /* batches an epoch; the data go on where they stopped */
    double class_weight[HONE_MAX_NUMBERS]; /* weight of each class; HONE_NONE ends them, classes beyond weigh
                                              1 */
    hone_callback_list *callbacks;         /* taken over */
    int verbose;                           /* 0 nothing, 1 a progress bar, 2 a line an epoch */
    hone_sink *output;                     /* where that goes; left out: nowhere */
    void *output_context;
    bool output_terminal;   /* redraw in place, in colour */
    bool output_plain;      /* without colour */
    int64_t output_columns; /* of the terminal, within which a line that is redrawn stays; 0: not known */
    /* Saving the run itself, so that after a crash, a kill or a stop it goes on as if nothing had been: same
     * weights, history and decisions of callbacks, to the bit. */
    const char *checkpoint; /* a folder, made when missing: DIR/latest.keras at the end of each epoch and when
                               hone_model_stop ends the fit */
    int64_t checkpoint_every; /* also after every so many batches; 0: not */
    bool resume; /* goes on from the folder's checkpoint; starts when there is none. Without it a checkpoint
                  * there is HONE_ERROR_STATE. HONE_ERROR_STATE too, naming what differs, when it is of
                  * another model, data, seed or other settings. Epochs may be more than before; a run that
                  * has ended only gives its history again. */
    const char *checkpoint_identity; /* a text of what the caller trains (a recipe); a checkpoint with another
                                        one is refused */
} hone_fit_args;
#define HONE_FIT_DEFAULTS \
    .epochs = 1, .batch_size = 32, .shuffle = true, .validation_data = HONE_NO_DATASET, \
    .validation_freq = 1, .validation_batch_size = HONE_NONE_INTEGER, .validation_steps = HONE_NONE_INTEGER, \
    .steps_per_epoch = HONE_NONE_INTEGER, .class_weight = HONE_NO_NUMBERS, .callbacks = HONE_NO_CALLBACKS
/* Fills in the defaults, for other languages. */
void hone_fit_args_default(hone_fit_args *args);
/* Trains; the history is the model's and lives until the next fit or the model's end. NULL on failure;
 * hone_model_history then lends what there is. The data sets stay the caller's. */
const hone_history *hone_fit_with(hone_model *model, hone_dataset *data, const hone_fit_args *args);
const hone_history *hone_model_history(const hone_model *model);
#ifndef __cplusplus
#define hone_fit(...) HONE_FIT(__VA_ARGS__, .base = {sizeof(hone_fit_args), HONE_SITE})
#define HONE_FIT(model_, data_, ...) \
    HONE_WITH_OVERRIDES(hone_fit_with(model_, data_, &(hone_fit_args){HONE_FIT_DEFAULTS, __VA_ARGS__}))
#endif
/* Ends the fit that is running after its present step, keeping what callbacks keep. Safe from signal handlers
 * and other threads. */
void hone_model_stop(hone_model *model);

/* Loss and metrics over a data set, by Keras's names, into `logs` (whose names live until the model's next
 * compile, and the lists of metrics with several values until the model next computes metrics). batch_size 0:
 * 32. */
hone_status hone_evaluate(hone_model *model, hone_dataset *data, int64_t batch_size, hone_logs *logs);
/* The outputs for all samples: `outputs` has room for hone_model_outputs() arrays, to be freed with
 * hone_array_free. */
hone_status hone_predict(hone_model *model, hone_dataset *data, int64_t batch_size, hone_array **outputs);

/* ---- one batch at a time ----
 *
 * hone_train_on_batch does what fit does with a batch. hone_gradients_compute stops half-way: forward, loss,
 * gradients, which may be read and changed; hone_gradients_apply goes on with the optimizer's step. */

/* One step of training, or one evaluation, on the arrays of a batch; loss and metrics of this batch alone
 * into `logs` (may be NULL). */
hone_status hone_train_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
hone_status hone_test_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
/* The outputs for a batch; `outputs` has room for hone_model_outputs() arrays, to be freed with
 * hone_array_free. `training`: as in training (dropout draws anew at each call, and repeats with the seed):
 * Monte Carlo dropout. Statistics of batch normalisation are not moved. */
hone_status hone_predict_on_batch(hone_model *model, const hone_batch *batch, bool training,
                                  hone_array **outputs);

/* The gradients of a batch's loss, with respect to each trainable weight and each input. */
typedef struct hone_gradients hone_gradients;
/* Forward in training mode, loss and gradients; nothing is updated but moving statistics. NULL on failure. */
hone_gradients *hone_gradients_compute(hone_model *model, const hone_batch *batch);
double hone_gradients_loss(const hone_gradients *gradients);
int hone_gradients_count(const hone_gradients *gradients); /* trainable weights, in Keras's order */
hone_variable *hone_gradients_variable(const hone_gradients *gradients, int index); /* lent */
/* The numbers, row-major in the variable's (the input's) shape, to read and write. NULL where the loss does
 * not depend on it. */
float *hone_gradients_data(const hone_gradients *gradients, int index);
float *hone_gradients_input(const hone_gradients *gradients, int input, hone_shape *shape);
/* One step of the model's optimizer with these gradients: clipping, decay, update, constraints. */
hone_status hone_gradients_apply(hone_model *model, const hone_gradients *gradients);
/* One step of any optimizer on a part of the weights, by their numbers in `gradients`: several optimizers on
 * parts of one model. The first call ties the optimizer (lent) to these weights. */
hone_status hone_gradients_apply_part(hone_optimizer *optimizer, const hone_gradients *gradients,
                                      const int *indexes, int count);
void hone_gradients_free(hone_gradients *gradients); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
