/* dropout. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "dropout(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "dropout(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
        {.text = "dropout(1)", .inputs = {HONE_SHAPE(4, 6)}, .training = true},
        {.text = "dropout(0.5, noise_shape=[none, 1, none])",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("dropout(-0.1)", NULL, "rate");
    check_layer_refused("dropout(0.5, noise_shape=[none, 3])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "noise_shape");
    check_layer_refused("dropout(0.5, noise_shape=[none])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "noise_shape");
}
