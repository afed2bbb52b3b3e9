/* For extenders: types and their field tables, the same for the built-in layers, losses, ... and for users'
 * own. */
#ifndef HONE_EXT_H
#define HONE_EXT_H

#include <hone/args.h>
#include <hone/ops.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hone_field_kind {
    HONE_FIELD_BOOLEAN,
    HONE_FIELD_INTEGER,
    HONE_FIELD_NUMBER,
    HONE_FIELD_TEXT,
    HONE_FIELD_ACTIVATION,
    HONE_FIELD_INITIALIZER,
    HONE_FIELD_REGULARIZER,
    HONE_FIELD_CONSTRAINT,
    HONE_FIELD_INTEGERS,
    HONE_FIELD_NUMBERS,
    HONE_FIELD_TEXTS,
    HONE_FIELD_LAYER,
    HONE_FIELD_SCHEDULE
} hone_field_kind;

/* A row of a field table. Attributes not given are zero: any value, optional, saved. */
typedef struct hone_field {
    const char *name; /* of the struct's member, and of the keyword in specs, recipes and files unless `key`
                         is given */
    hone_field_kind kind;
    size_t offset;
    const char *help;            /* what it does, with its unit; no full stop */
    bool required;               /* must be given: its default is "none" */
    bool by_name;                /* a spec string or recipe gives it by its name, never by position */
    bool bounded;                /* lowest and highest hold */
    double lowest, highest;      /* for numbers and integers, and each item of lists */
    bool open_below, open_above; /* the bound itself is excluded */
    const char *choices;         /* of a text: "valid|same|causal" */
    bool newer;   /* written to files only when it differs from its default (older Keras rejects the key) */
    bool unsaved; /* never written to files */
    const char *unsupported; /* any value but the default is refused with this reason */
    const char *key;         /* the key in files and recipes when it is not the name */
    bool integer_too;        /* of a text: a whole number is taken as its text, "epoch" or 100 */
    bool
        scalar_or_list; /* of integers: one item is written as a plain integer, and a plain integer is read */
    bool always_list;   /* of integers, with scalar_or_list: one item is written as a list too, and none as an
                           empty one */
} hone_field;

/* Attributes: HONE_AT_LEAST(1) and so on, put after the help text of a row. */
#define HONE_REQUIRED .required = true
#define HONE_BY_NAME .by_name = true
#define HONE_AT_LEAST(low) .bounded = true, .lowest = (low), .highest = HUGE_VAL
#define HONE_ABOVE(low) .bounded = true, .lowest = (low), .highest = HUGE_VAL, .open_below = true
#define HONE_BETWEEN(low, high) .bounded = true, .lowest = (low), .highest = (high)
#define HONE_BETWEEN_BELOW(low, high) .bounded = true, .lowest = (low), .highest = (high), .open_above = true
#define HONE_BETWEEN_OPEN(low, high) \
    .bounded = true, .lowest = (low), .highest = (high), .open_below = true, .open_above = true
#define HONE_ONE_OF(list) .choices = (list)

/* What the types of all families begin with. */
typedef struct hone_type {
    const char *name;       /* "dense": in specs, recipes and help */
    const char *class_name; /* "Dense": in model files */
    const char *module;     /* "keras.layers" */
    const char *summary;    /* one line for help */
    const char *aliases;    /* further names, "swish|SiLU"; NULL for none */
    const hone_field *fields;
    size_t field_count;
    size_t args_size;
    const void *defaults; /* an args struct */
    const char *details;  /* further lines for help: formula, shapes, source; NULL for none */
} hone_type;

