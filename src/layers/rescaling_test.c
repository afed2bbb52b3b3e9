/* rescaling. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "rescaling(0.5)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "rescaling(2, offset=-1)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .masked = true},
        {.text = "rescaling([0.5, 2], offset=[1, 0])", .inputs = {HONE_SHAPE(3, 4, 2)}, .training = true},
        {.text = "rescaling(2, offset=[1, 3])", .inputs = {HONE_SHAPE(3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

/* Keras rounds each constant and each step. */
TEST(bfloat16)
{
    const double x[] = {1.7, 150.3, 99.1, 3.14159, 17.3, 211.7, 0.37, 64.9};
    const double *const inputs[] = {x};
    const double y[] = {-0.294921875, 0.2890625,  0.08984375,   -0.2890625,
                        -0.232421875, 0.53515625, -0.298828125, -0.044921875};
    check_layer_numbers(
        &(layer_example){.text = "rescaling(0.00392156862745098, offset=-0.3, dtype=mixed_bfloat16)",
                         .inputs = {HONE_SHAPE(4, 2)}},
        inputs, y);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("rescaling", NULL, "scale must be given");
    check_layer_refused("rescaling([1, 2])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "scale has 2 numbers for the last axis of an input of shape (None, 3)");
}
