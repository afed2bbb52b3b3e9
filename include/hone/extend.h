/* For extensions: types of custom layers, losses, optimizers and so on, the same as the built-in ones. */
#ifndef HONE_EXTEND_H
#define HONE_EXTEND_H

#include <hone/callbacks.h>
#include <hone/fields.h>
#include <hone/layers.h>
#include <hone/ops.h>
#include <hone/optimizers.h>
#include <hone/schedules.h>
#include <limits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- layers ---- */

/* A weight that a layer adds. Sizes must be known. */
typedef struct hone_weight {
    const char *name; /* "kernel" */
    hone_shape shape;
    const char *initializer; /* spec strings; NULL: glorot_uniform, no regularizer, no constraint */
    const char *regularizer;
    const char *constraint;
    bool frozen; /* never trained by gradients: moving statistics */
} hone_weight;

typedef struct hone_layer_type {
    hone_type type;
    size_t state_bytes; /* of the layer's own state, zeroed: hone_layer_state() */
    /* Checks the inputs' shapes (the batch is HONE_ANY) and adds the weights. NULL: nothing to check or add.
     */
    hone_status (*build)(hone_layer *layer, const hone_shape *inputs, int count);
    /* Records what the layer does. Fills `outputs` (at most HONE_MAX_OUTPUTS) and returns their number, or a
     * status below zero. Called once for each use and each plan, also with unknown sizes to find the shapes
     * of the outputs. */
    int (*call)(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs);
    void (*free_state)(hone_layer *layer); /* NULL: nothing to free */
    int inputs_min, inputs_max;            /* 0, 0: exactly one input */
    bool passes_mask; /* the mask of the (first) input passes to the output unless the call sets another */
    bool takes_ids;   /* its inputs are ids: never rounded to bfloat16 */
    bool uses_mask;   /* the call reads masks itself; otherwise they are dropped silently if not passed */
    /* The arguments of a call other than its inputs (mask, initial_state, ...); NULL: none.
     * hone_call_args() returns a struct of these fields, borrowed, while the call is recorded. The argument
     * `mask` is handled by the library: it replaces the masks of the inputs. */
    const hone_type *call_fields;
    /* Each positional argument of Keras's call is an input: f(x, y). Otherwise the first argument has all
     * inputs: f([x, y]). A number in place of an input is the call field at that position. */
    bool inputs_apart;
    bool is_operation; /* one of keras.ops: a node of a model like a layer, but not among its layers in files
                        */
    /* How many outputs a call may give; NULL: at most HONE_MAX_OUTPUTS. */
    int (*outputs_max)(const hone_layer *layer);
    /* Layers that hold others (wrappers, nested models): the inner layer at an index or NULL, and its
     * attribute in files: "layer", or "cells/" when it is one of a list. */
    hone_layer *(*inner)(const hone_layer *layer, int index, const char **attribute);
    /* With inputs_apart: the names of the inputs as arguments, "query|value|key". Positional arguments beyond
     * them are call fields in their order. */
    const char *input_names;
    bool shapes_vary;         /* a later use may have inputs of other shapes than the first */
    const char *python_class; /* of Keras's class, which names the groups of its weights in files, where that
                                 is not class_name: "GroupedQueryAttention" */
    bool regularizes_inside;  /* its activity_regularizer is that of its inner layers, not of its output */
    /* What it learns from data without training (hone_adapt): whether it still has to; and from its whole
     * input, axis 0 counting samples. NULL: nothing. */
    bool (*needs_data)(const hone_layer *layer);
    hone_status (*adapt)(hone_layer *layer, const hone_array *data);
    /* Layers over texts and integers: what they make of arrays before the network computes (axis 0 counts
     * samples; a new array, NULL on failure), and the shape of it (-1 in the last axis: as the data are).
     * They have no call; their inputs are those of the model, or other such layers. */
    hone_array *(*transform)(hone_layer *layer, const hone_array *inputs, int count);
    hone_status (*transformed)(hone_layer *layer, const hone_shape *inputs, int count, hone_shape *output);
    /* A list of terms that files have beside the weights, in this order, with a weight for each or NULL. */
    int64_t (*term_count)(const hone_layer *layer);
    const char *(*term)(const hone_layer *layer, int64_t index);
    const float *(*term_weights)(const hone_layer *layer);
    hone_status (*take_terms)(hone_layer *layer, const char *const *terms, size_t count,
                              const float *weights);
    bool
        goes_step_by_step; /* a step of its output depends on that step of its inputs, and on states, alone */
    /* The weight that a low-rank adaptation adds to (arguments lora_rank, lora_alpha): "kernel"; NULL: there
     * is none. Its weights lora_kernel_a and lora_kernel_b are added behind those of `build`; the call reads
     * hone_layer_adapted. */
    const char *adapted;
} hone_layer_type;
typedef hone_layer_type hone_operation_type; /* of the family of keras.ops, which only files name */

