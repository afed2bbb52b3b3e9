/* Regularizers by spec string: penalties on weights and outputs. */
#ifndef HONE_REGULARIZERS_REGULARIZERS_H
#define HONE_REGULARIZERS_REGULARIZERS_H

#include "registry.h"

/* Records the penalty, a scalar, that a spec names ("l2(0.01)") on x; 0 for NULL and "none". */
hone_value hone_internal_regularizer_apply(hone_graph *graph, const char *spec, hone_value x);

#endif
