/* What the files of the doctor share. */
#ifndef HONE_DOCTOR_DOCTOR_H
#define HONE_DOCTOR_DOCTOR_H

#include "base/memory.h"
#include "base/text.h"
#include "fields/config.h"
#include "train/run.h"
#include <hone/doctor.h>

/* ---- what is examined ---- */

/* A model to train, with its data; whoever makes one frees what it holds. The model's weights are trained. */
typedef struct hone_subject {
    hone_model *model;
    hone_dataset *train, *validation; /* validation NULL: none */
    int64_t batch, epochs;
    bool shuffle;
    hone_numbers class_weight;
    const char *monitor, *monitor_mode; /* of early stopping, borrowed; NULL: none */
    int64_t patience;
    double min_delta;
    hone_callback *monitor_holder; /* what the texts and weights above belong to, or NULL */
    void *weights_holder;
    int stage, stages; /* of a fit in stages: which one, from 0, of how many */
    char *unfit;       /* why layers could not learn from the data what they need before; or NULL */
} hone_subject;
void hone_internal_subject_free(hone_subject *subject);
/* What layers over texts make of the data in place of the texts, once the model is known to take them. */
hone_status hone_internal_subject_prepare(hone_subject *subject);

/* Where subjects come from, as they are or with a cure; what a cure is in the recipe. */
typedef struct hone_subject_source {
    void *context;
    hone_status (*make)(void *context, const hone_cure *cure, uint64_t seed, hone_subject *subject);
    void (*describe)(void *context, hone_finding *finding);
} hone_subject_source;

/* ---- samples ---- */

/* Some samples as floats: the first input, the targets of the first output with a loss. */
typedef struct hone_examined {
    int64_t count, x_width, y_width, *rows;
    float *x, *y; /* y NULL: none */
} hone_examined;
hone_status hone_internal_sample_take(hone_examined *sample, const hone_model *model,
                                      const hone_dataset *data, int64_t most);
void hone_internal_sample_free(hone_examined *sample);
/* The class of a target: its number, or the place of the largest of a row. */
int64_t hone_internal_class_of(const float *target, int64_t width);

/* ---- the probe ---- */

/* What is known of a call of a layer in a recorded graph. */
typedef struct hone_probe_layer {
    hone_value input, z, a, gradient; /* of z */
    hone_variable *kernel;            /* NULL: none */
    hone_value kernel_gradient;
} hone_probe_layer;

/* What is looked at beside layers (wiring.c finds it, signals.c reads it). Indices are those of layers. */
enum { HONE_PROBE_PARTS = 32 };
typedef struct hone_probe_branch { /* an operand of a layer that joins */
    hone_value value;
    int layer; /* with the last product before it */
    const char *into;
    int64_t silent; /* checks without a break in which it was a constant without gradient */
} hone_probe_branch;
typedef struct hone_probe_walk { /* a walk along time */
    hone_value x, gradient;
    int layer;
    bool masked;
} hone_probe_walk;
typedef struct hone_probe_attention {
    hone_value q, k, weights; /* weights: where the softmax was recorded by itself */
    double scale;
    bool causal, masked;
    int layer;
} hone_probe_attention;

/* A pass over samples, forward and back, in which everything is kept. */
typedef struct hone_probe {
    hone_pass pass;
    hone_probe_layer *layers;
    int layer_count;
    hone_value loss[HONE_MAX_ENDS], total, penalty;
    hone_value *gradients, *penalty_gradients; /* of the model's weights */
    hone_value entry;
    hone_value rounded; /* the first numbers of the data that are rounded to bfloat16 */
    hone_probe_branch branches[HONE_PROBE_PARTS];
    hone_probe_walk walks[HONE_PROBE_PARTS];
    hone_probe_attention attentions[HONE_PROBE_PARTS];
    int branch_count, walk_count, attention_count;
    bool whole; /* recorded without rounding to two bytes */
    int64_t rows;
} hone_probe;

enum { HONE_PROBE_ROWS = 512, HONE_PROBE_SLICES = 8 };

/* ---- an examination ---- */

/* Numbers of one check, for the page. */
typedef struct hone_check_record {
    int64_t step;
    double loss;
    double *layers; /* four for each: gradient, update, dead, saturated */
} hone_check_record;

struct hone_diagnosis {
    hone_doctor_facts facts;
    hone_doctor_layer *layers;
    hone_doctor_output *outputs;
    hone_arena arena; /* texts, layers, outputs, records */
    hone_finding findings[2];
    int count;
    hone_finding *notes;
    size_t note_count, note_room;
    char **excluded, **skipped;
    size_t excluded_count, excluded_room, skipped_count, skipped_room;
    hone_check_record *records;
    size_t record_count, record_room;
    double *proof_before, *proof_after; /* losses of the probe in the proof, as it is and cured */
    int proof_points;
};