#define HONE_FIELD_ROW(A, kind_, name_, standard, ...) \
    {.name = #name_, .kind = HONE_FIELD_##kind_, .offset = offsetof(A, name_), .help = __VA_ARGS__},

/* HONE_FIELD_TABLE(hone_dense_args, HONE_DENSE_FIELDS); defines `fields` and `defaults` of one file. The
 * last row has no name, so that a table may be empty. */
#define HONE_FIELD_TABLE(type, FIELDS) HONE_FIELD_TABLE_NAMED(type, FIELDS, fields, defaults)
#define HONE_FIELD_TABLE_NAMED(type, FIELDS, fields_, defaults_) \
    static const hone_field fields_[] = {FIELDS(HONE_FIELD_ROW, type){.name = NULL}}; \
    static const type defaults_ = {.base = {sizeof(type), NULL}, FIELDS(HONE_FIELD_DEFAULT, type)}

/* The members of a hone_type that come from the table. */
#define HONE_TYPE_FIELDS(type_) HONE_TYPE_FIELDS_NAMED(type_, fields, defaults)
#define HONE_TYPE_FIELDS_NAMED(type_, fields_, defaults_) \
    .fields = fields_, .field_count = sizeof fields_ / sizeof *fields_ - 1, .args_size = sizeof(type_), \
    .defaults = &defaults_

/* ---- layers ---- */

/* A weight that a layer asks for. Sizes must be known. */
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
    bool passes_mask; /* the mask of the (first) input goes with the output unless the call set another */
    bool takes_ids;   /* its inputs are ids: never rounded to bfloat16 */
    bool uses_mask;   /* the call reads masks itself; else they are dropped silently when not passed */
    /* Layers that hold others (wrappers, nested models): the inner layer at an index or NULL, and its
     * attribute in files ("layer"). */
    hone_layer *(*inner)(const hone_layer *layer, int index, const char **attribute);
} hone_layer_type;

enum { HONE_MAX_LAYER_INPUTS = 32, HONE_MAX_OUTPUTS = 8 };

/* The start of every layer's argument list. (Of the second list: some of Keras's have no `trainable`, in
 * files either.) */
#define HONE_LAYER_FIELDS(F, A) HONE_LAYER_START_FIELDS(F, A, false)
#define HONE_BARE_LAYER_FIELDS(F, A) HONE_LAYER_START_FIELDS(F, A, true)
#define HONE_LAYER_START_FIELDS(F, A, bare) \
    F(A, TEXT, name, NULL, "name of the layer, unique in its model", HONE_BY_NAME) \
    F(A, BOOLEAN, trainable, true, "whether training changes its weights", HONE_BY_NAME, .unsaved = bare) \
    F(A, TEXT, dtype, NULL, "what it computes in; none: the dtype policy, float32 unless set", \
      HONE_BY_NAME, HONE_ONE_OF("float32|mixed_bfloat16")) \
    F(A, REGULARIZER, activity_regularizer, NULL, "penalty on the output, divided by the batch size", \
      HONE_BY_NAME, .newer = true)

/* A layer of a type with a copy of `args`; errors carry args->site. */
hone_layer *hone_layer_create(const hone_layer_type *type, const void *args);
const hone_layer_type *hone_layer_get_type(const hone_layer *layer);
const void *hone_layer_args(const hone_layer *layer); /* the layer's own copy */
void *hone_layer_state(hone_layer *layer);
bool hone_layer_trainable(const hone_layer *layer);
/* Adds a weight while building; lent. NULL on failure. */
hone_variable *hone_layer_add_weight(hone_layer *layer, const hone_weight *weight);
/* The weight added under this name, or NULL without an error. */
hone_variable *hone_layer_weight(const hone_layer *layer, const char *name);
/* Adds a scalar to the loss of the model that is being recorded. */
hone_status hone_layer_add_loss(hone_layer *layer, hone_graph *graph, hone_value loss);

/* ---- small things, named by strings ---- */

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
     * or of targets with one axis less where `class_ids`. Reduction, weights and masks are the machinery's. A
     * mask that the loss makes itself (ignore_class) goes onto the values. */
    hone_value (*values)(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args);
    bool class_ids; /* targets are class numbers, one axis less than the predictions */
} hone_loss_type;

/* The start of every loss's argument list. */
#define HONE_LOSS_FIELDS(F, A, standard_name) \
    F(A, TEXT, reduction, "sum_over_batch_size", "how values become one number", \
      HONE_ONE_OF("sum_over_batch_size|mean|sum|mean_with_sample_weight|none")) \
    F(A, TEXT, name, standard_name, "name of the loss", HONE_BY_NAME)

