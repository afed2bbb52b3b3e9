/* Walking along time, for layers: the states after each step of SimpleRNN, LSTM and GRU. */
#ifndef HONE_OPS_RECURRENCE_H
#define HONE_OPS_RECURRENCE_H

#include "kernels/recurrence.h"
#include "ops/unary.h"

typedef struct hone_recurrence_attributes {
    hone_recurrence_kind kind;
    int64_t units;
    hone_unary_attributes activation, recurrent; /* functions of each element */
    bool bfloat16;                               /* states are rounded to bfloat16 after each step */
} hone_recurrence_attributes;

/* What is not there is HONE_NO_VALUE. */
typedef struct hone_recurrence_operands {
    hone_value x;                /* x W + b [n, t, gates units] */
    hone_value recurrent_kernel; /* [units, gates units] */
    hone_value recurrent_bias;   /* of the recurrent product [gates units] */
    hone_value h, c;             /* at the start [n, units]; c of an LSTM */
    hone_value mask;             /* [n, t]: at 0 the states stay */
    hone_value factors;          /* of h in the product of each gate [n, gates units]; no gradient */
} hone_recurrence_operands;

/* The states [n, t + 1, units], that before the first step in front: h as the result, the carried ones of an
 * LSTM in *carried. */
hone_value hone_internal_op_recurrence(hone_graph *graph, const hone_recurrence_attributes *how,
                                       const hone_recurrence_operands *operands, hone_value *carried);
/* The last of the states [n, t + 1, units] when t is not known: only where the graph is symbolic. */
hone_value hone_internal_op_recurrence_last(hone_graph *graph, hone_value states);
int hone_internal_recurrence_gates(hone_recurrence_kind kind);

#endif
