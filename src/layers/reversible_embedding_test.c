/* reversible_embedding. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "reversible_embedding(5, 3)", .inputs = {HONE_SHAPE(3, 4)}, .ids = 5},
        {.text = "reversible_embedding(5, 3)", .inputs = {HONE_SHAPE(3, 2, 3)}, .call = "call(reverse=True)"},
        {.text = "reversible_embedding(5, 3, tie_weights=False, logit_soft_cap=0.7)",
         .inputs = {HONE_SHAPE(3, 2, 3)},
         .call = "call(reverse=True)",
         .ignored_weights = "embeddings"},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("reversible_embedding(5)", NULL, "output_dim must be given");
    check_layer_refused("reversible_embedding(5, 3, logit_soft_cap=0)", NULL, "logit_soft_cap");
    layer_example other = {
        .text = "reversible_embedding(5, 3)", .inputs = {HONE_SHAPE(3, 2, 4)}, .call = "call(reverse=True)"};
    check_layer_call_refused(&other, "its reverse needs vectors of output_dim 3, not of 4");
}
