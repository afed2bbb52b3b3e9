/* Linear algebra on the last two axes, forward: shapes and kernels. What the gradients are stands in
 * matrix_gradient.c. */
#include "ops/matrix_parts.h"

#include <string.h>

enum { MOST_ROWS = 8192 };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Rows and columns of the matrices of x. */
static void sizes_of(const hone_graph *graph, hone_value x, int64_t *rows, int64_t *columns)
{
    const hone_shape shape = hone_value_shape(graph, x);
    *rows = shape.size[shape.rank - 2];
    *columns = shape.size[shape.rank - 1];
}

/* Matrices whose sizes are known; false with a message. */
static bool check(const hone_graph *graph, hone_value x, bool square, const char *name)
{
    char text[128];
    if (x < 0)
        return false;
    const hone_shape shape = hone_value_shape(graph, x);
    hone_internal_shape_to_text(shape, text, sizeof text);
    if (shape.rank < 2 || shape.size[shape.rank - 1] == HONE_ANY || shape.size[shape.rank - 2] == HONE_ANY)
        hone_fail(HONE_ERROR_SHAPE, "%s: expected matrices of known size, not the shape %s", name, text);
    else if (square && shape.size[shape.rank - 1] != shape.size[shape.rank - 2])
        hone_fail(HONE_ERROR_SHAPE, "%s: expected square matrices, not the shape %s", name, text);
    else if (shape.size[shape.rank - 1] > MOST_ROWS || shape.size[shape.rank - 2] > MOST_ROWS)
        hone_fail(HONE_ERROR_SHAPE, "%s: matrices may have %d rows and columns, not the shape %s", name,
                  (int)MOST_ROWS, text);
    else
        return true;
    return false;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    const hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    return hone_internal_shape_count(shape) * smaller(shape.size[shape.rank - 1], shape.size[shape.rank - 2]);
}

/* A matrix an item, with so many doubles of scratch. */
static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step,
                           hone_kernel_index kernel, int64_t numbers)
{
    int64_t rows, columns;
    hone_shape leading = hone_value_shape(graph, node->inputs[0]);
    leading.rank -= 2;
    sizes_of(graph, node->inputs[0], &rows, &columns);
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    step->args.size[0] = rows;
    step->args.size[1] = columns;
    step->items =
        hone_internal_shape_count(leading); /* matrices without rows have a determinant, an order, a base */
    step->grain = 1 + 256 / (rows * columns + 1);
    step->scratch = sizeof(double) * (size_t)numbers;
    return HONE_OK;
}

static hone_value record(hone_graph *graph, const hone_op *op, hone_value x)
{
    return check(graph, x, true, op->name) ? hone_internal_graph_node(graph, op, &x, 1, NULL, 0, NULL)
                                           : HONE_NO_VALUE;
}

/* ---- of one square matrix ---- */

