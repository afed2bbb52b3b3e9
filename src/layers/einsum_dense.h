/* What is special about quantising an einsum_dense. */
#ifndef HONE_LAYERS_EINSUM_DENSE_H
#define HONE_LAYERS_EINSUM_DENSE_H

#include "layers/layer.h"

/* Its quantised kernel, out of numbers in the order of the kernel's axes. */
hone_status hone_internal_einsum_dense_fill(hone_layer *layer, const float *numbers);
hone_status hone_internal_einsum_dense_restore(hone_layer *layer, float *numbers); /* and back */

#endif
