/* Gradients of linear algebra. A bar is the gradient of what it stands over; T transposes; tril and triu are
 * the lower and the upper triangle, phi(X) is tril(X) with half of the diagonal, F_ij = 1 / (d_j - d_i) with
 * the numbers d that are named, 0 where they are equal:
 *
 *   cholesky      X = L L^T           Xbar = (S + S^T) / 2, S = L^-T phi(L^T Lbar) L^-1
 *   inverse       Y = X^-1            Xbar = -Y^T Ybar Y^T
 *   solve         Y = A^-1 B          Bbar = A^-T Ybar, Abar = -Bbar Y^T
 *   determinant   d = det X           Xbar = (logbar + d dbar) X^-T
 *   P X = L U     M = tril(L^T Lbar, -1) + triu(Ubar U^T), Xbar = P^T L^-T M U^-T
 *   X = Q R       M = R Rbar^T - Qbar^T Q, Xbar = (Qbar + Q (tril(M) + tril(M, -1)^T)) R^-T
 *   X = V w V^T   Xbar = V (diag(wbar) + F * V^T Vbar) V^T made symmetric, d = w
 *
 *   X = U s V^T   Xbar = U (diag(sbar) + (F * (U^T Ubar - Ubar^T U)) s + s (F * (V^T Vbar - Vbar^T V))) V^T
 *                        + (1 - U U^T) Ubar s^-1 V^T + U s^-1 Vbar^T (1 - V V^T), d = s^2
 */
#include "ops/matrix_parts.h"

/* ---- words ---- */

hone_value hone_internal_op_transpose_matrix(hone_graph *graph, hone_value x)
{
    int order[HONE_MAX_RANK];
    const int rank = x < 0 ? 2 : hone_value_shape(graph, x).rank;
    for (int axis = 0; axis < rank; axis++)
        order[axis] = axis;
    order[rank - 2] = rank - 1;
    order[rank - 1] = rank - 2;
    return hone_op_transpose(graph, x, order);
}
#define T(x) hone_internal_op_transpose_matrix(graph, x)

/* [rows, columns]: column - row */
static hone_value places_above(hone_graph *graph, int64_t rows, int64_t columns)
{
    const hone_value row = hone_graph_filled(graph, HONE_SHAPE(rows, 1), 1),
                     column = hone_graph_filled(graph, HONE_SHAPE(1, columns), 1);
    return hone_op_subtract(graph, hone_op_cumulative_sum(graph, column, 1),
                            hone_op_cumulative_sum(graph, row, 0));
}

/* x where f(column - row, k), else 0. */
static hone_value part_of(hone_graph *graph, hone_value x, const char *holds, int64_t k)
{
    if (x < 0)
        return x;
    const hone_value places =
        places_above(graph, hone_value_size(graph, x, -2), hone_value_size(graph, x, -1));
    return hone_op_select(graph, hone_op_unary(graph, holds, places, (hone_parameters){(double)k, 0, 0, 0}),
                          x, hone_graph_constant(graph, 0));
}

hone_value hone_internal_op_lower(hone_graph *graph, hone_value x, int64_t k)
{
    return part_of(graph, x, "less_equal_scalar", k);
}

hone_value hone_internal_op_upper(hone_graph *graph, hone_value x, int64_t k)
{
    return part_of(graph, x, "greater_equal_scalar", k);
}

static hone_value times(hone_graph *graph, hone_value a, hone_value b)
{
    return hone_op_matmul(graph, a, b, false, false);
}
static hone_value transposed_times(hone_graph *graph, hone_value a, hone_value b)
{
    return hone_op_matmul(graph, a, b, true, false);
}
static hone_value times_transposed(hone_graph *graph, hone_value a, hone_value b)
{
    return hone_op_matmul(graph, a, b, false, true);
}

/* (x + x^T) / 2 */
static hone_value symmetric(hone_graph *graph, hone_value x)
{
    return hone_op_affine(graph, hone_op_add(graph, x, T(x)), 0.5, 0);
}

/* x a^-1 = (a^-T x^T)^T, and x a^-T = (a^-1 x^T)^T, for triangles. */
static hone_value by_inverse(hone_graph *graph, hone_value x, hone_value a, bool lower)
{
    return T(hone_internal_op_solve_triangular(graph, T(a), T(x), !lower));
}
static hone_value by_inverse_transposed(hone_graph *graph, hone_value x, hone_value a, bool lower)
{
    return T(hone_internal_op_solve_triangular(graph, a, T(x), lower));
}

