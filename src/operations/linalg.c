/* Linear algebra (keras.ops.linalg, and determinants): matrices are the last two axes of an input. */
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/einsum.h"
#include "ops/matrix.h"

#include <math.h>

static const double float_epsilon = 1.1920928955078125e-07;

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define ALGEBRA(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);

static hone_value last_of(hone_graph *graph, hone_value x, int64_t place)
{
    return hone_op_squeeze(graph, hone_op_slice(graph, x, -1, place, place + 1), -1);
}

/* ---- square matrices ---- */

#define UPPER_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) F(A, BOOLEAN, upper, false, "the factor is the upper triangle")
HONE_OPERATION_ARGS(upper, UPPER_FIELDS)

static hone_value factor_of(hone_graph *graph, hone_value x, bool upper)
{
    const hone_value lower = hone_internal_op_cholesky(graph, x);
    return upper && lower >= 0 ? hone_internal_op_transpose_matrix(graph, lower) : lower;
}
ALGEBRA(linalg, cholesky, "Cholesky", upper, factor_of(graph, x, args->upper))

/* (L L^T)^-1 = L^-T L^-1, of the triangle alone. */
static hone_value inverse_of_factor(hone_graph *graph, hone_value x, bool upper)
{
    const hone_value triangle =
                         upper ? hone_internal_op_upper(graph, x, 0) : hone_internal_op_lower(graph, x, 0),
                     inverse = hone_internal_op_inverse(graph, triangle);
    return inverse < 0 ? inverse : hone_op_matmul(graph, inverse, inverse, !upper, upper);
}
ALGEBRA(linalg, cholesky_inverse, "CholeskyInverse", upper, inverse_of_factor(graph, x, args->upper))
ALGEBRA(linalg, inv, "Inv", plain, hone_internal_op_inverse(graph, x))

enum { DET_SIGN, DET_LOG, DET_NUMBER };
static hone_value of_determinant(hone_graph *graph, hone_value x, int64_t place)
{
    const hone_value all = hone_internal_op_determinant(graph, x);
    return all < 0 ? all : last_of(graph, all, place);
}
ALGEBRA(linalg, det, "Det", plain, of_determinant(graph, x, DET_NUMBER))
ALGEBRA(math, logdet, "Logdet", plain, of_determinant(graph, x, DET_LOG))

/* Two results: the sign, and the logarithm of the size. */
static int call_slogdet(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    const hone_value all = hone_internal_op_determinant(graph, inputs[0]);
    (void)layer, (void)count;
    if (all < 0)
        return hone_error_status();
    outputs[0] = last_of(graph, all, DET_SIGN);
    outputs[1] = last_of(graph, all, DET_LOG);
    return 2;
}
HONE_OPERATION(slogdet, "Slogdet", plain_args, plain_fields, plain_defaults, .call = call_slogdet);

static int call_eigh(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)layer, (void)count;
    return hone_internal_op_eigenvectors(graph, inputs[0], outputs) ? 2 : hone_error_status();
}
HONE_OPERATION_OF(linalg, eigh, "Eigh", plain_args, plain_fields, plain_defaults, .call = call_eigh);

static int call_lu_factor(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    hone_value results[3];
    (void)layer, (void)count;
    if (!hone_internal_op_triangular_factors(graph, inputs[0], results))
        return hone_error_status();
    outputs[0] = results[0];
    outputs[1] = results[1];
    return 2;
}
HONE_OPERATION_OF(linalg, lu_factor, "LuFactor", plain_args, plain_fields, plain_defaults,
                  .call = call_lu_factor);

/* ---- equations ---- */

#define EQUATION_FIELDS(F, A) \
    HONE_OPERAND(F, A, a, "the matrices when they are a constant") \
    HONE_OPERAND(F, A, b, "the right-hand sides when they are a constant")
