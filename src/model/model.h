/* The model inside: its network of layer calls, what compiling set up, and the passes (plans) that run it. */
#ifndef HONE_MODEL_INTERNAL_H
#define HONE_MODEL_INTERNAL_H

#include "callbacks/callback.h"
#include "fields/config.h"
#include "layers/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "optimizers/optimizer.h"
#include "plan/plan.h"
#include <hone/model.h>
#include <stdatomic.h>

/* ---- the network: calls of layers, connected by tensors ---- */

typedef struct hone_network hone_network;
typedef struct hone_call hone_call;

struct hone_tensor {
    hone_call *call;
    int index; /* which output of the call */
    hone_shape shape;
};

struct hone_call {
    hone_network *network;
    hone_layer *layer;    /* owned: one reference for each call */
    hone_tensor **inputs; /* lent */
    int input_count;
    hone_tensor outputs[HONE_MAX_OUTPUTS];
    int output_count;
    int number;   /* how many calls of the same layer came before in this network */
    int training; /* what the call was told in Keras, 1 or 0, for the next file; -1: nothing. It changes
                     nothing: fit and predict of Keras 3 tell each layer anew */
    bool claimed; /* of an input: its reference went into a model */
};

void hone_internal_network_retain(hone_network *network);
void hone_internal_network_free(hone_network *network);
/* The call of `layer` (taken over) on tensors; an input layer is called on none. */
hone_call *hone_internal_network_call(hone_network *network, hone_layer *layer, hone_tensor *const *inputs,
                                      int count);
hone_network *hone_internal_network_create(void);

/* ---- compiled ---- */

typedef struct hone_output_loss {
    hone_loss *loss; /* NULL: this output has none */
    double weight;
    double state[2]; /* sum of loss * batch, sum of batch */
    char *name;      /* "price_loss" when several outputs have losses */
} hone_output_loss;

typedef struct hone_metric_entry {
    hone_metric *metric;
    int output;
    bool weighted;
} hone_metric_entry;

typedef struct hone_compiled {
    bool ready;
    hone_optimizer *optimizer;
    hone_config *loss, *loss_weights, *metrics,
        *weighted_metrics; /* as Keras writes them: text, lists, maps by output */
    hone_config *unknown;  /* settings of the file that are to be saved again; NULL: none */
    hone_output_loss outputs[HONE_MAX_ENDS];
    int loss_count;
    double state[2];            /* of the total loss */
    hone_metric_entry *entries; /* made when the targets' shapes are known */
    size_t entry_count;
    hone_shape targets[HONE_MAX_ENDS]; /* those shapes */
    bool metrics_made;
} hone_compiled;

/* ---- passes ---- */

/* TRAIN: a step with its update. ACCUMULATE: one that only adds to the gradients. GRADIENTS: forward and
 * gradients, kept. TEST: loss and metrics. PREDICT: the outputs. DRAW: the outputs as in training, for Monte
 * Carlo. */
typedef enum hone_mode {
    HONE_MODE_TRAIN,
    HONE_MODE_ACCUMULATE,
    HONE_MODE_GRADIENTS,
    HONE_MODE_TEST,
    HONE_MODE_PREDICT,
    HONE_MODE_DRAW
} hone_mode;
static inline bool hone_internal_mode_has_targets(hone_mode mode)
{
    return mode < HONE_MODE_PREDICT;
}

typedef struct hone_pass {
    hone_plan *plan;
    hone_mode mode;
    bool weighted;
    int64_t batch;
    hone_shape input_shapes[HONE_MAX_ENDS], target_shapes[HONE_MAX_ENDS];
    hone_value inputs[HONE_MAX_ENDS], targets[HONE_MAX_ENDS], weight, loss, outputs[HONE_MAX_ENDS];
    hone_value *gradients; /* of the optimizer's variables; in mode GRADIENTS */
    hone_value input_gradients[HONE_MAX_ENDS];
    uint64_t used; /* for keeping the few used last */
} hone_pass;

enum { HONE_KEPT_PASSES = 8 };

