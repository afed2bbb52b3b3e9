/* Norms of vectors, along an axis or of all numbers, and of matrices, over two axes; what is divided by them.
 */
#include "base/text.h"
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/matrix.h"

#include <math.h>
#include <string.h>

#define NORM_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, ord, NULL, \
      "the order, a number; of matrices also fro or nuc (None: the root of the sum of squares)", \
      HONE_SPECS(HONE_LITERAL)) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "the axis, or two of matrices (None: all)", \
      .scalar_or_list = true) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1")
HONE_OPERATION_ARGS(norm, NORM_FIELDS)

static hone_value raised(hone_graph *graph, hone_value x, double exponent)
{
    return hone_op_unary(graph, "power_scalar", x, (hone_parameters){exponent, 0, 0, 0});
}

/* ---- of vectors ---- */

/* (sum |x|^p)^(1/p): of order 0 how many numbers are not 0, of an infinite one the greatest size or the
 * least. */
static hone_value norm_of(hone_graph *graph, hone_value x, double order, const int64_t *axis, bool keepdims)
{
    if (order == 2)
        return hone_op_sqrt(graph, hone_internal_reduce_axes(graph, "sum_squares", x, axis, keepdims));
    if (order == 0)
        return hone_internal_reduce_axes(graph, "sum", hone_internal_truth(graph, x), axis, keepdims);
    const hone_value size = hone_op_absolute(graph, x);
    if (order == 1)
        return hone_internal_reduce_axes(graph, "sum", size, axis, keepdims);
    if (isinf(order))
        return hone_internal_reduce_axes(graph, order > 0 ? "maximum" : "minimum", size, axis, keepdims);
    const hone_value sum =
        hone_internal_reduce_axes(graph, "sum", raised(graph, size, order), axis, keepdims);
    return raised(graph, sum, 1 / order);
}

/* ---- of matrices ---- */

/* How a norm of matrices reduces what: the singular values, or the sums of sizes along columns or rows. */
typedef struct matrix_norm {
    const char *order, *function;
    enum { OF_ALL, OF_COLUMNS, OF_ROWS, OF_SINGULAR_VALUES } of;
} matrix_norm;

static const matrix_norm matrix_norms[] = {
    {"fro", "sum_squares", OF_ALL},       {"nuc", "sum", OF_SINGULAR_VALUES},    {"1", "maximum", OF_COLUMNS},
    {"-1", "minimum", OF_COLUMNS},        {"inf", "maximum", OF_ROWS},           {"-inf", "minimum", OF_ROWS},
    {"2", "maximum", OF_SINGULAR_VALUES}, {"-2", "minimum", OF_SINGULAR_VALUES},
};

static const matrix_norm *find_matrix_norm(const char *order, double number)
{
    double own;
    for (size_t i = 0; i < sizeof matrix_norms / sizeof *matrix_norms; i++)
        if (strcmp(matrix_norms[i].order, order) == 0 ||
            (hone_internal_text_to_number(matrix_norms[i].order, true, &own) && own == number))
            return &matrix_norms[i];
    hone_fail(HONE_ERROR_ARGUMENT,
              "ord of a norm of matrices must be fro, nuc, 1, -1, 2, -2, inf or -inf, not %.40s", order);
    return NULL;
}

/* [..., rows, columns] reduced to [..., 1, 1]. */
static hone_value matrix_norm_of(hone_graph *graph, hone_value x, const matrix_norm *norm)
{
    static const int64_t rows[] = {-2, HONE_NONE_INTEGER}, columns[] = {-1, HONE_NONE_INTEGER},
                         both[] = {-2, -1, HONE_NONE_INTEGER};
    hone_value parts[3];
    if (norm->of == OF_ALL)
        return hone_op_sqrt(graph, hone_internal_reduce_axes(graph, norm->function, x, both, true));
    if (norm->of == OF_SINGULAR_VALUES) {
        if (!hone_internal_op_singular_vectors(graph, x, parts))
            return HONE_NO_VALUE;
        return hone_op_expand(graph,
                              hone_internal_reduce_axes(graph, norm->function, parts[1], columns, true), -1);
    }
    const bool down = norm->of == OF_COLUMNS;
    const hone_value sums =
        hone_internal_reduce_axes(graph, "sum", hone_op_absolute(graph, x), down ? rows : columns, true);
    return hone_internal_reduce_axes(graph, norm->function, sums, down ? columns : rows, true);
}

