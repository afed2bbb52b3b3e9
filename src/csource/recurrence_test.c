/* Walks along time in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"an LSTM", "4, 3", "lstm(2)",
     .parts = {"static float net_fn_gate_tanh_1(float x)", "static float net_fn_gate_sigmoid_1(float x)",
               "net_op_dense(work, input, net_w_lstm_lstm_cell_kernel, net_w_lstm_lstm_cell_bias, 4, 3, 8);",
               "NULL, NULL, NULL, 4, 2, net_fn_gate_tanh_1, net_fn_gate_sigmoid_1);"}},
    {"a GRU with two biases", "4, 3", "gru(2)",
     .parts = {"net_op_gru(",
               "net_w_gru_gru_cell_recurrent_kernel, net_w_gru_2, NULL, NULL, 4, 2, net_fn_gate_tanh_1,"}},
    {"a GRU that resets before", "4, 3", "gru(2, reset_after=false)",
     .parts = {"net_op_gru_reset_before(",
               "net_w_gru_gru_cell_recurrent_kernel, NULL, NULL, 4, 2, net_fn_gate_tanh_1,"}},
    {"a simple one without gates", "4, 3", "simple_rnn(2)",
     .parts = {"net_op_simple_rnn(",
               "net_w_simple_rnn_simple_rnn_cell_recurrent_kernel, NULL, NULL, 4, 2, net_fn_gate_tanh_1);"},
     .lacks = "sigmoid"},
    {"a function with a parameter has its number", "4, 3", "simple_rnn(2, activation=elu)",
     .parts = {"static float net_fn_gate_elu_2(float x)\n{\n    const float a = 1.0f;\n",
               "net_fn_gate_elu_2);"}},
    {"a function for both layers is written once", "4, 3",
     "simple_rnn(2, return_sequences=true); simple_rnn(2)",
     .parts = {"float net_fn_gate_tanh_1(float x)", "net_fn_gate_tanh_1);", "net_fn_gate_tanh_1);"}},
    {"what is no function of one number is said step by step", "2, 3", "simple_rnn(2, activation=softmax)",
     .parts = {"net_op_softmax(", "net_op_softmax("}, .lacks = "net_op_simple_rnn"},
};

TEST_EACH(is_said, examples)
{
    check_c_source(row);
}

/* The kernel of the inputs [3, 8], then 4 gates of [2, 2] at each of 4 steps. */
TEST(its_products_are_counted)
{
    hone_c_source report;
    hone_model *model = c_source_model("4, 3", "lstm(2)");
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report), HONE_OK);
    assert_int_equal(report.multiply_adds, 4 * 3 * 8 + 4 * 4 * 2 * 2);
    hone_model_free(model);
}
