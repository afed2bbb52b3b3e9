/* The functions of C source that are no element-wise formula: one row each. */
#ifndef HONE_CSOURCE_FUNCTIONS_H
#define HONE_CSOURCE_FUNCTIONS_H

#include "kernels/kernels.h"

enum { HONE_C_OWN_DENSE, HONE_C_OWN_DENSE_INT8, HONE_C_OWN_SCALE, HONE_C_OWN_GATHER_INT8 };

typedef struct hone_c_function {
    int kernel; /* a hone_kernel_index, or one of HONE_C_OWN_... in its own table */
    /* The call: $i operand i (or NULL), &i the scales of operand i, #i size i, #n the items, %i scalar i. */
    const char *call;
    const char *source; /* '@' stands for the prefix and '_' */
} hone_c_function;

extern const hone_c_function hone_internal_c_functions[], hone_internal_c_own_functions[];
extern const int hone_internal_c_function_count, hone_internal_c_own_function_count;

#endif