#define SQUARE(name_, kernel_, numbers) \
    static hone_status prepare_##name_(const hone_graph *graph, const hone_node *node, hone_step *step) \
    { \
        const int64_t n = hone_value_size(graph, node->inputs[0], -1); \
        return prepare(graph, node, step, HONE_KERNEL_##kernel_, numbers); \
    }
SQUARE(cholesky, cholesky, n *n)
SQUARE(inverse, inverse, 2 * n * n)
SQUARE(determinant, determinant, n *n)
SQUARE(eigenvectors, eigenvectors, 2 * n * n + 2 * n)

static const hone_op cholesky_op = {.name = "cholesky",
                                    .infer = hone_internal_infer_same,
                                    .gradient = hone_internal_cholesky_gradient,
                                    .prepare = prepare_cholesky,
                                    .flops = flops},
                     inverse_op = {.name = "inverse",
                                   .infer = hone_internal_infer_same,
                                   .gradient = hone_internal_inverse_gradient,
                                   .prepare = prepare_inverse,
                                   .flops = flops};

hone_value hone_internal_op_cholesky(hone_graph *graph, hone_value x)
{
    return record(graph, &cholesky_op, x);
}

hone_value hone_internal_op_inverse(hone_graph *graph, hone_value x)
{
    return record(graph, &inverse_op, x);
}

/* The shape without its last axis, or its last two, and a last axis of that size. */
static hone_shape with_last(hone_shape shape, int dropped, int64_t size)
{
    shape.rank -= dropped - 1;
    shape.size[shape.rank - 1] = size;
    return shape;
}

static hone_status infer_determinant(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = with_last(hone_value_shape(graph, node->inputs[0]), 2, 3);
    return HONE_OK;
}
static const hone_op determinant_op = {.name = "determinant",
                                       .infer = infer_determinant,
                                       .gradient = hone_internal_determinant_gradient,
                                       .prepare = prepare_determinant,
                                       .flops = flops};

hone_value hone_internal_op_determinant(hone_graph *graph, hone_value x)
{
    return record(graph, &determinant_op, x);
}

static hone_status infer_eigenvectors(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[1] = hone_value_shape(graph, node->inputs[0]);
    outputs[0] = with_last(outputs[1], 1, outputs[1].size[outputs[1].rank - 1]);
    outputs[0].rank--;
    return HONE_OK;
}
static const hone_op eigenvectors_op = {.name = "eigenvectors",
                                        .outputs = 2,
                                        .infer = infer_eigenvectors,
                                        .gradient = hone_internal_eigenvectors_gradient,
                                        .prepare = prepare_eigenvectors,
                                        .flops = flops};

bool hone_internal_op_eigenvectors(hone_graph *graph, hone_value x, hone_value results[2])
{
    return check(graph, x, true, eigenvectors_op.name) &&
           hone_internal_graph_node(graph, &eigenvectors_op, &x, 1, NULL, 0, results) >= 0;
}

/* ---- of two matrices ---- */

static hone_status infer_solution(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[1]);
    return HONE_OK;
}

static hone_status prepare_two(const hone_graph *graph, const hone_node *node, hone_step *step,
                               hone_kernel_index kernel, bool triangular)
{
    const int64_t n = hone_value_size(graph, node->inputs[0], -1),
                  k = hone_value_size(graph, node->inputs[1], -1);
    HONE_TRY(prepare(graph, node, step, kernel, triangular ? n : n * n + n * k));
    step->args.size[1] = k;
    return HONE_OK;
}

static hone_status prepare_solve(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_two(graph, node, step, HONE_KERNEL_solve, false);
}

static hone_status prepare_triangular(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    step->args.scalar[0] = *(const bool *)node->attributes;
    return prepare_two(graph, node, step, HONE_KERNEL_solve_triangular, true);
}

static const hone_op solve_op = {.name = "solve",
                                 .infer = infer_solution,
                                 .gradient = hone_internal_solve_gradient,
                                 .prepare = prepare_solve,
                                 .flops = flops},
                     triangular_op = {.name = "solve_triangular",
                                      .infer = infer_solution,
                                      .gradient = hone_internal_solve_triangular_gradient,
                                      .prepare = prepare_triangular,
                                      .flops = flops};

/* b has the axes of a but for the last. */
static bool check_two(const hone_graph *graph, hone_value a, hone_value b, const char *name)
{
    if (!check(graph, a, true, name) || !check(graph, b, false, name))
        return false;
    const hone_shape one = hone_value_shape(graph, a), other = hone_value_shape(graph, b);
    bool same = one.rank == other.rank;
    for (int axis = 0; same && axis < one.rank - 1; axis++)
        same =
            one.size[axis] == other.size[axis] || one.size[axis] == HONE_ANY || other.size[axis] == HONE_ANY;
    return same || hone_internal_fail_shapes(name, one, other) >= 0;
}

hone_value hone_internal_op_solve(hone_graph *graph, hone_value a, hone_value b)
{
    return check_two(graph, a, b, solve_op.name)
               ? hone_internal_graph_node(graph, &solve_op, (hone_value[]){a, b}, 2, NULL, 0, NULL)
               : HONE_NO_VALUE;
}

hone_value hone_internal_op_solve_triangular(hone_graph *graph, hone_value a, hone_value b, bool lower)
{
    return check_two(graph, a, b, triangular_op.name)
               ? hone_internal_graph_node(graph, &triangular_op, (hone_value[]){a, b}, 2, &lower,
                                          sizeof lower, NULL)
               : HONE_NO_VALUE;
}

