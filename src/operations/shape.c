/* Operations that move numbers about or make constant ones: a new axis, one tensor after the other, zeros and
 * ones. */
#include "operations/operations.h"

#define EXPAND_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, -1, "position of the new axis")
HONE_ARGS_STRUCT(expand_args, EXPAND_FIELDS);
HONE_FIELD_TABLE_NAMED(expand_args, EXPAND_FIELDS, expand_fields, expand_defaults);

#define JOIN_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, 0, "the axis")
HONE_ARGS_STRUCT(join_args, JOIN_FIELDS);
HONE_FIELD_TABLE_NAMED(join_args, JOIN_FIELDS, join_fields, join_defaults);

/* The field is not named as its key: an operation has no dtype policy. */
#define FILLED_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
HONE_ARGS_STRUCT(filled_args, FILLED_FIELDS);
HONE_FIELD_TABLE_NAMED(filled_args, FILLED_FIELDS, filled_fields, filled_defaults);

static int call_expand(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    (void)count;
    outputs[0] = hone_op_expand(graph, inputs[0], (int)((const expand_args *)hone_layer_args(layer))->axis);
    return 1;
}

static int call_join(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    outputs[0] =
        hone_op_concatenate(graph, inputs, count, (int)((const join_args *)hone_layer_args(layer))->axis);
    return 1;
}

/* With a batch whose size is not known yet only the shape counts. */
static int fill(hone_graph *graph, hone_value x, double number, hone_value *outputs)
{
    outputs[0] = graph->symbolic ? hone_op_affine(graph, x, 0, number)
                                 : hone_graph_filled(graph, hone_value_shape(graph, x), number);
    return 1;
}

static int call_zeros(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)layer, (void)count;
    return fill(graph, inputs[0], 0, outputs);
}

static int call_ones(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)layer, (void)count;
    return fill(graph, inputs[0], 1, outputs);
}

HONE_OPERATION(expand_dims, "ExpandDims", expand_args, expand_fields, expand_defaults, .call = call_expand);
HONE_OPERATION(concatenate, "Concatenate", join_args, join_fields, join_defaults, .call = call_join,
               .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);
HONE_OPERATION(zeros_like, "ZerosLike", filled_args, filled_fields, filled_defaults, .call = call_zeros);
HONE_OPERATION(ones_like, "OnesLike", filled_args, filled_fields, filled_defaults, .call = call_ones);
