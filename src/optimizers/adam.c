/* adam: m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v);
 * w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon); amsgrad: the largest v so far. */
#include "optimizers/adam.h"

#include <math.h>

HONE_FIELD_TABLE(hone_adam_args, HONE_ADAM_FIELDS);

hone_status hone_internal_adam_build(hone_optimizer *optimizer, bool amsgrad)
{
    static const char *const means[] = {"momentum", "velocity", NULL}, *const largest[] = {"velocity_hat",
                                                                                           NULL};
    HONE_TRY(hone_internal_optimizer_add_slots(optimizer, means, 0));
    return amsgrad ? hone_internal_optimizer_add_slots(optimizer, largest, 0) : HONE_OK;
}

void hone_internal_adam_numbers(double beta_1, double beta_2, double epsilon, int64_t t, double rate,
                                double *numbers)
{
    /* In float32, as Keras does: 1 - 0.999^t loses digits there, which changes the update by 1e-5 of itself;
     * in a hundred training steps of a network with relu that grows to some percent of the loss. */
    float kept_1 = powf((float)beta_1, (float)t), kept_2 = powf((float)beta_2, (float)t);
    numbers[0] = (double)((float)rate * sqrtf(1 - kept_2) / (1 - kept_1));
    numbers[1] = 1 - beta_1;
    numbers[2] = 1 - beta_2;
    numbers[3] = epsilon;
}

static hone_status build(hone_optimizer *optimizer)
{
    return hone_internal_adam_build(optimizer,
                                    ((const hone_adam_args *)hone_optimizer_args(optimizer))->amsgrad);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_adam_args *args = hone_optimizer_args(optimizer);
    hone_internal_adam_numbers(args->beta_1, args->beta_2, args->epsilon, t, rate, numbers);
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_adam_args *args = hone_optimizer_args(optimizer);
    return hone_optimizer_step(optimizer, graph, args->amsgrad ? "adam_amsgrad" : "adam", index, gradient);
}

const hone_optimizer_type hone_internal_adam_optimizer = {
    .type = {.name = "adam",
             .class_name = "Adam",
             .module = "keras.optimizers",
             .summary = "Adam: divides the running mean of the gradient by the root of its running mean "
                        "square.",
             HONE_TYPE_FIELDS(hone_adam_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(adam)
