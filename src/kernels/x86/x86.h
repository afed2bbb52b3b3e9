/* The kernels of x86 processors. Each file of this folder is compiled for its own instruction set
 * (kernels/sources.cmake). */
#ifndef HONE_KERNELS_X86_H
#define HONE_KERNELS_X86_H

#include "kernels/product_parts.h"
#include "kernels/overlays.h"

/* Parts of the overlays of an instruction set. */
void hone_internal_product_overlay_avx2(hone_kernels *table);
void hone_internal_product_overlay_avx512(hone_kernels *table);
void hone_internal_optimizer_overlay_avx512(hone_kernels *table);
void hone_internal_channels_overlay_avx512(hone_kernels *table);
void hone_internal_classes_overlay_avx512(hone_kernels *table);

extern const hone_bfloat16_parts hone_internal_bfloat16_avx512; /* needs AVX512-BF16 */

#endif
