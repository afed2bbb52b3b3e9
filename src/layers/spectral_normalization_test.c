/* spectral_normalization. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "spectral_normalization(dense(3))", .inputs = {HONE_SHAPE(4, 5)}},
        {.text = "spectral_normalization(dense(3, activation=tanh), power_iterations=3)",
         .inputs = {HONE_SHAPE(4, 5)},
         .training = true,
         .ignored_weights = "kernel"},
        {.text = "spectral_normalization(embedding(5, 3))", .inputs = {HONE_SHAPE(4, 2)}, .ids = 5},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("spectral_normalization", NULL, "layer must be given");
    check_layer_refused("spectral_normalization(flatten())", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "neither kernel nor embeddings");
    check_layer_refused("spectral_normalization(dense(3), power_iterations=0)", NULL, "power_iterations");
    check_layer_refused("spectral_normalization(dens(3))", NULL, "dense");
}
