/* Reductions by segments. */
#include "testing/check_operation.h"

#define ROWS .inputs = {S(4, 3), S(4)}, .operation = true, .joint = true, .ids = 3, .no_gradient = true

static const operation_use rows[] = {
    {"segment_sum", {"segment_sum(3)", ROWS}},
    {"segment_sum of ids that are left out", {"segment_sum(2)", ROWS}},
    {"segment_prod", {"segment_prod(3, true)", ROWS}},
    {"segment_max of images",
     {"segment_max(1)", .inputs = {S(3, 2, 2), S(3)}, .operation = true, .joint = true, .ids = 1,
      .no_gradient = true}},
    {"segment_min of numbers",
     {"segment_min(1)", .inputs = {S(3), S(3)}, .operation = true, .joint = true, .ids = 1,
      .no_gradient = true}},
};

TEST_EACH(works, rows)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"ids of another shape", "segment_sum(3)", "call(segment_ids=\"[[0, 1], [1, 0]]\")",
     "segment_ids must be one for each row"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
