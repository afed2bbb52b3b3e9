/* category_encoding. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "category_encoding(4)", .inputs = {HONE_SHAPE(3, 5)}, .ids = 4, .no_gradient = true},
        {.text = "category_encoding(4, output_mode=count)",
         .inputs = {HONE_SHAPE(3, 5)},
         .ids = 5,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 1)},
         .ids = 4,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 5)},
         .ids = 4,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=count)",
         .inputs = {HONE_SHAPE(2, 3, 2)},
         .ids = 4,
         .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

/* Keras's CategoryEncoding(4, "count")(ids, count_weights=weights). */
TEST(weights)
{
    const double ids[] = {0, 1, 1, 3, 3, 3}, weights[] = {0.5, 1, 2, 1, 2, 3};
    const double *const inputs[] = {ids, weights};
    const double y[] = {0.5, 3, 0, 0, 0, 0, 0, 6};
    check_layer_numbers(&(layer_example){.text = "category_encoding(4, output_mode=count)",
                                         .inputs = {HONE_SHAPE(2, 3), HONE_SHAPE(2, 3)},
                                         .ids = 4},
                        inputs, y);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("category_encoding", NULL, "num_tokens must be given");
    check_layer_refused("category_encoding(4)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}}, "(batch, n)");
    check_layer_refused("category_encoding(4, output_mode=hot)", NULL, "output_mode");
    check_layer_refused("category_encoding(0)", NULL, "num_tokens");
    check_layer_refused("category_encoding(4)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3), {0}},
                        "output_mode \"count\"");
    check_layer_refused("category_encoding(4, output_mode=count)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 2), {0}},
                        "weights of shape (None, 2) do not match ids of shape (None, 3)");
}
