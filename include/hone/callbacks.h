/* Callbacks: what happens around epochs and batches of a fit. hone_early_stopping(.patience = 10), or
 * hone_callback_from_text("early_stopping(patience=10)"). hone_fit takes over the list that
 * hone_callbacks(...) makes. */
#ifndef HONE_CALLBACKS_H
#define HONE_CALLBACKS_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_callback hone_callback;

/* Numbers by name, as callbacks see them: sorted by name ("accuracy", "loss", "val_loss"). There may be any
 * number of them: the first HONE_MAX_LOGS stand in the struct, `more` has those after them. Logs with more
 * than HONE_MAX_LOGS numbers that a program has hold memory: hone_logs_free. */
enum { HONE_MAX_LOGS = 128 };
typedef struct hone_logs {
    int count; /* in this struct, without `more` */
    const char *names[HONE_MAX_LOGS];
    double values[HONE_MAX_LOGS]; /* NaN where there are several */
    const double
        *lists[HONE_MAX_LOGS];      /* of a metric whose result is a list (one per class); NULL: a number */
    int list_counts[HONE_MAX_LOGS]; /* how many values */
    struct hone_logs *more;         /* NULL: no more */
} hone_logs;
/* Gives up what `more` holds; the logs are empty then. */
void hone_logs_free(hone_logs *logs);
/* Those of all parts, by their place from 0. */
typedef struct hone_log {
    const char *name; /* NULL: there are not so many */
    const double *values;
    int count; /* of values */
    bool list; /* the result is a list, if only of one; else a number */
} hone_log;
hone_log hone_logs_at(const hone_logs *logs, int index);
int hone_logs_count(const hone_logs *logs);
/* The value under a name; NaN and false when there is none, or when there are several. */
bool hone_logs_get(const hone_logs *logs, const char *name, double *value);
/* All values under a name: writes at most `capacity` and returns how many there are; 0: there is no such
 * name. */
int hone_logs_get_all(const hone_logs *logs, const char *name, double *values, int capacity);
/* Sets or adds a value, keeping the order; the name is borrowed. */
hone_status hone_logs_set(hone_logs *logs, const char *name, double value);
/* The same with a list of values, which is borrowed too. */
hone_status hone_logs_set_all(hone_logs *logs, const char *name, const double *values, int count);

/* The interface through which a callback sees and changes training. */
typedef struct hone_trainer hone_trainer;
int64_t hone_trainer_epoch(const hone_trainer *trainer);        /* from 0 */
int64_t hone_trainer_epoch_count(const hone_trainer *trainer);  /* the number of the last epoch plus 1 */
int64_t hone_trainer_step_count(const hone_trainer *trainer);   /* of an epoch; HONE_ANY when not known */
int64_t hone_trainer_iteration(const hone_trainer *trainer);    /* batches trained so far by this optimizer */
double hone_trainer_learning_rate(const hone_trainer *trainer); /* of the next step */
hone_status hone_trainer_set_learning_rate(hone_trainer *trainer, double rate); /* an error with a schedule */
/* Momentum, if the optimizer has it (SGD's momentum, Adam's beta_1); otherwise an error. For 1cycle. */
hone_status hone_trainer_set_momentum(hone_trainer *trainer, double momentum);
void hone_trainer_stop(hone_trainer *trainer,
                       const char *reason); /* after the current batch; "early_stopping" */
int hone_trainer_direction(const hone_trainer *trainer,
                           const char *name); /* of a metric, by its log name: 1, -1, 0 unknown */
/* The model as .keras, or with `weights_only` its weights as .weights.h5, .weights.json or .safetensors; an
 * error if the extension does not match. */
hone_status hone_trainer_save(hone_trainer *trainer, const char *path, bool weights_only);
/* A copy of all weights, kept by the callback; restoring copies back. Free with hone_weights_copy_free. */
typedef struct hone_weights_copy hone_weights_copy;
hone_weights_copy *hone_trainer_copy_weights(hone_trainer *trainer,
                                             hone_weights_copy *into); /* into: reused, or NULL */
hone_status hone_trainer_restore_weights(hone_trainer *trainer, const hone_weights_copy *copy);
void hone_weights_copy_free(hone_weights_copy *copy);
/* Exchanges the weights with the optimizer's moving averages (use_ema). */
hone_status hone_trainer_swap_averages(hone_trainer *trainer);
void hone_trainer_print(hone_trainer *trainer, const char *format,
                        ...); /* to the sink of the fit, which may be none */
