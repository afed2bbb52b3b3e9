/* The C functions of linear algebra. */
#include "csource/functions/matrix.c"
#include "testing/check_c_function.h"

enum { MOST = 256 };

static float x[MOST], b[MOST], y[MOST], second[MOST], third[MOST], other[MOST], another[MOST], room[2 * MOST];

/* `count` matrices of [rows, columns]; `kind`: their content */
typedef enum content { ANY, DIAGONAL, SINGULAR, ZERO } content;
static void fill(int32_t count, int32_t rows, int32_t columns, content kind)
{
    c_function_fill(x, count * rows * columns, -1, 1);
    for (int32_t i = 0; i < count * rows * columns; i++) {
        const int32_t row = i / columns % rows, column = i % columns;
        x[i] += kind == DIAGONAL && row == column ? 4.0f : 0.0f;
        x[i] = kind == ZERO || (kind == SINGULAR && column == 1) ? 0 : x[i];
    }
}

static const struct {
    const char *name;
    int32_t count, n, k;
    content kind;
} squares[] = {
    {"one number", 3, 1, 2, ANY},    {"of two", 4, 2, 1, ANY},       {"of five", 2, 5, 3, ANY},
    {"definite", 2, 6, 2, DIAGONAL}, {"a large one", 1, 11, 2, ANY}, {"a column of zeros", 1, 3, 1, SINGULAR},
};

TEST_EACH(squares_are_the_kernels, squares)
{
    const int32_t n = row->n, count = row->count;
    hone_kernel_args args = {.data = {NULL, x}, .size = {n}};
    fill(count, n, n, row->kind);
    op_determinant(y, x, room, count, n);
    check_c_function(HONE_KERNEL_determinant, &args, count, y, 3 * count);
    op_cholesky(y, x, count, n);
    check_c_function(HONE_KERNEL_cholesky, &args, count, y, count * n * n);
    if (row->kind == SINGULAR)
        return;
    op_solve(y, x, NULL, room, count, n, n);
    check_c_function(HONE_KERNEL_inverse, &args, count, y, count * n * n);
}

TEST_EACH(equations_are_the_kernels, squares)
{
    const int32_t n = row->n, k = row->k, count = row->count;
    hone_kernel_args args = {.data = {NULL, x, b}, .size = {n, k}};
    if (row->kind == SINGULAR)
        return;
    fill(count, n, n, row->kind);
    c_function_fill(b, count * n * k, -2, 2);
    op_solve(y, x, b, room, count, n, k);
    check_c_function(HONE_KERNEL_solve, &args, count, y, count * n * k);
    fill(count, n, n, DIAGONAL);
    for (int lower = 0; lower < 2; lower++) {
        args.scalar[0] = lower;
        op_solve_triangular(y, x, b, count, n, k, (float)lower);
        check_c_function(HONE_KERNEL_solve_triangular, &args, count, y, count * n * k);
    }
}

/* a matrix that is nearly singular: the factors alone would lose half of the digits */
TEST(equations_keep_their_digits)
{
    static const float near[] = {1, 1, 1, 1.0001f}, right[] = {2, 2.0001f};
    op_solve(y, near, right, room, 1, 2, 1);
    const double wanted = ((double)right[1] - (double)right[0]) / ((double)near[3] - 1);
    assert_true(fabs((double)y[1] - wanted) < 1e-6);
}

TEST(what_has_no_solution_is_not_finite)
{
    fill(1, 3, 3, SINGULAR);
    c_function_fill(b, 3, 1, 2);
    op_solve(y, x, b, room, 1, 3, 1);
    assert_false(isfinite(y[0]) && isfinite(y[1]) && isfinite(y[2]));
}

static const struct {
    const char *name;
    int32_t count, m, n, w;
    content kind;
} factors[] = {
    {"square", 2, 4, 4, 4, ANY},
    {"high", 3, 5, 3, 3, ANY},
    {"high and complete", 2, 5, 3, 5, ANY},
    {"wide", 2, 2, 6, 2, ANY},
    {"a column", 2, 4, 1, 1, ANY},
    {"a row", 2, 1, 4, 1, ANY},
    {"one number", 3, 1, 1, 1, ANY},
    {"zeros", 1, 3, 3, 3, ZERO},
    {"a column of zeros", 1, 4, 3, 3, SINGULAR},
};

TEST_EACH(factors_are_the_kernels, factors)
{
    const int32_t m = row->m, n = row->n, w = row->w, count = row->count, k = m < n ? m : n;
    hone_kernel_args args = {.data = {NULL, other, x}, .size = {m, n, w}};
    fill(count, m, n, row->kind);
    op_orthogonal_factors(y, second, x, room, count, m, n, w);
    check_c_function(HONE_KERNEL_orthogonal_factors, &args, count, y, count * m * w);
    check_c_numbers(row->name, second, other, count * w * n);
    args = (hone_kernel_args){.data = {NULL, other, another, x}, .size = {m, n}};
    op_triangular_factors(y, second, third, x, count, m, n);
    check_c_function(HONE_KERNEL_triangular_factors, &args, count, y, count * m * n);
    check_c_numbers("rows exchanged", second, other, count * k);
    check_c_numbers("order", third, another, count * m);
}
