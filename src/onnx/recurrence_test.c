/* Walks along time from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"gru, all outputs", "3, 2", .layers = "gru(4, return_sequences=true)"},
    {"gru, last output", "3, 2", .layers = "gru(4)"},
    {"gru without bias", "3, 2", .layers = "gru(2, use_bias=false)"},
    {"gru, reset before", "3, 2", .layers = "gru(2, reset_after=false)"},
    {"lstm, all outputs", "3, 2", .layers = "lstm(4, return_sequences=true)"},
    {"lstm, last output", "5, 3", .layers = "lstm(4)"},
    {"lstm of any length", "None, 3", .layers = "lstm(4, return_sequences=true); gru(2)"},
    {"lstm, other functions", "3, 2", .layers = "lstm(2, activation=softsign, recurrent_activation=tanh)"},
    {"simple_rnn", "3, 2", .layers = "simple_rnn(4, activation=relu)"},
    {"simple_rnn without bias", "3, 2",
     .layers = "simple_rnn(4, use_bias=false, return_sequences=true); dense(2)"},
    {"cells on each other", "3, 2", .layers = "rnn([lstm_cell(3), gru_cell(2)], return_sequences=true)"},
    {"backwards", "3, 2", .layers = "lstm(2, go_backwards=true)"},
    {"both directions", "3, 2", .layers = "bidirectional(gru(2, return_sequences=true))"},
    {"functions with parameters", "3, 2",
     .layers = "gru(2, activation=elu, recurrent_activation=hard_sigmoid)"},
    {"steps one by one", "2, 2", .layers = "simple_rnn(2, activation=softmax)"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example not_written[] = {
    {"a mask", "3, 2", .layers = "masking; lstm(2)", .part = "a mask of steps"},
    {"states that are kept", "3, 2", .layers = "lstm(2, stateful=true)",
     .part = "keeps states from batch to batch"},
};
TEST_EACH(is_not_written, not_written)
{
    check_onnx_not_written(row);
}

static const onnx_example refused[] = {
    {"another direction", "3, 2",
     .graph =
         "a = Transpose(x) perm=[1, 0, 2]; y = LSTM(a, [1, 8, 2], [1, 8, 2]) hidden_size=2 direction='reverse'",
     .part = "only the direction forward"},
    {"steps that stand behind", "3, 2", .graph = "y = GRU(x, [1, 6, 2], [1, 6, 2]) hidden_size=2",
     .part = "not in the order of axes"},
    {"no hidden_size", "3, 2", .graph = "a = Transpose(x) perm=[1, 0, 2]; y = GRU(a, [1, 6, 2], [1, 6, 2])",
     .part = "it needs a hidden_size"},
    {"weights that do not fit", "3, 2",
     .graph = "a = Transpose(x) perm=[1, 0, 2]; y = GRU(a, [1, 5, 2], [1, 6, 2]) hidden_size=2",
     .part = "do not fit its hidden_size"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
