/* Linear algebra: what the reference gives where there is no result. */
#include "testing/ref_kernels.h"

/* Bases of a matrix with a number that is none are none, whole rows of other numbers or not. */
TEST(bases_of_what_is_not_finite_are_none)
{
    const double bad[] = {NAN, INFINITY};
    for (int i = 0; i < 2; i++) {
        const double x[6] = {1, 2, bad[i], 3, 0, 1};
        double u[4], sizes[2], vt[6], values[2], vectors[4], scratch[32];
        const hone_kernel_args singular = {.data = {u, sizes, vt, (void *)x}, .size = {2, 3}},
                               eigen = {.data = {values, vectors, (void *)(x + 1)}, .size = {2}};
        table->kernel[HONE_KERNEL_singular_vectors](&singular, 0, 1, scratch);
        CHECK_ALL("sizes", sizes, NAN, NAN);
        CHECK_ALL("u", u, NAN, NAN, NAN, NAN);
        CHECK_ALL("v", vt, NAN, NAN, NAN, NAN, NAN, NAN);
        table->kernel[HONE_KERNEL_eigenvectors](&eigen, 0, 1, scratch);
        CHECK_ALL("values", values, NAN, NAN);
        CHECK_ALL("vectors", vectors, NAN, NAN, NAN, NAN);
    }
}

/* The zero matrix has bases all the same. */
TEST(a_matrix_of_zeros_has_bases)
{
    const double x[6] = {0};
    double u[4], sizes[2], vt[6], scratch[32];
    const hone_kernel_args args = {.data = {u, sizes, vt, (void *)x}, .size = {2, 3}};
    table->kernel[HONE_KERNEL_singular_vectors](&args, 0, 1, scratch);
    CHECK_ALL("sizes", sizes, 0, 0);
    CHECK_ALL("v", vt, 1, 0, 0, 0, 1, 0);
}
