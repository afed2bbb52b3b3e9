/* schedule_free_adamw: v += (1 - beta_2)(g^2 - v); z -= rate g / (sqrt(v / (1 - beta_2^t)) + epsilon);
 * x += (z - x) / t; w = (1 - beta_1) z + beta_1 x. z starts as w and is kept in the slot "momentum"; x is
 * worked out from w and z. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_schedule_free_adamw_args, HONE_SCHEDULE_FREE_ADAMW_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++) {
        hone_shape shape = hone_optimizer_variable(optimizer, i)->shape;
        if (hone_optimizer_add_slot(optimizer, i, "momentum", shape, HONE_NONE) == NULL ||
            hone_optimizer_add_slot(optimizer, i, "velocity", shape, 0) == NULL)
            return hone_error_status();
    }
    return HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_schedule_free_adamw_args *args = hone_optimizer_args(optimizer);
    numbers[0] = t < args->warmup_steps ? rate * (double)t / (double)args->warmup_steps : rate;
    numbers[1] = 1 / (1 - pow(args->beta_2, (double)t));
    numbers[2] = 1 / (double)t;
}

/* a + share (b - a) */
static hone_value between(hone_graph *graph, hone_value a, hone_value b, hone_value share)
{
    return hone_op_add(graph, a, hone_op_multiply(graph, hone_op_subtract(graph, b, a), share));
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_schedule_free_adamw_args *args = hone_optimizer_args(optimizer);
    hone_variable *variable = hone_optimizer_variable(optimizer, index);
    hone_variable *momentum = hone_optimizer_slot(optimizer, index, 0),
                  *velocity = hone_optimizer_slot(optimizer, index, 1);
    hone_value w = hone_graph_variable(graph, variable), z = hone_graph_variable(graph, momentum);
    hone_value share = hone_graph_constant(graph, 1 - args->beta_2), square = hone_op_square(graph, gradient);
    hone_value v = between(graph, hone_graph_variable(graph, velocity), square, share);
    hone_value root =
        hone_op_sqrt(graph, hone_op_multiply(graph, v, hone_optimizer_number(optimizer, graph, 1)));
    hone_value step = hone_op_divide(graph, gradient, hone_op_affine(graph, root, 1, args->epsilon));
    hone_value moved =
        hone_op_subtract(graph, z, hone_op_multiply(graph, step, hone_optimizer_number(optimizer, graph, 0)));
    hone_value part = hone_op_affine(graph, z, 1 - args->beta_1, 0);
    hone_value x = hone_op_affine(graph, hone_op_subtract(graph, w, part), 1 / args->beta_1, 0);
    hone_value mean = between(graph, x, moved, hone_optimizer_number(optimizer, graph, 2));
    hone_value next = between(graph, moved, mean, hone_graph_constant(graph, args->beta_1));
    HONE_TRY(hone_op_assign(graph, velocity, v));
    HONE_TRY(hone_op_assign(graph, momentum, moved));
    return hone_op_assign(graph, variable, next);
}

const hone_optimizer_type hone_internal_schedule_free_adamw_optimizer = {
    .type = {.name = "schedule_free_adamw",
             .class_name = "ScheduleFreeAdamW",
             .since = 314,
             .module = "keras.optimizers",
             .summary = "Adam that averages the weights over all steps, which replaces a schedule.",
             HONE_TYPE_FIELDS(hone_schedule_free_adamw_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .by_item = true,
};
HONE_DEFINE_OPTIMIZER(schedule_free_adamw)
