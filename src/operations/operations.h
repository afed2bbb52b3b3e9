/* Operations (keras.ops) as nodes of a model: layers without weights, known by their class in files alone. */
#ifndef HONE_OPERATIONS_OPERATIONS_H
#define HONE_OPERATIONS_OPERATIONS_H

#include "layers/layer.h"
#include "ops/ops.h"

/* The fields that every operation has. */
#define HONE_OPERATION_FIELDS(F, A) F(A, TEXT, name, NULL, "name of the operation", HONE_BY_NAME)

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

#endif
