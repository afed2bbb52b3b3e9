/* nadam: with mu(t) = beta_1 (1 - 0.96^t / 2) and P = mu(1) ... mu(t), and m and v as Adam's:
 * u = mu(t+1) m / (1 - P mu(t+1)) + (1 - mu(t)) g / (1 - P);
 * w -= rate u / (sqrt(v / (1 - beta_2^t)) + epsilon). */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_nadam_args, HONE_NADAM_FIELDS);

/* m and v of each variable; P at the end, with the name that Keras gives it. */
static hone_status build(hone_optimizer *optimizer)
{
    static const char *const names[] = {"momentum", "velocity", NULL};
    HONE_TRY(hone_internal_optimizer_add_slots(optimizer, names, 0));
    hone_variable *product = hone_optimizer_add_slot(optimizer, -1, "variable", (hone_shape){.rank = 0}, 1);
    return product == NULL ? hone_error_status() : HONE_OK;
}

static double momentum_at(double beta_1, int64_t t)
{
    return beta_1 * (1 - 0.5 * pow(0.96, (double)t));
}

/* P is kept as the others keep their slots, since files hold it; it changes with each update, not with each
 * batch. */

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_nadam_args *args = hone_optimizer_args(optimizer);
    double now = momentum_at(args->beta_1, t), next = momentum_at(args->beta_1, t + 1);
    float *kept = hone_internal_variable_data(hone_optimizer_slot(optimizer, -1, 0));
    double product = (double)kept[0] * now;
    if (hone_internal_optimizer_updates_next(optimizer))
        kept[0] = (float)product;
    numbers[0] = rate * next / (1 - product * next);
    numbers[1] = rate * (1 - now) / (1 - product);
    numbers[2] = 1 - args->beta_1;
    numbers[3] = 1 - args->beta_2;
    numbers[4] = 1 / (1 - pow(args->beta_2, (double)t));
    numbers[5] = args->epsilon;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    return hone_optimizer_step(optimizer, graph, "nadam", index, gradient);
}

const hone_optimizer_type hone_internal_nadam_optimizer = {
    .type = {.name = "nadam",
             .class_name = "Nadam",
             .module = "keras.optimizers",
             .summary = "Adam with Nesterov momentum.",
             HONE_TYPE_FIELDS(hone_nadam_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(nadam)
