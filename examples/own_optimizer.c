/* An optimizer, an initializer, a callback and a data source of one's own.
 *
 *   cc own_optimizer.c $(pkg-config --cflags --libs hone) -lm -o own_optimizer && ./own_optimizer */
#include <hone/extend.h>
#include <hone/hone.h>
#include <math.h>
#include <stdio.h>

/* ---- an optimizer: w -= rate * m, m = beta m + (1 - beta) sign(g) ---- */

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

/* ---- an initializer: plus and minus one number by turns ---- */

#define TURNS_FIELDS(F, A) F(A, NUMBER, size, 0.1, "the number", HONE_ABOVE(0))
HONE_ARGS_STRUCT(turns_args, TURNS_FIELDS);
HONE_FIELD_TABLE_NAMED(turns_args, TURNS_FIELDS, turns_fields, turns_defaults);

static hone_status fill_turns(const hone_fill *fill, const void *args)
{
    for (int64_t i = 0; i < fill->count; i++)
        fill->data[i] = (float)(i % 2 == 0 ? ((const turns_args *)args)->size : -((const turns_args *)args)->size);
    return HONE_OK;
}

static const hone_initializer_type turns_type = {
    .type = {.name = "turns", .class_name = "Turns", .summary = "Plus and minus a number by turns.",
             HONE_TYPE_FIELDS_NAMED(turns_args, turns_fields, turns_defaults)},
    .fill = fill_turns};

/* ---- a callback: stops when the loss is low enough ---- */

#define ENOUGH_FIELDS(F, A) F(A, NUMBER, loss, 0.01, "the loss to stop at", HONE_ABOVE(0))
HONE_ARGS_STRUCT(enough_args, ENOUGH_FIELDS);
HONE_FIELD_TABLE_NAMED(enough_args, ENOUGH_FIELDS, enough_fields, enough_defaults);

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    double loss;
    (void)epoch;
    if (hone_logs_get(logs, "loss", &loss) && loss < ((const enough_args *)hone_callback_args(callback))->loss)
        hone_trainer_stop(trainer, "enough");
    return HONE_OK;
}

static const hone_callback_type enough_type = {
    .type = {.name = "enough", .class_name = "Enough", .summary = "Stops when the loss is low enough.",
             HONE_TYPE_FIELDS_NAMED(enough_args, enough_fields, enough_defaults)},
    .epoch_end = epoch_end};

/* ---- a data source: batches that are made when they are wanted ---- */

enum { ROWS = 32, STEPS = 20 };
typedef struct source {
    float x[ROWS][2], y[ROWS][1];
} source;

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static const int64_t of_x[] = {ROWS, 2}, of_y[] = {ROWS, 1};
    source *made = context;
    if (step == STEPS)
        return 0;
    for (int i = 0; i < ROWS; i++) {
        made->x[i][0] = (float)sin((double)(epoch * 7919 + step * 131 + i * 17));
        made->x[i][1] = (float)cos((double)(epoch * 7907 + step * 137 + i * 19));
        made->y[i][0] = 3 * made->x[i][0] - made->x[i][1];
    }
    batch->x[0] = hone_array_view(made->x, HONE_FLOAT32, 2, of_x);
    batch->y[0] = hone_array_view(made->y, HONE_FLOAT32, 2, of_y);
    return 1;
}

int main(void)
{
    source made;
    hone_register_optimizer(&sign_type);
    hone_register_initializer(&turns_type);
    hone_register_callback(&enough_type);
    if (hone_check_optimizer("sign_momentum(0.02)") >= 0)
        printf("sign_momentum passes hone_check_optimizer\n");
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1, .kernel_initializer = "turns(size=0.5)"));
    hone_dataset *data = hone_dataset_from_callback(next_batch, &made, NULL);
    hone_compile(model, .optimizer = hone_optimizer_from_text("sign_momentum(0.02)"), .loss = "mse");
    const hone_history *history =
        hone_fit(model, data, .epochs = 50, .callbacks = hone_callbacks(hone_callback_from_text("enough(loss=0.01)")));
    if (history != NULL)
        printf("loss %.4f after %lld epochs, stopped by %s\n", hone_history_last(history, "loss"),
               (long long)hone_history_epoch_count(history),
               hone_history_stopped_by(history) != NULL ? hone_history_stopped_by(history) : "nothing");
    hone_model_free(model);
    hone_dataset_free(data);
    if (hone_error_status() < 0)
        fprintf(stderr, "%s\n", hone_error_message());
    return hone_error_status() < 0;
}
