/* Low-rank adaptation of layers. */
#include "testing/check_layer.h"

TEST(adapted_layers_keep_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "dense(5, lora_rank=2)", .inputs = {HONE_SHAPE(4, 3)}, .training = true},
        {.text = "dense(3, activation=tanh, lora_rank=1, lora_alpha=3)", .inputs = {HONE_SHAPE(2, 3, 4)}},
        {.text = "einsum_dense(\"abc,cde->abde\", output_shape=[3, 2, 3], bias_axes=de, lora_rank=2)",
         .inputs = {HONE_SHAPE(2, 3, 4)},
         .training = true},
        {.text = "embedding(7, 3, lora_rank=2, lora_alpha=4)",
         .inputs = {HONE_SHAPE(4, 2)},
         .ids = 7,
         .no_gradient = true,
         .training = true},
        {.text = "reversible_embedding(7, 3, lora_rank=2)",
         .inputs = {HONE_SHAPE(4, 3)},
         .call = "call(reverse=true)"},
        {.text = "conv1d(4, 2, lora_rank=2)", .inputs = {HONE_SHAPE(2, 5, 3)}, .training = true},
        {.text = "conv2d(4, 2, groups=2, lora_rank=3, lora_alpha=1)", .inputs = {HONE_SHAPE(2, 4, 4, 2)}},
        {.text = "conv3d(2, 2, lora_rank=1)", .inputs = {HONE_SHAPE(1, 3, 3, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(wrong_ranks_are_refused)
{
    const hone_shape inputs[] = {HONE_SHAPE(HONE_ANY, 3), {0}};
    check_layer_refused("dense(3, lora_rank=0)", NULL, "lora_rank");
    check_layer_refused("dense(3, lora_rank=65537)", inputs,
                        "lora_rank: expected at most 65536, received 65537");
    check_layer_refused("einsum_dense(\"ab,b->a\", [], lora_rank=2)", inputs, "has one axis");
    check_layer_refused("dense(3, lora_rank=2, kernel_constraint=non_neg)", inputs, "kernel_constraint");
}