typedef struct hone_metric hone_metric; /* one metric of a compiled model: type, arguments, state */
typedef struct hone_metric_type {
    hone_type type;
    /* How many doubles of state it needs for targets and predictions of these shapes. */
    int64_t (*state_count)(const void *args, hone_shape y_true, hone_shape y_pred);
    /* Records what adds a batch to the state; weights [rows] or HONE_NO_VALUE. */
    hone_status (*update)(hone_graph *graph, hone_metric *metric, hone_value y_true, hone_value y_pred,
                          hone_value weights);
    /* The number(s) from the state: writes at most `capacity` and returns how many there are (1 for nearly
     * all). */
    int (*result)(const hone_metric *metric, double *results, int capacity);
    int direction;  /* 1: more is better, -1: less is, 0: neither */
    bool class_ids; /* as in a loss */
} hone_metric_type;
#define HONE_METRIC_FIELDS(F, A, standard_name) \
    F(A, TEXT, name, standard_name, "name of the metric", HONE_BY_NAME)
const void *hone_metric_args(const hone_metric *metric);
double *hone_metric_state(const hone_metric *metric); /* doubles, zero at the start of an epoch */
void *hone_metric_memory(hone_metric *metric,
                         size_t bytes); /* zeroed, lives as long as the metric: thresholds and the like */

/* ---- schedules, optimizers ---- */

typedef struct hone_schedule_type {
    hone_type type;
    double (*rate)(const void *args, int64_t step); /* step from 0 */
    hone_status (*check)(const void *args);         /* what ranges cannot say; NULL: nothing */
} hone_schedule_type;

typedef struct hone_optimizer hone_optimizer;
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
} hone_optimizer_type;

/* The end of every optimizer's argument list: what all have. */
#define HONE_OPTIMIZER_FIELDS(F, A, standard_name) \
    HONE_WEIGHT_DECAY_FIELD(F, A, HONE_NONE) \
    HONE_OPTIMIZER_OTHER_FIELDS(F, A, standard_name)
#define HONE_WEIGHT_DECAY_FIELD(F, A, standard) \
    F(A, NUMBER, weight_decay, standard, "decoupled decay: w -= w * weight_decay * rate before each update", \
      HONE_AT_LEAST(0))
#define HONE_OPTIMIZER_OTHER_FIELDS(F, A, standard_name) \
    F(A, NUMBER, clipnorm, HONE_NONE, "longest gradient of each variable, by its norm", HONE_ABOVE(0)) \
    F(A, NUMBER, global_clipnorm, HONE_NONE, "longest gradient of all variables together", HONE_ABOVE(0)) \
    F(A, NUMBER, clipvalue, HONE_NONE, "largest size of each element of a gradient", HONE_ABOVE(0)) \
    F(A, BOOLEAN, use_ema, false, "keep an exponential moving average of the weights") \
    F(A, NUMBER, ema_momentum, 0.99, "share of the old average", HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, ema_overwrite_frequency, HONE_NONE_INTEGER, \
      "updates between overwriting the weights by the average", HONE_AT_LEAST(1)) \
    F(A, NUMBER, loss_scale_factor, HONE_NONE, "the loss is multiplied by this, gradients divided", \
      HONE_ABOVE(0)) \
    F(A, INTEGER, gradient_accumulation_steps, HONE_NONE_INTEGER, \
      "batches whose gradients are averaged for one update", HONE_AT_LEAST(2)) \
    F(A, TEXT, name, standard_name, "name of the optimizer", HONE_BY_NAME)
/* And its start. */
#define HONE_LEARNING_RATE_FIELDS(F, A, standard) \
    F(A, NUMBER, learning_rate, standard, "step size") \
    F(A, SCHEDULE, learning_rate_schedule, HONE_NO_SCHEDULE, "a schedule in place of one rate", \
      .unsaved = true)

const void *hone_optimizer_args(const hone_optimizer *optimizer);
int hone_optimizer_variable_count(const hone_optimizer *optimizer);
hone_variable *hone_optimizer_variable(const hone_optimizer *optimizer, int index);
/* A slot: a variable of the optimizer, filled with `start` (HONE_NONE: with what its variable holds), stored
 * in files in the order of these calls. `variable` -1: it belongs to none (a scalar such as Nadam's product).
 * Slots of one variable are found again by their number in order of creation. */
hone_variable *hone_optimizer_add_slot(hone_optimizer *optimizer, int variable, const char *name,
                                       hone_shape shape, double start);
