/* What is written by hand for processors with AVX2 and FMA. */
#include "kernels/x86/x86.h"

void hone_internal_kernels_overlay_avx2(hone_kernels *table)
{
    hone_internal_product_overlay_avx2(table);
}
