/* Training and using models: compile, fit, evaluate, predict; one batch at a time, and custom training loops.
 */
#ifndef HONE_TRAIN_H
#define HONE_TRAIN_H

#include <hone/callbacks.h>
#include <hone/model.h>
#include <hone/optimizers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- compile ---- */

/* Losses and metrics are spec strings. For a model with several outputs `losses` has one for each, in
 * their order ("none" leaves one out), and "price: mae" is a metric only of the output price. */
#define HONE_COMPILE_FIELDS(F, A) \
    F(A, OPTIMIZER, optimizer, HONE_NO_OPTIMIZER, "the optimizer (default rmsprop)", HONE_ARGUMENT("SPEC")) \
    F(A, TEXT, loss, NULL, "the loss of every output", HONE_SPECS("loss")) \
    F(A, TEXTS, losses, HONE_NO_TEXTS, "a loss for each output, in place of loss", HONE_SPECS("loss"), \
      HONE_PROGRAM_ONLY) \
    F(A, NUMBERS, loss_weights, HONE_NO_NUMBERS, "weight of each output's loss (default 1)") \
    F(A, TEXTS, metrics, HONE_NO_TEXTS, "metrics", HONE_SPECS("metric")) \
    F(A, TEXTS, weighted_metrics, HONE_NO_TEXTS, "metrics that use sample and class weights", \
      HONE_SPECS("metric"))
HONE_ARGS_STRUCT(hone_compile_args, HONE_COMPILE_FIELDS);
hone_status hone_compile_with(hone_model *model, const hone_compile_args *args);
#ifndef __cplusplus
#define hone_compile(...) HONE_COMPILE(__VA_ARGS__, HONE_BASE(hone_compile_args))
#define HONE_COMPILE(model_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_compile_with(model_, HONE_ARGS(hone_compile_args, HONE_COMPILE_FIELDS, __VA_ARGS__)))
#endif
hone_optimizer *hone_model_optimizer(const hone_model *model); /* borrowed; NULL when not compiled */
bool hone_model_has_loss(const hone_model *model);             /* it is compiled, and with a loss */
/* Whether a number of the history should rise (1) or fall (-1); 0: not known. "val_accuracy" as "accuracy".
 */
int hone_model_direction(const hone_model *model, const char *name);

/* ---- augmentation ---- */

/* A data set whose batches go through layers as in training: random layers of images over the first input,
 * which run ahead on the thread that makes batches and are not a part of the model. For training data only:
 * split it before (hone_dataset_split), since fit's validation_split would hold out augmented samples.
 *
 *   train = hone_dataset_augment(train, hone_random_flip(), hone_random_rotation(.factor = {0.05}));
 *
 * Images [h, w] have one channel. mix_up and cut_mix also change the first target, which must be one-hot.
 * What a batch draws is a function of the seed of the model, the epoch and the numbers of its samples. Takes
 * over the data set and the layers (up to hone_layers_end), also on failure; refuses layers with weights, and
 * ones that change the shape. */
hone_dataset *hone_dataset_augment_with(const char *site, hone_dataset *dataset, hone_layer *const *layers);
#ifndef __cplusplus
#define hone_dataset_augment(dataset, ...) \
    hone_dataset_augment_with(HONE_SITE, dataset, (hone_layer *const[]){__VA_ARGS__, hone_layers_end})
#endif

/* ---- training and using ---- */

/* What fit records: one row per epoch. */
int64_t hone_history_epoch_count(const hone_history *history);
int64_t hone_history_epoch(const hone_history *history, int64_t row); /* its number, from 0 */
int hone_history_metric_count(const hone_history *history);
const char *hone_history_name(const hone_history *history,
                              int metric); /* "loss", "accuracy", "val_loss", ... sorted */
double hone_history_value(const hone_history *history, const char *name,
                          int64_t row); /* NaN if there is none, or several */
/* All values of a metric (one per class, per threshold, ...): writes at most `capacity` and returns how many
 * there are; 0: none. */
int hone_history_values(const hone_history *history, const char *name, int64_t row, double *values,
                        int capacity);
/* The metric's result is a list, if only of one value; not a number. */
bool hone_history_is_list(const hone_history *history, const char *name, int64_t row);
double hone_history_last(const hone_history *history, const char *name);
double hone_history_seconds(const hone_history *history, int64_t row);
double hone_history_learning_rate(const hone_history *history, int64_t row); /* of the epoch's last step */
/* Writes one row per epoch as CSV, like Keras's CSVLogger: epoch from 0, then the metrics by name; NA
 * where an epoch has no value. hone_plot_history (hone/charts.h) draws the curves. */
hone_status hone_history_save(const hone_history *history, const char *path);
const char *
hone_history_stopped_by(const hone_history *history); /* NULL: ran to its end; "early_stopping", ... */
int64_t hone_history_best_epoch(const hone_history *history); /* of the monitoring callback, else lowest
                                                                 val_loss, else loss; -1 none */

