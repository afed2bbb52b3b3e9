/* Norms of vectors and of matrices. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"norm", {"norm(axis=-1)", X}},
    {"norm of order 1", {"norm(ord=1, axis=1, keepdims=true)", X}},
    {"greatest norm", {"norm(ord=inf, axis=1)", X}},
    {"least norm", {"norm(ord=-inf, axis=1)", X}},
    {"norm of order 3", {"norm(ord=3, axis=1)", X}},
    {"norm of matrices", {"norm(axis=[1, 2])", X}},
    {"fro", {"norm(ord=fro, axis=[1, 2], keepdims=true)", X}},
    {"nuc", {"norm(ord=nuc, axis=[1, 2])", X}},
    {"sums of columns", {"norm(ord=1, axis=[-2, -1])", X}},
    {"the least of them", {"norm(ord=-1, axis=[2, 1])", X}},
    {"sums of rows", {"norm(ord=inf, axis=[1, 2])", X}},
    {"greatest singular value", {"norm(ord=2, axis=[1, 2])", X}},
    {"least singular value", {"norm(ord=-2, axis=[1, 2], keepdims=true)", X}},
    {"normalize", {"normalize(axis=1)", X}},
    {"normalize by order 1", {"normalize(order=1)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"norm of order 0", {"norm(ord=0, axis=1)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"an unknown norm of matrices", "norm(ord=3, axis=[1, 2])", NULL,
     "must be fro, nuc, 1, -1, 2, -2, inf or"},
    {"a norm of matrices along one axis", "norm(ord=nuc, axis=1)", NULL, "must be a number, not nuc"},
    {"a norm over three axes", "norm(ord=1)", NULL, "give one axis or two"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
