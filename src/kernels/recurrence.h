/* A layer's walk along time, told to the kernels `recurrence` and `recurrence_gradient`. */
#ifndef HONE_KERNELS_RECURRENCE_H
#define HONE_KERNELS_RECURRENCE_H

#include "kernels/product.h"

typedef enum hone_recurrence_kind {
    HONE_RECURRENCE_SIMPLE,
    HONE_RECURRENCE_LSTM,            /* gates i, f, c, o */
    HONE_RECURRENCE_GRU,             /* gates z, r, h: reset after the product */
    HONE_RECURRENCE_GRU_RESET_BEFORE /* the same, reset before it */
} hone_recurrence_kind;

/* An element-wise function of the running table and its derivative, as in unary.def. */
typedef struct hone_recurrence_function {
    hone_kernel *forward, *derivative;
    double scalar[4];
    bool of_operand; /* the derivative is computed from x, not from y */
} hone_recurrence_function;

/* The product of a step for `count` gates from `first` on, by the running table's kernel: of the rows of a
 * full tile, and of the last one. */
typedef struct hone_recurrence_part {
    int first, count;
    hone_product forward[2], backward[2];
    int64_t forward_tiles[2], backward_tiles[2];
} hone_recurrence_part;

enum { HONE_RECURRENCE_GATES = 4 };

typedef struct hone_recurrence {
    hone_recurrence_kind kind;
    int64_t samples, steps, units, gates;
    int64_t rows;                                   /* samples of a tile: from the shape alone */
    bool keeps_operands;                            /* z holds the gates before their functions, else after */
    bool usual;                                     /* tanh and sigmoid, which some tables have in one loop */
    bool bfloat16;                                  /* states are rounded to bfloat16 after each step */
    bool packed;                                    /* R is in panels in scratch while a tile is worked on */
    hone_recurrence_function activation, recurrent; /* of the candidate and the output; of the gates */
    hone_kernel *multiply;
    hone_recurrence_part parts[HONE_RECURRENCE_GATES];
    int part_count;
    size_t packed_at, product_at; /* bytes from the start of scratch to R, to that of the products */
} hone_recurrence;

#endif
