/* Operations on one operand. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"tanh", {"tanh", X}},
    {"gelu", {"gelu(approximate=false)", X}},
    {"clip", {"clip(-0.5, none)", X}},
    {"arctan", {"arctan", X}},
    {"arcsinh", {"arcsinh", X}},
    {"i0", {"i0", X}},
    {"sinc", {"sinc", X}},
    {"conj", {"conj", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_use flat[] = {
    {"a tensor as it is", {"convert_to_tensor", X}},
    {"a tensor of whole numbers", {"convert_to_tensor(int32)", X, .no_gradient = true}},
    {"cast to whole numbers", {"cast(int32)", X, .no_gradient = true}},
    {"round", {"round(1)", X, .no_gradient = true}},
    {"signbit", {"signbit", X, .no_gradient = true}},
    {"cast to bytes", {"cast(uint8)", X, .no_gradient = true}},
    {"cast to bytes with a sign", {"cast(int8)", X, .no_gradient = true}},
    {"bytes", {"saturate_cast(uint8)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a type that is not there", "cast(complex64)", NULL, "a cast to \"complex64\" is not supported"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
