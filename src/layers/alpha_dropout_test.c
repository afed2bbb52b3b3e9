/* alpha_dropout. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "alpha_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "alpha_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "alpha_dropout(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "alpha_dropout(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
        {.text = "alpha_dropout(0.5, noise_shape=[none, 1])",
         .inputs = {HONE_SHAPE(4, 6)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("alpha_dropout(1.5)", NULL, "rate");
    check_layer_refused("alpha_dropout", NULL, "rate must be given");
}
