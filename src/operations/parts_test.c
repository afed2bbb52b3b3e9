/* Parts of tensors: slices, places along an axis, triangles. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"slice", {"slice([-1, 2, 1])", X, .call = "call(start_indices=\"[0, 1, 2]\")"}},
    {"slice_update",
     {"slice_update", .inputs = {S(2, 4, 3), S(2, 2, 1)}, .operation = true,
      .call = "call(start_indices=\"[0, 1, 2]\")"}},
    {"tril", {"tril(-1)", X}},
    {"triu", {"triu", X}},
    {"nan_to_num", {"nan_to_num", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"full_like", {"full_like", X, .call = "call(fill_value=\"[1, 2, 3]\")", .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"samples cut away", "slice([1, 2, 1])", "call(start_indices=\"[0, 0, 0]\")", "must be -1, not 1"},
    {"later samples", "slice([-1, 2, 1])", "call(start_indices=\"[1, 0, 0]\")", "must begin at 0, not 1"},
    {"too long a slice", "slice([-1, 5, 1])", "call(start_indices=\"[0, 0, 0]\")",
     "5 places from 0 cannot be taken"},
    {"starts that are missing", "slice([-1, 2, 1])", "call(start_indices=\"[0, 0]\")", "must have 3 numbers"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