int hone_trainer_verbose(const hone_trainer *trainer);

hone_callback *hone_callback_from_text(const char *text);
hone_callback *hone_callback_retain(hone_callback *callback);
void hone_callback_free(hone_callback *callback);

/* A list of callbacks, in the order in which they are called. NULL among the arguments is an earlier
 * failure: the others are freed and the result is NULL. */
/* From an array up to hone_callbacks_end; they are taken over. */
hone_callback_list *hone_callbacks_with(hone_callback *const *callbacks);
void hone_callback_list_free(hone_callback_list *list);
extern hone_callback *const hone_callbacks_end;
#ifndef __cplusplus
#define hone_callbacks(...) hone_callbacks_with((hone_callback *const[]){__VA_ARGS__, hone_callbacks_end})
#endif

#define HONE_DECLARE_CALLBACK_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_callback *hone_##thing##_with(const hone_##thing##_args *args)

/* Stops training when a metric no longer improves. */
#define HONE_EARLY_STOPPING_FIELDS(F, A) \
    F(A, TEXT, monitor, "val_loss", "metric to monitor") \
    F(A, NUMBER, min_delta, 0, "minimum change that counts as an improvement, as an absolute value") \
    F(A, INTEGER, patience, 0, "epochs without improvement before stopping", HONE_AT_LEAST(0)) \
    F(A, INTEGER, verbose, 0, "1: print when it stops and what it restores", HONE_BETWEEN(0, 2)) \
    F(A, TEXT, mode, "auto", "whether the metric should fall (min) or rise (max); auto: by its name", \
      HONE_ONE_OF("auto|min|max")) \
    F(A, NUMBER, baseline, HONE_NONE, "an improvement counts only if the metric is better than this") \
    F(A, BOOLEAN, restore_best_weights, false, "restore the weights of the best epoch at the end") \
    F(A, INTEGER, start_from_epoch, 0, "first epoch to monitor, from 0", HONE_AT_LEAST(0))
HONE_DECLARE_CALLBACK_ARGS(early_stopping, HONE_EARLY_STOPPING_FIELDS);
#define hone_early_stopping(...) \
    HONE_ARGS_CALL(hone_early_stopping_with, hone_early_stopping_args, HONE_EARLY_STOPPING_FIELDS, \
                   __VA_ARGS__)

/* Saves the model, or its weights, after each epoch or every N batches. */
#define HONE_MODEL_CHECKPOINT_FIELDS(F, A) \
    F(A, TEXT, filepath, NULL, "file to write; {epoch:02d} and {val_loss:.2f} are replaced by their values", \
      HONE_REQUIRED) \
    F(A, TEXT, monitor, "val_loss", "metric to monitor") \
    F(A, INTEGER, verbose, 0, "1: print what it saves", HONE_BETWEEN(0, 2)) \
    F(A, BOOLEAN, save_best_only, false, "save only when the metric improved") \
    F(A, BOOLEAN, save_weights_only, false, "save only the weights, as .weights.h5") \
    F(A, TEXT, mode, "auto", "whether the metric should fall (min) or rise (max); auto: by its name", \
      HONE_ONE_OF("auto|min|max")) \
    F(A, TEXT, save_freq, "epoch", "\"epoch\", or save every N batches", .integer_too = true) \
    F(A, NUMBER, initial_value_threshold, HONE_NONE, "best value of the metric before the first epoch")
HONE_DECLARE_CALLBACK_ARGS(model_checkpoint, HONE_MODEL_CHECKPOINT_FIELDS);
#define hone_model_checkpoint(...) \
    HONE_ARGS_CALL(hone_model_checkpoint_with, hone_model_checkpoint_args, HONE_MODEL_CHECKPOINT_FIELDS, \
                   .filepath = __VA_ARGS__)

