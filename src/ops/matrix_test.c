/* Linear algebra: shapes, gradients against differences, what is refused. */
#include "ops/matrix.h"
#include "ops/differentiate.h"
#include "testing/check_op.h"

#include <string.h>

static hone_value cholesky(hone_graph *g, const hone_value *x, const void *context)
{
    (void)context; /* x x^T + 1 / 2 has a factor */
    const hone_value square = hone_op_matmul(g, x[0], x[0], false, true),
                     one = hone_internal_op_lower(
                         g, hone_internal_op_upper(g, hone_graph_filled(g, S(3, 3), 0.5), 0), 0);
    return hone_internal_op_cholesky(g, hone_op_add(g, square, one));
}
/* x with 3 more on its diagonal: nothing is near to singular. */
static hone_value strong(hone_graph *g, hone_value x)
{
    const int64_t n = hone_value_size(g, x, -1);
    return hone_op_add(
        g, x, hone_internal_op_lower(g, hone_internal_op_upper(g, hone_graph_filled(g, S(n, n), 3), 0), 0));
}

/* All results in one: each along a row. */
static hone_value joined(hone_graph *g, const hone_value *results, int count)
{
    hone_value rows[3];
    for (int i = 0; i < count; i++)
        if (results[i] < 0)
            return HONE_NO_VALUE;
    const hone_shape shape = hone_value_shape(g, results[0]);
    for (int i = 0; i < count; i++)
        rows[i] = hone_op_reshape(g, results[i], S(shape.size[0], HONE_ANY));
    return hone_op_concatenate(g, rows, count, 1);
}

RECORD(inverse, hone_internal_op_inverse(g, strong(g, x[0])))
RECORD(solve, hone_internal_op_solve(g, strong(g, x[0]), x[1]))
RECORD(lower, hone_internal_op_solve_triangular(g, strong(g, x[0]), x[1], true))
RECORD(upper, hone_internal_op_solve_triangular(g, strong(g, x[0]), x[1], false))
RECORD(determinant, hone_op_slice(g, hone_internal_op_determinant(g, strong(g, x[0])), -1, 1, 3))

static hone_value triangular(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[3];
    (void)context;
    return hone_internal_op_triangular_factors(g, strong(g, x[0]), results) ? results[0] : HONE_NO_VALUE;
}
static hone_value orthogonal(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[2];
    (void)context;
    return hone_internal_op_orthogonal_factors(g, x[0], false, results) ? joined(g, results, 2)
                                                                        : HONE_NO_VALUE;
}
static hone_value complete(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[2];
    (void)context;
    return hone_internal_op_orthogonal_factors(g, x[0], true, results) ? joined(g, results, 2)
                                                                       : HONE_NO_VALUE;
}
/* V v^T with signs that do not matter: V diag(1, 2, ...) V^T beside w. */
static hone_value eigenvectors(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[2];
    (void)context;
    if (!hone_internal_op_eigenvectors(g, x[0], results))
        return HONE_NO_VALUE;
    const hone_value weights = hone_op_cumulative_sum(g, hone_graph_filled(g, S(3), 1), 0),
                     scaled = hone_op_multiply(g, results[1], weights);
    results[1] = hone_op_matmul(g, scaled, results[1], false, true);
    return joined(g, results, 2);
}
static hone_value singular(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[3];
    (void)context;
    if (!hone_internal_op_singular_vectors(g, x[0], results))
        return HONE_NO_VALUE;
    const hone_value weights = hone_op_cumulative_sum(g, hone_graph_filled(g, S(2), 1), 0),
                     scaled = hone_op_multiply(g, results[0], weights);
    results[0] = hone_op_matmul(g, scaled, results[2], false, false);
    return joined(g, results, 2);
}
static hone_value values_alone(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[3];
    (void)context;
    return hone_internal_op_singular_vectors(g, x[0], results) ? results[1] : HONE_NO_VALUE;
}

TEST(has_gradients)
{
    const op_example examples[] = {
        {"cholesky", cholesky, .inputs = {S(2, 3, 3), END}, .result = S(2, 3, 3)},
        {"inverse", inverse, .inputs = {S(2, 3, 3), END}, .result = S(2, 3, 3), .lowest = -1, .highest = 1},
        {"solve", solve, .inputs = {S(2, 3, 3), S(2, 3, 2), END}, .result = S(2, 3, 2), .lowest = -1,
         .highest = 1},
        {"lower", lower, .inputs = {S(2, 3, 3), S(2, 3, 2), END}, .result = S(2, 3, 2), .lowest = -1,
         .highest = 1},
        {"upper", upper, .inputs = {S(3, 3), S(3, 1), END}, .result = S(3, 1), .lowest = -1, .highest = 1},
        {"determinant", determinant, .inputs = {S(2, 4, 4), END}, .result = S(2, 2), .lowest = -1,
         .highest = 1},
        {"triangular", triangular, .inputs = {S(2, 3, 3), END}, .result = S(2, 3, 3)},
        {"orthogonal", orthogonal, .inputs = {S(2, 4, 3), END}, .result = S(2, 21)},
        {"eigenvectors", eigenvectors, .inputs = {S(2, 3, 3), END}, .result = S(2, 12)},
        {"singular, high", singular, .inputs = {S(2, 4, 2), END}, .result = S(2, 10)},
        {"singular, wide", singular, .inputs = {S(2, 2, 3), END}, .result = S(2, 8)},
        {"singular values", values_alone, .inputs = {S(2, 3, 4), END}, .result = S(2, 3)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

/* There is none for these: a sentence. */
TEST(refuses_gradients_that_are_not_defined)
{
    const struct {
        hone_value (*record)(hone_graph *, const hone_value *, const void *);
        hone_shape shape;
        const char *words;
    } cases[] = {
        {orthogonal, S(2, 2, 3), "more columns than rows"},
        {complete, S(2, 4, 3), "completes a basis"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_graph *graph = hone_internal_graph_create(true, false);
        const hone_value x = hone_internal_graph_input(graph, cases[i].shape, NULL),
                         loss = hone_op_total(graph, cases[i].record(graph, &x, NULL));
        hone_value gradient;
        assert_true(loss >= 0);
        assert_int_equal(hone_internal_differentiate(graph, loss, &x, 1, &gradient), HONE_ERROR_UNSUPPORTED);
        assert_non_null(strstr(hone_error_message(), cases[i].words));
        hone_internal_graph_free(graph);
    }
}

TEST(refuses_shapes_that_do_not_fit)
{
    check_op_refused(&(op_example){"inverse", inverse, .inputs = {S(2, 3, 4), END}}, "do not match");
    check_op_refused(&(op_example){"singular", values_alone, .inputs = {S(3), END}}, "expected matrices");
    check_op_refused(&(op_example){"eigenvectors", eigenvectors, .inputs = {S(2, 3, 4), END}},
                     "eigenvectors: expected square matrices, not the shape (2, 3, 4)");
    check_op_refused(&(op_example){"solve", solve, .inputs = {S(2, 3, 3), S(2, 4, 2), END}}, "do not match");
    check_op_refused(&(op_example){"many rows", values_alone, .inputs = {S(9000, 1), END}},
                     "may have 8192 rows");
}
