/* dense. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "dense(5)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "dense(5, activation=tanh)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "dense(3, activation=relu, use_bias=false)", .inputs = {HONE_SHAPE(5, 4)}},
        {.text = "dense(3, activation=softmax)", .inputs = {HONE_SHAPE(5, 4)}},
        {.text = "dense(2, activation=elu)", .inputs = {HONE_SHAPE(2, 3, 4)}, .masked = true},
        {.text = "dense(2)", .inputs = {HONE_SHAPE(2, 2, 3, 2)}},
        {.text = "dense(1)", .inputs = {HONE_SHAPE(1, 1)}},
        {.text = "dense(3, activity_regularizer=l2(0.1))", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "dense(4, activation=leaky_relu(negative_slope=0.3), kernel_regularizer=l1(0.1))",
         .inputs = {HONE_SHAPE(4, 3)},
         .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("dense", NULL, "units must be given");
    check_layer_refused("dense(0)", NULL, "units");
    check_layer_refused("dense(3, activation=rellu)", NULL, "did you mean \"relu\"");
    check_layer_refused("dense(3, unit=4)", NULL, "unit");
    check_layer_refused("dense(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}}, "(None,)");
    check_layer_refused("dense(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "must be known");
    check_layer_refused("dense(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 2), {0}},
                        "takes 1 input");
}

/* Built once, a layer checks what it is used on again. */
TEST(refuses_another_width_once_built)
{
    hone_layer *layer = hone_dense(3);
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 4), 1), HONE_OK);
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 4), 1), HONE_OK);
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 5), 1), HONE_ERROR_SHAPE);
    assert_int_equal(layer->weight_count, 2);
    hone_layer_free(layer);
}
