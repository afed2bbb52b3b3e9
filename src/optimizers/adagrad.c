/* adagrad: a += g^2; w -= rate g / sqrt(a + epsilon). */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_adagrad_args, HONE_ADAGRAD_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    const hone_adagrad_args *args = hone_optimizer_args(optimizer);
    static const char *const names[] = {"accumulator", NULL};
    return hone_internal_optimizer_add_slots(optimizer, names, args->initial_accumulator_value);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_adagrad_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = args->epsilon;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "adagrad", index, gradient);
}

const hone_optimizer_type hone_internal_adagrad_optimizer = {
    .type = {.name = "adagrad",
             .class_name = "Adagrad",
             .module = "keras.optimizers",
             .summary = "Adagrad: learning rates fall with the sum of squared gradients; for sparse "
                        "features.",
             HONE_TYPE_FIELDS(hone_adagrad_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(adagrad)
