/* Pools in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_pool_maximum},
    {.kernel = HONE_KERNEL_pool_average},
};
HONE_C_FAMILY(pool, forms, NULL);
