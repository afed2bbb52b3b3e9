/* The training doctor: why a network does not learn.
 *
 *   hone_diagnosis *diagnosis = hone_diagnose(model, train, .validation_data = valid, .epochs = 10);
 *   for (int i = 0; i < hone_diagnosis_count(diagnosis); i++)
 *       puts(hone_diagnosis_at(diagnosis, i)->message);
 *   hone_diagnosis_free(diagnosis);
 *
 * It looks at the data and the recorded network, then at the first batch, then trains a copy for as long as
 * it is allowed to, and decides whether that learns. Of a stream the first 4,000 samples are the data; of a
 * model without a loss, which a loop of the program trains, it knows no outcome and tells facts alone. Only
 * what is wrong by construction, and what explains a training that does not learn, is a finding; all else is
 * a note. Given a recipe (hone_recipe_diagnose) it also tries its cures: from the same initial weights, on
 * the same batches, with several seeds. */
#ifndef HONE_DOCTOR_H
#define HONE_DOCTOR_H

#include <hone/callbacks.h>
#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what rules see ---- */

/* A number that was not measured is HONE_NONE, an integer HONE_NONE_INTEGER, a text NULL. */

typedef enum hone_doctor_task {
    HONE_DOCTOR_UNKNOWN,
    HONE_DOCTOR_IDS,    /* one class of several, targets are class ids */
    HONE_DOCTOR_ROWS,   /* one class of several, targets are rows of probabilities */
    HONE_DOCTOR_YES_NO, /* independent probabilities */
    HONE_DOCTOR_NUMBERS /* regression */
} hone_doctor_task;

/* One output that has a loss. Targets are those of up to 10,000 samples. */
typedef struct hone_doctor_output {
    const char *name, *loss, *activation,
        *layer; /* the function that it ends with; the layer with the last weights */
    bool from_logits, wants_ids, has_loss;
    hone_doctor_task task;
    int64_t units;                           /* on its last axis */
    int64_t softmax_size;                    /* of the axis of its last softmax; 0: it ends in none */
    bool softmax_twice;                      /* a softmax of a softmax, or a loss that adds one */
    int64_t target_rank, target_width, rank; /* axes with that of the samples; numbers of a sample's target */
    double y_low, y_high, y_mean, y_sd, y_rms, y_median;
    double y_whole;                         /* share of targets that are whole numbers */
    bool one_hot;                           /* each target is a row of one 1 and zeros */
    int64_t class_low, class_high, classes; /* of class ids, or of one-hot rows; how many classes occur */
    int64_t smallest_class, largest_class, smallest_count, largest_count;
    int64_t labels;         /* targets that were counted */
    int64_t zeros_expected; /* samples that class 0 would have if all classes were equally frequent */
    double out_of_range;    /* share of targets that the last function cannot give */
    double label_runs;    /* changes of the label from one sample to the next, over those of a random order */
    double constant_loss; /* of the best constant prediction */
    double not_probability; /* share of outputs on the first batch below 0 or above 1 */
    double sums_to_one;     /* share of rows of outputs that do */
    double
        spread; /* standard deviation over the samples of the outputs, at the end, over that at the start */
    double top_share; /* at the end: share of samples for which the commonest class is predicted */
    int64_t top_class;
    double least_recall; /* at the end: of classes with at least 30 samples */
    double accuracy, balanced_accuracy;
    bool unbounded;     /* it ends in a product, with only sums behind it */
    double target_sums; /* share of targets whose numbers sum to 1 */
} hone_doctor_output;

/* What a call of a layer gives on the probe. `start`: before training. `early`: within 100 steps. `end`:
 * last. */
typedef struct hone_doctor_check {
    double input_rms, z_rms, a_rms; /* what goes in; before and after its function */
    double a_sd;                    /* median over units of the standard deviation over samples */
    double gradient;                /* mean over samples of norm(dL/dz) */
    double dead;        /* share of units that are 0 on all samples, of functions that are flat there */
    double saturated;   /* share of elements where the slope is below 1 % of the steepest */
    double weight_norm; /* of the kernels */
    double zeros;       /* share of what it gives that is 0 */
} hone_doctor_check;
typedef struct hone_doctor_layer {
    const char *name, *class_name;
    const char *activation; /* "relu", "tanh", ...; NULL: none */
    const char *owner;      /* the layer whose weights feed it: itself, or one before an activation layer */
    const char *initializer, *regularizer;
    int64_t units, depth;          /* depth: layers with weights on the longest way up to it, from 1 */
    bool weights;                  /* products of its input with a kernel */
    bool output, trainable, fresh; /* fresh: nothing but its initializer has set the weights */
    bool multiplied;               /* its output is multiplied into another branch: a gate, attention */
    bool twins;                    /* all units have the same weights and the same gradients */
    bool normalizes;               /* a normalisation with statistics of the batch */
    bool reads_input;              /* its input comes from the data, without weights between */
    double drop_rate;              /* of a dropout; HONE_NONE: it is none */
    bool after_weights;            /* no weights follow it */
    int64_t statistics_rows;       /* numbers behind each batch statistic, per sample */
    hone_doctor_check start, early, end;
    double update;           /* median over checks of norm(change in one step) / norm(weights) */
    double constant_initial; /* weights that all begin as the same number: that number */
    double noise;            /* standard deviation of the noise that it adds; HONE_NONE: it is none */
} hone_doctor_layer;

