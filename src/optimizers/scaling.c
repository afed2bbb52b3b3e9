/* Keras's LossScaleOptimizer around an optimizer: the loss is multiplied by a scale and the gradients are
 * divided by it; the scale doubles after so many training steps with finite gradients. Gradients are floats
 * here, so that a power of 2 changes none: what remains is what files have of it. */
#include "optimizers/optimizer.h"

static const double first_scale = 32768, largest_scale = 0x1p120;
static const int64_t usual_growth = 2000;

void hone_internal_optimizer_scale(hone_optimizer *optimizer, hone_config *settings)
{
    const hone_config *scale = hone_internal_config_get(settings, "initial_scale"),
                      *growth = hone_internal_config_get(settings, "dynamic_growth_steps");
    hone_internal_config_free(optimizer->scaling.settings);
    optimizer->scaling = (hone_loss_scaling){.settings = settings,
                                             .there = true,
                                             .scale = first_scale,
                                             .growth_steps = usual_growth,
                                             .since = optimizer->iterations};
    if (hone_internal_config_is(scale, HONE_CONFIG_NUMBER) ||
        hone_internal_config_is(scale, HONE_CONFIG_INTEGER))
        optimizer->scaling.scale = hone_internal_config_as_number(scale);
    if (hone_internal_config_is(growth, HONE_CONFIG_INTEGER) && hone_internal_config_as_integer(growth) > 0)
        optimizer->scaling.growth_steps = hone_internal_config_as_integer(growth);
}

void hone_internal_optimizer_take_scaling(hone_optimizer *optimizer, int32_t counter, float scale)
{
    if (!optimizer->scaling.there)
        hone_internal_optimizer_scale(optimizer, NULL);
    optimizer->scaling.counter = counter;
    optimizer->scaling.scale = (double)scale;
    optimizer->scaling.since = optimizer->iterations;
}

void hone_internal_optimizer_scaling_now(const hone_optimizer *optimizer, int32_t *counter, float *scale)
{
    const hone_loss_scaling *scaling = &optimizer->scaling;
    const int64_t steps = scaling->counter + optimizer->iterations - scaling->since,
                  left = steps % scaling->growth_steps;
    double now = scaling->scale;
    for (int64_t grown = steps / scaling->growth_steps; grown > 0 && now < largest_scale; grown--)
        now *= 2;
    *counter = left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int32_t)left;
    *scale = (float)now;
}