enum { HONE_MANY_INPUTS = INT_MAX, HONE_MAX_OUTPUTS = 8 }; /* as inputs_max: no limit */

/* A layer of a type with a copy of `args`; errors carry args->site. */
hone_layer *hone_layer_create(const hone_layer_type *type, const void *args);
const hone_layer_type *hone_layer_get_type(const hone_layer *layer);
const void *hone_layer_args(const hone_layer *layer); /* the layer's own copy */
void *hone_layer_state(hone_layer *layer);
bool hone_layer_trainable(const hone_layer *layer);
/* Adds a weight while building; borrowed. NULL on failure. */
hone_variable *hone_layer_add_weight(hone_layer *layer, const hone_weight *weight);
/* The weight that `adapted` of its type names, as a value of the graph, with what a low-rank adaptation adds.
 */
hone_value hone_layer_adapted(const hone_layer *layer, hone_graph *graph);
/* The weight added under this name, or NULL without an error. */
hone_variable *hone_layer_weight(const hone_layer *layer, const char *name);
/* A tensor of numbers that the layer keeps from batch to batch beside its weights, 0 at first: a call reads
 * it (hone_graph_variable) and gives it new numbers (hone_op_assign). Nothing trains or saves it. Borrowed;
 * the same under the same name. NULL on failure: its size is another than before, and its numbers are not 0
 * (hone_layer_reset_states). Not while the graph is symbolic: then sizes are unknown. */
hone_variable *hone_layer_carry(hone_layer *layer, const char *name, hone_shape shape);
/* The arguments of the call that is being recorded: a struct of its type's call_fields, and the tensors in it
 * as values (HONE_NO_VALUE, without an error, where there is none; `place` counts in lists). */
const void *hone_call_args(const hone_graph *graph);
hone_value hone_call_value(const hone_graph *graph, const char *name, int place);
/* Adds a scalar to the loss of the model that is being recorded. */
hone_status hone_layer_add_loss(hone_layer *layer, hone_graph *graph, hone_value loss);

/* ---- small objects, named by strings ---- */

typedef struct hone_activation_type {
    hone_type type;
    hone_value (*call)(hone_graph *graph, hone_value x, const void *args);
} hone_activation_type;

/* What an initializer fills: the shape, the fans, and the random numbers of this variable. */
typedef struct hone_fill {
    hone_shape shape;
    double fan_in, fan_out;
    const void *random; /* a stream: hone_fill_uniform(fill, i), hone_fill_normal(fill, i) */
    float *data;
    int64_t count;
} hone_fill;
double hone_fill_uniform(const hone_fill *fill, int64_t index); /* [0, 1) */
double hone_fill_normal(const hone_fill *fill, int64_t index);  /* mean 0, deviation 1 */

typedef struct hone_initializer_type {
    hone_type type;
    hone_status (*fill)(const hone_fill *fill, const void *args);
} hone_initializer_type;

typedef struct hone_regularizer_type {
    hone_type type;
    hone_value (*penalty)(hone_graph *graph, hone_value x, const void *args); /* a scalar */
} hone_regularizer_type;

typedef struct hone_constraint_type {
    hone_type type;
    hone_value (*apply)(hone_graph *graph, hone_value w, const void *args); /* w as it should be */
} hone_constraint_type;

/* ---- losses and metrics ---- */

