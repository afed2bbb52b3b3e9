/* What all shards of a batch come to, within the plan of one. */
#ifndef HONE_OPS_SUM_OVER_SHARDS_H
#define HONE_OPS_SUM_OVER_SHARDS_H

#include "graph/graph.h"

/* x, until whoever runs the plan, which stops behind it (plan/plan.h), adds what the plans of the other
 * shards have there. Its gradient is the sum of all gradients. The plans of all shards stop in the order of
 * recording. */
hone_value hone_internal_op_sum_over_shards(hone_graph *graph, hone_value x);

#endif
