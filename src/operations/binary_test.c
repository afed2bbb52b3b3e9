/* Operations on two operands. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"where", {"where", X, .call = "call(x2=0.5, condition=1)"}},
    {"power", {"power", X, .call = "call(x2=3)"}},
    {"logaddexp", {"logaddexp", TWO}},
    {"mod", {"mod", X, .call = "call(x2=1.5)"}},
    {"an array added", {"add", X, .call = "call(x2=\"float32([1, 2.5, -3])\")"}},
    {"an array first", {"subtract", X, .call = "call(x1=\"[[1], [2], [3], [4]]\")"}},
    {"chosen by an array", {"where", X, .call = "call(condition=\"bool([True, False, True])\", x2=0)"}},
    {"divide_no_nan", {"divide_no_nan", TWO}},
    {"fmod", {"fmod", X, .call = "call(x2=1.5)"}},
    {"arctan2", {"arctan2", TWO}},
    {"logaddexp2", {"logaddexp2", TWO}},
    {"ldexp", {"ldexp", X, .call = "call(x2=\"[1, -2, 3]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"heaviside", {"heaviside", X, .call = "call(x2=0.5)", .no_gradient = true}},
    {"nextafter", {"nextafter", X, .call = "call(x2=0.5)", .no_gradient = true}},
    {"isclose", {"isclose(true)", X, .call = "call(x2=\"[1, 2.5, -3]\", atol=0.5)", .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a constant that is none", "add", "call(x2=\"[1, two]\")", "is not understood at \"two]\""},
    {"lists of unequal lengths", "add", "call(x2=\"[[1, 2], [3]]\")", "equal length, not 2 and 1"},
    {"an empty constant", "add", "call(x2=\"[]\")", "must not be empty"},
    {"a condition alone", "where", NULL, "as long as the condition holds; give both"},
    {"a missing choice", "where", "call(x1=2)", "takes 3 operands; x2 is missing"},
    {"a missing operand", "add", NULL, "takes 2 operands; x2 is missing"},
    {"a constant that does not fit", "add", "call(x2=\"[1, 2]\")", "(None, 4, 3) and (2,) do not match"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
