/* Overlays: each puts better kernels into a table that starts as a copy of ref. The "simple" ones are one
 * source of plain loops compiled for several instruction sets (generic/simple.inc); the others are written
 * for theirs. */
#ifndef HONE_KERNELS_OVERLAYS_H
#define HONE_KERNELS_OVERLAYS_H

#include "kernels/kernels.h"

void hone_internal_kernels_overlay_simple_generic(hone_kernels *table);
void hone_internal_kernels_overlay_generic(hone_kernels *table); /* the blocked product */

#ifdef HONE_HAVE_X86
void hone_internal_kernels_overlay_simple_avx2(hone_kernels *table);
void hone_internal_kernels_overlay_avx2(hone_kernels *table);
void hone_internal_kernels_overlay_simple_avx512(hone_kernels *table);
void hone_internal_kernels_overlay_avx512(hone_kernels *table);
#endif

#ifdef HONE_HAVE_ONEDNN
void hone_internal_kernels_overlay_onednn(hone_kernels *table); /* products by oneDNN */
#endif

#endif
