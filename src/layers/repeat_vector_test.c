/* repeat_vector. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "repeat_vector(3)", .inputs = {HONE_SHAPE(2, 4)}},
        {.text = "repeat_vector(1)", .inputs = {HONE_SHAPE(2, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("repeat_vector", NULL, "n must be given");
    check_layer_refused("repeat_vector(2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "(batch, features)");
    check_layer_refused("repeat_vector(0)", NULL, "n");
}
