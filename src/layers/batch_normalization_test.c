/* batch_normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "batch_normalization", .inputs = {HONE_SHAPE(6, 3)}, .training = true, .joint = true},
        {.text = "batch_normalization", .inputs = {HONE_SHAPE(6, 3)}},
        {.text = "batch_normalization(axis=1)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .training = true,
         .joint = true},
        {.text = "batch_normalization(axis=1)", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "batch_normalization(center=false)",
         .inputs = {HONE_SHAPE(4, 2, 2, 3)},
         .training = true,
         .joint = true},
        {.text = "batch_normalization(scale=false, momentum=0.5, epsilon=0.1)",
         .inputs = {HONE_SHAPE(5, 3)},
         .training = true,
         .joint = true},
        {.text = "batch_normalization(scale=false, center=false)",
         .inputs = {HONE_SHAPE(5, 3)},
         .training = true,
         .joint = true},
        {.text = "batch_normalization",
         .inputs = {HONE_SHAPE(4, 5, 3)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "batch_normalization", .inputs = {HONE_SHAPE(4, 5, 3)}, .masked = true},
        {.text = "batch_normalization(renorm=true)", .inputs = {HONE_SHAPE(6, 3)}},
        {.text = "batch_normalization(renorm=true, epsilon=1)",
         .inputs = {HONE_SHAPE(6, 3)},
         .training = true,
         .joint = true,
         .ignored_weights = "input"},
        {.text = "batch_normalization(renorm=true, renorm_clipping=[0.5, 0.5, 0], epsilon=0.1)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .training = true,
         .joint = true},
        {.text = "batch_normalization(trainable=false)", .inputs = {HONE_SHAPE(4, 3)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("batch_normalization(axis=3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "axis");
    check_layer_refused("batch_normalization", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}},
                        "must be known");
    check_layer_refused("batch_normalization(momentum=2)", NULL, "momentum");
    check_layer_refused("batch_normalization(renorm=true, renorm_clipping=[1, 2])",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "rmin, rmax and dmax");
    check_layer_refused("batch_normalization(renorm=true, renorm_clipping=[2, 1, 1])",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "below rmin");
    check_layer_refused("batch_normalization(renorm=true, moving_variance_initializer=constant(4))",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "ones or zeros");
}
