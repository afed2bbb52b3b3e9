/* Constants as operands: read from texts, refused by their place. (In operations: the tests of these.) */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"a number", {"add", X, .call = "call(x2=2)"}},
    {"an array for the last axis", {"multiply", X, .call = "call(x2=\"[1, 2.5, -3]\")"}},
    {"an array of a type", {"add", X, .call = "call(x2=\"int32([[1], [2], [3], [4]])\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"no number", "multiply", "call(x2=\"[1, two]\")", "is not understood at \"two]\""},
    {"lists of unequal lengths", "multiply", "call(x2=\"[[1, 2], [3]]\")", "equal length, not 2 and 1"},
    {"nothing", "multiply", "call(x2=\"[]\")", "must not be empty"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
