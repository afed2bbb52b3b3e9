/* Sliding products and counts. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"correlate, valid",
     {"correlate", .inputs = {S(5)}, .operation = true, .joint = true, .fixed = true,
      .call = "call(x2=\"[1, -2, 3]\")"}},
    {"correlate, same",
     {"correlate(same)", .inputs = {S(5)}, .operation = true, .joint = true, .fixed = true,
      .call = "call(x2=\"[1, -2, 3, 4]\")"}},
    {"correlate, full, of a shorter one",
     {"correlate(full)", .inputs = {S(3)}, .operation = true, .joint = true, .fixed = true,
      .call = "call(x2=\"[1, -2, 3, 4, 0.5]\")"}},
    {"correlate of two",
     {"correlate", .inputs = {S(4), S(4)}, .operation = true, .joint = true, .fixed = true}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use counts[] = {
    {"histogram",
     {"histogram(4)", .inputs = {S(9)}, .operation = true, .joint = true, .fixed = true,
      .no_gradient = true}},
    {"histogram in a range",
     {"histogram(bins=3, range=[-0.5, 0.75])", .inputs = {S(9)}, .operation = true, .joint = true,
      .fixed = true, .no_gradient = true}},
};

TEST_EACH(works, counts)
{
    check_layer(&row->example);
}

TEST(counts_in_a_range_are_kerass)
{
    static const layer_example example = {"histogram(bins=5, range=[-0.5, 0.75])", .inputs = {S(7)},
                                          .operation = true, .joint = true, .fixed = true};
    static const double x[] = {-0.6, -0.5, -0.1, 0.3, 0.74, 0.75, 0.76}, expected[] = {1, 1, 0, 1, 2};
    check_layer_numbers(&example, (const double *const[]){x}, expected);
}

static const operation_refused refused[] = {
    {"a row of several axes", "correlate", "call(x2=\"[1, 2]\")", "must have one axis, not 3"},
    {"a mode that is none", "correlate(all)", "call(x2=\"[1, 2]\")", "valid"},
    {"counts of several axes", "histogram", NULL, "must have one axis, not 3"},
    {"no bins", "histogram(0)", NULL, "bins"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
