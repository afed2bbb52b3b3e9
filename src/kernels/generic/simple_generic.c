/* The simple kernels for any processor. */
#define SIMPLE_OVERLAY hone_internal_kernels_overlay_simple_generic
#include "kernels/generic/simple.inc"
