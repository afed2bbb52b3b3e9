/* Layers over sequences (batch, steps, n), which go from step to step with a state: simple_rnn, lstm, gru.
 * Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_RECURRENT_H
#define HONE_LAYERS_RECURRENT_H

/* Arguments of their calls beside the sequence (hone_recurrent_call in hone/model.h). */
#define HONE_RECURRENT_CALL_FIELDS(F, A) \
    F(A, TENSORS, initial_state, HONE_NO_TENSORS, \
      "the states before the first step, each (batch, units); zeros unless given") \
    F(A, TENSOR, mask, HONE_NO_TENSOR, \
      "mask (batch, steps): 1 for steps that count; at others the states stay; replaces the input's mask")
HONE_ARGS_STRUCT(hone_recurrent_call, HONE_RECURRENT_CALL_FIELDS);

/* Arguments of the calls of cells: those of a user's own cell, which gives its output, then the states after.
 */
#define HONE_CELL_CALL_FIELDS(F, A) \
    F(A, TENSORS, states, HONE_NO_TENSORS, \
      "the states before the step, each (batch, ...); zeros unless given")
HONE_ARGS_STRUCT(hone_cell_call, HONE_CELL_CALL_FIELDS);

#define HONE_UNITS_FIELDS(F, A) \
    F(A, INTEGER, units, HONE_NONE_INTEGER, "size of the state and of the output", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, "tanh", "function of the candidate and of the output", .none_too = true)
#define HONE_GATES_FIELDS(F, A) \
    F(A, ACTIVATION, recurrent_activation, "sigmoid", "function of the gates", .none_too = true)
#define HONE_CELL_INITIALIZER_FIELDS(F, A) \
    F(A, BOOLEAN, use_bias, true, "whether to add a bias") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernel") \
    F(A, INITIALIZER, recurrent_initializer, "orthogonal", "initial values of the recurrent kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias")
#define HONE_FORGET_FIELDS(F, A) \
    F(A, BOOLEAN, unit_forget_bias, true, "whether the bias of the forget gate starts at 1")
#define HONE_CELL_REGULARIZER_FIELDS(F, A) \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, recurrent_regularizer, NULL, "penalty on the recurrent kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "constraint on the kernel") \
    F(A, CONSTRAINT, recurrent_constraint, NULL, "constraint on the recurrent kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias") \
    F(A, NUMBER, dropout, 0.0, "fraction of the input's elements to drop, the same at all steps", \
      HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, recurrent_dropout, 0.0, \
      "fraction of the state's elements to drop in the recurrent product, the same at all steps", \
      HONE_BETWEEN(0, 1))
#define HONE_CELL_SEED_FIELDS(F, A) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "seed of dropout (default: the model's)", HONE_AT_LEAST(0))
#define HONE_RECURRENT_FIELDS(F, A) \
    F(A, BOOLEAN, return_sequences, false, "whether to give the output of each step, not only of the last") \
    F(A, BOOLEAN, return_state, false, "whether to give the states after the last step as further outputs") \
    F(A, BOOLEAN, go_backwards, false, "whether to begin with the last step") \
    F(A, BOOLEAN, stateful, false, \
      "whether a batch begins with the states that the last one ended with; all batches have one size then") \
    F(A, BOOLEAN, unroll, false, \
      "accepted: there is one way to run; before the first step that a mask keeps, outputs are 0")
#define HONE_ZERO_OUTPUT_FIELDS(F, A) \
    F(A, BOOLEAN, zero_output_for_mask, false, \
      "whether outputs of masked steps are 0 and not those of the step before", HONE_BY_NAME)

/* h' = activation(x kernel + h recurrent_kernel + bias); x (batch, steps, n), kernel (n, units). Elman:
 * "Finding structure in time", 1990. */
#define HONE_SIMPLE_RNN_CELL_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_UNITS_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(simple_rnn_cell, HONE_SIMPLE_RNN_CELL_FIELDS);
#define hone_simple_rnn_cell(...) \
    HONE_ARGS_CALL(hone_simple_rnn_cell_with, hone_simple_rnn_cell_args, HONE_SIMPLE_RNN_CELL_FIELDS, \
                   .units = __VA_ARGS__)
#define HONE_SIMPLE_RNN_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_UNITS_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_RECURRENT_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A) \
    HONE_ZERO_OUTPUT_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(simple_rnn, HONE_SIMPLE_RNN_FIELDS);
