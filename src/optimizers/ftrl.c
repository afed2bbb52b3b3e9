/* ftrl: with p = -learning_rate_power: n' = n + g^2; z += g + 2 shrinkage w - (n'^p - n^p) / rate w;
 * w = (clip(z, -l1, l1) - z) / (n'^p / rate + 2 l2 + beta / rate); n = n'. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_ftrl_args, HONE_FTRL_FIELDS);

/* n, which has a start of its own, and z of each variable. */
static hone_status build(hone_optimizer *optimizer)
{
    const hone_ftrl_args *args = hone_optimizer_args(optimizer);
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++) {
        hone_shape shape = hone_optimizer_variable(optimizer, i)->shape;
        if (hone_optimizer_add_slot(optimizer, i, "accumulator", shape, args->initial_accumulator_value) ==
                NULL ||
            hone_optimizer_add_slot(optimizer, i, "linear", shape, 0) == NULL)
            return hone_error_status();
    }
    return HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_ftrl_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = -args->learning_rate_power;
    numbers[2] = args->l1_regularization_strength;
    numbers[3] = 2 * args->l2_regularization_strength + args->beta / rate;
    numbers[4] = 2 * args->l2_shrinkage_regularization_strength;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "ftrl", index, gradient);
}

const hone_optimizer_type hone_internal_ftrl_optimizer = {
    .type = {.name = "ftrl",
             .class_name = "Ftrl",
             .module = "keras.optimizers",
             .summary = "Follow the regularized leader: keeps many weights exactly 0.",
             HONE_TYPE_FIELDS(hone_ftrl_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(ftrl)
