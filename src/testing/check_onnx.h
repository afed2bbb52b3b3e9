/* For tests of ONNX graphs: models from layers, graphs from a line of text, and what each must be to the
 * other. */
#ifndef HONE_TESTING_CHECK_ONNX_H
#define HONE_TESTING_CHECK_ONNX_H

#include "base/error.h"
#include "testing/test.h"
#include <hone/hone.h>

/* Layers one after the other, "dense(4); @add; softmax": one with @ gets the input beside the layer before
 * it, one with % is an operation of keras.ops ("%sin"). Weights are scattered. `sample`: its sizes, "5, None,
 * 3". */
hone_model *onnx_layers(const char *sample, const char *layers);
/* A graph as a model, "a = Gemm(x, [4, 3], [3]) transB=0 alpha=0.5; y = Relu(a)": x is the input, [4, 3] a
 * constant of that shape (its numbers: onnx_constant), 0.5 and 7i a float and an integer, {1, 2} a list of
 * integers, _ an operand that is left out; attributes are integers, floats (with a point), lists ([1, 2]) or
 * texts ('tanh'). NULL with an error. */
hone_model *onnx_graph(const char *sample, const char *graph);
/* Number i of the constant that is number `constant` of a graph, and of the input. */
float onnx_constant(int constant, int64_t i);
float onnx_input(int64_t i);
/* What a model makes of a batch of two; `count` numbers. */
void onnx_predict(hone_model *model, const char *sample, float *y, int64_t count);

/* A row of a table of tests. */
typedef struct onnx_example {
    const char *name;
    const char *sample;
    const char *layers;    /* what a graph must compute, or a model whose graph it is */
    const char *graph;     /* what is read */
    const char *operators; /* of the written graph, in order: "Gemm Relu"; NULL: any */
    const char *part;      /* of a refusal */
} onnx_example;

/* The graph of `layers` has these operators, and read without its metadata computes the same. */
void check_onnx_both(const onnx_example *example);
void check_onnx_written(const onnx_example *example); /* only written: nothing reads it yet */
/* `graph` computes what `layers` does. */
void check_onnx_read(const onnx_example *example);
/* `graph` is refused: the message has `part`, and names the node and its operator. */
void check_onnx_refused(const onnx_example *example);
/* Writing `layers` is refused: the message has `part`. */
void check_onnx_not_written(const onnx_example *example);

#endif