/* With `checkpoint` the run is saved, so that after a crash, a kill or a stop it continues as if nothing had
 * happened: with the same weights, history and decisions of callbacks, to the bit. DIR/latest.keras is
 * written at the end of each epoch, after every `checkpoint_every` batches, and when hone_model_stop ends the
 * fit. With `resume` the fit continues from there, or starts if there is no checkpoint. Without `resume` an
 * existing checkpoint is HONE_ERROR_STATE; so is one with another model, data, seed or settings, and the
 * message names the difference. The number of epochs may increase; a finished run only returns its history
 * again. */
#define HONE_FIT_FIELDS(F, A) \
    F(A, INTEGER, epochs, 1, "total number of epochs, including those before initial_epoch", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1)) \
    F(A, INTEGER, initial_epoch, 0, "number of the first epoch, from 0", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, shuffle, true, "shuffle the samples in each epoch") \
    F(A, DATASET, validation_data, HONE_NO_DATASET, "validation data", HONE_PROGRAM_ONLY) \
    F(A, NUMBER, validation_split, 0, \
      "fraction of the data to hold out for validation: the last samples, before shuffling", \
      HONE_BETWEEN_BELOW(0, 1)) \
    F(A, INTEGER, validation_freq, 1, "validate every N epochs", HONE_AT_LEAST(1)) \
    F(A, INTEGER, validation_batch_size, HONE_NONE_INTEGER, \
      "samples per validation batch (default: batch_size)", HONE_AT_LEAST(1)) \
    F(A, INTEGER, validation_steps, HONE_NONE_INTEGER, "batches per validation (default: all)", \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, steps_per_epoch, HONE_NONE_INTEGER, \
      "batches per epoch; the next epoch continues in the data (default: all)", HONE_AT_LEAST(1)) \
    HONE_CLASS_WEIGHT_FIELDS(F, A) \
    F(A, CALLBACKS, callbacks, HONE_NO_CALLBACKS, "callbacks to run during training", HONE_ARGUMENT("SPEC"), \
      HONE_SPECS("callback")) \
    F(A, INTEGER, verbose, 1, "0: silent, 1: progress bar, 2: one line per epoch", HONE_BETWEEN(0, 2)) \
    F(A, SINK, output, NULL, "function that receives progress output", HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output", HONE_PROGRAM_ONLY) \
    F(A, BOOLEAN, output_terminal, false, "redraw lines in place, in colour", HONE_PROGRAM_ONLY) \
    F(A, BOOLEAN, output_plain, false, "without colour", HONE_PROGRAM_ONLY) \
    F(A, INTEGER, output_columns, 0, "maximum width of a redrawn line (0: not known)", HONE_AT_LEAST(0), \
      HONE_PROGRAM_ONLY) \
    F(A, TEXT, checkpoint, NULL, "folder for checkpoints of the run, created if missing", \
      HONE_ARGUMENT("DIR")) \
    F(A, INTEGER, checkpoint_every, HONE_NONE_INTEGER, "also save every N batches", HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, resume, false, "continue from the checkpoint, as if the run had never stopped") \
    F(A, TEXT, checkpoint_identity, NULL, \
      "text that identifies what is trained, such as a recipe; must match the checkpoint's", \
      HONE_PROGRAM_ONLY) \
    F(A, INTEGER, shards, 1, \
      "train each batch in N parts, a thread each in the memory of one, and add their gradients", \
      HONE_BETWEEN(1, 4096)) \
    F(A, BOOLEAN, shard_optimizer, false, \
      "keep on each of several processes the optimizer's state of its part of the weights alone")
#define HONE_CLASS_WEIGHT_FIELDS(F, A) \
    F(A, CLASS_WEIGHTS, class_weight, HONE_NO_NUMBERS, "weight of each class (default 1)", HONE_AT_LEAST(0), \
      HONE_ARGUMENT("0:1.0,1:2.0"))
HONE_ARGS_STRUCT(hone_fit_args, HONE_FIT_FIELDS);
/* Trains; the history is the model's and lives until the next fit or the model's end. NULL on failure;
 * hone_model_history then lends what there is. The data sets stay the caller's, the callbacks are taken over.
 */
const hone_history *hone_fit_with(hone_model *model, hone_dataset *data, const hone_fit_args *args);
#ifndef __cplusplus
#define hone_fit(...) HONE_FIT(__VA_ARGS__, HONE_BASE(hone_fit_args))
#define HONE_FIT(model_, data_, ...) \
    HONE_WITH_OVERRIDES(hone_fit_with(model_, data_, HONE_ARGS(hone_fit_args, HONE_FIT_FIELDS, __VA_ARGS__)))
#endif
const hone_history *hone_model_history(const hone_model *model); /* borrowed; NULL before the first fit */
/* Ends the fit that is running after its present step, keeping what callbacks keep. Safe from signal handlers
 * and other threads. */
void hone_model_stop(hone_model *model);

/* Loss and metrics over a data set, by Keras's names, into `logs`, whose names live until the model's next
 * compile, and the lists of metrics with several values until the model next computes metrics. */
#define HONE_EVALUATE_FIELDS(F, A) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1)) \
    F(A, INTEGER, steps, HONE_NONE_INTEGER, "number of batches to evaluate (default: all)", \
      HONE_AT_LEAST(1)) \
    HONE_CLASS_WEIGHT_FIELDS(F, A)
HONE_ARGS_STRUCT(hone_evaluate_args, HONE_EVALUATE_FIELDS);
hone_status hone_evaluate_with(hone_model *model, hone_dataset *data, hone_logs *logs,
                               const hone_evaluate_args *args);
/* Before training: each layer that learns from data without training and has not yet (the mean and variance
 * of a normalization that were neither given, nor adapted, nor loaded) does so, from what reaches it of the
 * whole data set, in the order of the layers. The data set must end. hone_recipe_fit does this by itself. */
hone_status hone_adapt(hone_model *model, hone_dataset *data);
/* The outputs for all samples: `outputs` has room for hone_model_output_count() arrays, to be freed with
 * hone_array_free. */
#define HONE_PREDICT_FIELDS(F, A) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1)) \
    F(A, INTEGER, steps, HONE_NONE_INTEGER, "number of batches to predict (default: all)", HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, whole, false, \
      "where all samples are one batch, outputs may be of any shape, not a row for each sample")
HONE_ARGS_STRUCT(hone_predict_args, HONE_PREDICT_FIELDS);
hone_status hone_predict_with(hone_model *model, hone_dataset *data, hone_array **outputs,
                              const hone_predict_args *args);
#ifndef __cplusplus
#define hone_evaluate(...) HONE_EVALUATE(__VA_ARGS__, HONE_BASE(hone_evaluate_args))
#define HONE_EVALUATE(model_, data_, logs_, ...) \
    HONE_WITH_OVERRIDES(hone_evaluate_with( \
        model_, data_, logs_, HONE_ARGS(hone_evaluate_args, HONE_EVALUATE_FIELDS, __VA_ARGS__)))
#define hone_predict(...) HONE_PREDICT(__VA_ARGS__, HONE_BASE(hone_predict_args))
#define HONE_PREDICT(model_, data_, outputs_, ...) \
    HONE_WITH_OVERRIDES(hone_predict_with(model_, data_, outputs_, \
                                          HONE_ARGS(hone_predict_args, HONE_PREDICT_FIELDS, __VA_ARGS__)))
#endif

/* ---- one batch at a time ----
 *
 * hone_train_on_batch does the same as fit for one batch. hone_gradients_compute stops halfway: forward,
 * loss, gradients, which may be read and changed; hone_gradients_apply continues with the optimizer step. */

/* One step of training, or one evaluation, on the arrays of a batch; writes loss and metrics of only this
 * batch to `logs` (may be NULL). */
hone_status hone_train_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
hone_status hone_test_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
/* The outputs for a batch; `outputs` has room for hone_model_output_count() arrays, to be freed with
 * hone_array_free. `training`: as in training (dropout draws new numbers at each call, reproducible by the
 * seed): Monte Carlo dropout. Statistics of batch normalisation are not updated. */
hone_status hone_predict_on_batch(hone_model *model, const hone_batch *batch, bool training,
                                  hone_array **outputs);

/* The gradients of a batch's loss, with respect to each trainable weight and each input. */
typedef struct hone_gradients hone_gradients;
/* Forward in training mode, loss and gradients; nothing is updated but moving statistics. NULL on failure. */
hone_gradients *hone_gradients_compute(hone_model *model, const hone_batch *batch);
double hone_gradients_loss(const hone_gradients *gradients);
int hone_gradients_count(const hone_gradients *gradients); /* trainable weights, in Keras's order */
hone_variable *hone_gradients_variable(const hone_gradients *gradients, int index); /* borrowed */
/* The numbers, row-major in the variable's (the input's) shape, to read and write. NULL where the loss does
 * not depend on it. */
float *hone_gradients_data(const hone_gradients *gradients, int index);
float *hone_gradients_input(const hone_gradients *gradients, int input, hone_shape *shape);
/* One step of the model's optimizer with these gradients: clipping, decay, update, constraints. */
hone_status hone_gradients_apply(hone_model *model, const hone_gradients *gradients);
/* One step of any optimizer on a part of the weights, by their numbers in `gradients`: several optimizers on
 * parts of one model. The first call ties the optimizer (borrowed) to these weights. */
hone_status hone_gradients_apply_part(hone_optimizer *optimizer, const hone_gradients *gradients,
                                      const int *indexes, int count);
void hone_gradients_free(hone_gradients *gradients); /* accepts NULL */

#ifdef __cplusplus
}
#endif
#endif
