/* sgd. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "sgd",
        .uses = {"sgd(0.1)", "sgd(0.1, momentum=0.9)", "sgd(0.1, momentum=0.9, nesterov=true)"},
    });
}