static hone_status given(hone_value gradient, hone_value *place)
{
    *place = gradient;
    return gradient < 0 ? hone_error_status() : HONE_OK;
}

/* ---- one result ---- */

GRADIENT_OF(cholesky)
{
    (void)wanted;
    const hone_value lower = node->outputs[0], m = transposed_times(graph, lower, outputs[0]),
                     phi = hone_op_affine(graph,
                                          hone_op_add(graph, hone_internal_op_lower(graph, m, 0),
                                                      hone_internal_op_lower(graph, m, -1)),
                                          0.5, 0),
                     left = hone_internal_op_solve_triangular(graph, T(lower), phi, false);
    return given(symmetric(graph, by_inverse(graph, left, lower, true)), gradients);
}

GRADIENT_OF(inverse)
{
    (void)wanted;
    const hone_value y = node->outputs[0],
                     product = transposed_times(graph, y, times_transposed(graph, outputs[0], y));
    return given(hone_op_negative(graph, product), gradients);
}

GRADIENT_OF(solve)
{
    const hone_value b = hone_internal_op_solve(graph, T(node->inputs[0]), outputs[0]);
    if (wanted[0])
        gradients[0] = hone_op_negative(graph, times_transposed(graph, b, node->outputs[0]));
    return given(b, &gradients[1]);
}

GRADIENT_OF(solve_triangular)
{
    const bool lower = *(const bool *)node->attributes;
    const hone_value b = hone_internal_op_solve_triangular(graph, T(node->inputs[0]), outputs[0], !lower);
    if (wanted[0]) {
        const hone_value whole = hone_op_negative(graph, times_transposed(graph, b, node->outputs[0]));
        gradients[0] =
            lower ? hone_internal_op_lower(graph, whole, 0) : hone_internal_op_upper(graph, whole, 0);
    }
    return given(b, &gradients[1]);
}

GRADIENT_OF(determinant)
{
    (void)wanted;
    const hone_value of_log = hone_op_slice(graph, outputs[0], -1, 1, 2),
                     of_number = hone_op_slice(graph, outputs[0], -1, 2, 3),
                     number = hone_op_slice(graph, node->outputs[0], -1, 2, 3),
                     factor = hone_op_add(graph, of_log, hone_op_multiply(graph, number, of_number)),
                     inverse = hone_internal_op_inverse(graph, node->inputs[0]);
    return given(hone_op_multiply(graph, hone_op_expand(graph, factor, -1), T(inverse)), gradients);
}

/* ---- factors ---- */

static bool is_square(const hone_graph *graph, hone_value x)
{
    return hone_value_size(graph, x, -1) == hone_value_size(graph, x, -2);
}

GRADIENT_OF(triangular_factors)
{
    const hone_value factors = node->outputs[0], bar = outputs[0];
    (void)wanted;
    if (bar < 0)
        return HONE_OK; /* rows have no gradient */
    if (!is_square(graph, factors))
        return hone_fail(HONE_ERROR_UNSUPPORTED, "lu_factor: the gradient is that of square matrices alone");
    /* The diagonal of L is 1 and not in `factors`: L^T Lbar, strictly below, needs it. */
    const hone_value ones = hone_graph_filled(
                         graph,
                         HONE_SHAPE(hone_value_size(graph, factors, -1), hone_value_size(graph, factors, -1)),
                         1),
                     one = hone_internal_op_lower(graph, hone_internal_op_upper(graph, ones, 0), 0),
                     lower = hone_op_add(graph, hone_internal_op_lower(graph, factors, -1), one),
                     upper = hone_internal_op_upper(graph, factors, 0),
                     below = transposed_times(graph, lower, hone_internal_op_lower(graph, bar, -1)),
                     above = times_transposed(graph, hone_internal_op_upper(graph, bar, 0), upper),
                     m = hone_op_add(graph, hone_internal_op_lower(graph, below, -1),
                                     hone_internal_op_upper(graph, above, 0)),
                     left = hone_internal_op_solve_triangular(graph, T(lower), m, false),
                     ordered = by_inverse_transposed(graph, left, upper, false),
                     order = hone_op_one_hot(graph, node->outputs[2], hone_value_size(graph, factors, -1));
    return given(transposed_times(graph, order, ordered), gradients);
}

