/* sgd: w -= rate g; with momentum v = momentum v - rate g, w += v; with nesterov w += momentum v - rate g. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_sgd_args, HONE_SGD_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    const hone_sgd_args *args = hone_optimizer_args(optimizer);
    for (int i = 0; args->momentum != 0 && i < hone_optimizer_variable_count(optimizer); i++)
        if (hone_optimizer_add_slot(optimizer, i, "momentum", hone_optimizer_variable(optimizer, i)->shape,
                                    0) == NULL)
            return hone_error_status();
    return HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_sgd_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = args->momentum;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_sgd_args *args = hone_optimizer_args(optimizer);
    bool moves = hone_optimizer_slot(optimizer, index, 0) != NULL;
    const char *rule = !moves ? "sgd" : args->nesterov ? "sgd_nesterov" : "sgd_momentum";
    return hone_optimizer_step(optimizer, graph, rule, index, gradient);
}

const hone_optimizer_type hone_internal_sgd_optimizer = {
    .type = {.name = "sgd",
             .class_name = "SGD",
             .module = "keras.optimizers",
             .summary = "Gradient descent, with optional momentum.",
             HONE_TYPE_FIELDS(hone_sgd_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(sgd)
