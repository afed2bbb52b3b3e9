/* dot. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "dot(1)", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "dot([2, 1])", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4, 3)}},
        {.text = "dot(1)", .inputs = {HONE_SHAPE(2, 4, 3), HONE_SHAPE(2, 4, 2)}},
        {.text = "dot(-1, normalize=true)", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "dot([1, 2], normalize=true)", .inputs = {HONE_SHAPE(2, 3, 2), HONE_SHAPE(2, 2, 3)}},
        {.text = "dot([2, 1])", .inputs = {HONE_SHAPE(2, 3, 4), HONE_SHAPE(2, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("dot(0)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 2), {0}},
                        "batch");
    check_layer_refused("dot(1)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 3), {0}},
                        "different sizes, 2 and 3");
    check_layer_refused("dot", NULL, "axes must be given");
    check_layer_refused("dot(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 2), {0}},
                        "axis 3");
}
