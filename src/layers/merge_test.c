/* add, subtract, multiply, average, maximum, minimum. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "subtract", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "subtract", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("add", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "takes");
    check_layer_refused(
        "subtract",
        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3), {0}},
        "takes 2 inputs, not 3");
    check_layer_refused("add", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 4), {0}},
                        "do not match");
    check_layer_refused("maximum", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 4), {0}},
                        "do not match");
}