/* ---- factors ---- */

static hone_status infer_triangular(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    int64_t m, n;
    sizes_of(graph, node->inputs[0], &m, &n);
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    outputs[1] = with_last(outputs[0], 2, smaller(m, n));
    outputs[2] = with_last(outputs[0], 2, m);
    return HONE_OK;
}

static hone_status prepare_factors(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    int64_t m, n;
    sizes_of(graph, node->inputs[0], &m, &n);
    return prepare(graph, node, step, HONE_KERNEL_triangular_factors, m * n + m);
}
static const hone_op triangular_factors_op = {.name = "triangular_factors",
                                              .outputs = 3,
                                              .infer = infer_triangular,
                                              .gradient = hone_internal_triangular_factors_gradient,
                                              .prepare = prepare_factors,
                                              .flops = flops};

bool hone_internal_op_triangular_factors(hone_graph *graph, hone_value x, hone_value results[3])
{
    return check(graph, x, false, triangular_factors_op.name) &&
           hone_internal_graph_node(graph, &triangular_factors_op, &x, 1, NULL, 0, results) >= 0;
}

/* Columns of Q. */
static int64_t width_of(const hone_graph *graph, const hone_node *node)
{
    int64_t m, n;
    sizes_of(graph, node->inputs[0], &m, &n);
    return *(const bool *)node->attributes ? m : smaller(m, n);
}

static hone_status infer_orthogonal(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const int64_t width = width_of(graph, node);
    outputs[0] = outputs[1] = hone_value_shape(graph, node->inputs[0]);
    outputs[0].size[outputs[0].rank - 1] = outputs[1].size[outputs[1].rank - 2] = width;
    return HONE_OK;
}

static hone_status prepare_orthogonal(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    int64_t m, n;
    const int64_t width = width_of(graph, node);
    sizes_of(graph, node->inputs[0], &m, &n);
    step->args.size[2] = width;
    return prepare(graph, node, step, HONE_KERNEL_orthogonal_factors, m * n + m * width + m);
}
static const hone_op orthogonal_factors_op = {.name = "orthogonal_factors",
                                              .outputs = 2,
                                              .infer = infer_orthogonal,
                                              .gradient = hone_internal_orthogonal_factors_gradient,
                                              .prepare = prepare_orthogonal,
                                              .flops = flops};

bool hone_internal_op_orthogonal_factors(hone_graph *graph, hone_value x, bool complete,
                                         hone_value results[2])
{
    return check(graph, x, false, orthogonal_factors_op.name) &&
           hone_internal_graph_node(graph, &orthogonal_factors_op, &x, 1, &complete, sizeof complete,
                                    results) >= 0;
}

static hone_status infer_singular(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    int64_t m, n;
    sizes_of(graph, node->inputs[0], &m, &n);
    outputs[0] = outputs[2] = hone_value_shape(graph, node->inputs[0]);
    outputs[0].size[outputs[0].rank - 1] = outputs[2].size[outputs[2].rank - 2] = smaller(m, n);
    outputs[1] = with_last(outputs[0], 2, smaller(m, n));
    return HONE_OK;
}

static hone_status prepare_singular(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    int64_t m, n;
    sizes_of(graph, node->inputs[0], &m, &n);
    const int64_t k = smaller(m, n);
    return prepare(graph, node, step, HONE_KERNEL_singular_vectors, m * n + k * k + 2 * k + (m < n ? n : m));
}
static const hone_op singular_vectors_op = {.name = "singular_vectors",
                                            .outputs = 3,
                                            .infer = infer_singular,
                                            .gradient = hone_internal_singular_vectors_gradient,
                                            .prepare = prepare_singular,
                                            .flops = flops};

bool hone_internal_op_singular_vectors(hone_graph *graph, hone_value x, hone_value results[3])
{
    return check(graph, x, false, singular_vectors_op.name) &&
           hone_internal_graph_node(graph, &singular_vectors_op, &x, 1, NULL, 0, results) >= 0;
}