typedef enum hone_doctor_outcome {
    HONE_OUTCOME_UNKNOWN, /* not trained, or not for long enough */
    HONE_OUTCOME_LEARNED,
    HONE_OUTCOME_PARTLY,
    HONE_OUTCOME_SLOW,
    HONE_OUTCOME_STUCK,
    HONE_OUTCOME_BROKE,
    HONE_OUTCOME_MEMORISES,
    HONE_OUTCOME_REFUSED /* the model cannot be made, or does not take the data */
} hone_doctor_outcome;

enum { HONE_DOCTOR_BLOCKS = 20, HONE_DOCTOR_EPOCHS = 256 };

typedef struct hone_doctor_facts {
    /* The data. */
    int64_t rows, validation_rows, columns, sampled; /* columns: numbers of a sample of the first input */
    bool streams, shuffled;
    const char *bad_part; /* "inputs", "targets": where a number is not finite, first */
    const char *bad_label;
    int64_t bad_row, bad_column, bad_rows;
    double x_low, x_high, x_rms; /* of the first input, after `scale` */
    double x_bytes;              /* 1: whole numbers from 0 to 255 */
    double entry_rms;            /* of what the first weights read: the median over samples */
    double entry_spread;         /* 95th over 5th percentile of the columns' standard deviations there */
    double entry_offset;         /* rms of the columns' means over that of their standard deviations there */
    const char *entry_layer;
    bool entry_normalized; /* a normalisation follows before any function */
    int64_t constant_columns;
    bool rows_equal;
    int64_t target_column;
    const char *target_kind;           /* a column that tells the target: "one-to-one", "affine" */
    bool x_is_y;                       /* targets are the inputs */
    double shared_rows, repeated_rows; /* of validation in training; of training in itself */
    double split_v, split_p;           /* Cramer's V of split and class, its p */
    double split_rms;                  /* rms of validation inputs over that of training inputs */
    double split_columns;              /* share of columns shifted by more than a standard deviation */
    double neighbours,
        neighbours_chance;        /* share of samples whose nearest neighbour has their label; by chance */
    double neighbours_z, ridge_z; /* in standard errors from chance; of a linear fit, held out */
    double bf16_distinct;         /* least share of a column's distinct values that are left in bfloat16 */
    bool bfloat16;

    /* The network and its training. */
    const hone_doctor_layer *layers;
    int layer_count;
    const hone_doctor_output *outputs;
    int output_count;
    int64_t weight_layers; /* on the longest way */
    int64_t trainable_numbers, all_numbers;
    const char *unreached, *unreached_by; /* a trainable weight without gradient; the op that ends its way */
    bool affine;                          /* no function but affine ones between layers with weights */
    const char *optimizer;
    double rate, rate_peak, rate_end, rate_dead; /* dead: share of the steps below 1 % of the peak */
    double momentum, clip, weight_decay;
    const char *clip_argument; /* "clipnorm" */
    int64_t batch, epochs, steps_planned, steps_of_epoch;
    const char *monitor, *monitor_mode;
    int64_t patience; /* of early stopping */
    double min_delta;
    const char *collapsed;      /* a layer whose window is larger than its map */
    const char *channels_first; /* an input whose channels seem to be its first axis */
    double padding;             /* share of steps that equal the last step of most samples, with no mask */

    /* The first batch. */
    double first_loss, constant_loss;
    double flow, forward; /* growth of gradients from the last layer to the first, per layer; of z forwards */
    double gradient_ratio; /* of the first to the last */
    double gradient_first;

    /* While it trained. */
    int64_t steps, epochs_done;
    double seconds;
    double blocks[HONE_DOCTOR_BLOCKS]; /* means of the losses of the steps, equally long */
    int block_count;
    double trend, late_trend;   /* Mann-Kendall z over the blocks; over those of the last 30 % */
    double best_loss, end_loss; /* of the blocks */
    double probe_first, probe_end, probe_end_training; /* losses of the probe: inference, as in training */
    double probe_swing; /* median absolute deviation over median, of the probe in the last half */
    double q, q_first, q_se, q_permuted, q_permuted_se, q_validation, q_validation_se;
    double update;          /* median over layers and checks */
    double gradient_cosine; /* of the gradients of two steps that follow */
    double gradient_burst;  /* largest over median norm of the gradients */
    double gradient_norm;   /* median over checks, of all weights */
    double penalty_share,
        decay_pull;          /* of the loss; norm of the penalty's gradient over that of the data's */
    double weight_growth;    /* norm of the weights, end over start */
    int64_t not_finite_step; /* the first; HONE_NONE_INTEGER: none */
    const char *not_finite_op, *not_finite_layer;
    bool not_finite_backward;
    int64_t not_finite_element;
    const char *not_finite_operands;
    double train_losses[HONE_DOCTOR_EPOCHS], validation_losses[HONE_DOCTOR_EPOCHS],
        validation_accuracies[HONE_DOCTOR_EPOCHS]; /* a number per epoch, of evenly spaced epochs when there
                                                      are more */
    double validation_se;
    int epoch_count;
    int64_t epoch_stride;
    double statistics_lag; /* momentum^steps of batch normalisations */
    hone_doctor_outcome outcome;
    bool finished; /* all planned steps were done */

    /* What trials showed (HONE_NONE: not tried). */
    double overfits_few; /* q after 500 steps on 32 samples, without dropout and penalties */
    double wider_gain;   /* of q, with four times the units */

    const char *refusal; /* why the model cannot train on these data */

    /* More of the network. */
    int64_t collapsed_window, collapsed_map, collapsed_stride; /* of the layer `collapsed`; stride 0: a window
                                                                   over a single position */
    const char *channels_first_shape;
    const char *dead_branch,
        *dead_branch_into;      /* a layer whose output is a constant for the layer that joins */
    int64_t dead_branch_checks; /* that found it so, without a break to the last */
    int64_t bf16_column, bf16_before, bf16_after; /* the column that rounding damages most; distinct values */
    double bf16_error;                            /* rms of its rounding over its standard deviation */
    double bf16_cosine; /* least, over layers, of the cosine of gradients with and without bfloat16 */
    const char *bf16_layer;
    const char *time_layer, *time_class; /* of the recurrent layer with the least `time_ratio` */
    int64_t time_steps, time_units;
    bool time_sequences; /* it gives all steps */
    double time_ratio;   /* gradient at the first step over that at the last; the least over checks */
    double time_growth;  /* likewise, the largest */
    const char *pad_layer,
        *pad_class; /* what makes padding known, "" : nothing does; what reads the sequence */
    double pad_value;
    bool pad_ids;
    const char *attention_layer;
    double attention_entropy, attention_collapsed; /* median over heads, over ln(keys); share of heads below
                                                      0.05; early in the training */
    int64_t attention_step;
    const char *causal_asked; /* by what: "the targets are the inputs one step later" */
    double leak;              /* change of earlier outputs when later inputs change, over their rms */
    const char *leak_layer, *leak_class;
    double train_accuracies[HONE_DOCTOR_EPOCHS]; /* of the probe, beside train_losses */
    double overhead;           /* share of the time of the training that the instruments took */
    const char *refused_layer; /* that does not fit what comes before it */
    const char *refused_after, *refused_after_class; /* the layer in front of it */
    double split_targets;  /* share of validation targets, of numbers, beyond all of the training */
    double x_whole;        /* of the numbers of the first input that are not 0, the share that is whole */
    int64_t x_rank;        /* axes of the first input, with that of the samples */
    const char *ids_layer; /* an embedding that reads the first input */
    int64_t ids_known;     /* how many ids it knows */
    int stage, stages;     /* of a fit in stages: which one this is, from 0; how many there are */
    int64_t streamed;      /* first samples of a stream that were looked at; 0: it is none */
    double x_scale;        /* what the inputs are multiplied by */
    bool own_loop;         /* a loop of the program trains: one batch says little of the data */
    const char *ids_maker; /* the layer over texts that makes the ids of `ids_layer`; NULL: they are data */
} hone_doctor_facts;

