/* The model inside: its network of layer calls, its weights, and what compiling set up. */
#ifndef HONE_MODEL_INTERNAL_H
#define HONE_MODEL_INTERNAL_H

#include "base/names.h"
#include "callbacks/callback.h"
#include "fields/config.h"
#include "layers/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "optimizers/optimizer.h"
#include <hone/extend.h>
#include <hone/files.h>
#include <hone/train.h>
#include <stdatomic.h>

/* ---- the network: calls of layers, connected by tensors ---- */

typedef struct hone_network hone_network;
typedef struct hone_call hone_call;

/* The type in Keras of whole numbers; here all are floats. `bits`: 1 of truth values, 0 of floats and where
 * it is not known. */
typedef struct hone_whole_type {
    unsigned char bits;
    bool is_signed;
} hone_whole_type;

struct hone_tensor {
    hone_call *call;
    int index; /* which output of the call */
    hone_shape shape;
    hone_whole_type type;
};

/* Which argument of a call a tensor is: the field, and the place in its list. */
typedef struct hone_call_role {
    const hone_field *field;
    int place;
} hone_call_role;

struct hone_call {
    hone_network *network;
    hone_layer *layer;     /* owned: one reference for each call */
    hone_tensor **inputs;  /* borrowed: what the layer is called on, then the tensors among its arguments */
    int input_count;       /* of all */
    int plain_count;       /* of those without a role */
    hone_call_role *roles; /* of the others */
    void *args;            /* the layer type's call fields, without tensors; NULL: all as by default */
    hone_config *unknown;  /* arguments in the file it came from that are to be saved again; NULL: none */
    hone_tensor *outputs;
    int output_count;
    int number;   /* how many calls of the same layer came before in this network */
    int training; /* what the call was told in Keras, 1 or 0, for the next file; -1: nothing. It changes
                     nothing: fit and predict of Keras 3 tell each layer again */
    bool claimed; /* of an input: its reference went into a model */
    size_t place; /* in the calls of the model that is being connected: model/order.c */
};

void hone_internal_network_retain(hone_network *network);
void hone_internal_network_free(hone_network *network);
/* The call of `layer` (taken over) on tensors; an input layer is called on none. `args` is a struct of the
 * type's call fields, or NULL. */
hone_call *hone_internal_network_call(hone_network *network, hone_layer *layer, hone_tensor *const *inputs,
                                      int count, const void *args);
/* The first tensor that was made in a network; NULL: none was. */
hone_tensor *hone_internal_network_first(const hone_network *network);
/* Layers up to hone_layers_end, none of them an earlier failure, an input only first; `count` is right in any
 * case. */
hone_status hone_internal_check_sequence(hone_layer *const *layers, size_t *count);

/* Arguments of a call from a map, as recipes and files have them: `find` adds the tensors that a value names
 * to a list. Freed with hone_internal_call_args_free. */
typedef struct hone_tensor_list {
    hone_tensor **items;
    int count;
    size_t capacity;
} hone_tensor_list;
hone_status hone_internal_tensor_list_add(hone_tensor_list *list, hone_tensor *tensor);
bool hone_internal_tensor_list_repeats(const hone_tensor_list *list, int index); /* stands earlier too */
typedef hone_status hone_find_tensors(void *context, const hone_config *value, hone_tensor_list *list);
typedef struct hone_made_call {
    const hone_type *type;
    void *args;              /* what hone_internal_network_call takes */
    hone_tensor_list *lists; /* one for each field */
    int training;            /* as in hone_call */
} hone_made_call;
hone_status hone_internal_call_args_read(hone_made_call *made, const hone_layer *layer,
                                         const hone_config *map, hone_find_tensors *find, void *context);
void hone_internal_call_args_free(hone_made_call *made);
/* Copies the arguments into a call, whose inputs are there: the tensors among them become inputs with roles.
 */
hone_status hone_internal_call_take_args(hone_call *call, const void *args);
/* The tensors that a field holds, ended by hone_tensors_end (`one` is room for a single one); NULL: it holds
 * none. */
hone_tensor *const *hone_internal_call_tensors(const hone_field *field, const void *args,
                                               hone_tensor *one[2]);
