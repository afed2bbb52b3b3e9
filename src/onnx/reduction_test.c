/* Reductions from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"mean", "4, 3", "global_average_pooling1d", .operators = "ReduceMean"},
    {"maximum", "4, 3", "global_max_pooling1d", .operators = "ReduceMax"},
    {"mean over two axes", "4, 3, 2", "global_average_pooling2d", .operators = "ReduceMean"},
    {"maximum over three axes", "3, 2, 3, 2", "global_max_pooling3d", .operators = "ReduceMax"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"ReduceMean, channels first", "2, 4, 3", "global_average_pooling2d(data_format=channels_first)",
     .graph = "y = ReduceMean(x) axes=[2, 3] keepdims=0"},
    {"ReduceMean that keeps axes", "4, 3, 2", "global_average_pooling2d(keepdims=true)",
     .graph = "y = ReduceMean(x) axes=[2, 1]"},
    {"ReduceMax by operand", "2, 4, 3", "global_max_pooling2d(data_format=channels_first, keepdims=true)",
     .graph = "y = ReduceMax(x, {-1, -2})"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

#define WHERE "between the batch axis and the channels"

static const onnx_example refused[] = {
    {"over the batch", "4, 3", .graph = "y = ReduceMean(x) axes=[0]", .part = WHERE},
    {"over all", "4, 3", .graph = "y = ReduceMax(x)", .part = WHERE},
    {"over channels", "4, 3, 2", .graph = "y = ReduceMax(x) axes=[3]", .part = WHERE},
    {"over no spatial axis", "4", .graph = "y = ReduceMean(x) axes=[1]", .part = WHERE},
    {"beyond the axes", "4, 3", .graph = "y = ReduceMean(x) axes=[3]", .part = "its axis 3 is not one of 3"},
    {"axes that are computed", "4, 3", .graph = "y = ReduceMean(x, x)", .part = "must be constant"},
    {"no operand", "4, 3", .graph = "y = ReduceMean() axes=[1]", .part = "operand 0"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
