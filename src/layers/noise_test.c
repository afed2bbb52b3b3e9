/* gaussian_noise, gaussian_dropout. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "gaussian_noise(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "gaussian_noise(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "gaussian_noise(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "gaussian_noise(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
        {.text = "gaussian_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "gaussian_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "gaussian_dropout(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "gaussian_dropout(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("gaussian_noise(2)", NULL, "stddev");
    check_layer_refused("gaussian_dropout(1)", NULL, "rate");
}
