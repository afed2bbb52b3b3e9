/* activation. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "activation(relu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(sigmoid)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(tanh)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(elu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(selu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(gelu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(silu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(mish)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(softplus)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(softsign)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(softmax)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(log_softmax)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(leaky_relu(negative_slope=0.4))", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(hard_sigmoid)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(exponential)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(celu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(glu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(squareplus)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(soft_shrink)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(sparse_plus)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(tanh_shrink)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(threshold(0.2, -1))", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(linear)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(relu6)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(log_sigmoid)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(sparse_sigmoid)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(hard_tanh)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(hard_silu)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(sparsemax)", .inputs = {HONE_SHAPE(3, 6)}},
        {.text = "activation(tanh, activity_regularizer=l1(0.1))",
         .inputs = {HONE_SHAPE(3, 2, 3)},
         .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("activation", NULL, "activation must be given");
    check_layer_refused("activation(soft)", NULL, "soft");
}
