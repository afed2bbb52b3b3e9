/* Softmax in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_softmax, .call = "op_softmax($0, $1, #0, #1, #2)"},
    {.kernel = HONE_KERNEL_log_softmax, .call = "op_log_softmax($0, $1, #0, #1, #2)"},
};
HONE_C_FAMILY(softmax, forms, NULL);
