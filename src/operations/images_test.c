/* Operations on images: resizing, colours, blocks of pixels. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"resize", {"resize([4, 3])", .inputs = {S(2, 3, 2, 1)}, .operation = true}},
    {"rgb_to_grayscale", {"rgb_to_grayscale", .inputs = {S(2, 2, 2, 3)}, .operation = true}},
    {"depth_to_space", {"depth_to_space(2)", .inputs = {S(2, 1, 3, 8)}, .operation = true}},
    {"depth_to_space of channels first",
     {"depth_to_space(2, channels_first)", .inputs = {S(2, 8, 1, 3)}, .operation = true}},
    {"space_to_depth", {"space_to_depth(2)", .inputs = {S(2, 2, 4, 3)}, .operation = true}},
    {"rgb_to_hsv", {"rgb_to_hsv", .inputs = {S(2, 2, 2, 3)}, .operation = true}},
    {"pad_images", {"pad_images(1, 2, none, none, 6, 6)", .inputs = {S(2, 3, 2, 1)}, .operation = true}},
    {"crop_images", {"crop_images(1, none, 0, 0, none, 1)", .inputs = {S(2, 3, 2, 1)}, .operation = true}},
    {"affine_transform",
     {"affine_transform(fill_mode=reflect)", .inputs = {S(2, 4, 3, 2)}, .operation = true,
      .call = "call(transform=\"[1.2, 0.1, -0.3, 0.2, 0.9, 0.4, 0, 0]\")"}},
    {"perspective_transform",
     {"perspective_transform(nearest, 0.5)", .inputs = {S(2, 4, 3, 2)}, .operation = true,
      .call = "call(start_points=\"[[0, 0], [0, 3], [2, 0], [2, 3]]\", end_points=\"[[0, 0.3], [0.2, 3], [2, "
              "0.1], [1.7, 2.6]]\")"}},
    {"space_to_depth of channels first",
     {"space_to_depth(2, channels_first)", .inputs = {S(2, 3, 2, 4)}, .operation = true}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"no blocks", "depth_to_space(2)", NULL, "have no blocks of 2 x 2"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
