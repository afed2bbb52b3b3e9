/* Layers as the library sees them: the object, and what the machinery does around a layer's own call. */
#ifndef HONE_LAYERS_LAYER_H
#define HONE_LAYERS_LAYER_H

#include "activations/activations.h"
#include "base/error.h"
#include "base/pointers.h"
#include "constraints/constraints.h"
#include "fields/config.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "graph/graph.h"
#include "graph/variable.h"
#include "initializers/initializers.h"
#include "registry.h"
#include "regularizers/regularizers.h"
#include <hone/layers.h>

struct hone_layer {
    int references;
    const hone_layer_type *type;
    void *args;
    void *state;
    char *name;                /* given by the user or by the model; NULL before */
    char *site;                /* of the call that made it, for messages */
    hone_config *unknown;      /* settings of the file it came from that are to be saved again; NULL: none */
    hone_config *quantization; /* settings of that file that say how it was quantised; NULL: none */
    hone_allowance *allowance; /* of that file, for what its build asks for; NULL: any */
    bool trainable;
    bool built;
    bool masks_as_before;     /* of a file of Keras before 3.16: a mask goes on behind a layer over steps */
    hone_shape *input_shapes; /* it was built for, the batch HONE_ANY */
    int input_count;
    hone_variable **weights; /* in order of creation */
    size_t weight_count, weight_capacity;
    hone_variable **carried; /* from call to call: carried.c */
    size_t carried_count, carried_capacity;

    struct hone_network *last_network; /* of its last call, and that call's place there */
    size_t last_call;
    size_t call_count; /* in all networks, ever */
    size_t place;      /* in an order of layers that is being made: model/order.c */
};

/* A counted list of layers, each a reference. */
struct hone_layer_list {
    int references;
    hone_layer **items;
    size_t count;
};

/* HONE_LAYER_WEIGHT(args, kernel, shape): the weight "kernel", by the arguments kernel_initializer,
 * kernel_regularizer and kernel_constraint. */