bool hone_internal_field_is_tensor(const hone_field *field); /* TENSOR or TENSORS */
hone_network *hone_internal_network_create(void);
/* The ends of a model in one network, though its parts may have nothing to do with each other. */
hone_status hone_internal_network_join(const hone_tensor_list *inputs, const hone_tensor_list *outputs);

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
        *weighted_metrics;     /* as Keras writes them: text, lists, maps by output */
    hone_config *unknown;      /* settings of the file that are to be saved again; NULL: none */
    hone_output_loss *outputs; /* as many as the model has; NULL before they are known */
    int output_count;
    int loss_count;
    double state[2];            /* of the total loss */
    hone_metric_entry *entries; /* made when the targets' shapes are known */
    size_t entry_count;
    hone_shape *targets; /* those shapes */
    bool metrics_made;
} hone_compiled;

/* ---- the model ---- */

/* What training keeps with a model (train/pass.h): plans and a history. A model only says when they must go.
 */
typedef struct hone_training {
    void (*drop_plans)(
        struct hone_training *training);          /* the network, its weights or the losses have changed */
    void (*free)(struct hone_training *training); /* the model goes */
} hone_training;

struct hone_model {
    char *name, *site;
    bool sequential;
    bool frozen;         /* trains nothing, whatever its layers say */
    bool built;          /* connected from inputs to outputs; then it holds a reference to its network */
    hone_layer **layers; /* of a sequential model, its input layer first when there is one; else in Keras's
                            order; owned references */
    size_t layer_count, layer_capacity;
    hone_tensor **inputs, **outputs;
    int input_count, output_count;
    hone_tensor *
        *fed; /* what the network computes from: the inputs, or what layers over texts make of them */
    int fed_count;
    bool prepared;                    /* such layers are there: inputs and fed differ */
    char **input_keys, **output_keys; /* of a model of maps (Keras's dicts), sorted; else NULL, and the layers
                                        name the ends */
    hone_call **calls;                /* of this model, in an order in which they can run */
    int call_count;
    size_t call_capacity;
    const hone_call **calls_by_layer; /* the same, those of a layer by their numbers one after the other */
    size_t sorted_capacity;
    hone_names names, numbers; /* layers by their names; by class, the next number for a name */
    uint64_t seed;
    uint64_t forward_passes; /* in training mode, ever: the training step of random numbers */
    int64_t epochs_begun;    /* ever: the order of shuffling */
    hone_compiled compiled;
    hone_training *training; /* NULL: nothing is kept yet */
    hone_kept_steps *kept;   /* borrowed: its sequences come a step at a time; NULL: whole */
    atomic_int stop;
    hone_variable_list weights; /* borrowed, Keras's order */
    hone_config *schema;        /* how the data of training were read (data/schema.h), or NULL */
};

/* Keeps how `data` were read. HONE_ERROR_DATA when the validation data number their classes otherwise. */
hone_status hone_internal_model_learn_schema(hone_model *model, const hone_dataset *data,
                                             const hone_dataset *validation);
/* The same out of a model file's config. */
hone_status hone_internal_model_take_schema(hone_model *model, const hone_config *config);
bool hone_internal_model_has_input(const hone_model *model, const hone_tensor *tensor);
/* The names of its inputs, or outputs, ended by NULL, in a list to be freed; NULL on failure. */
const char **hone_internal_model_input_names(const hone_model *model);
const char **hone_internal_model_output_names(const hone_model *model);

/* fed.c: finds what the network computes from. */
hone_status hone_internal_model_find_fed(hone_model *model);
/* Its name in messages and in data. */
const char *hone_internal_model_fed_name(const hone_model *model, int index);
/* The input that it is; -1: a layer over texts makes it. */
int hone_internal_model_fed_input(const hone_model *model, int index);
/* What layers over texts make of arrays of the inputs, in their order: of each tensor fed that they make, in
 * `made` (room for fed_count; each to be freed). `end`, not NULL: of that tensor alone, made[0]. */
hone_status hone_internal_model_prepare(const hone_model *model, const hone_array *inputs, hone_tensor *end,
                                        hone_array **made);
/* HONE_ERROR_UNSUPPORTED for a model with layers over texts. */
hone_status hone_internal_model_need_plain(const hone_model *model, const char *what);

