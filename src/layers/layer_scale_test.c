/* The layer layer_scale. */
#include "testing/check_layer.h"

static const layer_example examples[] = {
    {"layer_scale(0.5, 3)", .inputs = {{.rank = 3, .size = {2, 4, 3}}}},
    {"layer_scale(0.001, 1)", .inputs = {{.rank = 2, .size = {3, 5}}}},
};

TEST(each_example)
{
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(begins_with_its_value)
{
    hone_layer *layer = hone_layer_scale(0.25, 3);
    assert_int_equal(hone_internal_layer_build(layer, &(hone_shape){.rank = 2, .size = {HONE_ANY, 3}}, 1),
                     HONE_OK);
    assert_string_equal(hone_layer_weight(layer, "gamma")->initializer, "constant(0.25)");
    hone_layer_free(layer);
}

TEST(refuses_other_channels)
{
    check_layer_refused("layer_scale(0.5, 3)", (hone_shape[]){{.rank = 2, .size = {HONE_ANY, 4}}, {0}},
                        "projection_dim is 3, but the input has 4 channels");
    check_layer_refused("layer_scale(0.5, 0)", NULL, "projection_dim");
}