/* ---- findings ---- */

enum { HONE_FINDING_NUMBERS = 8, HONE_FINDING_EDITS = 4, HONE_FINDING_CURES = 3 };

typedef enum hone_edit_kind {
    HONE_EDIT_SET,    /* a key of the recipe: "compile.learning_rate" */
    HONE_EDIT_LAYER,  /* an argument of a layer, by its name */
    HONE_EDIT_INSERT, /* a layer in front of one; "" as the layer: after the inputs */
    HONE_EDIT_APPEND, /* a layer behind one */
    HONE_EDIT_REMOVE, /* a layer */
    HONE_EDIT_MOVE,   /* a layer in front of another, `value` */
    HONE_EDIT_FIT     /* an argument of all layers that have the weights and the argument */
} hone_edit_kind;
/* A change of a recipe; `value` is YAML. */
typedef struct hone_edit {
    hone_edit_kind kind;
    char target[96], argument[64], value[160];
} hone_edit;
typedef struct hone_cure {
    hone_edit edits[HONE_FINDING_EDITS];
    int count;
} hone_cure;

typedef struct hone_finding_number {
    char name[32];
    double value, reference; /* what it should be below or above; HONE_NONE: nothing */
} hone_finding_number;

/* `grade`: 'F' wrong by construction; 'M' a mechanism that explains why the run does not learn; 'C' only when
 * a cure helped; 'N' a note. */
