/* A step of a plan: one kernel with its arguments, cut into tiles by its shape alone. */
#ifndef HONE_PLAN_STEP_H
#define HONE_PLAN_STEP_H

#include "graph/op.h"

enum { HONE_STEP_OPERANDS = HONE_KERNEL_OPERANDS };

struct hone_step {
    const hone_kernels *kernels; /* the table it will run with, set before `prepare` */
    hone_kernel_index kernel;
    hone_value operands[HONE_STEP_OPERANDS]; /* whose address goes to args.data[i]; HONE_NO_VALUE: NULL */
    hone_kernel_args args;
    int64_t items;         /* what the kernel computes in all */
    int64_t grain;         /* items of a tile; from the shape alone */
    size_t scratch;        /* bytes a thread needs */
    unsigned written;      /* bit i: operand i is written (a variable or state among the operands) */
    const double *numbers; /* args.step: where an optimizer's numbers stand; may be NULL */
    bool draws;            /* args.random is wanted */
    /* filled by the plan */
    hone_kernel *run;
    const hone_node *node;
    hone_chain chain;
    int chained[HONE_CHAIN_STEPS]; /* the steps that run on each tile of this one */
    int head;                      /* the step on whose tiles it runs: itself unless attached to another */
    int phase;
    int64_t flops, bytes;
    struct hone_measure *measure; /* of measure.c; NULL unless the plan is measured */
};

/* Operands: the node's outputs, then its inputs; all outputs marked written. */
void hone_internal_step_operands(hone_step *step, const hone_node *node);
/* An element-wise step over `count` elements in tiles of a fixed grain. */
void hone_internal_step_elementwise(hone_step *step, hone_kernel_index kernel, int64_t count);

#endif
