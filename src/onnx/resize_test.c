/* Resizing from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"bilinear", "5, 6, 2", "resizing(7, 4)", .operators = "Reshape MatMul Reshape MatMul"},
    {"nearest", "5, 6, 2", "resizing(8, 3, interpolation=nearest)",
     .operators = "Reshape MatMul Reshape MatMul"},
    {"one axis", "5, 6, 2", "resizing(5, 9, interpolation=lanczos3)", .operators = "MatMul"},
    {"channels in front", "2, 5, 6", "up_sampling2d(2, interpolation=bicubic, data_format=channels_first)",
     .operators = "MatMul MatMul"},
    {"antialias", "9, 9, 1", "resizing(4, 4, antialias=true)", .operators = "Reshape MatMul Reshape MatMul"},
    {"up-sampling", "3, 4, 2", "up_sampling2d(2, interpolation=lanczos5)",
     .operators = "Reshape MatMul Reshape MatMul"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"linear", "2, 5, 6", "resizing(7, 4, data_format=channels_first)",
     .graph = "y = Resize(x, _, _, {1, 2, 7, 4}) mode='linear'"},
    {"cubic", "2, 5, 6", "resizing(10, 6, interpolation=bicubic, data_format=channels_first)",
     .graph = "y = Resize(x, _, _, {1, 2, 10, 6}) mode='cubic' cubic_coeff_a=-0.5 exclude_outside=1"},
    {"nearest", "2, 5, 6", "resizing(7, 4, interpolation=nearest, data_format=channels_first)",
     .graph = "y = Resize(x, _, _, {1, 2, 7, 4}) nearest_mode='round_prefer_ceil'"},
    {"whole factors", "2, 5, 6", "up_sampling2d([2, 3], data_format=channels_first)",
     .graph =
         "y = Resize(x, _, _, {1, 2, 10, 18}) mode='nearest' coordinate_transformation_mode='asymmetric' "
         "nearest_mode='floor'"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"corners", "2, 5, 6",
     .graph =
         "y = Resize(x, _, _, {1, 2, 7, 4}) mode='linear' coordinate_transformation_mode='align_corners'",
     .part = "coordinate_transformation_mode"},
    {"another nearest", "2, 5, 6", .graph = "y = Resize(x, _, _, {1, 2, 7, 4}) nearest_mode='floor'",
     .part = "nearest_mode"},
    {"another cubic", "2, 5, 6", .graph = "y = Resize(x, _, _, {1, 2, 7, 4}) mode='cubic'",
     .part = "cubic_coeff_a"},
    {"channels", "2, 5, 6", .graph = "y = Resize(x, _, _, {1, 4, 7, 4}) mode='linear'",
     .part = "the channels"},
    {"a size too many", "2, 5, 6", .graph = "y = Resize(x, _, _, {1, 2, 70000, 4}) mode='linear'",
     .part = "a number out of range"},
    {"no sizes", "2, 5, 6", .graph = "y = Resize(x)", .part = "neither its scales nor its sizes"},
    {"a series", "2, 5", .graph = "y = Resize(x, _, _, {1, 2, 7}) mode='linear'", .part = "only images"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
