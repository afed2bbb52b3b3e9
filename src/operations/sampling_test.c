/* Tensors seen between their numbers. */
#include "testing/check_operation.h"

#define WHOLE .operation = true, .joint = true, .fixed = true
#define AT .call = "call(coordinates=\"[[0.3, 1.6, -0.7], [1.2, 0.4, 2.9]]\")"
#define SCALED(sizes) \
    .call = "call(output_shape=\"" sizes "\", scale=\"[1.3, 0.55]\", translation=\"[-0.4, 0.8]\")"

static const operation_use smooth[] = {
    {"between neighbours", {"map_coordinates(1)", .inputs = {S(2, 3)}, WHOLE, AT}},
    {"at the nearest", {"map_coordinates(0, nearest)", .inputs = {S(2, 3)}, WHOLE, AT}},
    {"around", {"map_coordinates(1, wrap)", .inputs = {S(2, 3)}, WHOLE, AT}},
    {"mirrored", {"map_coordinates(1, mirror)", .inputs = {S(2, 3)}, WHOLE, AT}},
    {"reflected", {"map_coordinates(1, reflect)", .inputs = {S(2, 3)}, WHOLE, AT}},
    {"scaled",
     {"scale_and_translate([1, 2], linear)", .inputs = {S(2, 5, 4)}, .operation = true, SCALED("[2, 7, 3]")}},
    {"scaled by cubes, as it is",
     {"scale_and_translate([2, 1], cubic, false)", .inputs = {S(2, 4, 5)}, .operation = true,
      SCALED("[2, 3, 7]")}},
    {"scaled by waves",
     {"scale_and_translate([-2, -1], lanczos3)", .inputs = {S(2, 5, 4)}, .operation = true,
      SCALED("[2, 7, 3]")}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a batch of unknown size", "map_coordinates(1)", "call(coordinates=\"[[1, 2]]\")",
     "give the input a batch size"},
    {"an order that is none", "map_coordinates(3)", "call(coordinates=\"[[1, 2]]\")", "order"},
    {"a shape of too few sizes", "scale_and_translate([1], linear)",
     "call(output_shape=\"[2, 3]\", scale=\"[1]\", translation=\"[0]\")", "a size for each of the 3 axes"},
    {"a shape of nothing", "scale_and_translate([1], linear)",
     "call(output_shape=\"[2, 0, 3]\", scale=\"[1]\", translation=\"[0]\")", "a size for each"},
    {"a shape of too much", "scale_and_translate([1], linear)",
     "call(output_shape=\"[2, 99999999, 3]\", scale=\"[1]\", translation=\"[0]\")", "2^24"},
    {"an axis that is none", "scale_and_translate([7], linear)",
     "call(output_shape=\"[2, 4, 3]\", scale=\"[1]\", translation=\"[0]\")", "7"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}

TEST(coordinates_have_a_row_for_each_axis)
{
    const layer_example example = {"map_coordinates(1)", .inputs = {S(2, 3, 2)}, WHOLE, AT};
    check_layer_call_refused(&example, "a row for each of the 3 axes");
}
