/* Products of tensors by the letters of their axes. */
#ifndef HONE_OPS_EINSUM_H
#define HONE_OPS_EINSUM_H

#include <hone/ops.h>

enum { HONE_EINSUM_OPERANDS = 8 }; /* at most */

/* Both with the leading axes (all but two) of their broadcast; false with a message. */
bool hone_internal_broadcast_leading(hone_graph *graph, hone_value *a, hone_value *b);

#endif
