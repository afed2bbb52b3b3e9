/* Convolutions in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_convolution},
    {.kernel = HONE_KERNEL_convolution_data},
    {.kernel = HONE_KERNEL_depthwise},
    {.kernel = HONE_KERNEL_depthwise_data},
};
HONE_C_FAMILY(convolution, forms, NULL);
