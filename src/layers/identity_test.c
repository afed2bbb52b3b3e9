/* identity. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "identity", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "identity", .inputs = {HONE_SHAPE(3, 2, 4)}, .training = true, .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("identity(2)", NULL, "");
}
