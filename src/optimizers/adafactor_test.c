/* adafactor. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "adafactor",
        .uses = {"adafactor(0.1)", "adafactor(0.1, relative_step=false)", "adafactor(0.1, clipnorm=1)"},
    });
}
