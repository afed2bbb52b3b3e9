/* For tests of operations: shapes, gradients by differences, writing and reading, threads, allocations
 * (check_layer), and what is refused. */
#ifndef HONE_TESTING_CHECK_OPERATION_H
#define HONE_TESTING_CHECK_OPERATION_H

#include "testing/check_layer.h"

/* A shape as a constant of tables; one operand, two of them. */
#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }
#define X .inputs = {S(2, 4, 3)}, .operation = true
#define TWO .inputs = {S(2, 4, 3), S(2, 4, 3)}, .operation = true

typedef struct operation_use {
    const char *name;
    layer_example example;
} operation_use;

typedef struct operation_refused {
    const char *name, *text, *call, *words;
} operation_refused;

static inline void check_operation_refused(const operation_refused *refused)
{
    const layer_example example = {refused->text, X, .call = refused->call};
    check_layer_call_refused(&example, refused->words);
}

#endif
