/* What every optimizer does with gradients before and after its own rule, in Keras's order: unscale,
 * accumulate, clip, decay, update, average, constrain. */
#include "constraints/constraints.h"
#include "ops/optimizer.h"
#include "optimizers/optimizer.h"

#include <math.h>
#include <string.h>

/* On an update: g = (g + accumulated) / steps, and the accumulator starts again; otherwise it takes the
 * gradient in. */
static hone_status accumulate(hone_optimizer *optimizer, hone_graph *graph, hone_value *gradients,
                              bool update)
{
    int64_t steps = optimizer->base.gradient_accumulation_steps;
    if (steps == HONE_NONE_INTEGER)
        return HONE_OK;
    size_t first = optimizer->base.use_ema ? (size_t)optimizer->variable_count : 0;
    for (int i = 0; i < optimizer->variable_count; i++) {
        if (gradients[i] < 0)
            continue;
        hone_variable *accumulator = optimizer->slots[first + (size_t)i].variable;
        hone_value sum = hone_op_add(graph, gradients[i], hone_graph_variable(graph, accumulator));
        gradients[i] = hone_op_affine(graph, sum, 1.0 / (double)steps, 0);
        hone_value next = update ? hone_graph_filled(graph, accumulator->shape, 0) : sum;
        HONE_TRY(hone_op_assign(graph, accumulator, next));
    }
    return HONE_OK;
}

/* g c / max(norm, c) */
static hone_value clip_by_norm(hone_graph *graph, hone_value gradient, double longest)
{
    hone_value squares = hone_op_reduce(graph, "sum_squares", gradient, NULL, 0, false);
    hone_value norm = hone_op_sqrt(graph, squares);
    hone_value divisor = hone_op_unary(graph, "maximum_scalar", norm, (hone_parameters){longest, 0, 0, 0});
    hone_value factor =
        hone_op_affine(graph, hone_op_unary(graph, "reciprocal", divisor, (hone_parameters){0}), longest, 0);
    return hone_op_multiply(graph, gradient, factor);
}

/* g c min(1 / G, 1 / c) with G the norm of all gradients together. */
static hone_status clip_by_global_norm(hone_optimizer *optimizer, hone_graph *graph, hone_value *gradients,
                                       double longest)
{
    hone_value total = HONE_NO_VALUE;
    for (int i = 0; i < optimizer->variable_count; i++) {
        if (gradients[i] < 0)
            continue;
        hone_value squares = hone_op_reduce(graph, "sum_squares", gradients[i], NULL, 0, false);
        total = total < 0 ? squares : hone_op_add(graph, total, squares);
    }
    if (total < 0)
        return HONE_OK;
    hone_value inverse = hone_op_unary(graph, "reciprocal", hone_op_sqrt(graph, total), (hone_parameters){0});
    hone_value least =
        hone_op_unary(graph, "minimum_scalar", inverse, (hone_parameters){1 / longest, 0, 0, 0});
    hone_value factor = hone_op_affine(graph, least, longest, 0);
    for (int i = 0; i < optimizer->variable_count; i++)
        if (gradients[i] >= 0 && (gradients[i] = hone_op_multiply(graph, gradients[i], factor)) < 0)
            return hone_error_status();
    return HONE_OK;
}

static hone_status clip(hone_optimizer *optimizer, hone_graph *graph, hone_value *gradients)
{
    const hone_optimizer_base *base = &optimizer->base;
    if (!isnan(base->global_clipnorm))
        return clip_by_global_norm(optimizer, graph, gradients, base->global_clipnorm);
    for (int i = 0; i < optimizer->variable_count; i++) {
        if (gradients[i] < 0)
            continue;
        if (!isnan(base->clipnorm))
            gradients[i] = clip_by_norm(graph, gradients[i], base->clipnorm);
        if (!isnan(base->clipvalue))
            gradients[i] = hone_op_clip(graph, gradients[i], -base->clipvalue, base->clipvalue);
        if (gradients[i] < 0)
            return hone_error_status();
    }
    return HONE_OK;
}

static hone_status decay(hone_optimizer *optimizer, hone_graph *graph)
{
    for (int i = 0; i < optimizer->variable_count; i++)
        if (hone_internal_optimizer_decay(optimizer, i) != 0)
            HONE_TRY(hone_internal_op_optimizer_step(graph, HONE_KERNEL_step_weight_decay,
                                                     optimizer->variables[i], HONE_NO_VALUE, NULL, 0,
                                                     &optimizer->decay_numbers[i]));
    return HONE_OK;
}

