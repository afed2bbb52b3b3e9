/* flatten. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "flatten", .inputs = {HONE_SHAPE(3, 2, 4)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(3)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "flatten(data_format=channels_first)", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(2, 1, 3, 1, 2)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("flatten(data_format=first)", NULL, "data_format");
}
