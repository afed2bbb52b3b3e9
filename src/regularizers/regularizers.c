/* Regularizers: l1 sum |x|, l2 sum x^2 (without a half), both, and a penalty on rows that are not
 * orthogonal. */
#include "regularizers/regularizers.h"
#include "base/error.h"
#include "fields/spec.h"

#include <string.h>

#define DECLARE(name_, FIELDS) \
    HONE_ARGS_STRUCT(name_##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name_##_args, FIELDS, name_##_fields, name_##_defaults)
#define DEFINE(name_, class_, aliases_, summary_) \
    static const hone_regularizer_type name_##_regularizer = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = "keras.regularizers", \
                 .aliases = aliases_, \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS_NAMED(name_##_args, name_##_fields, name_##_defaults)}, \
        .penalty = penalty_##name_, \
    }

static hone_value absolute_sum(hone_graph *graph, hone_value x, double factor)
{
    return hone_op_affine(graph, hone_op_total(graph, hone_op_absolute(graph, x)), factor, 0);
}

static hone_value square_sum(hone_graph *graph, hone_value x, double factor)
{
    return hone_op_affine(graph, hone_op_reduce(graph, "sum_squares", x, NULL, 0, false), factor, 0);
}

#define L1_FIELDS(F, A) F(A, NUMBER, l1, 0.01, "factor of the sum of absolute values", HONE_AT_LEAST(0))
DECLARE(l1, L1_FIELDS);
static hone_value penalty_l1(hone_graph *graph, hone_value x, const void *args)
{
    return absolute_sum(graph, x, ((const l1_args *)args)->l1);
}
DEFINE(l1, "L1", NULL, "l1 sum |x|: drives weights to 0.");

#define L2_FIELDS(F, A) F(A, NUMBER, l2, 0.01, "factor of the sum of squares", HONE_AT_LEAST(0))
DECLARE(l2, L2_FIELDS);
static hone_value penalty_l2(hone_graph *graph, hone_value x, const void *args)
{
    return square_sum(graph, x, ((const l2_args *)args)->l2);
}
DEFINE(l2, "L2", NULL, "l2 sum x^2: keeps weights small.");

#define L1_L2_FIELDS(F, A) \
    F(A, NUMBER, l1, 0.0, "factor of the sum of absolute values", HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2, 0.0, "factor of the sum of squares", HONE_AT_LEAST(0))
DECLARE(l1_l2, L1_L2_FIELDS);
static hone_value penalty_l1_l2(hone_graph *graph, hone_value x, const void *opaque)
{
    const l1_l2_args *args = opaque;
    if (args->l2 == 0)
        return absolute_sum(graph, x, args->l1);
    if (args->l1 == 0)
        return square_sum(graph, x, args->l2);
    return hone_op_add(graph, absolute_sum(graph, x, args->l1), square_sum(graph, x, args->l2));
}
DEFINE(l1_l2, "L1L2", "l1l2", "l1 sum |x| + l2 sum x^2.");

#define ORTHOGONAL_FIELDS(F, A) \
    F(A, NUMBER, factor, 0.01, "factor of the penalty", HONE_AT_LEAST(0)) \
    F(A, TEXT, mode, "rows", "make rows or columns orthogonal", HONE_ONE_OF("rows|columns"))
DECLARE(orthogonal_regularizer, ORTHOGONAL_FIELDS);

/* 1 off the diagonal of a square matrix, 0 on it. */
static hone_value off_diagonal(hone_graph *graph, int64_t size)
{
    hone_value ones = hone_graph_filled(graph, HONE_SHAPE(size), 1);
    hone_value numbers = hone_op_affine(graph, hone_op_cumulative_sum(graph, ones, 0), 1, -1);
    return hone_op_affine(graph, hone_op_one_hot(graph, numbers, size), -1, 1);
}

/* With A the rows (columns) scaled to length 1: factor / 2 times the sum of |A A^T| off its diagonal over
 * the number n (n - 1) / 2 of pairs. A row of zeros stays one. */
static hone_value penalty_orthogonal_regularizer(hone_graph *graph, hone_value x, const void *opaque)
{
    const orthogonal_regularizer_args *args = opaque;
    bool rows = strcmp(args->mode, "rows") == 0;
    if (hone_value_shape(graph, x).rank != 2) {
        hone_fail(HONE_ERROR_SHAPE,
                  "orthogonal_regularizer: expected a matrix, received weights with %d axes",
                  hone_value_shape(graph, x).rank);
        return HONE_NO_VALUE;
    }
    int64_t count = hone_value_size(graph, x, rows ? 0 : 1);
    if (count < 2)
        return hone_graph_constant(graph, 0);
    static const double least = 1e-14; /* of a squared length: (1e-7)^2 */
    hone_value squares = hone_op_reduce(graph, "sum_squares", x, (int[]){rows ? 1 : 0}, 1, true);
    hone_value kept = hone_op_unary(graph, "maximum_scalar", squares, (hone_parameters){least, 0, 0, 0});
    hone_value scaled = hone_op_multiply(graph, x, hone_op_rsqrt(graph, kept));
    hone_value products = hone_op_matmul(graph, scaled, scaled, !rows, rows);
    hone_value apart = hone_op_multiply(graph, products, off_diagonal(graph, count));
    double pairs = (double)count * (double)(count - 1) / 2;
    return absolute_sum(graph, apart, args->factor * 0.5 / pairs);
}
DEFINE(orthogonal_regularizer, "OrthogonalRegularizer", NULL,
       "The mean |cosine| between rows or columns of a matrix.");

const hone_regularizer_type *const hone_internal_regularizer_types[] = {
    &l1_regularizer, &l2_regularizer, &l1_l2_regularizer, &orthogonal_regularizer_regularizer, NULL,
};

hone_value hone_internal_regularizer_apply(hone_graph *graph, const char *text, hone_value x)
{
    hone_spec spec;
    if (x < 0 || hone_internal_spec_resolve("regularizer", text, &spec) < 0)
        return HONE_NO_VALUE;
    if (spec.type == NULL)
        return hone_graph_constant(graph, 0);
    hone_value penalty = ((const hone_regularizer_type *)spec.type)->penalty(graph, x, spec.args);
    hone_internal_spec_free(&spec);
    return penalty;
}
