/* Rows by number in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_gather_rows,
     .call = "op_gather_rows($0, $1, $2, #0, #1, #2)",
     .call_int8 = "op_gather_rows_int8($0, $1, &1, $2, #0, #1, #2)",
     .bytes = 1},
    {.kernel = HONE_KERNEL_gather_along, .call = "op_gather_along($0, $1, $2, #0, #1, #2)"},
    {.kernel = HONE_KERNEL_one_hot, .call = "op_one_hot($0, $1, #0, #1)", .reads_ids = true},
};
HONE_C_FAMILY(lookup, forms, NULL);
