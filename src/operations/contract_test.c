/* Contractions: dot, inner, tensordot. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"dot", {"dot", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
    {"dot by a row", {"dot", X, .call = "call(x2=\"[1, 2, 3]\")"}},
    {"inner", {"inner", X, .call = "call(x2=\"[[1, 2, 3], [4, 5, 6]]\")"}},
    {"tensordot", {"tensordot(\"[[1], [1]]\")", X, .call = "call(x2=\"[[1, 2, 3, 4], [5, 6, 7, 8]]\")"}},
    {"tensordot of one axis", {"tensordot(1)", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"samples contracted", "tensordot(\"[[0], [0]]\")", "call(x2=\"[1, 2]\")",
     "that of the batch, would mix"},
    {"all axes contracted", "tensordot(3)", "call(x2=\"[1]\")", "axes must be a number or two lists"},
    {"a constant before the batch", "dot", "call(x1=\"[[1, 2, 3, 4]]\")", "give the tensor first"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
