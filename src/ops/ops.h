/* What operations share. Each family of them has its own header beside its file (unary.h, product.h ...) for
 * what only the library records or reads of it. */
#ifndef HONE_OPS_OPS_H
#define HONE_OPS_OPS_H

#include "graph/op.h"
#include "plan/step.h"
#include <hone/ops.h>

/* HONE_NO_VALUE with "add: shapes (2, 3) and (4,) do not fit". */
hone_status hone_internal_fail_shapes(const char *what, hone_shape a, hone_shape b);
/* `infer` of an op whose output has the shape of its first input. */
hone_status hone_internal_infer_same(const hone_graph *graph, const hone_node *node, hone_shape *outputs);
/* Rounded to numbers of two bytes; as it is for HONE_HALF_NONE. */
hone_value hone_internal_round_half(hone_graph *graph, hone_half half, hone_value x);
/* The numbers of the steps that are recorded [t], where steps come in pieces (hone_kept_steps). */
hone_value hone_internal_positions_now(hone_graph *graph);

#endif
