/* Operations along one axis: softmax, running sums, places of extremes, rows of one 1. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"softmax", {"softmax(axis=1)", X}},
    {"log_softmax", {"log_softmax", X}},
    {"cumsum", {"cumsum(axis=1)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"argmax", {"argmax(axis=-1, keepdims=true)", X, .no_gradient = true}},
    {"one_hot",
     {"one_hot(5, axis=1)", .inputs = {S(2, 4)}, .operation = true, .ids = 5, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"running sum of samples", "cumsum", NULL, "without an axis"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
