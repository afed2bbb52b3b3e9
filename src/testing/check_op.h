/* For tests: what holds for every operation, checked from one description of a use. What fails fails the
 * cmocka test. */
#ifndef HONE_TESTING_CHECK_OP_H
#define HONE_TESTING_CHECK_OP_H

#include "ops/ops.h"
#include "testing/test.h"

enum { CHECK_OP_INPUTS = 7 };

/* A use of an operation. What is not given is false or 0. */
typedef struct op_example {
    const char *title;
    hone_value (*record)(hone_graph *graph, const hone_value *inputs, const void *context);
    const void *context;
    hone_shape inputs[CHECK_OP_INPUTS]; /* up to the first of rank below 0: end with END */
    hone_shape result;
    double lowest, highest; /* of the inputs' numbers; both 0: -2 and 2 */
    unsigned constant;      /* bit i: no gradient in input i */
    int64_t ids;            /* > 0: the inputs that are constant hold ids below this */
    bool no_gradient;       /* in none */
} op_example;

/* A function for `record`: RECORD(reshaped, hone_op_reshape(g, x[0], S(4, HONE_ANY))). */
#define RECORD(name, expression) \
    static hone_value name(hone_graph *g, const hone_value *x, __attribute__((unused)) const void *context) \
    { \
        return expression; \
    }
/* Shapes: of these sizes, of no axis, and the end of a list of inputs. */
#define S(...) HONE_SHAPE(__VA_ARGS__)
#define SCALAR ((hone_shape){.rank = 0})
#define END ((hone_shape){.rank = -1})

/* The shape; gradients against differences in ref_double; every table against ref; no allocation that fails
 * leaves anything behind. */
void check_op(const op_example *example);
void check_ops(const op_example *examples, size_t count);
/* Recording fails with a message that holds `part`. */
void check_op_refused(const op_example *example, const char *part);

#endif
