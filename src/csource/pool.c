/* Pools in C source. */
#include "csource/window.h"

static hone_status write_maximum(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_pool_maximum($0, $1, window)", NULL, false);
}

static hone_status write_average(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_pool_average($0, $1, window)", NULL, false);
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_pool_maximum, .write = write_maximum},
    {.kernel = HONE_KERNEL_pool_average, .write = write_average},
};
HONE_C_FAMILY(pool, forms, NULL);