hone_variable *hone_optimizer_slot(const hone_optimizer *optimizer, int variable, int number);
/* Where the numbers of the current step stand while a plan runs. */
const double *hone_optimizer_numbers(const hone_optimizer *optimizer);
/* The number at `index` of the current step as a scalar, for updates that are composed of operations. */
hone_value hone_optimizer_number(hone_optimizer *optimizer, hone_graph *graph, int index);
/* Records the step kernel `name` ("adam": step_adam of src/kernels/optimizer.def) on a variable with its
 * slots. */
hone_status hone_optimizer_step(hone_optimizer *optimizer, hone_graph *graph, const char *name, int index,
                                hone_value gradient);

/* ---- callbacks ---- */

typedef struct hone_callback hone_callback;

/* Numbers by name, as callbacks see them: sorted by name ("accuracy", "loss", "val_loss"). */
enum { HONE_MAX_LOGS = 128 };
typedef struct hone_logs {
    int count;
    const char *names[HONE_MAX_LOGS];
    double values[HONE_MAX_LOGS];       /* NaN where there are several */
    const double *lists[HONE_MAX_LOGS]; /* of a metric with several values (one per class); NULL: one value */
    int list_counts[HONE_MAX_LOGS];     /* how many those are */
} hone_logs;
/* The value under a name; NaN and false when there is none, or when there are several. */
bool hone_logs_get(const hone_logs *logs, const char *name, double *value);
/* All values under a name: writes at most `capacity` and returns how many there are; 0: there is no such
 * name. */
int hone_logs_get_all(const hone_logs *logs, const char *name, double *values, int capacity);
/* Sets or adds a value, keeping the order; the name is borrowed. */
hone_status hone_logs_set(hone_logs *logs, const char *name, double value);
/* The same with several values, which are borrowed too; one alone is a plain value. */
hone_status hone_logs_set_all(hone_logs *logs, const char *name, const double *values, int count);

/* What a callback may do to the training that it watches. Handed to it; never a model. */
typedef struct hone_trainer hone_trainer;
int64_t hone_trainer_epoch(const hone_trainer *trainer);        /* from 0 */
int64_t hone_trainer_epochs(const hone_trainer *trainer);       /* the last one's number plus 1 */
int64_t hone_trainer_steps(const hone_trainer *trainer);        /* of an epoch; HONE_ANY when not known */
int64_t hone_trainer_iteration(const hone_trainer *trainer);    /* batches trained so far by this optimizer */
double hone_trainer_learning_rate(const hone_trainer *trainer); /* of the next step */
hone_status hone_trainer_set_learning_rate(hone_trainer *trainer, double rate); /* an error with a schedule */
/* Momentum, where the optimizer has it (SGD's momentum, Adam's beta_1); NaN and an error else. For 1cycle. */
hone_status hone_trainer_set_momentum(hone_trainer *trainer, double momentum);
void hone_trainer_stop(hone_trainer *trainer,
                       const char *reason); /* after the present batch; "early_stopping" */
int hone_trainer_direction(const hone_trainer *trainer,
                           const char *name); /* of a metric, by its log name: 1, -1, 0 unknown */
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

typedef struct hone_callback_type {
    hone_type type;
    size_t state_bytes;                            /* zeroed at creation; hone_callback_state() */
    hone_status (*check)(hone_callback *callback); /* at creation: what ranges cannot say; NULL: nothing */
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
    /* Its memory in a checkpoint: plain numbers by name, written and read back. NULL: it has none. */
    hone_status (*save)(const hone_callback *callback, hone_logs *numbers);
    hone_status (*restore)(hone_callback *callback, const hone_logs *numbers);
    /* Where it keeps a copy of the weights, which then goes into checkpoints too. NULL: it keeps none. */
    hone_weights_copy **(*kept_weights)(hone_callback *callback);
} hone_callback_type;
hone_callback *hone_callback_create(const hone_callback_type *type, const void *args);
const void *hone_callback_args(const hone_callback *callback);
void *hone_callback_state(const hone_callback *callback);

/* ---- registering one's own, under a name that specs, recipes and files then know; the type must outlive the
 * process ---- */

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
