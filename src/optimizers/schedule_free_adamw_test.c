/* schedule_free_adamw. */
#include "testing/check_optimizer.h"

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "schedulefreeadamw",
        .uses = {"schedule_free_adamw(0.1)", "schedule_free_adamw(0.1, warmup_steps=3)"},
    });
}
