/* rmsprop: v = rho v + (1 - rho) g^2; move = rate g / sqrt(v + epsilon), with v - a^2 for v when centred,
 * a = rho a + (1 - rho) g; w -= move, or with momentum m = momentum m + move, w -= m. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_rmsprop_args, HONE_RMSPROP_FIELDS);

/* One kind after the other, as in Keras's files. */
static hone_status build(hone_optimizer *optimizer)
{
    const hone_rmsprop_args *args = hone_optimizer_args(optimizer);
    static const char *const velocity[] = {"velocity", NULL}, *const momentum[] = {"momentum", NULL};
    static const char *const mean[] = {"average_gradient", NULL};
    HONE_TRY(hone_internal_optimizer_add_slots(optimizer, velocity, 0));
    if (args->momentum > 0)
        HONE_TRY(hone_internal_optimizer_add_slots(optimizer, momentum, 0));
    return args->centered ? hone_internal_optimizer_add_slots(optimizer, mean, 0) : HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)t;
    const hone_rmsprop_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = 1 - args->rho;
    numbers[2] = args->epsilon;
    numbers[3] = args->momentum;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    static const char *const rules[2][2] = {{"rmsprop", "rmsprop_momentum"},
                                            {"rmsprop_centered", "rmsprop_centered_momentum"}};
    bool centered = ((const hone_rmsprop_args *)hone_optimizer_args(optimizer))->centered;
    bool moves = hone_optimizer_slot(optimizer, index, centered ? 2 : 1) != NULL;
    return hone_optimizer_step(optimizer, graph, rules[centered][moves], index, gradient);
}

const hone_optimizer_type hone_internal_rmsprop_optimizer = {
    .type = {.name = "rmsprop",
             .class_name = "RMSprop",
             .module = "keras.optimizers",
             .summary = "Divides the gradient by the root of its running mean square.",
             HONE_TYPE_FIELDS(hone_rmsprop_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(rmsprop)
