/* activity_regularization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "activity_regularization(l1=0.1, l2=0.2)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "activity_regularization(l2=0.2)",
         .inputs = {HONE_SHAPE(2, 3, 2)},
         .training = true,
         .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("activity_regularization(l1=-1)", NULL, "l1");
}
