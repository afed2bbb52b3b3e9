/* Sorting, and the greatest of an axis. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"sort", {"sort(1)", X}},
    {"top_k", {"top_k(2)", X}},
    {"median", {"median(axis=[1, 2], keepdims=true)", X}},
    {"median of an even number", {"median(axis=1)", X}},
    {"take along", {"take_along_axis(1)", X, .call = "call(indices=\"[[[0, 1, -1], [2, 2, 2]]]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"argsort", {"argsort(1)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"samples sorted", "sort(0)", NULL, "sorting would mix the samples"},
    {"everything sorted", "argsort(none)", NULL, "sorting would mix the samples"},
    {"more than there are", "top_k(4)", NULL, "the greatest 4 of an axis of size 3"},
    {"a median of samples", "median", NULL, "a median would mix the samples"},
    {"places along samples", "take_along_axis(0)", "call(indices=\"[[[0]]]\")", "would mix the samples"},
    {"places of another rank", "take_along_axis(1)", "call(indices=\"[0]\")", "take_along_axis: shapes"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
