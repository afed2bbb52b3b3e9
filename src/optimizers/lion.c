/* lion: w -= rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_lion_args, HONE_LION_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    static const char *const names[] = {"momentum", NULL};
    return hone_internal_optimizer_add_slots(optimizer, names, 0);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_lion_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = 1 - args->beta_1;
    numbers[2] = 1 - args->beta_2;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "lion", index, gradient);
}

const hone_optimizer_type hone_internal_lion_optimizer = {
    .type = {.name = "lion",
             .class_name = "Lion",
             .module = "keras.optimizers",
             .summary = "Updates by the sign of the momentum.",
             HONE_TYPE_FIELDS(hone_lion_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(lion)
