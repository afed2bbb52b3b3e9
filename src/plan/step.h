/* A step of a plan: one kernel with its arguments, cut into tiles by its shape alone. */
#ifndef HONE_PLAN_STEP_H
#define HONE_PLAN_STEP_H

#include "graph/op.h"

enum { HONE_STEP_OPERANDS = HONE_KERNEL_OPERANDS };

/* What the planner asks of a step beside its tiles. Element-wise work and loops over rows leave it at 0. */
typedef struct hone_step_traits {
    int64_t elements; /* of its result: steps over this many may be chained to it; 0: none, or `items` when
                         its op `chains` */
    bool runs_chain;  /* the kernel itself runs the chain on each tile that it has finished */
    bool tiles_share_operands; /* what a tile reads other tiles read too: what is chained may not write it */
    double rate;               /* FLOP in a nanosecond of a thread, roughly (default 8) */
    hone_layouts *layouts; /* of its operands, in the family's struct; NULL: rows, and results in memory */
} hone_step_traits;

struct hone_step {
    const hone_kernels *kernels; /* the table it will run with, set before `prepare` */
    hone_arena *arena;           /* for args.family, set before `prepare`; lives as long as the plan */
    hone_kernel_index kernel;
    hone_value operands[HONE_STEP_OPERANDS]; /* whose address goes to args.data[i]; HONE_NO_VALUE: NULL */
    hone_kernel_args args;
    void *family;   /* args.family, while the plan is made */
    int64_t items;  /* what the kernel computes in all */
    int64_t grain;  /* items of a tile; from the shape alone */
    size_t scratch; /* bytes a thread needs */
    hone_step_traits traits;
    unsigned written;      /* bit i: operand i is written (a variable or state among the operands) */
    const double *numbers; /* args.step: where an optimizer's numbers stand; may be NULL */
    bool draws;            /* args.random is needed */
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
/* Room for the struct that tells the kernel what a few sizes do not, zeroed; it goes to args.family. NULL: no
 * memory. */
void *hone_internal_step_family(hone_step *step, size_t bytes);
/* A kernel whose table chooses the tiles, from the family's struct. */
void hone_internal_step_tiles(hone_step *step, hone_kernel_index kernel, void *family);
/* The same once more, since the family's layouts have changed. */
void hone_internal_step_tile_anew(hone_step *step);

#endif
