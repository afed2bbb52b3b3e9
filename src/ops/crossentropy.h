/* Cross-entropy, as losses record it. */
#ifndef HONE_OPS_CROSSENTROPY_H
#define HONE_OPS_CROSSENTROPY_H

#include "ops/ops.h"

/* Cross-entropy of softmax(z) with rows of target weights t [rows, C], z [rows, C], p = softmax(z): the
 * values are recorded by the caller; this node passes `values` on and gives the gradient (p sum(t) - t) to z.
 */
hone_value hone_internal_op_softmax_crossentropy(hone_graph *graph, hone_value logits,
                                                 hone_value probabilities, hone_value targets,
                                                 hone_value values);

#endif
