/* Truth values, 1 or 0, of numbers that are not 0: not x, any and all of them along axes. */
#include "layers/axes.h"
#include "operations/operations.h"

#define REDUCTION_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to reduce (None: all)", .scalar_or_list = true) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1")
HONE_ARGS_STRUCT(reduction_args, REDUCTION_FIELDS);
HONE_FIELD_TABLE_NAMED(reduction_args, REDUCTION_FIELDS, reduction_fields, reduction_defaults);

HONE_ARGS_STRUCT(plain_args, HONE_OPERATION_FIELDS);
HONE_FIELD_TABLE(plain_args, HONE_OPERATION_FIELDS);

static hone_value truth(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "not_equal_scalar", x, (hone_parameters){0});
}

static int reduce(hone_layer *layer, hone_graph *graph, hone_value x, const char *function,
                  hone_value *outputs)
{
    const reduction_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, x);
    int axes[HONE_MAX_RANK], count = hone_internal_axes_resolve(args->axis, shape, axes);
    if (count < 0)
        return count;
    for (; args->axis[0] == HONE_NONE_INTEGER && count < shape.rank; count++)
        axes[count] = count;
    outputs[0] = hone_op_reduce(graph, function, truth(graph, x), axes, count, args->keepdims);
    return 1;
}

static int call_any(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)count;
    return reduce(layer, graph, inputs[0], "maximum", outputs);
}

static int call_all(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)count;
    return reduce(layer, graph, inputs[0], "minimum", outputs);
}

static int call_not(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)layer, (void)count;
    outputs[0] = hone_op_affine(graph, truth(graph, inputs[0]), -1, 1);
    return 1;
}

HONE_OPERATION(any, "Any", reduction_args, reduction_fields, reduction_defaults, .call = call_any);
HONE_OPERATION(all, "All", reduction_args, reduction_fields, reduction_defaults, .call = call_all);
HONE_OPERATION(logical_not, "LogicalNot", plain_args, fields, defaults, .call = call_not);