typedef struct hone_loss_type {
    hone_type type;
    /* Values of shape y_pred without its last axis (or a scalar), from targets and predictions of equal rank,
     * or of targets with one axis less where `class_ids`. The library handles reduction, weights and masks. A
     * mask that the loss makes itself (ignore_class) is set on the values. */
    hone_value (*values)(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args);
    bool class_ids; /* targets are class numbers, one axis less than the predictions */
    bool shares;    /* targets are numbers from 0 to 1 */
} hone_loss_type;

/* The start of every loss's argument list. */
#define HONE_LOSS_FIELDS(F, A, standard_name) \
    F(A, TEXT, reduction, "sum_over_batch_size", "how values become one number", \
      HONE_ONE_OF("sum_over_batch_size|mean|sum|mean_with_sample_weight|none")) \
    F(A, TEXT, name, standard_name, "name of the loss", HONE_BY_NAME)

typedef struct hone_metric hone_metric; /* one metric of a compiled model: type, arguments, state */
typedef struct hone_metric_type {
    hone_type type;
    /* The number of doubles of state for targets and predictions of these shapes. */
    int64_t (*state_count)(const void *args, hone_shape y_true, hone_shape y_pred);
    /* Records the ops that add a batch to the state; weights [rows] or HONE_NO_VALUE. */
    hone_status (*update)(hone_graph *graph, hone_metric *metric, hone_value y_true, hone_value y_pred,
                          hone_value weights);
    /* The value(s) from the state: writes at most `capacity` and returns how many there are (1 for nearly
     * all). */
    int (*result)(const hone_metric *metric, double *results, int capacity);
    int direction;  /* 1: higher is better, -1: lower is better, 0: neither */
    bool class_ids; /* as in a loss */
    bool (*lists)(
        const void *args); /* the result is a list, if only of one value; NULL: when there are several */
    /* In place of `update`, in plain C: called for each row of the last axis in order, on one thread, but for
     * rows of weight 0. state_count NULL: two doubles; result NULL: state[0] / state[1]. */
    void (*add_row)(hone_metric *metric, const float *y_true, int64_t true_count, const float *y_pred,
                    int64_t pred_count, double weight);
} hone_metric_type;
#define HONE_METRIC_FIELDS(F, A, standard_name) \
    F(A, TEXT, name, standard_name, "name of the metric", HONE_BY_NAME)
const void *hone_metric_args(const hone_metric *metric);
double *hone_metric_state(const hone_metric *metric); /* doubles, zero at the start of an epoch */
void *hone_metric_memory(hone_metric *metric,
                         size_t bytes); /* zeroed, lives as long as the metric: thresholds and the like */

/* For `update`: state[index] += sum of w v and state[index + 1] += sum of w; state[index + c] += sum over
 * rows of w v[row, c]. Weights HONE_NO_VALUE: 1. */
hone_status hone_op_accumulate_mean(hone_graph *graph, hone_metric *metric, int64_t index, hone_value values,
                                    hone_value weights);
hone_status hone_op_accumulate_columns(hone_graph *graph, hone_metric *metric, int64_t index,
                                       hone_value values, hone_value weights);

/* ---- schedules, optimizers ---- */

typedef struct hone_schedule_type {
    hone_type type;
    double (*rate)(const void *args, int64_t step); /* step from 0 */
    hone_status (*check)(const void *args);         /* checks beyond ranges; NULL: none */
} hone_schedule_type;

hone_schedule *hone_schedule_create(const hone_schedule_type *type, const void *args);

enum { HONE_OPTIMIZER_NUMBERS = 16 };

typedef struct hone_optimizer_type {
    hone_type type;
    /* Creates the slots for the model's trainable variables, in the order of Keras's files, with
     * hone_optimizer_add_slot. */
    hone_status (*build)(hone_optimizer *optimizer);
    /* The numbers of a step (its kernel's c): t counts updates from 1, `rate` is the learning rate of this
     * step. */
    void (*numbers)(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers);
    /* Records the update of the variable at `index` (in hone_optimizer_variable) by its gradient, after
     * clipping and decay. */
    hone_status (*update)(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient);
    /* Records what all variables share, before the first update; NULL: nothing. */
    hone_status (*begin)(hone_optimizer *optimizer, hone_graph *graph);
    /* The weight decay of the variable at `index`, NaN for none; NULL: the argument weight_decay for all. */
    double (*decay)(const hone_optimizer *optimizer, int index);
    /* What becomes of a weight depends on its own gradient and slots alone, which have the variable's shape:
     * several processes may have a part of a variable each (shard_optimizer of hone_fit). Else whole ones. */
    bool by_item;
} hone_optimizer_type;

