/* Models: put layers together, compile, fit, evaluate, predict, save, load.
 *
 * A model is owned by whoever created it (hone_model_free) unless it was handed over as a layer. It may be
 * used by one thread at a time; different models are independent. */
#ifndef HONE_MODEL_H
#define HONE_MODEL_H

#include <hone/callbacks.h>
#include <hone/data.h>
#include <hone/layers.h>
#include <hone/optimizers.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_model hone_model;
typedef struct hone_tensor
    hone_tensor; /* what a layer gives when it is applied symbolically; lent by its network */

enum { HONE_MAX_ENDS = HONE_MAX_COMPONENTS }; /* inputs, or outputs, of a model */

/* ---- putting together ---- */

/* A stack of layers, taken over; starts with hone_input or learns its input's shape from the first data. NULL
 * among the layers is an earlier failure: the others are freed. */
hone_model *hone_sequential_create(const char *site, hone_layer *const *layers); /* up to hone_layers_end */
extern hone_layer *const hone_layers_end;
#ifndef __cplusplus
#define hone_sequential(...) \
    hone_sequential_create(HONE_SITE, (hone_layer *const[]){__VA_ARGS__, hone_layers_end})
#endif
hone_status hone_model_add(hone_model *model,
                           hone_layer *layer); /* at the end of a sequential model; taken over */
hone_status hone_model_pop(hone_model *model); /* drops the last layer of a sequential model */

/* An input of a graph: shape of one sample, as hone_input. Its network lives until the model made from it, or
 * hone_tensor_free. */
hone_tensor *hone_tensor_input(hone_layer *input); /* takes over a hone_input(...) layer */
#ifndef __cplusplus
#define hone_input_tensor(...) hone_tensor_input(hone_input(__VA_ARGS__))
#endif
void hone_tensor_free(hone_tensor *input); /* gives up an input that went into no model; NULL is fine */
hone_shape hone_tensor_shape(const hone_tensor *tensor);
/* Applies a layer (taken over; hone_layer_retain it to share it) to tensors; gives its first output, lent.
 * hone_tensor_output gives the others. */
hone_tensor *hone_apply_create(hone_layer *layer, hone_tensor *const *inputs); /* up to hone_tensors_end */
hone_tensor *hone_tensor_output(hone_tensor *tensor, int index);
extern hone_tensor *const hone_tensors_end;
#ifndef __cplusplus
#define hone_apply(layer, ...) \
    hone_apply_create((layer), (hone_tensor *const[]){__VA_ARGS__, hone_tensors_end})
#endif

/* A model from inputs to outputs of a network. Takes over one reference to each input (made by
 * hone_input_tensor). Inputs that other models own already, or inner tensors, may be given too: a sub-model.
 */
typedef struct hone_model_args {
    hone_args base;
    hone_tensor *inputs[HONE_MAX_ENDS],
        *outputs[HONE_MAX_ENDS];   /* up to the first NULL: so pass failures with care; see below */
    int input_count, output_count; /* how many there should be; a NULL among these is an earlier failure */
    const char *name;
} hone_model_args;
hone_model *hone_model_from_args(const hone_model_args *args);
#ifndef __cplusplus
#define HONE_TENSORS(...) \
    { \
        __VA_ARGS__ \
    }
#define HONE_TENSOR_COUNT(...) ((int)(sizeof((hone_tensor *[]){__VA_ARGS__}) / sizeof(hone_tensor *)))
/* hone_model_create((a, b), (c), .name = "m"): the lists in brackets. */
#define HONE_UNBRACKET(...) __VA_ARGS__
#define hone_model_create(...) HONE_MODEL_CREATE(__VA_ARGS__, .base = {sizeof(hone_model_args), HONE_SITE})
#define HONE_MODEL_CREATE(ins, outs, ...) \
    hone_model_from_args(&(hone_model_args){.inputs = {HONE_UNBRACKET ins}, \
                                            .outputs = {HONE_UNBRACKET outs}, \
                                            .input_count = HONE_TENSOR_COUNT(HONE_UNBRACKET ins), \
                                            .output_count = HONE_TENSOR_COUNT(HONE_UNBRACKET outs), \
                                            __VA_ARGS__})