/* Reduces the learning rate when a metric no longer improves. */
#define HONE_REDUCE_LR_ON_PLATEAU_FIELDS(F, A) \
    F(A, TEXT, monitor, "val_loss", "metric to monitor") \
    F(A, NUMBER, factor, 0.1, "factor by which the learning rate is multiplied", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, INTEGER, patience, 10, "epochs without improvement before the learning rate is reduced", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, verbose, 0, "1: print when the learning rate is reduced", HONE_BETWEEN(0, 2)) \
    F(A, TEXT, mode, "auto", "whether the metric should fall (min) or rise (max); auto: by its name", \
      HONE_ONE_OF("auto|min|max")) \
    F(A, NUMBER, min_delta, 1e-4, "minimum change that counts as an improvement, as an absolute value") \
    F(A, INTEGER, cooldown, 0, "epochs to wait after a reduction before counting again", HONE_AT_LEAST(0)) \
    F(A, NUMBER, min_lr, 0.0, "lower bound of the learning rate", HONE_AT_LEAST(0))
HONE_DECLARE_CALLBACK_ARGS(reduce_lr_on_plateau, HONE_REDUCE_LR_ON_PLATEAU_FIELDS);
#define hone_reduce_lr_on_plateau(...) \
    HONE_ARGS_CALL(hone_reduce_lr_on_plateau_with, hone_reduce_lr_on_plateau_args, \
                   HONE_REDUCE_LR_ON_PLATEAU_FIELDS, __VA_ARGS__)

/* Sets the learning rate at the beginning of each epoch from a schedule, whose steps are epochs, or from
 * a function, which receives the current rate. hone_learning_rate_scheduler(.schedule =
 * hone_exponential_decay(0.1, 10, 0.5)), or (.function = f, .context = p). */
#define HONE_LEARNING_RATE_SCHEDULER_FIELDS(F, A) \
    F(A, SCHEDULE, schedule, HONE_NO_SCHEDULE, "schedule of the learning rate by epoch, from 0") \
    F(A, INTEGER, verbose, 0, "1: print the learning rate", HONE_BETWEEN(0, 2))
typedef struct hone_learning_rate_scheduler_args {
    hone_args base;
    HONE_LEARNING_RATE_SCHEDULER_FIELDS(HONE_FIELD_DECLARE, )
    double (*function)(void *context, int64_t epoch, double rate);
    void *context;
} hone_learning_rate_scheduler_args;
hone_callback *hone_learning_rate_scheduler_with(const hone_learning_rate_scheduler_args *args);
#define hone_learning_rate_scheduler(...) \
    HONE_ARGS_CALL(hone_learning_rate_scheduler_with, hone_learning_rate_scheduler_args, \
                   HONE_LEARNING_RATE_SCHEDULER_FIELDS, __VA_ARGS__)

/* Writes one row per epoch to a CSV file. */
#define HONE_CSV_LOGGER_FIELDS(F, A) \
    F(A, TEXT, filename, NULL, "file to write", HONE_REQUIRED) \
    F(A, TEXT, separator, ",", "character that separates columns") \
    F(A, BOOLEAN, append, false, "append to an existing file")
HONE_DECLARE_CALLBACK_ARGS(csv_logger, HONE_CSV_LOGGER_FIELDS);
#define hone_csv_logger(...) \
    HONE_ARGS_CALL(hone_csv_logger_with, hone_csv_logger_args, HONE_CSV_LOGGER_FIELDS, \
                   .filename = __VA_ARGS__)

/* Stops training when the loss is NaN or infinite. */
#define HONE_TERMINATE_ON_NAN_FIELDS(F, A) F(A, BOOLEAN, raise_error, false, "fail instead of stopping")
HONE_DECLARE_CALLBACK_ARGS(terminate_on_nan, HONE_TERMINATE_ON_NAN_FIELDS);
#define hone_terminate_on_nan(...) \
    HONE_ARGS_CALL(hone_terminate_on_nan_with, hone_terminate_on_nan_args, HONE_TERMINATE_ON_NAN_FIELDS, \
                   __VA_ARGS__)

/* Saves checkpoints of the run and continues from an existing one, like .checkpoint and .resume
 * of hone_fit, exact to the bit. */
#define HONE_BACKUP_AND_RESTORE_FIELDS(F, A) \
    F(A, TEXT, backup_dir, NULL, "folder of the checkpoints", HONE_REQUIRED) \
    F(A, TEXT, save_freq, "epoch", "\"epoch\", or also save every N batches", .integer_too = true) \
    F(A, BOOLEAN, double_checkpoint, false, "keep two", \
      .unsupported = "a checkpoint replaces the last one only when it is complete, so one is enough") \
    F(A, BOOLEAN, delete_checkpoint, true, "remove the checkpoint when training is complete")