/* Of a type with a copy of `args`; a schedule in them is shared, while hone_adam(...) and its like take it
 * over. */
hone_optimizer *hone_optimizer_create(const hone_optimizer_type *type, const void *args);
const void *hone_optimizer_args(const hone_optimizer *optimizer);
int hone_optimizer_variable_count(const hone_optimizer *optimizer);
hone_variable *hone_optimizer_variable(const hone_optimizer *optimizer, int index);
/* A slot: a variable of the optimizer, filled with `start` (HONE_NONE: with what its variable holds), stored
 * in files in the order of these calls. `variable` -1: it belongs to none (a scalar such as Nadam's product).
 * Slots of one variable are found again by their number in order of creation. */
hone_variable *hone_optimizer_add_slot(hone_optimizer *optimizer, int variable, const char *name,
                                       hone_shape shape, double start);
hone_variable *hone_optimizer_slot(const hone_optimizer *optimizer, int variable, int number);
/* The numbers of the current step while a plan runs. */
const double *hone_optimizer_numbers(const hone_optimizer *optimizer);
/* The number at `index` of the current step as a scalar, for updates that are composed of operations. */
hone_value hone_optimizer_number(hone_optimizer *optimizer, hone_graph *graph, int index);
/* Records the step kernel `name` (the name of a built-in optimizer: "adam") on a variable with its slots. */
hone_status hone_optimizer_step(hone_optimizer *optimizer, hone_graph *graph, const char *name, int index,
                                hone_value gradient);

/* ---- callbacks ---- */

typedef struct hone_callback_type {
    hone_type type;
    size_t state_bytes;                            /* zeroed at creation; hone_callback_state() */
    hone_status (*check)(hone_callback *callback); /* at creation: checks beyond ranges; NULL: none */
    hone_status (*train_begin)(hone_callback *callback, hone_trainer *trainer);
    hone_status (*train_end)(hone_callback *callback, hone_trainer *trainer, hone_logs *logs);
    hone_status (*epoch_begin)(hone_callback *callback, hone_trainer *trainer, int64_t epoch);
    hone_status (*epoch_end)(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs);
    hone_status (*batch_begin)(hone_callback *callback, hone_trainer *trainer, int64_t batch);
    hone_status (*batch_end)(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs);
    bool (*wants_batches)(
        const hone_callback *callback); /* false: batch_end need not be called; NULL: it must */
    hone_status (*test_begin)(hone_callback *callback, hone_trainer *trainer);
    hone_status (*test_end)(hone_callback *callback, hone_trainer *trainer, hone_logs *logs);
    void (*free_state)(hone_callback *callback);
    /* Its state in a checkpoint: numbers by name, written and read back. NULL: none. */
    hone_status (*save)(const hone_callback *callback, hone_logs *numbers);
    hone_status (*restore)(hone_callback *callback, const hone_logs *numbers);
    /* Where it keeps a copy of the weights, which then goes into checkpoints too. NULL: it keeps none. */
    hone_weights_copy **(*kept_weights)(hone_callback *callback);
} hone_callback_type;
hone_callback *hone_callback_create(const hone_callback_type *type, const void *args);
const void *hone_callback_args(const hone_callback *callback);
void *hone_callback_state(const hone_callback *callback);

/* ---- registering custom types, under a name that specs, recipes and files then accept; the type must live
 * until the process ends ---- */

hone_status hone_register_layer(const hone_layer_type *type);
hone_status hone_register_activation(const hone_activation_type *type);
hone_status hone_register_initializer(const hone_initializer_type *type);
hone_status hone_register_regularizer(const hone_regularizer_type *type);
hone_status hone_register_constraint(const hone_constraint_type *type);
hone_status hone_register_loss(const hone_loss_type *type);
hone_status hone_register_metric(const hone_metric_type *type);
hone_status hone_register_optimizer(const hone_optimizer_type *type);
hone_status hone_register_schedule(const hone_schedule_type *type);
hone_status hone_register_callback(const hone_callback_type *type);

#ifdef __cplusplus
}
#endif
#endif
