/* The kernels of x86 processors. Each file of this folder is compiled for its own instruction set
 * (kernels/sources.cmake). */
#ifndef HONE_KERNELS_X86_H
#define HONE_KERNELS_X86_H

#include "kernels/product_parts.h"
#include "kernels/overlays.h"

extern hone_product_parts hone_internal_product_avx512;         /* complete once its table is made */
extern const hone_bfloat16_parts hone_internal_bfloat16_avx512; /* needs AVX512-BF16 */

#endif