HONE_OPERATION_CALL_FIELDS(equation, EQUATION_FIELDS)
#define EQUATION(thing, class, arguments, result) \
    HONE_OPERATION_CALL_OF_TWO(thing, arguments##_args, result) \
    HONE_OPERATION_OF(linalg, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, HONE_OPERATION_OPERANDS(equation_call_type, 2));

/* Right-hand sides with an axis less than the matrices are single columns. */
typedef hone_value equation_solver(hone_graph *graph, hone_value a, hone_value b, const void *args);
static hone_value solved(hone_graph *graph, hone_value a, hone_value b, equation_solver *solve,
                         const void *args)
{
    const bool column = hone_value_shape(graph, b).rank == hone_value_shape(graph, a).rank - 1;
    b = column ? hone_op_expand(graph, b, -1) : b;
    if (!hone_internal_broadcast_leading(graph, &a, &b))
        return HONE_NO_VALUE;
    const hone_value y = solve(graph, a, b, args);
    return column && y >= 0 ? hone_op_squeeze(graph, y, -1) : y;
}

static hone_value by_elimination(hone_graph *graph, hone_value a, hone_value b, const void *args)
{
    (void)args;
    return hone_internal_op_solve(graph, a, b);
}
EQUATION(solve, "Solve", plain, solved(graph, x[0], x[1], by_elimination, args))

#define TRIANGULAR_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, lower, false, "the lower triangle of a counts, not the upper one")
HONE_OPERATION_ARGS(triangular, TRIANGULAR_FIELDS)

static hone_value by_substitution(hone_graph *graph, hone_value a, hone_value b, const void *args)
{
    return hone_internal_op_solve_triangular(graph, a, b, ((const triangular_args *)args)->lower);
}
EQUATION(solve_triangular, "SolveTriangular", triangular, solved(graph, x[0], x[1], by_substitution, args))

/* ---- bases ---- */

#define QR_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, mode, "reduced", "Q has as many columns as are needed, or is square", \
      HONE_ONE_OF("reduced|complete"))
HONE_OPERATION_ARGS(qr, QR_FIELDS)

static int call_qr(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    const bool complete = ((const qr_args *)hone_layer_args(layer))->mode[0] == 'c';
    (void)count;
    return hone_internal_op_orthogonal_factors(graph, inputs[0], complete, outputs) ? 2 : hone_error_status();
}
HONE_OPERATION_OF(linalg, qr, "Qr", qr_args, qr_fields, qr_defaults, .call = call_qr);

#define SVD_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, full_matrices, true, "U and V are square") \
    F(A, BOOLEAN, compute_uv, true, "U and V too, not the singular values alone")
HONE_OPERATION_ARGS(svd, SVD_FIELDS)

/* Columns of length 1 and as many more as make a square matrix, orthogonal to them. */
static hone_value completed(hone_graph *graph, hone_value u)
{
    const int64_t rows = hone_value_size(graph, u, -2), columns = hone_value_size(graph, u, -1);
    hone_value factors[2];
    if (rows == columns)
        return u;
    if (!hone_internal_op_orthogonal_factors(graph, u, true, factors))
        return HONE_NO_VALUE;
    return hone_op_concatenate(graph, (hone_value[]){u, hone_op_slice(graph, factors[0], -1, columns, rows)},
                               2, -1);
}

static int call_svd(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    const svd_args *args = hone_layer_args(layer);
    hone_value parts[3];
    (void)count;
    if (!hone_internal_op_singular_vectors(graph, inputs[0], parts))
        return hone_error_status();
    outputs[0] = parts[1];
    if (!args->compute_uv)
        return 1;
    outputs[0] = args->full_matrices ? completed(graph, parts[0]) : parts[0];
    outputs[1] = parts[1];
    outputs[2] = parts[2];
    if (args->full_matrices) {
        const hone_value v = completed(graph, hone_internal_op_transpose_matrix(graph, parts[2]));
        outputs[2] = hone_internal_op_transpose_matrix(graph, v);
    }
    return outputs[0] < 0 || outputs[2] < 0 ? hone_error_status() : 3;
}
HONE_OPERATION_OF(linalg, svd, "SVD", svd_args, svd_fields, svd_defaults, .call = call_svd);

/* ---- by singular values ---- */

/* The greatest singular value times `share`, [..., 1]. */
static hone_value bound_of(hone_graph *graph, hone_value s, double share)
{
    return hone_op_affine(graph, hone_op_slice(graph, s, -1, 0, 1), share, 0);
}

