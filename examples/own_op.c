/* An operation of one's own in plain C, with its gradient: y = log(exp(x_1) + ... + exp(x_n)) of each row, within a layer
 * that is trained with it. hone_check_layer compares the gradient with differences.
 *
 *   cc own_op.c $(pkg-config --cflags --libs hone) -lm -o own_op && ./own_op */
#include "own.h"
#include <math.h>

/* Of one row: x[0] has x_counts[0] numbers, y one. */
static void forward(const void *context, const double *const *x, const int64_t *x_counts, double *y, int64_t y_count)
{
    double most = x[0][0], sum = 0;
    (void)context;
    (void)y_count;
    for (int64_t i = 0; i < x_counts[0]; i++)
        most = x[0][i] > most ? x[0][i] : most;
    for (int64_t i = 0; i < x_counts[0]; i++)
        sum += exp(x[0][i] - most);
    y[0] = most + log(sum);
}

/* dx_i = dy exp(x_i - y) */
static void backward(const void *context, const double *const *x, const int64_t *x_counts, const double *y, const double *dy,
                     int64_t y_count, double *const *dx)
{
    (void)context;
    (void)y_count;
    for (int64_t i = 0; i < x_counts[0]; i++)
        dx[0][i] = dy[0] * exp(x[0][i] - y[0]);
}

static const hone_row_function log_sum = {.name = "log_sum_exp", .forward = forward, .backward = backward};

/* A layer that records it: (batch, n) to (batch, 1). */
#define LOG_SUM_FIELDS(F, A) HONE_LAYER_FIELDS(F, A)
HONE_ARGS_STRUCT(log_sum_args, LOG_SUM_FIELDS);
HONE_FIELD_TABLE(log_sum_args, LOG_SUM_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs)
{
    (void)layer;
    (void)count;
    outputs[0] = hone_op_rows(graph, &log_sum, inputs, 1, 1, NULL);
    return outputs[0] >= 0 ? 1 : hone_error_status();
}

static const hone_layer_type log_sum_type = {
    .type = {.name = "log_sum", .class_name = "LogSum", .summary = "log(sum(exp(x))).", HONE_TYPE_FIELDS(log_sum_args)}, .call = call};

int main(void)
{
    hone_register_layer(&log_sum_type);
    hone_check_layer("log_sum", HONE_SHAPE(3));
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(3), hone_layer_from_text("log_sum"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.02), .loss = "mse");
    own_train(model, data, 100, HONE_NO_CALLBACKS);
    return own_end(model, data);
}