/* Of what is used of the results; zeros of a result's shape for the others. */
static hone_value or_zeros(hone_graph *graph, hone_value gradient, hone_value of)
{
    return gradient >= 0 ? gradient : hone_graph_filled(graph, hone_value_shape(graph, of), 0);
}

GRADIENT_OF(orthogonal_factors)
{
    const hone_value q = node->outputs[0], r = node->outputs[1];
    (void)wanted;
    if (!is_square(graph, r))
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "qr has no gradient for matrices with more columns than rows, nor for what completes a "
            "basis (mode \"complete\", full_matrices of svd)");
    const hone_value q_bar = or_zeros(graph, outputs[0], q), r_bar = or_zeros(graph, outputs[1], r),
                     m = hone_op_subtract(graph, times_transposed(graph, r, r_bar),
                                          transposed_times(graph, q_bar, q)),
                     copied = hone_op_add(graph, hone_internal_op_lower(graph, m, 0),
                                          T(hone_internal_op_lower(graph, m, -1))),
                     sum = hone_op_add(graph, q_bar, times(graph, q, copied));
    return given(by_inverse_transposed(graph, sum, r, false), gradients);
}

/* [..., i, j] = 1 / (x_j - x_i), 0 where they are equal. */
static hone_value inverse_gaps(hone_graph *graph, hone_value x)
{
    return hone_op_binary(
        graph, "divide_no_nan", hone_graph_constant(graph, 1),
        hone_op_subtract(graph, hone_op_expand(graph, x, -2), hone_op_expand(graph, x, -1)));
}

/* The diagonal matrices of [..., n]. */
static hone_value diagonal_of(hone_graph *graph, hone_value x)
{
    const int64_t n = hone_value_size(graph, x, -1);
    const hone_value ones = hone_graph_filled(graph, HONE_SHAPE(n, n), 1),
                     one = hone_internal_op_lower(graph, hone_internal_op_upper(graph, ones, 0), 0);
    return hone_op_multiply(graph, hone_op_expand(graph, x, -1), one);
}

GRADIENT_OF(eigenvectors)
{
    const hone_value w = node->outputs[0], v = node->outputs[1];
    (void)wanted;
    hone_value inner = diagonal_of(graph, or_zeros(graph, outputs[0], w));
    if (outputs[1] >= 0)
        inner = hone_op_add(
            graph, inner,
            hone_op_multiply(graph, inverse_gaps(graph, w), transposed_times(graph, v, outputs[1])));
    return given(symmetric(graph, times_transposed(graph, times(graph, v, inner), v)), gradients);
}

/* x - a (a^T x), for a [..., m, k] with columns of length 1. */
static hone_value beside(hone_graph *graph, hone_value x, hone_value a)
{
    return hone_op_subtract(graph, x, times(graph, a, transposed_times(graph, a, x)));
}

/* F * (a^T bar - bar^T a) */
static hone_value turning(hone_graph *graph, hone_value a, hone_value bar, hone_value gaps)
{
    return hone_op_multiply(
        graph, gaps,
        hone_op_subtract(graph, transposed_times(graph, a, bar), transposed_times(graph, bar, a)));
}

GRADIENT_OF(singular_vectors)
{
    const hone_value u = node->outputs[0], s = node->outputs[1], v = T(node->outputs[2]),
                     gaps = inverse_gaps(graph, hone_op_square(graph, s)), row = hone_op_expand(graph, s, -2),
                     column = hone_op_expand(graph, s, -1);
    hone_value inner = diagonal_of(graph, or_zeros(graph, outputs[1], s)), rest = HONE_NO_VALUE;
    (void)wanted;
    if (outputs[0] >= 0) {
        inner = hone_op_add(graph, inner, hone_op_multiply(graph, turning(graph, u, outputs[0], gaps), row));
        rest = times_transposed(graph,
                                hone_op_binary(graph, "divide_no_nan", beside(graph, outputs[0], u), row), v);
    }
    if (outputs[2] >= 0) {
        const hone_value bar = T(outputs[2]),
                         right = T(hone_op_binary(graph, "divide_no_nan", beside(graph, bar, v), row)),
                         second = times(graph, u, right);
        inner = hone_op_add(graph, inner, hone_op_multiply(graph, column, turning(graph, v, bar, gaps)));
        rest = rest >= 0 ? hone_op_add(graph, rest, second) : second;
    }
    const hone_value whole = times_transposed(graph, times(graph, u, inner), v);
    return given(rest >= 0 ? hone_op_add(graph, whole, rest) : whole, gradients);
}
