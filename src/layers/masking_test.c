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

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("masking(mask=2)", NULL, "mask");
}
