/* Diagonals, quarter turns, products of vectors, distances. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"diagonal", {"diagonal(1, 1, 2)", X}},
    {"diagonal of the second axes", {"diagonal(0, 3, 1)", .inputs = {S(2, 3, 2, 4)}, .operation = true}},
    {"trace", {"trace(-1, 1, 2)", X}},
    {"rot90", {"rot90(3, [1, 2])", X}},
    {"cross", {"cross", TWO}},
    {"cross along another axis", {"cross(axis=1)", .inputs = {S(2, 3, 2), S(2, 3, 2)}, .operation = true}},
    {"cross in a plane", {"cross", .inputs = {S(2, 4, 2), S(2, 4, 2)}, .operation = true}},
    {"cross of a plane and space",
     {"cross(axisa=1, axisc=1)", .inputs = {S(2, 2, 4), S(2, 4, 3)}, .operation = true}},
    {"cdist of samples to points",
     {"cdist", .inputs = {S(4, 3)}, .operation = true, .call = "call(y=\"[[3, -3, 3], [4, 3, -3]]\")"}},
    {"cdist", {"cdist", .inputs = {S(2, 4, 3), S(2, 2, 3)}, .operation = true}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"in_top_k", {"in_top_k(2)", X, .call = "call(targets=\"[[0, 1, 2, 1]]\")", .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a diagonal of samples", "diagonal", NULL, "would mix the samples"},
    {"a diagonal of more axes", "diag", NULL, "an input of one axis or two is needed, not of 3"},
    {"one axis twice", "trace(0, 1, 1)", NULL, "axis 1 is given twice"},
    {"a diagonal that is not there", "diagonal(3, 1, 2)", NULL, "matrices of 4 x 3 have no diagonal 3"},
    {"vectors of four coordinates", "cross(axis=1)", "call(x2=\"[[1], [2], [3], [4]]\")",
     "must have 2 or 3 coordinates along axis 1, not 4"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
