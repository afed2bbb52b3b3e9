/* What simple_rnn, lstm and gru share: their cells, and the walk along time. */
#ifndef HONE_LAYERS_RECURRENT_H_
#define HONE_LAYERS_RECURRENT_H_

#include "layers/layer.h"
#include "ops/recurrence.h"

/* What is to be known of a cell; texts are borrowed from its arguments. */
typedef struct hone_cell {
    hone_recurrence_kind kind;
    int64_t units;
    const char *activation, *recurrent_activation;
    bool use_bias;
    double dropout, recurrent_dropout;
    int64_t seed; /* HONE_NONE_INTEGER: that of the call */
} hone_cell;
typedef hone_cell hone_cell_function(const hone_layer *layer);
hone_cell_function hone_internal_simple_rnn_cell, hone_internal_lstm_cell, hone_internal_gru_cell;
bool hone_internal_cell_known(const hone_layer *layer, hone_cell *cell); /* it is one of these three */
int hone_internal_cell_states(const hone_cell *cell);
enum { HONE_CELL_STATES = 2 }; /* at most */

/* HONE_CELL(args, kind, recurrent_activation): from the arguments of a cell. */
#define HONE_CELL(args, kind, recurrent_activation) \
    ((hone_cell){kind, (args)->units, (args)->activation, recurrent_activation, (args)->use_bias, \
                 (args)->dropout, (args)->recurrent_dropout, (args)->seed})

/* The three weights by a cell's arguments; shapes are filled in. */
typedef struct hone_cell_weights {
    hone_weight kernel, recurrent_kernel, bias;
} hone_cell_weights;
#define HONE_CELL_WEIGHTS(args) \
    ((hone_cell_weights){HONE_LAYER_WEIGHT(args, kernel, {0}), \
                         {"recurrent_kernel", \
                          {0}, \
                          (args)->recurrent_initializer, \
                          (args)->recurrent_regularizer, \
                          (args)->recurrent_constraint, \
                          false}, \
                         HONE_LAYER_WEIGHT(args, bias, {0})})
hone_status hone_internal_cell_build(hone_layer *layer, const hone_cell *cell, hone_cell_weights weights,
                                     hone_shape input);
/* One step as a call of its own: the output, then the states, which are arguments of the call. */
int hone_internal_cell_call(hone_layer *layer, const hone_cell *cell, hone_graph *graph, hone_value x,
                            hone_value *outputs);
extern const hone_type hone_internal_cell_call_fields;

/* HONE_CELL_ARGS(hone_lstm_cell_args, HONE_LSTM_CELL_FIELDS, args, "lstm_cell"): the arguments of the cell
 * within a layer. */
#define HONE_CELL_COPY(A, kind, field, ...) .field = args->field,
#define HONE_CELL_COPY_ROOM(A)

/* All steps: sequences (batch, steps, units) of outputs, left out unless wanted; the states before (none: 0)
 * become those after. */
hone_value hone_internal_cell_walk(hone_layer *layer, const hone_cell *cell, hone_graph *graph, hone_value x,
                                   hone_value mask, hone_value *states, bool sequence);

/* What goes along time: cells, or a convolution with states. `walk` gives the outputs of all steps, left out
 * unless wanted, and the last one; the states before (HONE_NO_VALUE: 0) become those after. */
enum { HONE_WALK_STATES = 32 };
typedef struct hone_walker {
    hone_value (*walk)(const struct hone_walker *walker, hone_graph *graph, hone_value x, hone_value mask,
                       hone_value *states, bool sequence, hone_value *last);
    int state_count;
    hone_shape states[HONE_WALK_STATES]; /* the batch in front */
    int cell_count;
    hone_layer *cells[HONE_WALK_STATES];
    int states_of[HONE_WALK_STATES];
    const void *how; /* of a walk that needs more */
} hone_walker;
/* A cell, or the cells of a stack, for steps of this shape. */
hone_status hone_internal_walker_of_cell(hone_walker *walker, hone_layer *cell, hone_shape step);
/* States given by name, or as further inputs, as older files have them: all or none; HONE_NO_VALUE: none. */
hone_status hone_internal_walk_take_states(hone_graph *graph, const hone_walker *walker, const char *name,
                                           const hone_value *inputs, int count, hone_value *states);
void hone_internal_walk_fill_states(hone_graph *graph, const hone_walker *walker, hone_value *states,
                                    int first, int count); /* zeros for those that are not there */
hone_shape hone_internal_walk_step_shape(hone_shape x);    /* (batch, ...) of (batch, steps, ...) */
/* Element t of the axis of steps, which is dropped: [n, ...]. */
hone_value hone_internal_walk_step(hone_graph *graph, hone_value x, int64_t t);
/* `after`, and `before` for the samples whose step t a mask (HONE_NO_VALUE: none) hides. */
hone_value hone_internal_walk_keep(hone_graph *graph, hone_value mask, int64_t t, hone_value after,
                                   hone_value before);
