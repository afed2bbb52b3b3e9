/* rnn. */
#include "testing/check_layer.h"
#include <hone/extend.h>

#include <string.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "rnn(lstm_cell(3))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn(gru_cell(3, reset_after=False), return_sequences=True)",
         .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn(simple_rnn_cell(3), go_backwards=True)",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "rnn(gru_cell(2, dropout=0.3, recurrent_dropout=0.3, seed=5))",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "bidirectional(rnn(lstm_cell(2), return_sequences=True))", .inputs = {HONE_SHAPE(3, 4, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape good[] = {HONE_SHAPE(HONE_ANY, 3, 2), {0}};
    check_layer_refused("rnn", NULL, "cell must be given");
    check_layer_refused("rnn(dense(3))", good, "the layer \"dense\" is not a cell: it takes no states");
    check_layer_refused("rnn(lstm_cell(3))", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, steps, n), n known, not (None, 3)");
}

/* ---- a user's own cell: h' = tanh(x + a h), output 2 h' ---- */

#define LEAKY_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, decay, 0.5, "factor of the state")
HONE_DECLARE_LAYER_ARGS(leaky_cell, LEAKY_FIELDS);
HONE_FIELD_TABLE(hone_leaky_cell_args, LEAKY_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_cell_call, HONE_CELL_CALL_FIELDS, call_fields, call_defaults);
static const hone_type call_type = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(hone_cell_call, call_fields, call_defaults)};

static hone_status build_leaky(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_weight scale = {.name = "scale", .shape = HONE_SHAPE(inputs[0].size[1]), .initializer = "ones"};
    return hone_layer_add_weight(layer, &scale) == NULL ? hone_error_status() : HONE_OK;
}

static int call_leaky(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)count;
    const hone_leaky_cell_args *args = hone_layer_args(layer);
    hone_value before = hone_call_value(graph, "states", 0),
               x = hone_op_multiply(graph, inputs[0],
                                    hone_graph_variable(graph, hone_layer_weight(layer, "scale")));
    if (before >= 0)
        x = hone_op_add(graph, x, hone_op_affine(graph, before, args->decay, 0));
    outputs[1] = hone_op_unary(graph, "tanh", x, (hone_parameters){0});
    outputs[0] = hone_op_affine(graph, outputs[1], 2, 0);
    return 2;
}

static const hone_layer_type leaky = {
    .type = {.name = "leaky_cell",
             .class_name = "LeakyCell",
             .module = "keras.layers",
             .summary = "A cell that forgets.",
             HONE_TYPE_FIELDS(hone_leaky_cell_args)},
    .build = build_leaky,
    .call = call_leaky,
    .call_fields = &call_type,
};

TEST(takes_a_cell_of_the_user)
{
    assert_int_equal(hone_register_layer(&leaky), HONE_OK);
    const layer_example examples[] = {
        {.text = "rnn(leaky_cell(0.25))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn(leaky_cell, return_sequences=True)", .inputs = {HONE_SHAPE(3, 3, 2)}, .masked = true},
        {.text = "rnn([leaky_cell, lstm_cell(2)], return_sequences=True)", .inputs = {HONE_SHAPE(3, 3, 2)}},
        {.text = "rnn(leaky_cell)", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "bidirectional(rnn(leaky_cell), merge_mode=sum)", .inputs = {HONE_SHAPE(2, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}