typedef struct hone_examination {
    int64_t most_samples; /* of the data that are looked at; 0: ten thousand */
    hone_diagnosis *diagnosis;
    const hone_diagnose_args *args;
    const hone_subject_source *source;
    hone_subject *subject;
    hone_session *session;
    double begun;
    int64_t probe_rows[HONE_PROBE_ROWS];
    int64_t probe_count, steps_done;
    hone_examined sample, validation;
} hone_examination;

const char *hone_internal_examination_text(hone_examination *examination, const char *text); /* a copy */
/* Keeps the layers' numbers of now; changes of weights (layers[4 l + 1]) are HONE_NONE until they are known.
 */
hone_status hone_internal_diagnosis_record(hone_diagnosis *diagnosis, int64_t step, double loss);
/* left_out.c: what is not the cause; what was not looked at; checks by their ids that need a training (or,
 * `whole`, one to its end). */
void hone_internal_diagnosis_exclude(hone_diagnosis *diagnosis, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hone_internal_diagnosis_skip(hone_diagnosis *diagnosis, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hone_internal_diagnosis_skip_checks(hone_diagnosis *diagnosis, bool whole, const char *reason);
double hone_internal_examination_left(const hone_examination *examination); /* seconds of the budget */

/* The parts, each of which fills in facts. */
hone_status hone_internal_doctor_data(hone_examination *examination);
void hone_internal_doctor_relations(hone_examination *examination); /* nearest neighbours, a linear fit */
/* A column of the inputs that is the target, or as good as it. */
void hone_internal_doctor_telling_column(hone_examination *examination, const hone_doctor_output *output);
/* Records the subject's model, and what its graph shows: layers, outputs, wiring. */
hone_status hone_internal_doctor_network(hone_examination *examination, const hone_graph *graph,
                                         hone_probe *probe);
void hone_internal_doctor_compiled(hone_examination *examination);

/* wiring.c: windows over nothing, channels in the wrong place, branches, walks along time, attentions. */
struct hone_graph_walk;
void hone_internal_doctor_wiring(hone_examination *examination, const struct hone_graph_walk *walk,
                                 hone_probe *probe);
/* signals.c: of a run probe; `step`: how many steps were done. half.c: what bfloat16 does to inputs and
 * gradients. leak.c: whether outputs know later inputs; padding. */
void hone_internal_doctor_signals(hone_examination *examination, hone_probe *probe, int64_t step);
void hone_internal_doctor_rounded(hone_examination *examination, const hone_probe *probe);
hone_status hone_internal_doctor_whole(hone_examination *examination, hone_probe *probe);
void hone_internal_doctor_padding(hone_examination *examination);

/* probe.c: made for a number of samples, run on some of the probe's. `when` 0: start, 1: early, 2: end. */
hone_status hone_internal_probe_make(hone_examination *examination, hone_subject *subject, hone_probe *probe,
                                     bool describe);
hone_status hone_internal_probe_run(hone_examination *examination, hone_subject *subject, hone_probe *probe);
void hone_internal_probe_read(hone_examination *examination, hone_subject *subject, hone_probe *probe,
                              int when);
/* unmoved.c: runs a plan of a pass in training; moving statistics and carried states stay. */
hone_status hone_internal_run_unmoved(hone_model *model, hone_plan *plan, hone_team *team);
void hone_internal_probe_free(hone_probe *probe);
double hone_internal_probe_norm(const hone_probe *probe, const hone_value *values, size_t count);

/* judge.c: losses of slices of samples, as in inference. */
typedef struct hone_judge {
    hone_pass pass;
    hone_value loss;
    int64_t slice, slices;
    hone_dataset *data;
    const int64_t *rows;
    bool sums;
} hone_judge;
typedef struct hone_judgement {
    double loss, se, accuracy;
} hone_judgement;
hone_status hone_internal_judge_make(hone_judge *judge, hone_subject *subject, hone_dataset *data,
                                     const int64_t *rows, int64_t count);
hone_status hone_internal_judge_run(hone_judge *judge, hone_subject *subject, hone_session *session,
                                    hone_judgement *judgement);
/* The loss of the targets of other samples, mean and standard deviation of 5. */
hone_status hone_internal_judge_permuted(hone_judge *judge, hone_subject *subject, hone_session *session,
                                         double *mean, double *deviation);
/* The outputs of all slices of an output, [samples, numbers]; to be freed. */
float *hone_internal_judge_outputs(hone_judge *judge, hone_subject *subject, hone_session *session,
                                   int output, int64_t *width);
void hone_internal_judge_free(hone_judge *judge);
/* Inputs of a slice, with the targets of other samples when `targets` is not NULL. */
hone_status hone_internal_judge_feed(hone_judge *judge, hone_subject *subject, hone_session *session,
                                     int64_t slice, const int64_t *targets);
/* answers.c: accuracy, recall, the commonest answer. */
hone_status hone_internal_doctor_answers(hone_examination *examination, hone_judge *judge);
/* leak.c: whether outputs know inputs of later steps. */
hone_status hone_internal_doctor_leak(hone_examination *examination, hone_judge *judge, hone_probe *probe);
/* The first output with a loss, or 0. */
int hone_internal_judged_output(const hone_model *model);

/* first.c: how gradients and sums grow from layer to layer; targets that the last function cannot give. */
void hone_internal_doctor_flow(hone_doctor_facts *facts);
void hone_internal_doctor_ranges(const hone_doctor_facts *facts, hone_doctor_output *outputs,
                                 const hone_examined *sample);

/* steps.c: how many numbers the weights have, and a copy of them, one after the other. */
size_t hone_internal_doctor_numbers(const hone_model *model);
void hone_internal_doctor_copy_weights(const hone_model *model, float *into);
/* Steps of a subject without end. */
typedef struct hone_steps {
    hone_subject *subject;
    hone_session *session;
    int64_t *order, position, sweep, done;
    bool sums; /* the loss is a sum over the batch */
} hone_steps;
hone_status hone_internal_steps_begin(hone_steps *steps, hone_subject *subject, hone_session *session);
hone_status hone_internal_steps_next(hone_steps *steps, double *loss);
hone_feed hone_internal_steps_feed(hone_steps *steps); /* the batch of the next step, which it moves past */
void hone_internal_steps_end(hone_steps *steps);
bool hone_internal_subject_sums(const hone_subject *subject);
/* Takes over the probe that described the network. */
hone_status hone_internal_doctor_train(hone_examination *examination, hone_probe *described);
/* What the best constant prediction would lose; then, after training, whether it has learned. */
void hone_internal_doctor_baseline(hone_examination *examination);
void hone_internal_doctor_outcome(hone_examination *examination);
double hone_internal_constant_loss(const hone_model *model, const hone_examined *sample,
                                   hone_doctor_output *output, int index);
/* Where the first number that is not finite was born. */
hone_status hone_internal_doctor_birth(hone_examination *examination, hone_steps *steps,
                                       hone_subject *subject);

/* verdict.c, trials.c */
hone_status hone_internal_doctor_verdict(hone_examination *examination);
typedef struct hone_trial {
    double loss_before, loss_after, q_before, q_after, gain; /* gain: the least over the seeds */
    int64_t steps;
    int seeds;
    bool helps;
} hone_trial;
hone_status hone_internal_doctor_try(hone_examination *examination, const hone_cure *cure, int seeds,
                                     hone_trial *trial);
void hone_internal_doctor_ladder(hone_examination *examination);

/* finding.c: whether an id is in "a|b"; whether the facts meet a rule that is not among those left out, with
 * what it finds. */
bool hone_internal_rule_listed(const char *list, const char *id);
bool hone_internal_rule_meets(const hone_doctor_rule *rule, const void *without,
                              const hone_doctor_facts *facts, hone_finding *finding);

/* diagnose.c: the parts before the first step. */
hone_status hone_internal_examination_prepare(hone_examination *examination);
hone_status hone_internal_examination_first(hone_examination *examination, hone_probe *probe);
hone_diagnosis *hone_internal_examine(hone_subject *subject, const hone_diagnose_args *args,
                                      const hone_subject_source *source);
/* Which samples the probe has: all of few, else drawn by a seed. */
hone_status hone_internal_examination_choose(hone_examination *examination, const hone_dataset *data);
/* A diagnosis of what cannot even be made, by the sentence of the failure at hand. */
typedef struct hone_refusal {
    char layer[128], after[128],
        after_class[64]; /* the layer that does not fit, the one in front of it; "": none */
} hone_refusal;
hone_diagnosis *hone_internal_diagnosis_of_failure(const hone_diagnose_args *args,
                                                   const hone_subject_source *source,
                                                   const hone_refusal *refusal);

/* Numbers: of a list that is sorted in place. */
double hone_internal_median(double *numbers, int64_t count);
double hone_internal_quantile(double *numbers, int64_t count, double share);
double hone_internal_trend(const double *numbers, int count); /* Mann-Kendall z */
/* a b / |a| |b|; HONE_NONE when one of them is 0 */
double hone_internal_cosine(const float *a, const float *b, int64_t count);
const char *hone_internal_outcome_name(hone_doctor_outcome outcome);

#endif
