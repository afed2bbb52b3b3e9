/* layer_normalization, rms_normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "layer_normalization", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "layer_normalization(axis=[1, 2])", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "layer_normalization(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "layer_normalization(axis=[-1, 1])", .inputs = {HONE_SHAPE(2, 3, 2, 4)}},
        {.text = "layer_normalization(center=false, epsilon=0.1)",
         .inputs = {HONE_SHAPE(3, 4)},
         .training = true},
        {.text = "layer_normalization(scale=false)", .inputs = {HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "rms_normalization", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "rms_normalization(axis=[1, 2])", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rms_normalization(axis=1, epsilon=0.1)", .inputs = {HONE_SHAPE(3, 4, 4)}},
        {.text = "layer_normalization(axis=[1, 3], rms_scaling=true)", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("layer_normalization(axis=0)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}}, "known");
    check_layer_refused("layer_normalization(axis=2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}}, "axis");
    check_layer_refused("layer_normalization", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "known");
    check_layer_refused("layer_normalization(axis=[1, -1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "twice");
    check_layer_refused("rms_normalization(epsilon=-1)", NULL, "epsilon");
    check_layer_refused("rms_normalization(axis=1)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4), {0}},
                        "scale of shape (3,) does not match the last axes of the input of shape (None, 3, "
                        "4)");
}