#define HONE_LAYER_WEIGHT(args, what, shape) \
    ((hone_weight){#what, shape, (args)->what##_initializer, (args)->what##_regularizer, \
                   (args)->what##_constraint, false})

/* hone_<thing>_create(args) of a built-in layer, which takes over the layers in its arguments. */
#define HONE_DEFINE_LAYER(thing) \
    hone_layer *hone_##thing##_with(const hone_##thing##_args *args) \
    { \
        hone_layer *layer = hone_layer_create(&hone_internal_##thing##_layer, args); \
        hone_internal_fields_give_back(&hone_internal_##thing##_layer.type, args); \
        return layer; \
    }

/* The member of its arguments with this name; NULL when its type has none. */
const void *hone_internal_layer_argument(const hone_layer *layer, const char *name);
/* Whether its type has a yes or no of this name, and it is a yes. */
bool hone_internal_layer_flag(const hone_layer *layer, const char *name);
hone_status hone_internal_layer_set_name(hone_layer *layer, const char *name);
/* "dense" or, without a name, its type's. */
const char *hone_internal_layer_label(const hone_layer *layer);

/* hone_layer_from_text for another family that has layer types: "operation". */
hone_layer *hone_internal_layer_of_family(const char *family, const char *text);

/* Checks the number and shapes of the inputs and adds the weights, once; again with the same layer: checks
 * that the shapes fit its weights. */
hone_status hone_internal_layer_build(hone_layer *layer, const hone_shape *inputs, int count);
/* A tensor among the arguments of a call: of the field `name`, at a place of its list. */
typedef struct hone_given_value {
    const char *name;
    int place;
    hone_value value;
} hone_given_value;
/* What a call is given beside its inputs. */
typedef struct hone_given {
    const void *args; /* a struct of the type's call fields; NULL: their defaults */
    const hone_given_value *values;
    int count;
} hone_given;

/* Records one use: `call` counts the uses of the layer in its model, `seed` is the model's; `given` may be
 * NULL. Handles masks, the activity regularizer, messages. Returns the number of outputs or a status. */
int hone_internal_layer_call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                             const hone_given *given, hone_value *outputs, uint64_t call, uint64_t seed);
/* The shapes of the outputs for inputs with unknown sizes, by recording symbolically. The layer is built. The
 * values in `given` are places in `shapes`, which begins with the `count` inputs. */
int hone_internal_layer_output_shapes(hone_layer *layer, const hone_shape *shapes, int count,
                                      const hone_given *given, hone_shape *outputs);
/* The arguments of calls that may be given a mask (hone_mask_call). */
extern const hone_type hone_internal_mask_call;
/* The layer at an index of those that a layer holds, borrowed; NULL: there is none. `attribute` gets its
 * attribute in files; NULL: not asked for. */
hone_layer *hone_internal_layer_within(const hone_layer *layer, int index, const char **attribute);
/* Layers that make inner ones: the arguments of a built-in type to start from, the inner layer, built, with
 * the limits of its owner and frozen with it (NULL on failure), and the one output of its call under the
 * owner's seed and use. */
#define HONE_INNER_ARGS(thing) (*(const hone_##thing##_args *)hone_internal_##thing##_layer.type.defaults)
hone_layer *hone_internal_layer_inner(hone_layer *owner, const hone_layer_type *type, const void *args,
                                      const hone_shape *inputs, int count);
hone_value hone_internal_layer_through(hone_layer *inner, hone_graph *graph, const hone_value *inputs,
                                       int count, const hone_given *given);
/* Room for the outputs of a call. */
int hone_internal_layer_most_outputs(const hone_layer *layer);

/* The numbers of two bytes that the layer's dtype policy computes with. */
hone_half hone_internal_layer_half(const hone_layer *layer);
/* Under mixed_bfloat16 a value rounded to it, else the value: for layers whose every step and constant Keras
 * rounds. */
hone_value hone_internal_layer_round(hone_graph *graph, hone_value x);
double hone_internal_layer_round_number(const hone_graph *graph, double number);

/* low_rank.c: adds the weights of the adaptation that lora_rank asks for to a layer that has its own; a
 * layer without that argument, or with none, is left as it is. */
hone_status hone_internal_layer_adapt(hone_layer *layer, const char *a_initializer,
                                      const char *b_initializer);
/* The weight is trained where the layer is: one that is adapted is not. */
bool hone_internal_layer_trains(const hone_layer *layer, const hone_variable *variable);
/* Rows of the adapted weight, a table, by ids. */
hone_value hone_internal_layer_adapted_rows(const hone_layer *layer, hone_graph *graph, hone_value ids);
/* Gives a layer that is built an adaptation; one without an adapted weight is left as it is. */
hone_status hone_internal_layer_enable_lora(hone_layer *layer, int64_t rank, double alpha,
                                            const char *a_initializer, const char *b_initializer);
/* W becomes what it is with its adaptation, which goes. */
hone_status hone_internal_layer_merge(hone_layer *layer);

/* Adds another layer's weight to this one's: a wrapper's own list has the kernel that it works on. */
hone_status hone_internal_layer_share_weight(hone_layer *layer, hone_variable *variable);
/* A constant tensor that a layer keeps in its state: a placed variable outside the weights, with `count`
 * numbers repeated to fill it. */
hone_variable *hone_internal_layer_constant(const hone_layer *layer, hone_shape shape, const double *numbers,
                                            int64_t count);
/* What it and its inner layers place from now on comes out of an allowance; NULL: nothing is done. */
void hone_internal_layer_limit(hone_layer *layer, hone_allowance *allowance);

/* The layer with its inner layers' weights, as Keras orders them: own trainable, own non-trainable, then
 * inner ones; into a growable list of borrowed pointers, each once. */
typedef struct hone_variable_list {
    hone_variable **items;
    size_t count, capacity;
    hone_pointers places; /* of a list that is not short */
} hone_variable_list;
void hone_internal_variable_list_free(hone_variable_list *list); /* and back to the start */
hone_status hone_internal_layer_weights(const hone_layer *layer, hone_variable_list *list);
void hone_internal_layer_drop_carried(hone_layer *layer); /* when it is freed */
void hone_internal_layer_set_trainable(hone_layer *layer,
                                       bool trainable); /* with all inner layers and weights */

#endif
