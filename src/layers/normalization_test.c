/* normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "normalization(mean=[1, 2, 3], variance=[1, 4, 0.25])", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(axis=none, mean=1, variance=2)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(mean=[1, 2, 3], variance=[1, 4, 0], invert=true)",
         .inputs = {HONE_SHAPE(4, 3)},
         .masked = true},
        {.text = "normalization", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(axis=1)", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "normalization(axis=[1, 2])", .inputs = {HONE_SHAPE(4, 3, 2)}, .training = true},
        {.text = "normalization(axis=none)", .inputs = {HONE_SHAPE(4, 3)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

/* Keras rounds each constant and each step. */
TEST(bfloat16)
{
    const double x[] = {1.7, 150.3, 99.1, 3.14159, 17.3, 211.7, 0.37, 64.9};
    const double *const inputs[] = {x};
    const double y[] = {4.25, 99.0, 296.0, 1.9609375, 51.25, 140.0, 0.2060546875, 43.0},
                 inverse[] = {0.8671875, 227.0, 33.0, 4.90625, 6.03125, 322.0, 0.423828125, 98.5};
    check_layer_numbers(
        &(layer_example){.text =
                             "normalization(mean=[0.3, 0.17], variance=[0.11, 2.3], dtype=mixed_bfloat16)",
                         .inputs = {HONE_SHAPE(4, 2)}},
        inputs, y);
    check_layer_numbers(
        &(layer_example){
            .text =
                "normalization(mean=[0.3, 0.17], variance=[0.11, 2.3], invert=true, dtype=mixed_bfloat16)",
            .inputs = {HONE_SHAPE(4, 2)}},
        inputs, inverse);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("normalization(mean=[1, 2])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}},
                        "together");
    check_layer_refused("normalization(mean=[1, 2], variance=[1, 2])",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "3 statistics");
    check_layer_refused("normalization(mean=[1, 2], variance=1)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "mean has 2");
    check_layer_refused("normalization", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "known");
    check_layer_refused("normalization(axis=0)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "known");
}
