/* concatenate. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "concatenate", .inputs = {HONE_SHAPE(3, 2), HONE_SHAPE(3, 4)}},
        {.text = "concatenate",
         .inputs = {HONE_SHAPE(3, 2), HONE_SHAPE(3, 4), HONE_SHAPE(3, 1)},
         .training = true},
        {.text = "concatenate(axis=1)", .inputs = {HONE_SHAPE(3, 2, 2), HONE_SHAPE(3, 1, 2)}},
        {.text = "concatenate(axis=1)", .inputs = {HONE_SHAPE(3, 2, 2), HONE_SHAPE(3, 1, 2)}, .masked = true},
        {.text = "concatenate(axis=-2)", .inputs = {HONE_SHAPE(2, 1, 2, 3), HONE_SHAPE(2, 1, 3, 3)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("concatenate(axis=0)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 2), {0}}, "batch");
    check_layer_refused(
        "concatenate", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 3, 3), {0}}, "differ");
    check_layer_refused("concatenate",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 3), {0}}, "differ");
}
