/* Statistics: moments, medians, normalizations. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"layer_norm", {"layer_norm", X, .call = "call(gamma=\"[1, 2, 3]\", beta=\"[0.5, 1, 2]\")"}},
    {"layer_norm over axes", {"layer_norm([1, 2])", X}},
    {"rms_norm", {"rms_norm", X, .call = "call(scale=\"[1, 2, 3]\")"}},
    {"batch_norm",
     {"batch_norm", X,
      .call = "call(mean=\"[1, 2, 3]\", variance=\"[1, 1, 2]\", offset=None, scale=\"[2, 1, 1]\")"}},
    {"moments", {"moments([1])", X}},
    {"glu", {"glu(1)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"halves of three", "glu", NULL, "an axis of size 3 has no halves"},
    {"statistics of samples", "layer_norm(0)", NULL, "would mix the samples"},
    {"statistics of another size", "batch_norm", "call(mean=\"[1]\", variance=\"[1, 1, 1]\")",
     "mean: shapes"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
