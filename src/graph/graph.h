/* The graph of operations: values and nodes in the order of recording, which is a topological order. */
#ifndef HONE_GRAPH_GRAPH_H
#define HONE_GRAPH_GRAPH_H

#include "base/error.h"
#include "base/memory.h"
#include "base/pointers.h"
#include "graph/variable.h"
#include <hone/graph.h>

typedef struct hone_op hone_op;

typedef enum hone_value_kind {
    HONE_VALUE_INPUT,    /* fed before each run; `input` is its index */
    HONE_VALUE_VARIABLE, /* read from (and written to) a variable */
    HONE_VALUE_EXTERNAL, /* at a fixed address: a metric's state */
    HONE_VALUE_RESULT    /* of a node */
} hone_value_kind;

typedef struct hone_graph_value {
    hone_value_kind kind;
    hone_shape shape;
    hone_variable *variable; /* of a variable; counted */
    void *address;           /* of an external */
    int input;               /* of an input */
    int node, output;        /* of a result */
    hone_value mask;
    hone_value gradient; /* while differentiating */
    bool differentiable; /* depends on something a gradient is needed for */
    bool kept;           /* read after the run: an output of the plan */
    int64_t classes;     /* of an input: > 0: must hold class ids below this */
    const char *label;   /* of an input, for messages */
    int channels_last; /* 1 + the value with the same numbers and axis 1 moved to the end; 0: none is known */
} hone_graph_value;

enum { HONE_NODE_INPUTS = 11, HONE_NODE_OUTPUTS = 4 };

typedef struct hone_node {
    const hone_op *op;
    hone_value inputs[HONE_NODE_INPUTS]; /* HONE_NO_VALUE: an optional operand left out */
    int input_count;
    hone_value outputs[HONE_NODE_OUTPUTS];
    int output_count;
    const void *attributes; /* the op's struct, in the graph's arena */
    const char *scope;      /* the layer it was recorded for, "" outside */
    const char *path;       /* with the layers around that one: "multi_head_attention/value" */
    uint64_t stream;        /* of ops that draw */
    bool backward;          /* recorded while differentiating */
} hone_node;

/* Numbers of two bytes that a layer computes with (its dtype policy). */
typedef enum hone_half { HONE_HALF_NONE, HONE_HALF_BFLOAT16, HONE_HALF_FLOAT16 } hone_half;

/* Sequences that come in pieces, mostly of one step, one sample: a layer that looks back keeps what it needs
 * of the steps before (hone_layer_carry). */
typedef struct hone_kept_steps {
    hone_variable *position; /* [1]: how many steps came before; set before each run */
    int64_t steps;           /* that come in the run being recorded */
    int64_t room;            /* steps that may be kept */
    int64_t most;            /* steps of the longest sequence that a layer has positions for */
    bool used;               /* a layer asked for the position */
} hone_kept_steps;

/* Integers are exact as floats up to a size: the greatest and the least number of a value are looked at after
 * the run. */
typedef struct hone_whole_check {
    hone_value of;                 /* what is looked at */
    hone_value most, least;        /* of one number each, kept */
    const char *layer, *type;      /* which gives or takes them; in Keras */
    bool without_sign;             /* of 32 bits or more: nothing is below 0 */
    struct hone_whole_check *next; /* of the graph; in its memory */
} hone_whole_check;

struct hone_graph {
    hone_arena arena;
    hone_graph_value *values;
    size_t value_count, value_capacity;
    hone_node *nodes;
    size_t node_count, node_capacity;
    bool training;
    hone_half half;         /* to which products that are recorded now round their operands */
    bool any_batch;         /* a size of batches that layers with states were told does not count */
    bool symbolic;          /* only shapes are needed: sizes may be HONE_ANY, nothing will run */
    bool backward;          /* differentiating now */
    bool plain;             /* for other forms of a model: what they lack is recorded as what they have */
    bool whole;             /* layers compute with four bytes whatever their dtype policy */
    bool in_rows;           /* of a shard: variables lie row by row, as several plans read them */
    bool frozen_statistics; /* moving statistics stay as they are: Monte Carlo draws */
    bool checked;           /* what runs looks at `checks` */
    hone_whole_check *checks;
    hone_kept_steps *kept; /* NULL: sequences come whole */
    int input_count;
    const char *scope, *path;
    uint64_t scope_call;  /* which use of the scope's layer */
    uint64_t scope_draws; /* draws with the same purpose are told apart */
    uint64_t seed;        /* of the scope when it has its own, else the model's */
    const struct hone_given
        *given;           /* what the call that is being recorded has beside its inputs (layers/layer.h) */
    hone_pointers places; /* of the values of variables and, by address, of external ones */
    const struct hone_layer *watched; /* whose output is wanted, in whatever model it is called; or NULL */
    hone_value seen;                  /* of its last call; HONE_NO_VALUE: there was none */
    hone_value penalty;               /* sum of what regularizers and add_loss added so far */
};

hone_graph *hone_internal_graph_create(bool training, bool symbolic);
void hone_internal_graph_free(hone_graph *graph);

hone_value hone_internal_graph_input(hone_graph *graph, hone_shape shape, const char *label);
hone_value hone_internal_graph_external(hone_graph *graph, hone_shape shape, void *address);
/* A node; infers the shapes of its outputs, which it gives back (the first as result). Copies `attributes`.
 * Any input that is HONE_NO_VALUE and not marked optional by the op passes the failure on. */
hone_value hone_internal_graph_node(hone_graph *graph, const hone_op *op, const hone_value *inputs,
                                    int input_count, const void *attributes, size_t attributes_bytes,
                                    hone_value *outputs);
const hone_graph_value *hone_internal_graph_value(const hone_graph *graph, hone_value value);
/* How many steps came before those that are recorded [1], where steps come in pieces. */
hone_value hone_internal_graph_position(hone_graph *graph);
/* The node that makes a value, or NULL. Valid until the next node is recorded. */
const hone_node *hone_internal_graph_producer(const hone_graph *graph, hone_value value);
void hone_internal_graph_keep(hone_graph *graph, hone_value value);

/* Names the layer whose call is recorded next. Gives back what was set before, to be restored by `leave`. */
typedef struct hone_graph_scope {
    const char *scope, *path;
    uint64_t call, draws, seed;
} hone_graph_scope;
hone_graph_scope hone_internal_graph_enter(hone_graph *graph, const char *scope, uint64_t call,
                                           uint64_t seed);
void hone_internal_graph_leave(hone_graph *graph, hone_graph_scope previous);

/* Shapes. */
int64_t hone_internal_shape_count(hone_shape shape);        /* elements; HONE_ANY when a size is */
bool hone_internal_shape_equal(hone_shape a, hone_shape b); /* HONE_ANY equals only HONE_ANY */
int64_t hone_internal_size_product(int64_t a,
                                   int64_t b); /* HONE_ANY when either is; INT64_MAX when it is too large */
/* "(None, 28, 28)" as Keras prints shapes. At least 128 bytes. */
void hone_internal_shape_to_text(hone_shape shape, char *buffer, size_t size);
/* axis in -rank .. rank-1 to 0 .. rank-1, or -1 with an error that names `what`. */
int hone_internal_shape_axis(hone_shape shape, int64_t axis, const char *what);
/* NumPy's broadcast of two shapes; false when they do not fit. */
bool hone_internal_shape_broadcast(hone_shape a, hone_shape b, hone_shape *result);
/* Sizes of the axes before, at and after one. */
void hone_internal_shape_split(hone_shape shape, int axis, int64_t *outer, int64_t *length, int64_t *inner);

#endif
