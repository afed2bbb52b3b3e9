/* Products of all with all, powers, ranges, grids. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"outer", {"outer", .inputs = {S(4)}, .operation = true, .call = "call(x2=\"[1, -2, 3]\")"}},
    {"kron", {"kron", .inputs = {S(2, 3)}, .operation = true, .call = "call(x2=\"[[1, -2, 3]]\")"}},
    {"vander", {"vander(4, true)", .inputs = {S(3)}, .operation = true}},
    {"linspace", {"linspace(5, axis=1)", X, .call = "call(stop=1)"}},
    {"linspace without its end", {"linspace(4, false, axis=-1)", TWO}},
    {"logspace", {"logspace(3, base=2, axis=2)", X, .call = "call(start=0)"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a batch of unknown size", "meshgrid", NULL, "would mix the samples"},
    {"powers of a matrix", "vander", NULL, "an input of one axis is needed"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
