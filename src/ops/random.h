/* Draws that only the library records. */
#ifndef HONE_OPS_RANDOM_H
#define HONE_OPS_RANDOM_H

#include "ops/ops.h"

/* Logarithms of numbers of the gamma distribution with this shape parameter (a value of one number) and
 * scale 1. */
hone_value hone_internal_op_random_log_gamma(hone_graph *graph, hone_shape shape, hone_value alpha,
                                             const char *purpose);

#endif