static double greater_size(const hone_graph *graph, hone_value x)
{
    const int64_t m = hone_value_size(graph, x, -2), n = hone_value_size(graph, x, -1);
    return (double)(m > n ? m : n);
}

#define RANK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, tol, HONE_NONE, "singular values up to it count as 0 (None: by the greatest one)")
HONE_OPERATION_ARGS(rank, RANK_FIELDS)

static hone_value rank_of(hone_graph *graph, hone_value x, double tolerance)
{
    hone_value parts[3];
    if (!hone_internal_op_singular_vectors(graph, x, parts))
        return HONE_NO_VALUE;
    const hone_value bound = isnan(tolerance)
                                 ? bound_of(graph, parts[1], greater_size(graph, x) * float_epsilon)
                                 : hone_graph_constant(graph, tolerance);
    return hone_op_sum(graph, hone_op_binary(graph, "greater", parts[1], bound), -1);
}
ALGEBRA(linalg, matrix_rank, "MatrixRank", rank, rank_of(graph, x, args->tol))

/* V s^-1 U^T without what is at most `share` of the greatest singular value; it counts as a constant. */
static hone_value fixed_inverse(hone_graph *graph, hone_value x, double share)
{
    hone_value parts[3];
    if (!hone_internal_op_singular_vectors(graph, hone_op_stop_gradient(graph, x), parts))
        return HONE_NO_VALUE;
    const hone_value there = hone_op_binary(graph, "greater", parts[1], bound_of(graph, parts[1], share)),
                     inverse = hone_op_binary(graph, "divide_no_nan", there, parts[1]),
                     scaled = hone_op_multiply(graph, parts[0], hone_op_expand(graph, inverse, -2));
    return hone_op_matmul(graph, parts[2], scaled, true, true);
}

/* The same with its gradient, by D = X - constant X, which is 0:
 * P - P D P + P P^T D^T (1 - X P) + (1 - P X) D^T P^T P (Golub and Pereyra). */
static hone_value inverse_of_any(hone_graph *graph, hone_value x, double share)
{
    const hone_value p = fixed_inverse(graph, x, share);
    if (p < 0)
        return p;
    const hone_value fixed = hone_op_stop_gradient(graph, x), d = hone_op_subtract(graph, x, fixed),
                     pd = hone_op_matmul(graph, p, d, false, false),
                     ptdt = hone_op_matmul(graph, p, d, true, true),
                     dtpt = hone_op_matmul(graph, d, p, true, true),
                     first = hone_op_matmul(graph, p, ptdt, false, false),
                     last = hone_op_matmul(graph, dtpt, p, false, false),
                     xp = hone_op_matmul(graph, fixed, p, false, false),
                     px = hone_op_matmul(graph, p, fixed, false, false);
    hone_value sum = hone_op_subtract(graph, p, hone_op_matmul(graph, pd, p, false, false));
    sum = hone_op_add(graph, sum,
                      hone_op_subtract(graph, first, hone_op_matmul(graph, first, xp, false, false)));
    return hone_op_add(graph, sum,
                       hone_op_subtract(graph, last, hone_op_matmul(graph, px, last, false, false)));
}

#define SHARE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, rcond, HONE_NONE, \
      "singular values up to this part of the greatest one count as 0 (None: by the size)")
HONE_OPERATION_ARGS(share, SHARE_FIELDS)

static double share_of(const hone_graph *graph, hone_value x, double given, double factor)
{
    return isnan(given) ? factor * greater_size(graph, x) * float_epsilon : given;
}
ALGEBRA(linalg, pinv, "Pinv", share, inverse_of_any(graph, x, share_of(graph, x, args->rcond, 10)))

static hone_value by_least_squares(hone_graph *graph, hone_value a, hone_value b, const void *args)
{
    const double share = share_of(graph, a, ((const share_args *)args)->rcond, 1);
    return hone_op_matmul(graph, inverse_of_any(graph, a, share), b, false, false);
}
EQUATION(lstsq, "Lstsq", share, solved(graph, x[0], x[1], by_least_squares, args))
