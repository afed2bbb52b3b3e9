/* Linear algebra on the last two axes; the axes before them are those of a batch of matrices. Results as
 * kernels/matrix.def says. Each function returns false, or HONE_NO_VALUE, on failure, with a message. */
#ifndef HONE_OPS_MATRIX_H
#define HONE_OPS_MATRIX_H

#include "ops/ops.h"

/* The last two axes exchanged. */
hone_value hone_internal_op_transpose_matrix(hone_graph *graph, hone_value x);
/* The numbers with column - row at most `k`, or at least k; 0 in place of the others. */
hone_value hone_internal_op_lower(hone_graph *graph, hone_value x, int64_t k);
hone_value hone_internal_op_upper(hone_graph *graph, hone_value x, int64_t k);

hone_value hone_internal_op_cholesky(hone_graph *graph, hone_value x);
hone_value hone_internal_op_inverse(hone_graph *graph, hone_value x);
/* a y = b for matrices b [..., n, k] */
hone_value hone_internal_op_solve(hone_graph *graph, hone_value a, hone_value b);
hone_value hone_internal_op_solve_triangular(hone_graph *graph, hone_value a, hone_value b, bool lower);
/* [..., 3]: sign, log |det|, det */
hone_value hone_internal_op_determinant(hone_graph *graph, hone_value x);
/* L and U in one, the rows exchanged, the order of the rows. */
bool hone_internal_op_triangular_factors(hone_graph *graph, hone_value x, hone_value results[3]);
/* Q and R; `complete`: Q is square. */
bool hone_internal_op_orthogonal_factors(hone_graph *graph, hone_value x, bool complete,
                                         hone_value results[2]);
bool hone_internal_op_eigenvectors(hone_graph *graph, hone_value x, hone_value results[2]); /* w, V */
bool hone_internal_op_singular_vectors(hone_graph *graph, hone_value x,
                                       hone_value results[3]); /* U, s, V^T */

#endif
