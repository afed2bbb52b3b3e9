/* adamw: Adam; the weight decay that all optimizers have is on. */
#include "optimizers/adam.h"

HONE_FIELD_TABLE(hone_adamw_args, HONE_ADAMW_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    return hone_internal_adam_build(optimizer,
                                    ((const hone_adamw_args *)hone_optimizer_args(optimizer))->amsgrad);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_adamw_args *args = hone_optimizer_args(optimizer);
    hone_internal_adam_numbers(args->beta_1, args->beta_2, args->epsilon, t, rate, numbers);
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_adamw_args *args = hone_optimizer_args(optimizer);
    return hone_optimizer_step(optimizer, graph, args->amsgrad ? "adam_amsgrad" : "adam", index, gradient);
}

const hone_optimizer_type hone_internal_adamw_optimizer = {
    .type = {.name = "adamw",
             .class_name = "AdamW",
             .module = "keras.optimizers",
             .summary = "Adam with decoupled weight decay.",
             HONE_TYPE_FIELDS(hone_adamw_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(adamw)
