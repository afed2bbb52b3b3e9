/* Sorting, and the greatest of an axis. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"sort", {"sort(1)", X}},
    {"top_k", {"top_k(2)", X}},
    {"median", {"median(axis=[1, 2], keepdims=true)", X}},
    {"median of an even number", {"median(axis=1)", X}},
    {"quantile", {"quantile(axis=1)", X, .call = "call(q=0.3)"}},
    {"quantile above", {"quantile(axis=[1, 2], method=higher)", X, .call = "call(q=0.3)"}},
    {"percentile", {"percentile(axis=-1, method=nearest, keepdims=true)", X, .call = "call(q=70)"}},
    {"nanmedian", {"nanmedian(axis=[1, 2])", X}},
    {"nanquantile", {"nanquantile(axis=1)", X, .call = "call(q=0.3)"}},
    {"nanpercentile", {"nanpercentile(axis=-1, method=higher, keepdims=true)", X, .call = "call(q=70)"}},
    {"take along", {"take_along_axis(1)", X, .call = "call(indices=\"[[[0, 1, -1], [2, 2, 2]]]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"argsort", {"argsort(1)", X, .no_gradient = true}},
    {"argpartition", {"argpartition(1, 1)", X, .no_gradient = true}},
    {"argpartition from the end", {"argpartition(-1)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"samples sorted", "sort(0)", NULL, "sorting would mix the samples"},
    {"everything sorted", "argsort(none)", NULL, "sorting would mix the samples"},
    {"more than there are", "top_k(4)", NULL, "the greatest 4 of an axis of size 3"},
    {"a median of samples", "median", NULL, "a median or a quantile would mix the samples"},
    {"several quantiles", "quantile(axis=1)", "call(q=\"[0.1, 0.9]\")", "several quantiles at once"},
    {"a share that is none", "percentile(axis=1)", "call(q=101)", "q must be from 0 to 100, not 101"},
    {"a place that is none", "argpartition(4, 1)", NULL, "kth, 4, is not a place of an axis of size 4"},
    {"places along samples", "take_along_axis(0)", "call(indices=\"[[[0]]]\")", "would mix the samples"},
    {"places of another rank", "take_along_axis(1)", "call(indices=\"[0]\")", "take_along_axis: shapes"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
