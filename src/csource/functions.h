/* The functions of C source that are no element-wise formula: one row each. */
#ifndef HONE_CSOURCE_FUNCTIONS_H
#define HONE_CSOURCE_FUNCTIONS_H

#include "kernels/kernels.h"

enum { HONE_C_OWN_DENSE, HONE_C_OWN_DENSE_INT8, HONE_C_OWN_SCALE, HONE_C_OWN_GATHER_INT8 };

enum { HONE_C_NUMBERS = 12 }; /* of a call, at most */

typedef struct hone_c_function {
    int kernel; /* a hone_kernel_index, or one of HONE_C_OWN_... in its own table */
    /* The call: $i operand i (or NULL), &i the scales of operand i, #i number i, #n the items, %i scalar
     * i. */
    const char *call;
    const char *source; /* '@' stands for the prefix and '_' */
} hone_c_function;

extern const hone_c_function hone_internal_c_functions[], hone_internal_c_own_functions[];
/* The numbers of a kernel's call: the sizes, or what the struct of its family says. */
void hone_internal_c_numbers(hone_kernel_index kernel, const hone_kernel_args *args,
                             int64_t numbers[HONE_C_NUMBERS]);

extern const int hone_internal_c_function_count, hone_internal_c_own_function_count;

#endif
