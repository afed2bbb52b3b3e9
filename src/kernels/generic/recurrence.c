/* The walk along time in float: the loops of the reference, which run on whichever products and functions the
 * table has. */
#include "kernels/generic/loops.h"

typedef float real;
#define WIDE float
#include "kernels/ref/recurrence.inc"

OVERLAY(recurrence)
{
    table->kernel[HONE_KERNEL_recurrence] = kernel_recurrence;
    table->kernel[HONE_KERNEL_recurrence_gradient] = kernel_recurrence_gradient;
}
