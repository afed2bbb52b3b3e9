/* Rows put at places. */
#include "testing/check_operation.h"

#define WHOLE .operation = true, .joint = true, .ids = 3, .no_gradient = true

static const operation_use places[] = {
    {"scatter", {"scatter([5, 3])", .inputs = {S(4, 1), S(4, 3)}, WHOLE}},
    {"scatter of numbers", {"scatter([3, 3])", .inputs = {S(4, 2), S(4)}, WHOLE}},
};

TEST_EACH(works, places)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"places of too many axes", "scatter([2])", "call(indices=\"[[0, 1], [1, 1]]\")",
     "a last axis of as many"},
    {"places of samples", "scatter_update", "call(indices=\"[[0]]\", updates=\"[[[1]]]\")",
     "of known and moderate size"},
    {"a reduction that is none", "scatter_update(sum)", "call(indices=\"[[0]]\", updates=\"[[[1]]]\")",
     "add"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
