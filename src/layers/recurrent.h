/* What simple_rnn, lstm and gru share: their cells, and the walk along time. */
#ifndef HONE_LAYERS_RECURRENT_H_
#define HONE_LAYERS_RECURRENT_H_

#include "layers/layer.h"
#include "ops/recurrence.h"

/* What the walk has to know of a cell; texts are borrowed from its arguments. */
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

/* How a layer walks. */
typedef struct hone_time_walk {
    bool return_sequences, return_state, go_backwards, unroll, zero_output_for_mask;
} hone_time_walk;
#define HONE_WALK(args) \
    ((hone_time_walk){(args)->return_sequences, (args)->return_state, (args)->go_backwards, (args)->unroll, \
                      (args)->zero_output_for_mask})

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
int hone_internal_recurrent_call(hone_layer *cell_layer, const hone_cell *cell, hone_time_walk walk,
                                 hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs);
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
        hone_cell cell = hone_internal_##name_##_cell(own); \
        return hone_internal_recurrent_call(own, &cell, HONE_WALK(args), graph, inputs, count, outputs); \
    } \
    const hone_layer_type hone_internal_##name_##_layer = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = "keras.layers", \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS(hone_##name_##_args)}, \
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

#endif
