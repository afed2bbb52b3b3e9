/* For tests: everything that holds for every layer, checked from one description of a case. What fails fails
 * the cmocka test. */
#ifndef HONE_TESTING_CHECK_LAYER_H
#define HONE_TESTING_CHECK_LAYER_H

#include "layers/layer.h"
#include "testing/test.h"

enum { CHECK_LAYER_INPUTS = 4 };

/* A use of a layer. What is not given is false or 0. */
typedef struct layer_example {
    const char *text;                      /* "dense(5, activation=tanh)" */
    hone_shape inputs[CHECK_LAYER_INPUTS]; /* with the batch in front; up to the first of rank 0 */
    bool training;                         /* the call's mode */
    bool masked;                           /* each input comes with a mask over its axes but the last */
    bool joint;                  /* samples act on each other: a batch of n is not n batches of one */
    bool fixed;                  /* the size of the batch must be known */
    bool no_gradient;            /* the output has no gradient in the inputs (ids) */
    int64_t ids;                 /* > 0: the inputs are ids below this; else numbers from -2 to 2 */
    const char *ignored_weights; /* "a|b": weights whose gradient is not compared with differences (the call
                                    overwrites them) */
    bool operation;              /* the text is of an operation of keras.ops: "mean(axis=1)" */
    const char *call;            /* what its call is given beside its inputs: "call(x2=0.5)" */
    double noise; /* tables may differ by this: where gradients are 0 but for the rounding of large terms */
} layer_example;

/* Of the first output: the shape foretold is the one produced; every kernel table gives what ref gives;
 * gradients in inputs and weights are those of differences (1e-6 in ref_double, probes that cross a kink left
 * out); arguments written and read are equal; one thread gives the bits that several give; n samples give
 * what each gives alone; no allocation that fails leaves anything behind. */
void check_layer(const layer_example *example);
void check_layers(const layer_example *examples, size_t count);

/* The numbers that a layer without weights gives for these inputs, row after row, exactly: Keras's. */
void check_layer_numbers(const layer_example *example, const double *const *inputs, const double *expected);

/* The layer is refused at creation or at building for these inputs (up to the first of rank 0), with a
 * message that holds `part`. */
void check_layer_refused(const char *text, const hone_shape *inputs, const char *part);

/* The same at the latest when the shapes of its outputs are asked for. */
void check_layer_call_refused(const layer_example *example, const char *part);

#endif
