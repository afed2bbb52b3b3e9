/* Operations on histograms. */
#ifndef HONE_OPS_HISTOGRAM_H
#define HONE_OPS_HISTOGRAM_H

#include "ops/ops.h"

/* Numbers from 0 to 255, spread evenly by the histogram of each index of the last axis. The
 * gradient passes where all of them are in one bin, which leaves them as they are. */
hone_value hone_internal_op_equalize(hone_graph *graph, hone_value x, int64_t bins);

/* Images [n, h, w, c] with numbers from 0 to 255 spread evenly in each tile of a grid, counts limited
 * (kernels/histogram.def). No gradient. */
hone_value hone_internal_op_equalize_tiles(hone_graph *graph, hone_value x, double clip_limit, int64_t rows,
                                           int64_t columns);

#endif
