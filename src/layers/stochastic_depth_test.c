/* The layer stochastic_depth. */
#include "testing/check_layer.h"

static const layer_example examples[] = {
    {"stochastic_depth(0.25)", .inputs = {{.rank = 3, .size = {2, 4, 3}}}},
    {"stochastic_depth(0.5)", .inputs = {{.rank = 3, .size = {6, 4, 3}}}, .training = true, .joint = true},
    {"stochastic_depth(0)", .inputs = {{.rank = 2, .size = {2, 4}}}, .training = true},
    {"stochastic_depth(1)", .inputs = {{.rank = 2, .size = {2, 4}}}, .training = true},
};

TEST(each_example)
{
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_rates_that_are_none)
{
    check_layer_refused("stochastic_depth(1.5)", NULL, "drop_path_rate");
    check_layer_refused("stochastic_depth", NULL, "drop_path_rate");
}
