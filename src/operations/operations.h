/* Operations (keras.ops) as nodes of a model: layers without weights, known by their class in files alone. */
#ifndef HONE_OPERATIONS_OPERATIONS_H
#define HONE_OPERATIONS_OPERATIONS_H

#include "layers/layer.h"
#include "ops/ops.h"

/* The fields that every operation has. */
#define HONE_OPERATION_FIELDS(F, A) F(A, TEXT, name, NULL, "name of the operation", HONE_BY_NAME)

/* The type of an operation; the rest are members of hone_layer_type. */
#define HONE_OPERATION(thing, class, args_, fields_, defaults_, ...) \
    const hone_operation_type hone_internal_##thing##_operation = { \
        .type = {.name = #thing, \
                 .class_name = class, \
                 .module = "keras.src.ops.numpy", \
                 .summary = "A Keras operation as a node of a model.", \
                 HONE_TYPE_FIELDS_NAMED(args_, fields_, defaults_)}, \
        .is_operation = true, \
        __VA_ARGS__}

#endif
