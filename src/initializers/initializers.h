/* Initializers by spec string: the numbers that variables start with. */
#ifndef HONE_INITIALIZERS_INITIALIZERS_H
#define HONE_INITIALIZERS_INITIALIZERS_H

#include "graph/variable.h"
#include "registry.h"

/* Fills a variable that has its memory by its initializer. The numbers depend on `seed`, the model's, and
 * the variable's path; those of an initializer with a seed of its own on that seed alone. */
hone_status hone_internal_initializer_fill(hone_variable *variable, uint64_t seed);

/* The table's own: a matrix with orthogonal rows or columns. */
extern const hone_initializer_type hone_internal_orthogonal_initializer;
extern const hone_initializer_type hone_internal_stft_initializer;

#endif
