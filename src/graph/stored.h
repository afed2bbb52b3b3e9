/* How files have the weights of quantised layers: whole numbers of eight bits, or two of four bits to a byte.
 * Here every one of them is a float. */
#ifndef HONE_GRAPH_STORED_H
#define HONE_GRAPH_STORED_H

#include "graph/variable.h"

/* The shape of the bytes: half as long, rounded up, along the axis that is packed. */
hone_shape hone_internal_stored_shape(const hone_variable *variable);
/* Elements and bytes in a file, as Keras counts them. */
uint64_t hone_internal_stored_count(const hone_variable *variable);
uint64_t hone_internal_stored_bytes(const hone_variable *variable);
/* Numbers to bytes of that shape, and back; of two to a byte the first has the lower four bits. */
void hone_internal_stored_pack(const hone_variable *variable, const float *numbers, int8_t *bytes);
void hone_internal_stored_unpack(const hone_variable *variable, const int8_t *bytes, float *numbers);

#endif
