/* reshape. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "reshape([2, 3])", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "reshape([-1])", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "reshape([3, -1])", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "reshape([6])", .inputs = {HONE_SHAPE(4, 6)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("reshape", NULL, "target_shape must be given");
    check_layer_refused("reshape([4])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}},
                        "cannot be reshaped "
                        "to");
    check_layer_refused("reshape([4, -1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}},
                        "cannot be reshaped to");
    check_layer_refused("reshape([-1, -1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}},
                        "cannot be reshaped to");
}
