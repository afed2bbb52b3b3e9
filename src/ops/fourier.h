/* Frequencies along the last axis. */
#ifndef HONE_OPS_FOURIER_H
#define HONE_OPS_FOURIER_H

#include "ops/ops.h"

/* results[0] + i results[1] = sum over t of (x[0] + i x[1])_t e^(-2 pi i k t / n), with + where `inverse`
 * (not divided by n); both of one shape, whose last axis is known. False with a message. */
bool hone_internal_op_fourier(hone_graph *graph, const hone_value x[2], bool inverse, hone_value results[2]);

#endif
