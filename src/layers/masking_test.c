/* masking. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "masking", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "masking(0.5)", .inputs = {HONE_SHAPE(3, 4, 2)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

/* 0.1 lies between two floats. */
TEST(masks_the_float_nearest_to_its_value)
{
    const double x[] = {0.1, 0.1, 1, 2};
    check_layer_numbers(&(layer_example){"masking(0.1)", .inputs = {HONE_SHAPE(1, 2, 2)}},
                        (const double *const[]){x}, (const double[]){0, 0, 1, 2});
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("masking(mask=2)", NULL, "mask");
}