typedef struct hone_finding {
    const char *id, *title, *phase;
    char grade;
    bool always;    /* an M that counts whatever the outcome is: the generalisation is what is bad */
    bool verified;  /* a cure was tried and helped: the first of `cures` */
    bool tried;     /* a cure was tried */
    char layer[96]; /* "" when it is about none */
    char message[512];
    int64_t step;
    hone_finding_number evidence[HONE_FINDING_NUMBERS];
    int evidence_count;
    hone_cure cures[HONE_FINDING_CURES];
    int cure_count;
    char advice[256]; /* what to do where a recipe cannot say it */
    int64_t proof_steps;
    int proof_seeds;
    double before, after, before_q, after_q; /* losses and q of the proof */
    char path[128], was[160], becomes[256];  /* the cure in the recipe */
    const char *suppressed; /* ids of other rules that fired and that it explains: "a|b"; NULL: none */
} hone_finding;

/* For rules: fill in the message, a number of the evidence beside its reference, the layer; begin a cure and
 * add an edit to it. */
void hone_finding_say(hone_finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hone_finding_number_add(hone_finding *finding, const char *name, double value, double reference);
void hone_finding_at(hone_finding *finding, const char *layer);
void hone_finding_cure(hone_finding *finding);
void hone_finding_edit(hone_finding *finding, hone_edit_kind kind, const char *target, const char *argument,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
void hone_finding_advise(hone_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A rule. Its place in the list decides which cause goes before which. */
typedef struct hone_doctor_rule {
    const char *id, *title, *phase; /* "dead_relu"; "units are dead"; "static", "first", "while" or "end" */
    char grade;
    const char *suppresses;                          /* ids that it can produce: "a|b" */
    const char *what, *told, *alike, *cure, *source; /* for hone help: sentences */
    /* Whether the facts show it; fills the finding, whose grade, title and phase are the rule's unless
     * changed. */
    bool (*test)(const hone_doctor_facts *facts, hone_finding *finding);
    bool flatters; /* it makes results look better than they are: no reason why a run does not learn */
} hone_doctor_rule;
const hone_doctor_rule *hone_doctor_rule_at(int index); /* of the built-in ones; NULL after the last */
/* Facts of which nothing is known yet, to test a rule with. */
hone_doctor_facts hone_doctor_facts_none(void);

/* ---- diagnoses ---- */

typedef struct hone_diagnosis hone_diagnosis;

#define HONE_DIAGNOSE_FIELDS(F, A) \
    F(A, NUMBER, time, 60, "seconds to spend, with the trials of cures", HONE_ABOVE(0)) \
    F(A, INTEGER, steps, HONE_NONE_INTEGER, "maximum number of training steps (default: as time allows)", \
      HONE_AT_LEAST(0)) \
    F(A, TEXTS, without, HONE_NO_TEXTS, "ids of diagnoses that are not looked for") \
    F(A, BOOLEAN, trials, true, "try cures, where the model comes from a recipe") \
    F(A, INTEGER, seeds, 3, "number of seeds for the trial of a cure", HONE_BETWEEN(1, 16)) \
    F(A, DATASET, validation_data, HONE_NO_DATASET, "validation data", HONE_PROGRAM_ONLY) \
    F(A, INTEGER, epochs, 1, "planned number of epochs", HONE_AT_LEAST(1), HONE_PROGRAM_ONLY) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1), HONE_PROGRAM_ONLY) \
    F(A, BOOLEAN, shuffle, true, "shuffle the samples in each epoch", HONE_PROGRAM_ONLY) \
    F(A, POINTER, rules, NULL, \
      "rules of the program beside the built-in ones: a list of pointers to hone_doctor_rule, ended by NULL", \
      HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_diagnose_args, HONE_DIAGNOSE_FIELDS);
/* Examines a model, which stays as it is, on data. NULL on failure; data that the model does not take are a
 * diagnosis, whose outcome is "refused". */
hone_diagnosis *hone_diagnose_with(hone_model *model, hone_dataset *data, const hone_diagnose_args *args);
#ifndef __cplusplus
#define hone_diagnose(...) HONE_DIAGNOSE(__VA_ARGS__, HONE_BASE(hone_diagnose_args))
#define HONE_DIAGNOSE(model_, data_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_diagnose_with(model_, data_, HONE_ARGS(hone_diagnose_args, HONE_DIAGNOSE_FIELDS, __VA_ARGS__)))
#endif
void hone_diagnosis_free(hone_diagnosis *diagnosis); /* accepts NULL */

/* A callback: the same instruments while hone_fit trains, at the ends of epochs, in at most this share of the
 * time; one line for each diagnosis, once. It changes no bit of the training and never stops it. From a
 * stream nothing is read for it: it keeps up to 2,000 samples of the first epoch as they go by, and looks at
 * them from the end of that epoch on. */
#define HONE_DOCTOR_FIELDS(F, A) \
    F(A, NUMBER, share, 0.03, "largest share of the time", HONE_BETWEEN(0, 1)) \
    F(A, TEXTS, without, HONE_NO_TEXTS, "ids of diagnoses that are not looked for") \
    F(A, SINK, output, NULL, "function that receives the lines (default: that of the fit)", \
      HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output", HONE_PROGRAM_ONLY)
HONE_DECLARE_CALLBACK_ARGS(doctor, HONE_DOCTOR_FIELDS);
#define hone_doctor(...) HONE_ARGS_CALL(hone_doctor_with, hone_doctor_args, HONE_DOCTOR_FIELDS, __VA_ARGS__)

/* For training loops of a program's own (hone_train_on_batch): looks at the model, built, on a batch of the
 * loop, [n, ...] as the model takes it. The first batch that a model is shown stays the probe; call it now
 * and then, say every hundred steps, from the thread that trains. What the losses of such a loop come to is
 * not known (those of the two halves of a GAN stand still when all is well), so it tells facts alone, about
 * the batch, the network and numbers that are not finite, each once: a line to `output` of the doctor, where
 * it has one, and a finding of hone_doctor_diagnosis. One doctor for each model; another model begins from
 * scratch. Changes no bit of the model. HONE_ERROR_ARGUMENT when `doctor` is another callback, and the
 * failures of hone_test_on_batch. Source: Karpathy 2019, A Recipe for Training Neural Networks. */
hone_status hone_doctor_look(hone_callback *doctor, hone_model *model, const hone_batch *batch);

/* What a doctor among the callbacks of a fit, or beside a loop, has measured so far: findings that were told,
 * numbers of each check for hone_diagnosis_report. Borrowed until the callback is freed or trains again;
 * NULL: nothing yet. */
const hone_diagnosis *hone_doctor_diagnosis(const hone_callback *callback);

int hone_diagnosis_count(const hone_diagnosis *diagnosis); /* findings: 0 when nothing is wrong; at most 2 */
const hone_finding *hone_diagnosis_at(const hone_diagnosis *diagnosis, int index); /* borrowed; NULL: none */
int hone_diagnosis_note_count(const hone_diagnosis *diagnosis);
const hone_finding *hone_diagnosis_note_at(const hone_diagnosis *diagnosis, int index);
const char *hone_diagnosis_outcome(const hone_diagnosis *diagnosis); /* "learned", "stuck", ... */
const hone_doctor_facts *hone_diagnosis_facts(const hone_diagnosis *diagnosis);
/* Texts to be freed with hone_free: for people; and one JSON object. NULL on failure. */
char *hone_diagnosis_text(const hone_diagnosis *diagnosis, bool verbose);
char *hone_diagnosis_json(const hone_diagnosis *diagnosis);
/* Writes a page of HTML: the findings, the loss, gradients, updates, dead and saturated units of each layer.
 * Not part of the core. */
hone_status hone_diagnosis_report(const hone_diagnosis *diagnosis, const char *path);

#ifdef __cplusplus
}
#endif
#endif
