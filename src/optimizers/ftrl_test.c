/* ftrl. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "ftrl",
        .uses = {"ftrl(0.1)", "ftrl(0.1, learning_rate_power=-0.3)",
                 "ftrl(0.1, l2_shrinkage_regularization_strength=0.1)"},
    });
}
