/* What masks of attention are made of. */
#ifndef HONE_OPS_ATTENTION_H
#define HONE_OPS_ATTENTION_H

#include <hone/ops.h>

/* [queries, keys]: 1 where key j <= query i (causal) and |i - j| < window (> 0), else 0. */
hone_value hone_internal_band(hone_graph *graph, int64_t queries, int64_t keys, bool causal, int64_t window);
/* Steps more of causal attention, where a sequence comes in pieces: q [n, t, h, d], k [n, t, g, d] and v [n,
 * t, g, e]. Each query reads what `keys` [n, g, room, d] and `values` [n, g, room, e] keep of the steps
 * before, and its own, which are put behind them. */
hone_value hone_internal_attend_kept(hone_graph *graph, hone_value q, hone_value k, hone_value v,
                                     hone_variable *keys, hone_variable *values, const hone_attend *how);

#endif
