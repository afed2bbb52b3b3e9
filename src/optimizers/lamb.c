/* lamb: m and v as Adam's; u = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon);
 * w -= rate norm(w) / norm(u) u, where both are above 0, else rate u. */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_lamb_args, HONE_LAMB_FIELDS);

static hone_status build(hone_optimizer *optimizer)
{
    static const char *const names[] = {"momentum", "velocity", NULL};
    return hone_internal_optimizer_add_slots(optimizer, names, 0);
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_lamb_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate;
    numbers[1] = 1 / (1 - pow(args->beta_1, (double)t));
    numbers[2] = 1 / (1 - pow(args->beta_2, (double)t));
}

/* old + share (fresh - old) */
static hone_value follow(hone_graph *graph, hone_variable *old, hone_value fresh, double share)
{
    hone_value before = hone_graph_variable(graph, old);
    return hone_op_add(graph, before,
                       hone_op_affine(graph, hone_op_subtract(graph, fresh, before), share, 0));
}

static hone_value norm(hone_graph *graph, hone_value x)
{
    return hone_op_sqrt(graph, hone_op_reduce(graph, "sum_squares", x, NULL, 0, false));
}

/* norm(w) / norm(u), or 1 where either is 0. */
static hone_value trust(hone_graph *graph, hone_value w, hone_value u)
{
    hone_value length_w = norm(graph, w), length_u = norm(graph, u);
    hone_value both = hone_op_binary(graph, "logical_and", length_w, length_u);
    hone_value ratio = hone_op_binary(graph, "divide_no_nan", length_w, length_u);
    return hone_op_select(graph, both, ratio, hone_graph_constant(graph, 1));
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_lamb_args *args = hone_optimizer_args(optimizer);
    hone_variable *variable = hone_optimizer_variable(optimizer, index);
    hone_variable *momentum = hone_optimizer_slot(optimizer, index, 0),
                  *velocity = hone_optimizer_slot(optimizer, index, 1);
    hone_value w = hone_graph_variable(graph, variable);
    hone_value m = follow(graph, momentum, gradient, 1 - args->beta_1);
    hone_value square = hone_op_square(graph, gradient);
    hone_value v = follow(graph, velocity, square, 1 - args->beta_2);
    hone_value mean = hone_op_multiply(graph, m, hone_optimizer_number(optimizer, graph, 1));
    hone_value root =
        hone_op_sqrt(graph, hone_op_multiply(graph, v, hone_optimizer_number(optimizer, graph, 2)));
    hone_value u = hone_op_divide(graph, mean, hone_op_affine(graph, root, 1, args->epsilon));
    hone_value rate = hone_op_multiply(graph, trust(graph, w, u), hone_optimizer_number(optimizer, graph, 0));
    HONE_TRY(hone_op_assign(graph, momentum, m));
    HONE_TRY(hone_op_assign(graph, velocity, v));
    return hone_op_assign(graph, variable, hone_op_subtract(graph, w, hone_op_multiply(graph, u, rate)));
}

const hone_optimizer_type hone_internal_lamb_optimizer = {
    .type = {.name = "lamb",
             .class_name = "Lamb",
             .since = 305,
             .module = "keras.optimizers",
             .summary = "Adam with updates scaled to the norm of the weights; for large batches.",
             HONE_TYPE_FIELDS(hone_lamb_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
};
HONE_DEFINE_OPTIMIZER(lamb)
