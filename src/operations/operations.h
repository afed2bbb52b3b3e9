/* Operations (keras.ops) as nodes of a model: layers without weights, known by their class in files alone. */
#ifndef HONE_OPERATIONS_OPERATIONS_H
#define HONE_OPERATIONS_OPERATIONS_H

#include "layers/layer.h"
#include "ops/ops.h"

/* The fields that every operation has. */
#define HONE_OPERATION_FIELDS(F, A) F(A, TEXT, name, NULL, "name of the operation", HONE_BY_NAME)

/* The arguments of a thing: its struct <thing>_args, its fields and their defaults. */
#define HONE_OPERATION_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(thing##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(thing##_args, FIELDS, thing##_fields, thing##_defaults);

/* Those of its call, beside tensors: the struct <thing>_call and the type <thing>_call_type. */
#define HONE_OPERATION_CALL_FIELDS(thing, FIELDS) \
    HONE_ARGS_STRUCT(thing##_call, FIELDS); \
    HONE_FIELD_TABLE_NAMED(thing##_call, FIELDS, thing##_call_fields, thing##_call_defaults); \
    static const hone_type thing##_call_type = { \
        .name = "call", \
        .class_name = "call", \
        HONE_TYPE_FIELDS_NAMED(thing##_call, thing##_call_fields, thing##_call_defaults)};

/* The type of an operation of keras.src.ops.<place>; the rest are members of hone_layer_type. */
#define HONE_OPERATION_OF(place, thing, class, args_, fields_, defaults_, ...) \
    const hone_operation_type hone_internal_##thing##_operation = { \
        .type = {.name = #thing, \
                 .class_name = class, \
                 .module = "keras.src.ops." #place, \
                 .summary = "A Keras operation as a node of a model.", \
                 HONE_TYPE_FIELDS_NAMED(args_, fields_, defaults_)}, \
        .is_operation = true, \
        __VA_ARGS__}
#define HONE_OPERATION(thing, ...) HONE_OPERATION_OF(numpy, thing, __VA_ARGS__)

/* The call of an operation that is `result`, an expression of the graph, of one tensor x, and of its args. */
#define HONE_OPERATION_CALL(thing, args_, result) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        const args_ *args = hone_layer_args(layer); \
        hone_value x = inputs[0]; \
        (void)args, (void)count; \
        outputs[0] = (result); \
        return 1; \
    }

/* The axis is that of the batch: the first one, whose size is not known while a model is put together. An
 * axis that was moved in front of it is like the others. */
static inline bool hone_internal_is_batch(hone_shape shape, int axis)
{
    return axis == 0 && shape.rank > 0 && shape.size[0] == HONE_ANY;
}

/* All numbers of x along one axis; HONE_NO_VALUE with a message when a batch of unknown size is among its
 * axes: `what` would mix its samples. */
hone_value hone_internal_in_a_row(hone_graph *graph, hone_value x, const char *what);
/* The same where no axis is given, which is 0 then; else x. */
hone_value hone_internal_row_without_axis(hone_graph *graph, hone_value x, int64_t *along, const char *what);

/* x reduced by a function of hone_op_reduce over axes, all of them when none is given. */
hone_value hone_internal_reduce_axes(hone_graph *graph, const char *function, hone_value x,
                                     const int64_t *axes, bool keepdims);

/* The rows of x [n, ...] of each id from 0 to `count` - 1 reduced together, [count, ...]; of_nothing: the
 * result of a function of hone_op_reduce without numbers. */
hone_value hone_internal_by_segments(hone_graph *graph, hone_value x, hone_value ids, int64_t count,
                                     const char *function, double of_nothing);

/* Places below 0 from the end of `size` of them. */
static inline hone_value hone_internal_from_the_end(hone_graph *graph, hone_value places, double size)
{
    const hone_value below = hone_op_unary(graph, "less_scalar", places, (hone_parameters){0});
    return hone_op_add(graph, places, hone_op_affine(graph, below, size, 0));
}

/* 1 where x is not 0, else 0. */
static inline hone_value hone_internal_truth(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "not_equal_scalar", x, (hone_parameters){0});
}

#endif
