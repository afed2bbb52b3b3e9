/* rmsprop. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "rmsprop",
        .uses = {"rmsprop(0.1)", "rmsprop(0.1, momentum=0.9)", "rmsprop(0.1, centered=true)",
                 "rmsprop(0.1, momentum=0.9, centered=true)"},
    });
}
