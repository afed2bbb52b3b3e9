/* The simple kernels for processors with AVX2 and FMA. */
#define SIMPLE_OVERLAY hone_internal_kernels_overlay_simple_avx2
#include "kernels/generic/simple.inc"
