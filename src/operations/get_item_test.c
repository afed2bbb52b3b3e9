/* Indexing and taking. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"a place", {"get_item", X, .call = "call(key=\"[:, -1]\")"}},
    {"slices", {"get_item", X, .call = "call(key=\"[:, 1:, None, ..., ::2]\")"}},
    {"slices backwards", {"get_item", X, .call = "call(key=\"[:, 2:0:-1, ::-2]\")"}},
    {"take", {"take(axis=1)", X, .call = "call(indices=\"[2, 0, -1]\")"}},
    {"take one", {"take(axis=2)", X, .call = "call(indices=\"1\")"}},
    {"take of a constant",
     {"take(axis=0)", .inputs = {S(2, 4)}, .operation = true, .ids = 3, .no_gradient = true,
      .call = "call(x=\"[[1, 2], [3, 4], [5, 6]]\")"}},
    {"take an array", {"take(axis=1)", X, .call = "call(indices=\"int64([[2, 0], [-1, 1]])\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"the batch indexed", "get_item", "call(key=\"0\")",
     "the first axis, that of the batch, cannot be indexed"},
    {"the batch cut", "get_item", "call(key=\"1:\")", "begin with \":\""},
    {"a place beyond", "get_item", "call(key=\"[:, 7]\")", "place 7 is not within axis 1 of size 4"},
    {"nothing left", "get_item", "call(key=\"[:, 3:3]\")", "the slice of axis 1 of size 4 is empty"},
    {"too many axes", "get_item", "call(key=\"[:, 0, 0, 0]\")", "4 axes are indexed, but there are 3"},
    {"a list within", "get_item", "call(key=\"[:, [0, 1]]\")", "lists within an index"},
    {"no subscript", "get_item", "call(key=\"x\")", "is not understood"},
    {"a row beyond", "take(axis=1)", "call(indices=\"[0, 9]\")", "place 9 is not within axis 1"},
    {"numbers of all samples", "take", "call(indices=\"[0]\")", "take would mix the samples"},
    {"rows of the batch", "take(axis=0)", "call(indices=\"[0]\")", "that of the batch"},
    {"places that are not whole", "take(axis=1)", "call(indices=\"[0.5]\")", "whole numbers, not 0.5"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
