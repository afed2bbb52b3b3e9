/* Activation functions by spec string. */
#ifndef HONE_ACTIVATIONS_ACTIVATIONS_H
#define HONE_ACTIVATIONS_ACTIVATIONS_H

#include "registry.h"

/* Records the function of a spec ("relu", "elu(alpha=0.5)") on x; NULL and "none" leave it as it is. */
hone_value hone_internal_activation_apply(hone_graph *graph, const char *spec, hone_value x);

#endif
