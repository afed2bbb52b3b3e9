/* Reductions. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"sum", {"sum(axis=1)", X}},
    {"mean", {"mean(axis=[1, 2], keepdims=true)", X}},
    {"mean of all", {"mean", X, .joint = true}},
    {"max", {"max(axis=-1)", X}},
    {"max from a number", {"max(axis=1, initial=0.5)", X}},
    {"prod", {"prod(axis=1)", X}},
    {"var", {"var(axis=[1, 2])", X}},
    {"std", {"std(axis=-1)", X}},
    {"logsumexp", {"logsumexp(axis=1)", X}},
    {"ptp", {"ptp(axis=1)", X}},
    {"nansum", {"nansum(axis=1)", X}},
    {"nanmean", {"nanmean(axis=-1, keepdims=true)", X}},
    {"nanstd", {"nanstd(axis=[1, 2])", X}},
    {"nanmax", {"nanmax(axis=1)", X}},
    {"average", {"average(axis=2)", X, .call = "call(weights=\"[1, 2, 4]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"any", {"any(axis=1)", X, .no_gradient = true}},
    {"count_nonzero", {"count_nonzero(axis=1)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}