/* Records the model's calls from the values of what it is fed; fills `outputs`. */
hone_status hone_internal_model_record(hone_model *model, hone_graph *graph, const hone_value *inputs,
                                       hone_value *outputs);
hone_status hone_internal_model_need_built(const hone_model *model, const char *what);
/* order.c: adds the calls that a tensor needs, and its own, to those of the model, in an order in which they
 * can run. */
hone_status hone_internal_model_add_calls(hone_model *model, hone_tensor *output);
/* Puts the layers of the model's calls into Keras's order. */
hone_status hone_internal_model_order_layers(hone_model *model);
/* names.c: gives names to layers without one; an error when two have the same. */
hone_status hone_internal_model_give_names(hone_model *model);
hone_status hone_internal_model_name_layer(hone_model *model, hone_layer *layer);
void hone_internal_model_drop_plans(hone_model *model);
/* hone_functional_with for any number of ends. */
hone_model *hone_internal_model_from_ends(const hone_tensor_list *inputs, const hone_tensor_list *outputs);
/* The model from all its inputs to one of its tensors. */
hone_model *hone_internal_model_up_to(const hone_model *model, hone_tensor *end);
hone_model *
hone_internal_layer_model(const hone_layer *layer); /* the model of a layer that is one, else NULL */
/* The optimizer's slots for the model's trainable weights; kept when they are there. */
hone_status hone_internal_model_make_slots(hone_model *model);
/* The calls of a layer in this model in the order of their numbers: the first after NULL; NULL after the
 * last. */
const hone_call *hone_internal_model_next_call(const hone_model *model, const hone_layer *layer,
                                               const hone_call *after);
const hone_call *hone_internal_model_last_call(const hone_model *model, const hone_layer *layer);
/* How many calls of its layer come before it in this model. */
int hone_internal_model_call_rank(const hone_model *model, const hone_call *call);
/* Makes calls_by_layer of the model's calls; puts the last of these among the others, which are there. */
hone_status hone_internal_model_sort_calls(hone_model *model);
hone_status hone_internal_model_sort_last_call(hone_model *model);
/* How many numbers weights hold, and an optimizer's own: iterations, the rate, slots. */
uint64_t hone_internal_variable_list_numbers(const hone_variable_list *list, bool trainable_only);
uint64_t hone_internal_model_optimizer_numbers(const hone_model *model);

/* transfer.c: whether a layer within others, whose names stand before its own ("outer/inner"), is meant. */
bool hone_internal_pattern_means(const char *pattern, const char *name, const char *path);
/* HONE_ERROR_NAME for a pattern that matches none of the names. */
hone_status hone_internal_fail_pattern(const char *pattern, const char *const *names, size_t count);
/* Lists the weights of the model and of those within it anew, with memory and initial values for the new. */
hone_status hone_internal_model_take_weights(hone_model *model);

/* Compile settings as config trees (taken over): "mse", ["mse", null], {"price": "mse"}. */
hone_status hone_internal_model_compile(hone_model *model, hone_optimizer *optimizer, hone_config *loss,
                                        hone_config *loss_weights, hone_config *metrics,
                                        hone_config *weighted_metrics);
hone_status hone_internal_compiled_make_losses(hone_model *model); /* once, when the outputs are known */
hone_status hone_internal_compiled_make_metrics(hone_model *model, const hone_shape *targets);
/* The loss of an output; NULL: none. */
const hone_loss *hone_internal_model_loss(const hone_model *model, int output);
/* Whether the loss of an output is one of numbers, which has nothing to do with classes. */
bool hone_internal_model_regresses(const hone_model *model, int output);
void hone_internal_compiled_reset(hone_model *model);
/* Visits each run of doubles that losses and metrics add to; that of the total loss first. */
typedef void hone_sums_visitor(void *context, double *sums, size_t count);
void hone_internal_compiled_visit_sums(hone_model *model, hone_sums_visitor *visit, void *context);
hone_status hone_internal_compiled_results(hone_model *model, hone_logs *logs); /* sorted by name */
int hone_internal_compiled_direction(const hone_model *model, const char *name);
void hone_internal_compiled_free(hone_compiled *compiled);

#endif
