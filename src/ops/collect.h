/* Where gradients of shards go. */
#ifndef HONE_OPS_COLLECT_H
#define HONE_OPS_COLLECT_H

#include "graph/graph.h"
#include "kernels/collect.h"

/* Element i of x goes to place + i of what is collected; the list is read at each run. */
hone_status hone_internal_op_collect(hone_graph *graph, hone_value x, size_t place, hone_collected *list);

#endif
