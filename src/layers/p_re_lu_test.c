/* p_re_lu. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "p_re_lu(alpha_initializer=constant(0.3))", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "p_re_lu(shared_axes=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "p_re_lu(shared_axes=[1, 2])", .inputs = {HONE_SHAPE(2, 3, 2, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("p_re_lu(shared_axes=3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "no axis 3");
    check_layer_refused("p_re_lu(shared_axes=0)", NULL, "shared_axes");
    check_layer_refused("p_re_lu", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "not known");
}
