/* adamax: m += (1 - beta_1)(g - m); u = max(beta_2 u, |g|); w -= rate m / ((1 - beta_1^t) (u + epsilon)). */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_adamax_args, HONE_ADAMAX_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    static const char *const names[] = {"momentum", "norm", NULL};
    return hone_internal_optimizer_add_slots(optimizer, names, 0);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_adamax_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate / (1 - pow(args->beta_1, (double)t));
    numbers[1] = 1 - args->beta_1;
    numbers[2] = args->beta_2;
    numbers[3] = args->epsilon;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "adamax", index, gradient);
}

const hone_optimizer_type hone_internal_adamax_optimizer = {
    .type = {.name = "adamax",
             .class_name = "Adamax",
             .module = "keras.optimizers",
             .summary = "Adam with the maximum of past gradients in place of the mean square.",
             HONE_TYPE_FIELDS(hone_adamax_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(adamax)
