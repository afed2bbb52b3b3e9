/* The reference kernels wholly in double, in which gradients are checked. */
typedef double real;
#define TABLE hone_internal_kernels_ref_double
#define TABLE_NAME "ref_double"
#include "kernels/ref/table.inc"
