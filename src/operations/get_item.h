/* Numbers chosen by their places, for other operations. */
#ifndef HONE_OPERATIONS_GET_ITEM_H
#define HONE_OPERATIONS_GET_ITEM_H

#include <hone/graph.h>
#include <stdint.h>

/* Every `step`th place of an axis of known size, from the first one. */
hone_value hone_internal_every_place(hone_graph *graph, hone_value x, int axis, int64_t step);

#endif
