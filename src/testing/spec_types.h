/* For tests of specs: two types, and a stand-in for the registry that knows them. Each file that includes
 * this is a program of its own (cmake/tests.cmake). */
#ifndef HONE_TESTING_SPEC_TYPES_H
#define HONE_TESTING_SPEC_TYPES_H

#include "base/error.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "testing/test.h"

#include <string.h>

#define TEST_L1L2_FIELDS(F, A) \
    F(A, NUMBER, l1, 0, "absolute values", HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2, 0.01, "squares", HONE_AT_LEAST(0)) \
    F(A, TEXT, label, NULL, "free text") \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, "where", .scalar_or_list = true) \
    F(A, INITIALIZER, start, NULL, "a spec within a spec")
HONE_ARGS_STRUCT(test_l1l2_args, TEST_L1L2_FIELDS);
HONE_FIELD_TABLE(test_l1l2_args, TEST_L1L2_FIELDS);
static const hone_type test_l1l2 = {
    .name = "l1l2", .class_name = "L1L2", .module = "keras.regularizers", HONE_TYPE_FIELDS(test_l1l2_args)};

#define TEST_RELU_FIELDS(F, A) F(A, NUMBER, negative_slope, 0, "slope below 0")
HONE_ARGS_STRUCT(test_relu_args, TEST_RELU_FIELDS);
HONE_FIELD_TABLE_NAMED(test_relu_args, TEST_RELU_FIELDS, relu_fields, relu_defaults);
static const hone_type test_relu = {.name = "relu",
                                    .class_name = "ReLU",
                                    .module = "keras.activations",
                                    HONE_TYPE_FIELDS_NAMED(test_relu_args, relu_fields, relu_defaults)};

/* Stands in for the registry. */
const hone_type *hone_internal_type_find(const char *family, const char *name)
{
    static const char *const activations[] = {"relu"}, *const others[] = {"l1l2"};
    bool activation = strcmp(family, "activation") == 0;
    const hone_type *type = activation ? &test_relu : &test_l1l2;

    if (strcmp(name, type->name) == 0 || strcmp(name, type->class_name) == 0)
        return type;
    hone_internal_fail_name(family, name, activation ? activations : others, 1);
    return NULL;
}

const hone_object_family *hone_internal_object_family(const char *name)
{
    (void)name;
    return NULL; /* no field here holds an object */
}

#endif