hone_value hone_optimizer_number(hone_optimizer *optimizer, hone_graph *graph, int index)
{
    hone_value numbers = hone_graph_variable(graph, optimizer->number_values);
    return hone_op_reshape(graph, hone_op_slice(graph, numbers, 0, index, index + 1),
                           (hone_shape){.rank = 0});
}

/* average = momentum average + (1 - momentum) w; in the training steps in which that is due, w becomes it. */
static hone_status average(hone_optimizer *optimizer, hone_graph *graph)
{
    if (!optimizer->base.use_ema)
        return HONE_OK;
    bool overwrites = optimizer->base.ema_overwrite_frequency != HONE_NONE_INTEGER;
    hone_value due =
        overwrites ? hone_optimizer_number(optimizer, graph, HONE_OPTIMIZER_NUMBERS) : HONE_NO_VALUE;
    for (int i = 0; i < optimizer->variable_count; i++) {
        hone_variable *variable = optimizer->variables[i], *kept = optimizer->slots[i].variable;
        HONE_TRY(hone_internal_op_optimizer_step(graph, HONE_KERNEL_step_ema, variable, HONE_NO_VALUE, &kept,
                                                 1, optimizer->average_numbers));
        if (!overwrites)
            continue;
        hone_value w = hone_graph_variable(graph, variable), mean = hone_graph_variable(graph, kept);
        HONE_TRY(hone_op_assign(graph, variable, hone_op_select(graph, due, mean, w)));
    }
    return HONE_OK;
}

static hone_status constrain(hone_optimizer *optimizer, hone_graph *graph, const hone_value *gradients)
{
    for (int i = 0; i < optimizer->variable_count; i++) {
        hone_variable *variable = optimizer->variables[i];
        if (variable->constraint == NULL || gradients[i] < 0)
            continue;
        hone_value kept =
            hone_internal_constraint_apply(graph, variable->constraint, hone_graph_variable(graph, variable));
        HONE_TRY(hone_op_assign(graph, variable, kept));
    }
    return HONE_OK;
}

static hone_status update_all(hone_optimizer *optimizer, hone_graph *graph, hone_value *gradients)
{
    HONE_TRY(clip(optimizer, graph, gradients));
    HONE_TRY(decay(optimizer, graph));
    if (optimizer->type->begin != NULL)
        HONE_TRY(optimizer->type->begin(optimizer, graph));
    for (int i = 0; i < optimizer->variable_count; i++)
        if (gradients[i] >= 0)
            HONE_TRY(optimizer->type->update(optimizer, graph, i, gradients[i]));
    return HONE_OK;
}

static hone_status record(hone_optimizer *optimizer, hone_graph *graph, hone_value *gradients, bool update)
{
    double scale = optimizer->base.loss_scale_factor;
    for (int i = 0; !isnan(scale) && i < optimizer->variable_count; i++)
        if (gradients[i] >= 0)
            gradients[i] = hone_op_affine(graph, gradients[i], 1 / scale, 0);
    HONE_TRY(accumulate(optimizer, graph, gradients, update));
    if (update)
        HONE_TRY(update_all(optimizer, graph, gradients));
    HONE_TRY(average(optimizer, graph));
    return constrain(optimizer, graph, gradients);
}

hone_status hone_internal_optimizer_record(hone_optimizer *optimizer, hone_graph *graph,
                                           hone_value *gradients, bool update)
{
    hone_internal_error_push(NULL, optimizer->type->type.name);
    hone_status status = record(optimizer, graph, gradients, update);
    hone_internal_error_pop();
    return status;
}

static const struct {
    const char *name;
    hone_kernel_index kernel;
} rules[] = {
#define HONE_OPTIMIZER_STEP(name, ...) {#name, HONE_KERNEL_step_##name},
#include "kernels/optimizer.def"
};

hone_status hone_optimizer_step(hone_optimizer *optimizer, hone_graph *graph, const char *name, int index,
                                hone_value gradient)
{
    enum { MOST_SLOTS = 8 };
    hone_variable *slots[MOST_SLOTS];
    int count = 0;
    while (count < MOST_SLOTS && (slots[count] = hone_optimizer_slot(optimizer, index, count)) != NULL)
        count++;
    const char *names[sizeof rules / sizeof *rules];
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        names[i] = rules[i].name;
        if (strcmp(rules[i].name, name) == 0)
            return hone_internal_op_optimizer_step(graph, rules[i].kernel, optimizer->variables[index],
                                                   gradient, slots, count, optimizer->numbers);
    }
    return hone_internal_fail_name("optimizer step", name, names, sizeof rules / sizeof *rules);
}
