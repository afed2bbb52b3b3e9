/* What an operation is: shape, gradient, kernel. */
#ifndef HONE_GRAPH_OP_H
#define HONE_GRAPH_OP_H

#include "graph/graph.h"
#include "kernels/kernels.h"

typedef struct hone_step hone_step; /* plan/step.h */

struct hone_op {
    const char *name;
    int outputs;       /* 1 unless given */
    unsigned optional; /* bit i: operand i may be HONE_NO_VALUE */
    /* The shapes of the outputs from those of the inputs, or an error that says which shapes do not fit. */
    hone_status (*infer)(const hone_graph *graph, const hone_node *node, hone_shape *outputs);
    /* Records the gradients of the inputs from those of the outputs (HONE_NO_VALUE: that output is not used
     * by the loss); `gradients` starts as HONE_NO_VALUE, which means none; `wanted` says which inputs need
     * one. NULL: not differentiable. */
    hone_status (*gradient)(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients);
    /* Chooses the kernel and fills its arguments (all but the addresses). */
    hone_status (*prepare)(const hone_graph *graph, const hone_node *node, hone_step *step);
    bool constant_in_gradient; /* gradient NULL means zero, not an error (argmax, random numbers) */
    bool effect;               /* writes a variable or a state: never dropped */
    bool view;                 /* the output is the first input's memory under another shape */
    bool
        chains; /* element-wise over one flat range: may run on each tile of what makes one of its operands */
    bool stops; /* whoever runs the plan may change the output before what comes after it (plan/plan.h) */
    unsigned in_place; /* bit i: the first output may take the memory of input i */
    int64_t (*flops)(const hone_graph *graph,
                     const hone_node *node); /* NULL: one an element of the first output */
};

#endif