#define hone_simple_rnn(...) \
    HONE_ARGS_CALL(hone_simple_rnn_with, hone_simple_rnn_args, HONE_SIMPLE_RNN_FIELDS, .units = __VA_ARGS__)

/* Gates i, f, o = recurrent_activation(...), candidate g = activation(...), each of x kernel + h
 * recurrent_kernel + bias in columns i f g o; c' = f c + i g; h' = o activation(c'). Hochreiter, Schmidhuber:
 * "Long short-term memory", 1997. */
#define HONE_LSTM_CELL_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_UNITS_FIELDS(F, A) \
    HONE_GATES_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_FORGET_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(lstm_cell, HONE_LSTM_CELL_FIELDS);
#define hone_lstm_cell(...) \
    HONE_ARGS_CALL(hone_lstm_cell_with, hone_lstm_cell_args, HONE_LSTM_CELL_FIELDS, .units = __VA_ARGS__)
#define HONE_LSTM_FIELDS(F, A) \
    HONE_LSTM_CELL_FIELDS(F, A) \
    HONE_RECURRENT_FIELDS(F, A) \
    HONE_ZERO_OUTPUT_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(lstm, HONE_LSTM_FIELDS);
#define hone_lstm(...) HONE_ARGS_CALL(hone_lstm_with, hone_lstm_args, HONE_LSTM_FIELDS, .units = __VA_ARGS__)

/* Gates z, r = recurrent_activation(...), candidate a = activation(x kernel + r (h recurrent_kernel)), in
 * columns z r a; h' = z h + (1 - z) a. With reset_after = false the candidate has (r h) recurrent_kernel. Cho
 * and others, 2014. */
#define HONE_RESET_FIELDS(F, A) \
    F(A, BOOLEAN, reset_after, true, \
      "whether the reset gate applies after the recurrent product, which then has a bias of its own")
#define HONE_GRU_CELL_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_UNITS_FIELDS(F, A) \
    HONE_GATES_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_RESET_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(gru_cell, HONE_GRU_CELL_FIELDS);
#define hone_gru_cell(...) \
    HONE_ARGS_CALL(hone_gru_cell_with, hone_gru_cell_args, HONE_GRU_CELL_FIELDS, .units = __VA_ARGS__)
#define HONE_GRU_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_UNITS_FIELDS(F, A) \
    HONE_GATES_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A) \
    HONE_RECURRENT_FIELDS(F, A) \
    HONE_RESET_FIELDS(F, A) \
    HONE_ZERO_OUTPUT_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(gru, HONE_GRU_FIELDS);
#define hone_gru(...) HONE_ARGS_CALL(hone_gru_with, hone_gru_args, HONE_GRU_FIELDS, .units = __VA_ARGS__)

/* Cells that stand on each other, as one: each takes the output of the one before; the states are those of
 * all. hone_rnn(hone_stacked_rnn_cells(hone_layer_list(hone_lstm_cell(8), hone_gru_cell(4)))). */
#define HONE_STACKED_RNN_CELLS_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, LAYERS, cells, HONE_NO_LAYERS, "the cells, the first below", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(stacked_rnn_cells, HONE_STACKED_RNN_CELLS_FIELDS);
#define hone_stacked_rnn_cells(...) \
    HONE_ARGS_CALL(hone_stacked_rnn_cells_with, hone_stacked_rnn_cells_args, HONE_STACKED_RNN_CELLS_FIELDS, \
                   .cells = __VA_ARGS__)

/* An LSTM of pictures, whose products are convolutions: i, f, o = recurrent_activation(...), g =
 * activation(...), each of x * kernel + h * recurrent_kernel + bias; c' = f c + i g; h' = o activation(c'). x
 * (batch, steps, space..., channels), kernel (kernel_size..., channels, 4 filters), recurrent_kernel
 * (kernel_size..., filters, 4 filters); h is padded with zeros to keep its size. Shi and others:
 * "Convolutional LSTM network", 2015. */