/* An output [n, ...] as all steps [n, steps, ...] when their number is not known. */
hone_value hone_internal_walk_foretold(hone_graph *graph, hone_value output);
hone_value hone_internal_walk_join(hone_graph *graph, hone_value *steps, int64_t count);

/* How a layer walks. */
typedef struct hone_time_walk {
    bool return_sequences, return_state, go_backwards, unroll, zero_output_for_mask, stateful;
    hone_layer *layer;
} hone_time_walk;
#define HONE_WALK(layer, args) \
    ((hone_time_walk){(args)->return_sequences, (args)->return_state, (args)->go_backwards, (args)->unroll, \
                      (args)->zero_output_for_mask, (args)->stateful, layer})
/* The call of such a layer. */
int hone_internal_walk_call(const hone_walker *walker, hone_time_walk walk, hone_graph *graph,
                            const hone_value *inputs, int count, hone_value *outputs);

/* The state of a layer that makes its cell itself, and what its type has for it. */
typedef struct hone_own_cell {
    hone_layer *layer;
} hone_own_cell;
hone_layer *hone_internal_own_cell(const hone_layer *layer, int index, const char **attribute);
void hone_internal_own_cell_free(hone_layer *layer);
/* Builds a cell for the layer's input. */
hone_status hone_internal_recurrent_build_cell(hone_layer *layer, hone_layer *cell, hone_shape input);
/* The same of a layer's own cell, which it takes over; NULL is a failure. */
hone_status hone_internal_recurrent_build(hone_layer *layer, hone_layer *own, const hone_shape *inputs,
                                          int count);
int hone_internal_recurrent_call(hone_layer *cell, hone_time_walk walk, hone_graph *graph,
                                 const hone_value *inputs, int count, hone_value *outputs);
extern const hone_type hone_internal_recurrent_call_fields;

/* The types of a cell and of the layer that walks with one, from `name` (gru), its fields' prefix (GRU) and
 * its class. The file has defined hone_internal_<name>_cell, which tells the walk of a cell, and its
 * `build_cell`. */
#define HONE_RECURRENT_LAYER(name_, PREFIX, class_, most_inputs, summary_) \
    HONE_FIELD_TABLE_NAMED(hone_##name_##_cell_args, HONE_##PREFIX##_CELL_FIELDS, cell_fields, \
                           cell_defaults); \
    HONE_FIELD_TABLE(hone_##name_##_args, HONE_##PREFIX##_FIELDS); \
    static int call_cell(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                         hone_value *outputs) \
    { \
        (void)count; \
        hone_cell cell = hone_internal_##name_##_cell(layer); \
        return hone_internal_cell_call(layer, &cell, graph, inputs[0], outputs); \
    } \
    const hone_layer_type hone_internal_##name_##_cell_layer = { \
        .type = {.name = #name_ "_cell", \
                 .class_name = class_ "Cell", \
                 .module = "keras.layers", \
                 .summary = "One step of " #name_ ": the output, then the states.", \
                 HONE_TYPE_FIELDS_NAMED(hone_##name_##_cell_args, cell_fields, cell_defaults)}, \
        .build = build_cell, \
        .call = call_cell, \
        .call_fields = &hone_internal_cell_call_fields, \
    }; \
    HONE_DEFINE_LAYER(name_##_cell) \
    static hone_status build(hone_layer *layer, const hone_shape *inputs, int count) \
    { \
        const hone_##name_##_args *args = hone_layer_args(layer); \
        hone_##name_##_cell_args cell = { \
            .base = {sizeof cell, NULL}, \
            HONE_##PREFIX##_CELL_FIELDS(HONE_CELL_COPY, hone_##name_##_cell_args)}; \
        cell.name = #name_ "_cell"; \
        cell.activity_regularizer = NULL; \
        return hone_internal_recurrent_build(layer, hone_##name_##_cell_with(&cell), inputs, count); \
    } \
    static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                    hone_value *outputs) \
    { \
        const hone_##name_##_args *args = hone_layer_args(layer); \
        hone_layer *own = ((hone_own_cell *)hone_layer_state(layer))->layer; \
        return hone_internal_recurrent_call(own, HONE_WALK(layer, args), graph, inputs, count, outputs); \
    } \
    const hone_layer_type hone_internal_##name_##_layer = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = "keras.layers", \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS(hone_##name_##_args)}, \
        .goes_step_by_step = true, \
        .state_bytes = sizeof(hone_own_cell), \
        .build = build, \
        .call = call, \
        .free_state = hone_internal_own_cell_free, \
        .inputs_min = 1, \
        .inputs_max = most_inputs, \
        .call_fields = &hone_internal_recurrent_call_fields, \
        .uses_mask = true, \
        .inner = hone_internal_own_cell, \
    }; \
    HONE_DEFINE_LAYER(name_)

/* Under mixed precision rounded, as each operation of Keras is (recurrent_cell.c). */
hone_value hone_internal_rounded_product(hone_graph *graph, hone_value a, hone_value b);
hone_value hone_internal_rounded_activation(hone_graph *graph, const char *function, hone_value x);

#endif
