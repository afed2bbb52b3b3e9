/* Ids as vectors of 0 and 1, or of counts. */
#ifndef HONE_LAYERS_CATEGORIES_H
#define HONE_LAYERS_CATEGORIES_H

#include "layers/layer.h"

/* Whether inputs of this shape can be encoded: multi_hot and count need an axis of ids after the batch axis.
 */
hone_status hone_internal_categories_check(const char *mode, hone_shape shape);
/* `mode`: "int" (the ids themselves), "one_hot", "multi_hot" (which ids there are along axis 1), "count" (how
 * often; with weights of the ids' shape, or HONE_NO_VALUE: the sum of the weights). */
hone_value hone_internal_categories_encode(hone_graph *graph, hone_value ids, hone_value weights,
                                           const char *mode, int64_t depth);

#endif
