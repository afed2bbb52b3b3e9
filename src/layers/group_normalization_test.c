/* group_normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "group_normalization(2)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "group_normalization(3)", .inputs = {HONE_SHAPE(2, 2, 2, 6)}},
        {.text = "group_normalization(-1)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "group_normalization(2, axis=1)", .inputs = {HONE_SHAPE(2, 4, 3)}},
        {.text = "group_normalization(1, scale=false)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "group_normalization(2, center=false, epsilon=0.1)",
         .inputs = {HONE_SHAPE(3, 5, 4)},
         .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("group_normalization(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}}, "4 channels");
    check_layer_refused("group_normalization(8)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}}, "groups");
    check_layer_refused("group_normalization(2, axis=0)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "batch");
    check_layer_refused("group_normalization(2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}},
                        "known");
}
