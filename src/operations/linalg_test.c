/* Linear algebra as nodes. */
#include "testing/check_operation.h"

#define SQUARE .inputs = {S(2, 3, 3)}, .operation = true
#define WIDE .inputs = {S(2, 2, 4)}, .operation = true
#define HIGH .inputs = {S(2, 4, 2)}, .operation = true
#define SYSTEM .inputs = {S(2, 3, 3), S(2, 3, 2)}, .operation = true, .noise = 1e-4

static const operation_use smooth[] = {
    {"inv", {"inv", SQUARE, .noise = 1e-3}},
    {"det", {"det", SQUARE}},
    {"logdet", {"logdet", SQUARE, .noise = 1e-4}},
    {"eigh", {"eigh", SQUARE}},
    {"lu_factor", {"lu_factor", SQUARE, .noise = 1e-3}},
    {"qr", {"qr", HIGH}},
    {"singular values", {"svd(compute_uv=false)", WIDE}},
    {"svd", {"svd(full_matrices=false)", HIGH, .noise = 1e-4}},
    {"pinv", {"pinv", WIDE, .noise = 1e-4}},
    {"solve_triangular", {"solve_triangular(true)", SYSTEM}},
    {"cholesky_inverse", {"cholesky_inverse(true)", SQUARE, .noise = 1e-3}},
    {"lstsq of a constant",
     {"lstsq", .inputs = {S(2, 3, 1)}, .operation = true, .call = "call(a=\"[[1, 2], [0.5, -1], [2, 1]]\")"}},
    {"solve with a constant",
     {"solve", .inputs = {S(2, 2, 3)}, .operation = true, .call = "call(a=\"[[1, 2], [3, -1]]\")"}},
    {"solve for columns", {"solve", .inputs = {S(2, 3, 3), S(2, 3)}, .operation = true, .noise = 1e-3}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"matrix_rank", {"matrix_rank(0.5)", WIDE, .no_gradient = true}},
    {"qr complete", {"qr(complete)", HIGH, .no_gradient = true}},
    {"svd complete", {"svd", WIDE, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"matrices that are not square", "inv", NULL, "inverse: expected square matrices"},
    {"a mode", "qr(raw)", NULL, "reduced"},
    {"sizes that do not match", "solve", "call(a=\"[[1, 2], [3, 4]]\")", "do not match"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}

/* Of a batch of single numbers. */
TEST(refuses_numbers_in_place_of_matrices)
{
    static const char *const names[] = {"solve", "solve_triangular", "lstsq"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const layer_example example = {names[i], .inputs = {S(3), S(3)}, .operation = true};
        check_layer_call_refused(&example, "expected matrices");
    }
}
