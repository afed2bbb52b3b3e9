/* The kernels of 64-bit Arm processors. Each file of this folder is compiled for its own instruction set
 * (kernels/sources.cmake). */
#ifndef HONE_KERNELS_ARM_H
#define HONE_KERNELS_ARM_H

#include "kernels/product_parts.h"
#include "kernels/overlays.h"

extern const hone_bfloat16_parts hone_internal_bfloat16_neon; /* needs BF16 */
extern const hone_bfloat16_parts hone_internal_bfloat16_sve;  /* needs BF16 of SVE */

#endif
