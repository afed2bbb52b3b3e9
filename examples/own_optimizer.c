/* An optimizer of one's own: m = beta m + (1 - beta) sign(g), w -= rate * m. Clipping, decay, averages and schedules come
 * with it.
 *
 *   cc own_optimizer.c $(pkg-config --cflags --libs hone) -o own_optimizer && ./own_optimizer */
#include "own.h"

#define SIGN_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.01) \
    F(A, NUMBER, beta, 0.9, "how much of the old direction is kept", HONE_BETWEEN_BELOW(0, 1)) \
    HONE_OPTIMIZER_FIELDS(F, A, "sign_momentum")
HONE_ARGS_STRUCT(sign_args, SIGN_FIELDS);
HONE_FIELD_TABLE_NAMED(sign_args, SIGN_FIELDS, sign_fields, sign_defaults);

static hone_status build_sign(hone_optimizer *optimizer)
{
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++)
        if (hone_optimizer_add_slot(optimizer, i, "direction", hone_variable_shape(hone_optimizer_variable(optimizer, i)),
                                    0) == NULL)
            return hone_error_status();
    return HONE_OK;
}

static void numbers_of_step(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    (void)optimizer, (void)t;
    numbers[0] = rate;
}

static hone_status update_sign(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const sign_args *args = hone_optimizer_args(optimizer);
    hone_variable *weight = hone_optimizer_variable(optimizer, index), *slot = hone_optimizer_slot(optimizer, index, 0);
    hone_value sign = hone_op_unary(graph, "sign", gradient, (hone_parameters){0});
    hone_value direction = hone_op_add(graph, hone_op_affine(graph, hone_graph_variable(graph, slot), args->beta, 0),
                                       hone_op_affine(graph, sign, 1 - args->beta, 0));
    hone_value step = hone_op_multiply(graph, direction, hone_optimizer_number(optimizer, graph, 0));
    if (hone_op_assign(graph, slot, direction) < 0)
        return hone_error_status();
    return hone_op_assign(graph, weight, hone_op_subtract(graph, hone_graph_variable(graph, weight), step));
}

static const hone_optimizer_type sign_type = {
    .type = {.name = "sign_momentum", .class_name = "SignMomentum", .summary = "Steps by the sign of the gradient, averaged.",
             HONE_TYPE_FIELDS_NAMED(sign_args, sign_fields, sign_defaults)},
    .build = build_sign,
    .numbers = numbers_of_step,
    .update = update_sign};

int main(void)
{
    hone_register_optimizer(&sign_type);
    hone_check_optimizer("sign_momentum(0.02)");
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    hone_compile(model, .optimizer = hone_optimizer_from_text("sign_momentum(0.02)"), .loss = "mse");
    own_train(model, data, 50, HONE_NO_CALLBACKS);
    return own_end(model, data);
}
