/* What masks of attention are made of. */
#ifndef HONE_OPS_ATTENTION_H
#define HONE_OPS_ATTENTION_H

#include <hone/ops.h>

/* [queries, keys]: 1 where key j <= query i (causal) and |i - j| < window (> 0), else 0. */
hone_value hone_internal_band(hone_graph *graph, int64_t queries, int64_t keys, bool causal, int64_t window);

#endif
