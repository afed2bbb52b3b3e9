/* unit_normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "unit_normalization", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "unit_normalization(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "unit_normalization(axis=[1, 2])",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .masked = true},
        {.text = "unit_normalization(axis=0)", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes) {}