#endif
/* The model as a layer of another; takes the model over. */
hone_layer *hone_model_as_layer(hone_model *model);
/* The same architecture and names with fresh weights, and the same compile settings. */
hone_model *hone_model_clone(hone_model *model);

void hone_model_free(hone_model *model); /* NULL is fine */
hone_status hone_model_set_name(hone_model *model, const char *name);
const char *hone_model_name(const hone_model *model);
/* The seed of initial weights, dropout and shuffling; 0 by default. Draws anew the initial weights that
 * nothing has changed yet. */
hone_status hone_model_set_seed(hone_model *model, uint64_t seed);
uint64_t hone_model_seed(const hone_model *model);
/* Builds a sequential model that has no input yet, for samples of this shape (the batch in front). */
hone_status hone_model_build(hone_model *model, hone_shape input);

int hone_model_layer_count(const hone_model *model); /* without the input layer of a sequential model */
hone_layer *hone_model_layer_at(const hone_model *model, int index); /* lent; negative counts from the end */
hone_layer *hone_model_layer(const hone_model *model,
                             const char *name); /* lent; NULL with the nearest name */
int hone_model_inputs(const hone_model *model);
int hone_model_outputs(const hone_model *model);
const char *hone_model_input_name(const hone_model *model, int index);
const char *hone_model_output_name(const hone_model *model, int index);
hone_tensor *hone_model_input(const hone_model *model, int index); /* for sub-models; lent */
hone_tensor *hone_model_output(const hone_model *model, int index);
hone_tensor *hone_model_layer_output(const hone_model *model, const char *layer); /* of its first use; lent */
void hone_model_set_trainable(hone_model *model, bool trainable); /* of all its layers; compile afterwards */

/* Weights in Keras's order. */
int hone_model_weight_count(const hone_model *model);
hone_variable *hone_model_weight(const hone_model *model, int index); /* lent */
const char *hone_variable_name(const hone_variable *variable);        /* "kernel" */
const char *hone_variable_path(const hone_variable *variable);        /* "dense/kernel" */
hone_shape hone_variable_shape(const hone_variable *variable);
bool hone_variable_trainable(const hone_variable *variable);
float *hone_variable_data(hone_variable *variable); /* to read and write in place, row-major */

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
#define HONE_NO_OPTIMIZER ((hone_optimizer *)(void *)hone_nothing)
#define HONE_NO_CALLBACKS ((hone_callback_list *)(void *)hone_nothing)
hone_optimizer *hone_model_optimizer(const hone_model *model); /* lent; NULL when not compiled */

/* ---- training and using ---- */

/* Takes `length` bytes of UTF-8, not ended by 0. */
typedef void hone_sink(void *context, const char *text, size_t length);

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

/* ---- files ---- */

/* By the end of the path: .keras, the model with its compile settings and optimizer's state; .weights.h5,
 * weights (and optimizer's state) alone; .weights.json, the same in several files beside it
 * (NAME_00000.weights.h5, ...); .safetensors, weights by name ("dense/kernel"). */
hone_status hone_model_save(hone_model *model, const char *path);
typedef struct hone_save_args {
    hone_args base;
    const char *keras_version; /* "3.3": the oldest Keras that is to read the .keras or .weights.h5 file, 3.0
                                  or newer. HONE_ERROR_UNSUPPORTED when the model has what came later.
                                  NULL: 3.4, whose form all newer ones read */
    const char *dtype;   /* of the numbers in a .safetensors file: "float32" (NULL), "float64", "float16",
                            "bfloat16" */
    int64_t shard_bytes; /* most bytes of numbers in a file of .weights.json; 0: 5 GiB */
} hone_save_args;
hone_status hone_model_save_with(hone_model *model, const char *path, const hone_save_args *args);

/* .keras or a folder with its parts, Keras 3 and tf.keras 2.12 to 2.15; .h5, whole models of Keras 2 and 3.
 * With optimizer and its state when it was compiled. */
hone_model *hone_model_load(const char *path);
typedef struct hone_load_args {
    hone_args base;
    bool ignore_unknown; /* a setting that Hone does not know is a warning, is kept, and is saved again; else
                            it is an error, unless it is null, false or its default in Keras */
    hone_sink *output;   /* where warnings go, a line each; NULL: nowhere */
    void *output_context;
} hone_load_args;
hone_model *hone_model_load_with(const char *path, const hone_load_args *args);