struct hone_model {
    char *name, *site;
    bool sequential;
    bool built;          /* connected from inputs to outputs; then it holds a reference to its network */
    hone_layer **layers; /* of a sequential model, its input layer first when there is one; else in Keras's
                            order; owned references */
    size_t layer_count, layer_capacity;
    hone_tensor *inputs[HONE_MAX_ENDS], *outputs[HONE_MAX_ENDS];
    int input_count, output_count;
    char *input_keys[HONE_MAX_ENDS],
        *output_keys[HONE_MAX_ENDS]; /* of a model of maps (Keras's dicts), sorted; else NULL, and the layers
                                        name the ends */
    hone_call **calls;               /* of this model, in an order in which they can run */
    int call_count;
    uint64_t seed;
    uint64_t forward_passes; /* in training mode, ever: the step of random numbers */
    int64_t epochs_begun;    /* ever: the order of shuffling */
    hone_compiled compiled;
    hone_pass passes[HONE_KEPT_PASSES];
    uint64_t pass_clock;
    bool measured; /* passes are measured: hone_model_profile_begin */
    struct hone_history *history;
    atomic_int stop;
    hone_variable_list weights; /* borrowed, Keras's order */
    hone_config *schema;        /* how the data of training were read (data/schema.h), or NULL */
};

/* Keeps how `data` were read. HONE_ERROR_DATA when the validation data number their classes otherwise. */
hone_status hone_internal_model_learn_schema(hone_model *model, const hone_dataset *data,
                                             const hone_dataset *validation);
/* The same out of a model file's config. */
hone_status hone_internal_model_take_schema(hone_model *model, const hone_config *config);

void hone_internal_history_free(struct hone_history *history);
/* Records the model's calls from the given input values; fills `outputs`. */
hone_status hone_internal_model_record(hone_model *model, hone_graph *graph, const hone_value *inputs,
                                       hone_value *outputs);
hone_status hone_internal_model_need_built(const hone_model *model, const char *what);
/* Connects inputs to outputs: the calls between them, Keras's layer order, names, weights, initial values. */
hone_status hone_internal_model_connect(hone_model *model);
hone_status hone_internal_model_build_sequential(hone_model *model, hone_shape input);
hone_status
hone_internal_model_refresh_weights(hone_model *model); /* the list of weights, placed and filled where new */
void hone_internal_model_drop_passes(hone_model *model);
hone_status hone_internal_profile_pass(const hone_model *model,
                                       hone_pass *pass); /* measured, if it is wanted */
hone_model *hone_internal_model_allocate(const char *site);
hone_model *
hone_internal_layer_model(const hone_layer *layer); /* the model of a layer that is one, else NULL */
/* The optimizer's slots for the model's trainable weights; kept when they are there. */
hone_status hone_internal_model_make_slots(hone_model *model);
int hone_internal_model_trainable_weights(const hone_model *model,
                                          hone_variable **variables); /* room for all weights */

/* Compile settings as config trees (taken over): "mse", ["mse", null], {"price": "mse"}. */
hone_status hone_internal_model_compile(hone_model *model, hone_optimizer *optimizer, hone_config *loss,
                                        hone_config *loss_weights, hone_config *metrics,
                                        hone_config *weighted_metrics);
hone_status hone_internal_compiled_make_losses(hone_model *model); /* once, when the outputs are known */
hone_status hone_internal_compiled_make_metrics(hone_model *model, const hone_shape *targets);
void hone_internal_compiled_reset(hone_model *model);
void hone_internal_compiled_results(hone_model *model, hone_logs *logs); /* sorted by name */
int hone_internal_compiled_direction(const hone_model *model, const char *name);
void hone_internal_compiled_free(hone_compiled *compiled);

/* The pass for a batch of these shapes, kept or made. Shapes have the batch's size in front. NULL on failure.
 */
hone_pass *hone_internal_model_pass(hone_model *model, hone_mode mode, const hone_dataset *data,
                                    int64_t batch, bool weighted, const hone_batch *arrays);

/* Files: config trees and stores. */
/* A layer's envelope, and a layer from an envelope or from text: for layers within layers. */
hone_config *hone_internal_layer_to_config(const hone_layer *layer);
hone_layer *hone_internal_layer_from_config(const hone_config *value);
/* hone_model_save with further members in the archive; and the weights and the optimizer's state of an
 * archive into a compiled model like it. */
struct hone_zip_member;
hone_status hone_internal_model_save_archive(hone_model *model, const char *path, int version,
                                             const struct hone_zip_member *extra, size_t count);
hone_status hone_internal_model_load_training(hone_model *model, const char *path);

#endif