#define HONE_CONV_LSTM_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, filters, HONE_NONE_INTEGER, "number of filters, which is the number of output channels", \
      HONE_REQUIRED, HONE_AT_LEAST(1)) \
    HONE_WINDOW_FIELDS(F, A, axes, "valid|same") \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_DILATION_FIELD(F, A, axes) \
    F(A, ACTIVATION, activation, "tanh", "function of the candidate and of the output", .none_too = true) \
    HONE_GATES_FIELDS(F, A) \
    HONE_CELL_INITIALIZER_FIELDS(F, A) \
    HONE_FORGET_FIELDS(F, A) \
    HONE_CELL_REGULARIZER_FIELDS(F, A) \
    HONE_CELL_SEED_FIELDS(F, A) \
    HONE_RECURRENT_FIELDS(F, A) \
    HONE_ZERO_OUTPUT_FIELDS(F, A)
#define HONE_CONV_LSTM1D_FIELDS(F, A) HONE_CONV_LSTM_FIELDS(F, A, 1)
#define HONE_CONV_LSTM2D_FIELDS(F, A) HONE_CONV_LSTM_FIELDS(F, A, 2)
#define HONE_CONV_LSTM3D_FIELDS(F, A) HONE_CONV_LSTM_FIELDS(F, A, 3)
HONE_DECLARE_LAYER_ARGS(conv_lstm1d, HONE_CONV_LSTM1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv_lstm2d, HONE_CONV_LSTM2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv_lstm3d, HONE_CONV_LSTM3D_FIELDS);
#define hone_conv_lstm1d(...) \
    HONE_ARGS_CALL(hone_conv_lstm1d_with, hone_conv_lstm1d_args, HONE_CONV_LSTM1D_FIELDS, \
                   .filters = __VA_ARGS__)
#define hone_conv_lstm2d(...) \
    HONE_ARGS_CALL(hone_conv_lstm2d_with, hone_conv_lstm2d_args, HONE_CONV_LSTM2D_FIELDS, \
                   .filters = __VA_ARGS__)
#define hone_conv_lstm3d(...) \
    HONE_ARGS_CALL(hone_conv_lstm3d_with, hone_conv_lstm3d_args, HONE_CONV_LSTM3D_FIELDS, \
                   .filters = __VA_ARGS__)

/* Takes a cell from step to step of a sequence: hone_rnn(hone_lstm_cell(8), .return_sequences = true). The
 * cell is one of Hone's or of the user: a layer type whose call has the field `states`
 * (HONE_CELL_CALL_FIELDS), and gives the output of a step, then the states after it. */
#define HONE_RNN_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, LAYER, cell, HONE_NO_LAYER, \
      "the cell: simple_rnn_cell, lstm_cell, gru_cell, a custom one, or a list of them", HONE_REQUIRED) \
    HONE_RECURRENT_FIELDS(F, A) \
    HONE_ZERO_OUTPUT_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(rnn, HONE_RNN_FIELDS);
#define hone_rnn(...) HONE_ARGS_CALL(hone_rnn_with, hone_rnn_args, HONE_RNN_FIELDS, .cell = __VA_ARGS__)

/* Wraps a layer and applies it at each step of (batch, steps, ...): hone_time_distributed(hone_dense(10)). */
#define HONE_TIME_DISTRIBUTED_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, LAYER, layer, HONE_NO_LAYER, "the layer for each step", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(time_distributed, HONE_TIME_DISTRIBUTED_FIELDS);
#define hone_time_distributed(...) \
    HONE_ARGS_CALL(hone_time_distributed_with, hone_time_distributed_args, HONE_TIME_DISTRIBUTED_FIELDS, \
                   .layer = __VA_ARGS__)

/* Wraps a recurrent layer and runs it in both directions, with weights for each: hone_bidirectional(
 * hone_lstm(8)). Masked steps give 0 where all steps are given. Schuster, Paliwal: "Bidirectional recurrent
 * neural networks", 1997. */
#define HONE_BIDIRECTIONAL_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, LAYER, layer, HONE_NO_LAYER, "the recurrent layer", HONE_REQUIRED) \
    F(A, TEXT, merge_mode, "concat", "how both outputs become one; none: both are given", \
      HONE_ONE_OF("sum|mul|concat|ave"), .none_too = true) \
    F(A, LAYER, backward_layer, HONE_NO_LAYER, \
      "the layer of the other direction (default: `layer` with go_backwards)")
HONE_DECLARE_LAYER_ARGS(bidirectional, HONE_BIDIRECTIONAL_FIELDS);
#define hone_bidirectional(...) \
    HONE_ARGS_CALL(hone_bidirectional_with, hone_bidirectional_args, HONE_BIDIRECTIONAL_FIELDS, \
                   .layer = __VA_ARGS__)

#endif
