/* The reference kernels with float elements: each formula and sum is evaluated in double and rounded once. */
typedef float real;
#define TABLE hone_internal_kernels_ref
#define TABLE_NAME "ref"
#include "kernels/ref/table.inc"
