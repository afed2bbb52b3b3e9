/* adam: m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v);
 * w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon); amsgrad puts the largest v so far for v. */
#include "optimizers/optimizer.h"

#include <math.h>

HONE_FIELD_TABLE(hone_adam_args, HONE_ADAM_FIELDS);

static hone_status add(hone_optimizer *optimizer, int index, const char *name) {
    hone_shape shape = hone_optimizer_variable(optimizer, index)->shape;
    return hone_optimizer_add_slot(optimizer, index, name, shape, 0) == NULL ? hone_error_status() : HONE_OK;
}

/* m and v of each variable; then, with amsgrad, the largest v of all. */
static hone_status build(hone_optimizer *optimizer) {
    const hone_adam_args *args = hone_optimizer_args(optimizer);
    int count = hone_optimizer_variable_count(optimizer);
    for (int i = 0; i < count; i++) {
        HONE_TRY(add(optimizer, i, "momentum"));
        HONE_TRY(add(optimizer, i, "velocity"));
    }
    for (int i = 0; args->amsgrad && i < count; i++) HONE_TRY(add(optimizer, i, "velocity_hat"));
    return HONE_OK;
}

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers) {
    const hone_adam_args *args = hone_optimizer_args(optimizer);
    numbers[0] = rate * sqrt(1 - pow(args->beta_2, (double)t)) / (1 - pow(args->beta_1, (double)t));
    numbers[1] = 1 - args->beta_1;
    numbers[2] = 1 - args->beta_2;
    numbers[3] = args->epsilon;
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient) {
    const hone_adam_args *args = hone_optimizer_args(optimizer);
    return hone_optimizer_step(optimizer, graph, args->amsgrad ? "adam_amsgrad" : "adam", index, gradient);
}

const hone_optimizer_type hone_internal_adam_optimizer = {
    .type = {.name = "adam", .class_name = "Adam", .module = "keras.optimizers",
             .summary = "Moves by the running mean of the gradient over the root of its running mean square.",
             HONE_TYPE_FIELDS(hone_adam_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
};
HONE_DEFINE_OPTIMIZER(adam)
