/* adamw. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "adamw",
        .uses = {"adamw(0.1)", "adamw(0.1, amsgrad=true)", "adamw(0.1, weight_decay=0)"},
    });
}
