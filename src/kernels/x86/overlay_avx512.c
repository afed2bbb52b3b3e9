/* What is written by hand for processors with AVX-512. */
#include "kernels/x86/x86.h"

void hone_internal_kernels_overlay_avx512(hone_kernels *table)
{
    hone_internal_product_overlay_avx512(table);
    hone_internal_optimizer_overlay_avx512(table);
    hone_internal_channels_overlay_avx512(table);
    hone_internal_classes_overlay_avx512(table);
}
