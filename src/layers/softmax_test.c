/* softmax. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "softmax", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "softmax(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "softmax(axis=[1, 2])", .inputs = {HONE_SHAPE(2, 3, 4)}},
        {.text = "softmax(axis=[1, 3])", .inputs = {HONE_SHAPE(2, 3, 2, 2)}, .training = true},
        {.text = "softmax(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}, .masked = true},
        {.text = "softmax(axis=0)", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
        {.text = "softmax(axis=[0, 1])", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("softmax(axis=2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "axis");
}