/* Weights from a .weights.h5, .weights.json, .keras, .h5 or .safetensors file into a built model: all or
 * nothing. */
hone_status hone_model_load_weights(hone_model *model, const char *path);
typedef struct hone_load_weights_args {
    hone_args base;
    bool by_name; /* .h5 and .weights.h5: layers of the same name, instead of the same place. Layers that the
                     other side lacks are passed over */
    bool skip_mismatch; /* layers (weights, by_name and .safetensors) whose number or shapes of weights differ
                           keep theirs, with a warning */
    bool partial; /* .safetensors: weights that the file lacks keep theirs, and what the model lacks is passed
                     over */
    const char *const
        *map; /* .safetensors: "theirs=ours" texts, NULL-ended: the tensor "theirs" is the weight "ours".
                 One * on each side stands for the same text ("h.*=block.*");
                 ours ending in ".T" takes the matrix transposed (PyTorch's linear layers); nothing after
                 "=" passes the tensor over. NULL: names are the same */
    hone_sink *output; /* where warnings go, a line each; NULL: nowhere */
    void *output_context;
} hone_load_weights_args;
hone_status hone_model_load_weights_with(hone_model *model, const char *path,
                                         const hone_load_weights_args *args);
#ifndef __cplusplus
#define hone_save(...) HONE_SAVE(__VA_ARGS__, .base = {sizeof(hone_save_args), HONE_SITE})
#define HONE_SAVE(model_, path_, ...) hone_model_save_with(model_, path_, &(hone_save_args){__VA_ARGS__})
#define hone_load(...) HONE_LOAD(__VA_ARGS__, .base = {sizeof(hone_load_args), HONE_SITE})
#define HONE_LOAD(path_, ...) hone_model_load_with(path_, &(hone_load_args){__VA_ARGS__})
#define hone_load_weights(...) \
    HONE_LOAD_WEIGHTS(__VA_ARGS__, .base = {sizeof(hone_load_weights_args), HONE_SITE})
#define HONE_LOAD_WEIGHTS(model_, path_, ...) \
    hone_model_load_weights_with(model_, path_, &(hone_load_weights_args){__VA_ARGS__})
#endif
/* Writes the model as it predicts as an ONNX graph (opset 17, IR 8), for other runtimes: inputs and outputs
 * by their names, in float32, with the batch's size free; what only trains is left out.
 * HONE_ERROR_UNSUPPORTED, naming the layer, for what ONNX cannot say. When it would exceed 2 GB the weights
 * go to PATH.data. hone_model_load reads it back. */
hone_status hone_model_export_onnx(hone_model *model, const char *path);
/* What training knew of its data (columns, categories, names of classes; data_files.h) goes into .keras
 * files. Data in the DATA form, read as those of training were: the same columns, numbers of categories,
 * fills and sizes of pictures, so that a saved model gets what it has learnt on. */
hone_dataset *hone_dataset_load_for(const hone_model *model, const char *source, const char *part,
                                    double scale);
/* How many classes an output has names for, 0 when none are known; and a name, lent, or NULL. */
int64_t hone_model_classes(const hone_model *model, int output);
const char *hone_model_class_name(const hone_model *model, int output, int64_t class_number);
/* Keras's table, as on a terminal of 80 columns; to be freed with hone_free. */
char *hone_model_summary(hone_model *model);
typedef struct hone_summary_args {
    hone_args base;
    int64_t columns;     /* of the terminal; 0: 80. Lines are at most 88 long, 108 in a graph, 12 more when
                          * show_trainable, and 4 less than this */
    int64_t line_length; /* exactly; 0: by the columns */
    bool expand_nested;  /* the layers of inner models too */
    bool show_trainable; /* a column with Y, N, or - for layers without weights */
} hone_summary_args;
char *hone_model_summary_with(hone_model *model, const hone_summary_args *args);
/* What will run for a batch of this size, training or not, and the memory; to be freed with hone_free. */
char *hone_model_plan(hone_model *model, int64_t batch_size, bool training);
void hone_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif
