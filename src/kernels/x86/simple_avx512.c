/* The simple kernels for processors with AVX-512. */
#define SIMPLE_OVERLAY hone_internal_kernels_overlay_simple_avx512
#include "kernels/generic/simple.inc"
