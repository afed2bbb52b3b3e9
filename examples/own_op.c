/* An operation of one's own in plain C, with its gradient: y = log(exp(x_1) + ... + exp(x_n)) of each row, within a layer
 * that is trained with it. The gradient is compared with differences of the loss.
 *
 *   cc own_op.c $(pkg-config --cflags --libs hone) -lm -o own_op && ./own_op */
#include <hone/extend.h>
#include <hone/hone.h>
#include <math.h>
#include <stdio.h>

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

static double loss_of(hone_model *model, hone_dataset *data)
{
    hone_logs logs = {.count = 0};
    double loss = NAN;
    if (hone_evaluate(model, data, &logs) >= 0)
        hone_logs_get(&logs, "loss", &loss);
    hone_logs_free(&logs);
    return loss;
}

/* The weight's gradient is the change of the loss per step of plain gradient descent, and the slope of the loss. */
static void compare(hone_model *model, hone_dataset *data)
{
    float *weight = hone_variable_data(hone_model_weight(model, 0));
    const float before = *weight, step = 0.01f;
    *weight = before + step;
    const double above = loss_of(model, data);
    *weight = before - step;
    const double below = loss_of(model, data);
    *weight = before;
    hone_compile(model, .optimizer = hone_sgd(.learning_rate = 1), .loss = "mse");
    hone_fit(model, data, .epochs = 1, .batch_size = 64);
    printf("gradient %.3f, slope %.3f\n", (double)(before - *weight), (above - below) / (2 * (double)step));
}

int main(void)
{
    float x[64][3], y[64];
    const int64_t of_x[] = {64, 3}, of_y[] = {64};
    for (int i = 0; i < 64; i++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            x[i][k] = (float)((i * 37 + k * 11) % 17) / 17;
            sum += exp(2 * (double)x[i][k]);
        }
        y[i] = (float)log(sum);
    }
    hone_register_layer(&log_sum_type);
    if (hone_check_layer("log_sum", HONE_SHAPE(3)) >= 0)
        printf("log_sum passes hone_check_layer\n");
    hone_model *model = hone_sequential(hone_input(3), hone_dense(3), hone_layer_from_text("log_sum"));
    hone_dataset *data = hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                                  .y[0] = hone_array_view(y, HONE_FLOAT32, 1, of_y));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.02), .loss = "mse");
    compare(model, data);
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.02), .loss = "mse");
    hone_fit(model, data, .epochs = 100);
    printf("loss %.4f\n", loss_of(model, data));
    hone_model_free(model);
    hone_dataset_free(data);
    if (hone_error_status() < 0)
        fprintf(stderr, "%s\n", hone_error_message());
    return hone_error_status() < 0;
}
