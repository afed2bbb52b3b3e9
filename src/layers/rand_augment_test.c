/* Transformations drawn among several. */
#include "testing/check_images.h"

#include <stdio.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "rand_augment([-2, 2], 1)", .joint = true, .no_gradient = true},
    {.name = "aug_mix([-2, 2], 2, 1)", .joint = true, .no_gradient = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

/* Of eleven transformations only some change an image of one value; each image of a batch meets the same
 * ones. */
TEST(augmented_images_stay_within_their_range)
{
    golden_tensor x = golden_filled(S(3, 4, 4, 3), 0);
    for (int64_t i = 0; i < x.count; i++)
        x.values[i] = (double)(i * 37 % 256);
    for (int seed = 0; seed < 8; seed++) {
        static const char *const forms[] = {"rand_augment([0, 255]", "aug_mix(chain_depth=2",
                                            "aug_mix(all_ops=false, num_chains=1"};
        for (size_t form = 0; form < 3; form++) {
            char text[64];
            snprintf(text, sizeof text, "%s, seed=%d)", forms[form], seed);
            golden_tensor y = check_images_train(text, &x, 1, 0);
            for (int64_t i = 0; i < y.count; i++)
                if (!(y.values[i] >= 0 && y.values[i] <= 255))
                    fail_msg("%s: %g", text, y.values[i]);
            golden_tensor_free(&y);
        }
    }
    golden_tensor_free(&x);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("rand_augment(num_ops=-1)", NULL, "num_ops");
    check_layer_refused("aug_mix(num_chains=33)", NULL, "num_chains");
    check_layer_refused("aug_mix(alpha=0)", NULL, "alpha");
    check_layer_refused("rand_augment", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}}, "1 or 3 channels, not 2");
}
