/* The layer custom_scale_layer. */
#include "testing/check_layer.h"

static const layer_example examples[] = {
    {"custom_scale_layer(0.17)", .inputs = {{.rank = 3, .size = {2, 4, 3}}, {.rank = 3, .size = {2, 4, 3}}}},
};

TEST(each_example)
{
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(adds_a_multiple)
{
    const double first[] = {1, 2}, second[] = {4, -8};
    check_layer_numbers(&(layer_example){"custom_scale_layer(0.25)", .inputs = {{.rank = 2, .size = {1, 2}},
                                                                                {.rank = 2, .size = {1, 2}}}},
                        (const double *const[]){first, second}, (const double[]){2, 0});
}

TEST(takes_two_inputs)
{
    check_layer_refused("custom_scale_layer(0.5)", (hone_shape[]){{.rank = 2, .size = {HONE_ANY, 4}}, {0}},
                        "takes 2 inputs");
}
