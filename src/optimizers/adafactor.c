/* adafactor: with q = g^2 + epsilon_1 and b = 1 - t^beta_2_decay:
 * for matrices r = b r + (1 - b) mean of q along rows, c = b c + (1 - b) mean of q along columns,
 * v = r c / mean(r), where of more axes the last two count; for vectors v = b v + (1 - b) q; u = g / sqrt(v);
 * w -= max(epsilon_2, rms(w)) min(rate, 1 / sqrt(t)) u / max(1, rms(u) / clip_threshold). */
#include "optimizers/optimizer.h"

HONE_FIELD_TABLE(hone_adafactor_args, HONE_ADAFACTOR_FIELDS);

static hone_status add(hone_optimizer *optimizer, int index, const char *name, hone_shape shape)
{
    return hone_optimizer_add_slot(optimizer, index, name, shape, 0) == NULL ? hone_error_status() : HONE_OK;
}

/* The shape without the axis `back` from the end. */
static hone_shape without(hone_shape shape, int back)
{
    for (int axis = shape.rank - back; axis + 1 < shape.rank; axis++)
        shape.size[axis] = shape.size[axis + 1];
    shape.rank--;
    return shape;
}

/* r, c and v of each variable; vectors have placeholders for the first two. */
static hone_status build(hone_optimizer *optimizer)
{
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++) {
        hone_shape shape = hone_optimizer_variable(optimizer, i)->shape;
        bool factored = shape.rank >= 2;
        HONE_TRY(factored ? add(optimizer, i, "row", without(shape, 1))
                          : hone_internal_optimizer_add_placeholder(optimizer, i, "row"));
        HONE_TRY(factored ? add(optimizer, i, "column", without(shape, 2))
                          : hone_internal_optimizer_add_placeholder(optimizer, i, "column"));
        HONE_TRY(add(optimizer, i, "velocity", shape));
    }
    return HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_adafactor_args *args = hone_optimizer_args(optimizer);
    double most = 1 / sqrt((double)t);
    numbers[0] = rate < most ? rate : most;
    numbers[1] = pow((double)t, args->beta_2_decay); /* 1 - b */
}

static hone_value root_mean_square(hone_graph *graph, hone_value x)
{
    return hone_op_sqrt(graph, hone_op_reduce(graph, "mean", hone_op_square(graph, x), NULL, 0, false));
}

/* slot = b slot + (1 - b) fresh; gives back the new value. */
static hone_value follow(hone_optimizer *optimizer, hone_graph *graph, hone_variable *slot, hone_value fresh)
{
    hone_value old = hone_graph_variable(graph, slot), share = hone_optimizer_number(optimizer, graph, 1);
    hone_value move = hone_op_multiply(graph, hone_op_subtract(graph, fresh, old), share);
    hone_value next = hone_op_add(graph, old, move);
    return hone_op_assign(graph, slot, next) < 0 ? HONE_NO_VALUE : next;
}

/* r c / mean(r) */
static hone_value factored(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value q)
{
    hone_value rows =
        follow(optimizer, graph, hone_optimizer_slot(optimizer, index, 0), hone_op_mean(graph, q, -1));
    hone_value columns =
        follow(optimizer, graph, hone_optimizer_slot(optimizer, index, 1), hone_op_mean(graph, q, -2));
    hone_value mean = hone_op_reduce(graph, "mean", rows, (int[]){-1}, 1, true);
    hone_value shares = hone_op_expand(graph, hone_op_divide(graph, rows, mean), -1);
    return hone_op_multiply(graph, shares, hone_op_expand(graph, columns, -2));
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_adafactor_args *args = hone_optimizer_args(optimizer);
    hone_variable *variable = hone_optimizer_variable(optimizer, index),
                  *velocity = hone_optimizer_slot(optimizer, index, 2);
    hone_value w = hone_graph_variable(graph, variable), v;
    hone_value q = hone_op_affine(graph, hone_op_square(graph, gradient), 1, args->epsilon_1);
    if (variable->shape.rank >= 2) {
        v = factored(optimizer, graph, index, q);
        HONE_TRY(hone_op_assign(graph, velocity, v));
    } else {
        v = follow(optimizer, graph, velocity, q);
    }
    hone_value u = hone_op_divide(graph, gradient, hone_op_sqrt(graph, v));
    hone_value size = hone_op_affine(graph, root_mean_square(graph, u), 1 / args->clip_threshold, 0);
    hone_value divisor = hone_op_unary(graph, "maximum_scalar", size, (hone_parameters){1, 0, 0, 0});
    hone_value scale = hone_op_unary(graph, "maximum_scalar", root_mean_square(graph, w),
                                     (hone_parameters){args->epsilon_2, 0, 0, 0});
    hone_value rate = hone_op_multiply(graph, scale, hone_optimizer_number(optimizer, graph, 0));
    hone_value move = hone_op_multiply(graph, u, hone_op_divide(graph, rate, divisor));
    return hone_op_assign(graph, variable, hone_op_subtract(graph, w, move));
}

const hone_optimizer_type hone_internal_adafactor_optimizer = {
    .type = {.name = "adafactor",
             .class_name = "Adafactor",
             .module = "keras.optimizers",
             .summary = "Adam with little memory: keeps mean squares of rows and columns only.",
             HONE_TYPE_FIELDS(hone_adafactor_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
};
HONE_DEFINE_OPTIMIZER(adafactor)