/* The same with the two axes where they stand. */
static hone_value over_two_axes(hone_graph *graph, hone_value x, const int *axes, const matrix_norm *norm,
                                bool keepdims)
{
    int order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    const int rank = hone_value_shape(graph, x).rank;
    hone_internal_axes_to_end(axes, 2, rank, order, back);
    const hone_value y = matrix_norm_of(graph, hone_internal_axes_move(graph, x, order), norm);
    if (y < 0 || keepdims)
        return y < 0 ? y : hone_internal_axes_move(graph, y, back);
    return hone_op_squeeze(graph, hone_op_squeeze(graph, y, rank - 1), rank - 2);
}

/* Over two axes, or without axes those of an input of two: a norm of matrices, when an order is given. */
static hone_value norm(hone_graph *graph, hone_value x, const norm_args *args)
{
    const hone_shape shape = hone_value_shape(graph, x);
    int axes[HONE_MAX_RANK] = {0, 1}, count = hone_internal_axes_resolve(args->axis, shape, axes);
    const bool given = args->ord != NULL, all = args->axis[0] == HONE_NONE_INTEGER;
    double order = 2;
    if (count < 0)
        return HONE_NO_VALUE;
    const bool number = !given || hone_internal_text_to_number(args->ord, true, &order);
    if (all ? shape.rank > 2 && given : count > 2) {
        hone_fail(HONE_ERROR_SHAPE,
                  "a norm of order %.40s is one of vectors or matrices; give one axis or two",
                  given ? args->ord : "None");
        return HONE_NO_VALUE;
    }
    if (given && (all ? shape.rank == 2 : count == 2)) {
        const matrix_norm *kind = find_matrix_norm(args->ord, number ? order : NAN);
        if (!all && hone_internal_shape_axis(shape, args->axis[0], "axis") == axes[1])
            axes[1] = axes[0], axes[0] = hone_internal_shape_axis(shape, args->axis[0], "axis");
        return kind == NULL ? HONE_NO_VALUE : over_two_axes(graph, x, axes, kind, args->keepdims);
    }
    if (!number) {
        hone_fail(HONE_ERROR_ARGUMENT, "ord of a norm of vectors must be a number, not %.40s", args->ord);
        return HONE_NO_VALUE;
    }
    return norm_of(graph, x, order, args->axis, args->keepdims);
}
HONE_OPERATION_CALL(norm, norm_args, norm(graph, x, args))
HONE_OPERATION_OF(linalg, norm, "Norm", norm_args, norm_fields, norm_defaults, .call = call_norm);

/* ---- divided by them ---- */

#define NORMALIZE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axes of the norm", .scalar_or_list = true) \
    F(A, INTEGER, order, 2, "order of the norm", HONE_AT_LEAST(1)) \
    F(A, NUMBER, epsilon, HONE_NONE, "the least norm (None: 1e-7)")
HONE_OPERATION_ARGS(normalize, NORMALIZE_FIELDS)

/* x / max(norm, epsilon). */
static hone_value normalized(hone_graph *graph, hone_value x, const normalize_args *args)
{
    double least = isnan(args->epsilon) ? 1e-7 : args->epsilon;
    if (args->order == 2) { /* min(1 / sqrt(sum), 1 / epsilon): 0 gives 0, and a gradient of x alone */
        hone_value sum = hone_internal_reduce_axes(graph, "sum_squares", x, args->axis, true),
                   bounded =
                       hone_op_unary(graph, "maximum_scalar", sum, (hone_parameters){least * least, 0, 0, 0});
        return hone_op_multiply(graph, x, hone_op_rsqrt(graph, bounded));
    }
    hone_value size = norm_of(graph, x, (double)args->order, args->axis, true);
    return hone_op_divide(graph, x,
                          hone_op_unary(graph, "maximum_scalar", size, (hone_parameters){least, 0, 0, 0}));
}
HONE_OPERATION_CALL(normalize, normalize_args, normalized(graph, x, args))
HONE_OPERATION_OF(nn, normalize, "Normalize", normalize_args, normalize_fields, normalize_defaults,
                  .call = call_normalize);
