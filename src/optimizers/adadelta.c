/* adadelta: a = rho a + (1 - rho) g^2; d = -sqrt(D + epsilon) / sqrt(a + epsilon) g;
 * D = rho D + (1 - rho) d^2; w += rate d. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_adadelta_args, HONE_ADADELTA_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    static const char *const names[] = {"accumulated_grad", "accumulated_delta_var", NULL};
    return hone_internal_optimizer_add_slots(optimizer, names, 0);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_adadelta_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = 1 - args->rho;
    numbers[2] = args->epsilon;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "adadelta", index, gradient);
}

const hone_optimizer_type hone_internal_adadelta_optimizer = {
    .type = {.name = "adadelta",
             .class_name = "Adadelta",
             .module = "keras.optimizers",
             .summary = "Adadelta: adapts the step size to the previous updates.",
             HONE_TYPE_FIELDS(hone_adadelta_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(adadelta)
