/* re_lu, leaky_re_lu, elu. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "re_lu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "re_lu(max_value=1, negative_slope=0.1, threshold=0.2)", .inputs = {HONE_SHAPE(5, 6)}},
        {.text = "re_lu(max_value=0.5)", .inputs = {HONE_SHAPE(5, 6)}, .training = true, .masked = true},
        {.text = "leaky_re_lu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "leaky_re_lu(negative_slope=0)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "elu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "elu(0.5)", .inputs = {HONE_SHAPE(3, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("re_lu(max_value=-1)", NULL, "max_value");
    check_layer_refused("leaky_re_lu(-0.1)", NULL, "negative_slope");
    check_layer_refused("elu(alfa=1)", NULL, "alpha");
}