HONE_DECLARE_CALLBACK_ARGS(backup_and_restore, HONE_BACKUP_AND_RESTORE_FIELDS);
#define hone_backup_and_restore(...) \
    HONE_ARGS_CALL(hone_backup_and_restore_with, hone_backup_and_restore_args, \
                   HONE_BACKUP_AND_RESTORE_FIELDS, .backup_dir = __VA_ARGS__)

/* Validates with the optimizer's moving averages (use_ema) in place of the weights. */
#define HONE_SWAP_EMA_WEIGHTS_FIELDS(F, A) \
    F(A, BOOLEAN, swap_on_epoch, false, \
      "keep the averages in the model between epochs, for callbacks that save it")
HONE_DECLARE_CALLBACK_ARGS(swap_ema_weights, HONE_SWAP_EMA_WEIGHTS_FIELDS);
#define hone_swap_ema_weights(...) \
    HONE_ARGS_CALL(hone_swap_ema_weights_with, hone_swap_ema_weights_args, HONE_SWAP_EMA_WEIGHTS_FIELDS, \
                   __VA_ARGS__)

/* Logs for TensorBoard, by Keras's tags, under log_dir: train/ and validation/ with epoch_loss and so on,
 * histograms, the graph; in log_dir itself the hyperparameters. Give each run its own folder in a common
 * folder: hone_tensor_board("logs/first", .histogram_freq = 1). */
#define HONE_TENSOR_BOARD_FIELDS(F, A) \
    F(A, TEXT, log_dir, "logs", "folder of the logs, created if missing") \
    F(A, INTEGER, histogram_freq, 0, "epochs between histograms of the weights (0: none)", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, write_graph, true, "write the model, for the Graphs page") \
    F(A, BOOLEAN, write_images, false, "write the weights as images, together with their histograms") \
    F(A, BOOLEAN, write_steps_per_second, false, \
      "write the speed of training, with each epoch and batch that is logged") \
    F(A, TEXT, update_freq, "epoch", \
      "\"epoch\"; \"batch\" or N also logs the metrics after each batch or every N batches", \
      .integer_too = true) \
    F(A, TEXT, profile_batch, "0", "batches to profile", .integer_too = true, \
      .unsupported = "batches cannot be profiled; hone plan prints what a step does") \
    F(A, INTEGER, embeddings_freq, 0, "epochs between copies of the embeddings", \
      .unsupported = "embeddings are not logged") \
    F(A, TEXT, embeddings_metadata, NULL, "file with a name for each embedding", \
      .unsupported = "embeddings are not logged") \
    F(A, BOOLEAN, write_grads, false, \
      "write histograms of the last batch's gradients, together with those of the weights") \
    F(A, BOOLEAN, write_hparams, true, "write the hyperparameters, for the HParams page") \
    F(A, BOOLEAN, write_maps, false, \
      "write what convolutions give for the first validation sample as images, together with the histograms")
HONE_DECLARE_CALLBACK_ARGS(tensor_board, HONE_TENSOR_BOARD_FIELDS);
#define hone_tensor_board(...) \
    HONE_ARGS_CALL(hone_tensor_board_with, hone_tensor_board_args, HONE_TENSOR_BOARD_FIELDS, \
                   .log_dir = __VA_ARGS__)

/* Custom functions: hone_lambda_callback(.on_epoch_end = f, .context = p). Those left out are not
 * called. A status below zero ends the fit with that failure (hone_fail). */
typedef struct hone_lambda_callback_args {
    hone_args base;
    void *context;
    hone_status (*on_train_begin)(void *context, hone_trainer *trainer);
    hone_status (*on_train_end)(void *context, hone_trainer *trainer, hone_logs *logs);
    hone_status (*on_epoch_begin)(void *context, hone_trainer *trainer, int64_t epoch);
    hone_status (*on_epoch_end)(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs);
    hone_status (*on_train_batch_begin)(void *context, hone_trainer *trainer, int64_t batch);
    hone_status (*on_train_batch_end)(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs);
} hone_lambda_callback_args;
#define HONE_LAMBDA_CALLBACK_FIELDS(F, A)
hone_callback *hone_lambda_callback_with(const hone_lambda_callback_args *args);
#define hone_lambda_callback(...) \
    HONE_ARGS_CALL(hone_lambda_callback_with, hone_lambda_callback_args, HONE_LAMBDA_CALLBACK_FIELDS, \
                   __VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
