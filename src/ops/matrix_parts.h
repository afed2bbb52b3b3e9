/* The gradients of matrix.c's operations, for their hone_op. */
#ifndef HONE_OPS_MATRIX_PARTS_H
#define HONE_OPS_MATRIX_PARTS_H

#include "ops/matrix.h"

#define GRADIENT_OF(name) \
    hone_status hone_internal_##name##_gradient(hone_graph *graph, const hone_node *node, \
                                                const hone_value *outputs, const bool *wanted, \
                                                hone_value *gradients)
GRADIENT_OF(cholesky);
GRADIENT_OF(inverse);
GRADIENT_OF(solve);
GRADIENT_OF(solve_triangular);
GRADIENT_OF(determinant);
GRADIENT_OF(triangular_factors);
GRADIENT_OF(orthogonal_factors);
GRADIENT_OF(eigenvectors);
GRADIENT_OF(singular_vectors);

#endif
