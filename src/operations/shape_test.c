/* Operations that move numbers: shapes, orders, padding. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"reshape", {"reshape([-1, 6, 2])", X}},
    {"expand_dims", {"expand_dims([1, -1])", X}},
    {"squeeze", {"squeeze", .inputs = {S(2, 1, 3, 1)}, .operation = true}},
    {"transpose", {"transpose([0, 2, 1])", X}},
    {"swapaxes", {"swapaxes(1, -1)", X}},
    {"moveaxis", {"moveaxis(1, 2)", X}},
    {"flip", {"flip([1, 2])", X}},
    {"roll", {"roll([1, -1], [1, 2])", X}},
    {"repeat", {"repeat(2, 1)", X}},
    {"tile", {"tile([2, 3])", X}},
    {"pad", {"pad(\"[[0, 0], [1, 2], [0, 1]]\")", X, .call = "call(constant_values=2)"}},
    {"pad by the edge", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", edge)", X}},
    {"pad by reflection", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", reflect)", X}},
    {"pad by symmetry", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", symmetric)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"flipped samples", "flip", NULL, "flip would mix the samples of a batch"},
    {"rolled samples", "roll(1)", NULL, "roll would mix"},
    {"repeated samples", "repeat(2, 0)", NULL, "repeat would mix"},
    {"tiled samples", "tile([2, 1, 1])", NULL, "tile would mix"},
    {"padded samples", "pad(\"1\")", NULL, "pad would mix"},
    {"pairs that are missing", "pad(\"[[0, 0], [1, 1], [2, 2], [3, 3]]\")", NULL,
     "a pair for each of the 3 axes, not 8"},
    {"widths below 0", "pad(\"[[0, 0], [-1, 1], [0, 0]]\")", NULL, "whole numbers from 0"},
    {"too much reflected", "pad(\"[[0, 0], [4, 0], [0, 0]]\", reflect)", NULL,
     "4 places cannot be padded from an axis of size 4"},
    {"axes of another rank", "transpose([1, 0])", NULL, "axes must have 3 numbers, not 2"},
    {"shifts without axes", "roll([1, 2, 3], [1, 2])", NULL,
     "shift must be one number, or 2 for the axes, not 3"},
    {"unequal moves", "moveaxis([1, 2], [2])", NULL, "must be equally many"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
