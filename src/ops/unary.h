/* Element-wise functions of one operand, for what reads a recorded graph and for the library alone. */
#ifndef HONE_OPS_UNARY_H
#define HONE_OPS_UNARY_H

#include "ops/ops.h"

/* Of the op "unary". */
typedef struct hone_unary_attributes {
    int function; /* its place in unary.def */
    hone_parameters parameters;
} hone_unary_attributes;
const char *hone_internal_unary_name(int function);         /* "relu" */
hone_kernel_index hone_internal_unary_kernel(int function); /* its derivative's follows it */
bool hone_internal_unary_needs_operand(int function); /* the derivative is computed from x, not from y */
/* The function by its kernel. */
int hone_internal_unary_of_kernel(hone_kernel_index kernel);
/* The function that made `value`; NULL, without an error, when none did. */
const hone_unary_attributes *hone_internal_op_unary_attributes(const hone_graph *graph, hone_value value);

/* What a function was applied to, when `value` comes straight from it; else HONE_NO_VALUE (no error). */
hone_value hone_internal_op_unary_input(const hone_graph *graph, hone_value value, hone_kernel_index kernel);

#endif
