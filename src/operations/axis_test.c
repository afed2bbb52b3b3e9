/* Operations along one axis: softmax, running sums, places of extremes, rows of one 1 or several. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"softmax", {"softmax(axis=1)", X}},
    {"log_softmax", {"log_softmax", X}},
    {"softmax of several axes", {"softmax(axis=[1, 2])", X}},
    {"cumsum", {"cumsum(axis=1)", X}},
    {"sparsemax", {"sparsemax(axis=1)", X}},
    {"nancumsum", {"nancumsum(axis=1)", X}},
    {"cumprod", {"cumprod(axis=1)", X}},
    {"diff", {"diff(n=2, axis=1)", X}},
    {"trapezoid", {"trapezoid(dx=0.5)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"argmax", {"argmax(axis=-1, keepdims=true)", X, .no_gradient = true}},
    {"nanargmax", {"nanargmax(axis=1)", X, .no_gradient = true}},
    {"multi_hot", {"multi_hot(5)", .inputs = {S(2, 4)}, .operation = true, .ids = 5, .no_gradient = true}},
    {"one_hot",
     {"one_hot(5, axis=1)", .inputs = {S(2, 4)}, .operation = true, .ids = 5, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"running sum of samples", "cumsum", NULL, "without an axis"},
    {"probabilities of a whole batch", "log_softmax(none)", NULL, "log_softmax would mix the samples"},
    {"sparse rows", "one_hot(3, sparse=true)", NULL, "sparse tensors are not supported"},
    {"the place among all samples", "nanargmax", NULL, "without an axis it would mix"},
    {"differences of samples", "diff(axis=0)", NULL, "without an axis"},
    {"more differences than places", "diff(n=4, axis=1)", NULL, "must have more than 4 places, not 4"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
