/* Constraints by spec string: what weights are brought back to after each training step. */
#ifndef HONE_CONSTRAINTS_CONSTRAINTS_H
#define HONE_CONSTRAINTS_CONSTRAINTS_H

#include "registry.h"

/* Records w as the constraint that a spec names ("max_norm(2)") wants it; w itself for NULL and "none". */
hone_value hone_internal_constraint_apply(hone_graph *graph, const char *spec, hone_value w);

#endif
