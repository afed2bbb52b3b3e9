/* permute. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "permute([2, 1])", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "permute([3, 1, 2])", .inputs = {HONE_SHAPE(2, 3, 4, 2)}},
        {.text = "permute([1])", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("permute", NULL, "dims must be given");
    check_layer_refused("permute([1, 1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), {0}}, "once");
    check_layer_refused("permute([2, 1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "once");
    check_layer_refused("permute([1, 2, 3])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), {0}}, "once");
    check_layer_refused("permute([0, 1])", NULL, "dims");
}
