/* Metrics and a loss of one's own: "coverage" in plain C over rows (how often the truth lies within 10 % of the
 * prediction), "bias" by operations that write its state, and the loss "log_cosh_squared".
 *
 *   cc own_metric.c $(pkg-config --cflags --libs hone) -lm -o own_metric && ./own_metric */
#include <hone/extend.h>
#include <hone/hone.h>
#include <math.h>
#include <stdio.h>

/* ---- plain C: called for each row, with its weight; the result is state[0] / state[1] ---- */

#define COVERAGE_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "coverage") \
    F(A, NUMBER, share, 0.1, "how far the truth may be from the prediction, as a share of it", HONE_ABOVE(0))
HONE_ARGS_STRUCT(coverage_args, COVERAGE_FIELDS);
HONE_FIELD_TABLE_NAMED(coverage_args, COVERAGE_FIELDS, coverage_fields, coverage_defaults);

static void add_coverage(hone_metric *metric, const float *y_true, int64_t true_count, const float *y_pred,
                         int64_t pred_count, double weight)
{
    const coverage_args *args = hone_metric_args(metric);
    double *state = hone_metric_state(metric);
    for (int64_t i = 0; i < pred_count && i < true_count; i++) {
        state[0] += weight * (fabs((double)(y_true[i] - y_pred[i])) <= args->share * fabs((double)y_pred[i]));
        state[1] += weight;
    }
}

static const hone_metric_type coverage_type = {
    .type = {.name = "coverage", .class_name = "Coverage", .summary = "Share of truths within a share of the prediction.",
             HONE_TYPE_FIELDS_NAMED(coverage_args, coverage_fields, coverage_defaults)},
    .add_row = add_coverage,
    .direction = 1};

/* ---- operations: the mean of y_pred - y_true ---- */

#define BIAS_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "bias")
HONE_ARGS_STRUCT(bias_args, BIAS_FIELDS);
HONE_FIELD_TABLE_NAMED(bias_args, BIAS_FIELDS, bias_fields, bias_defaults);

static hone_status update_bias(hone_graph *graph, hone_metric *metric, hone_value y_true, hone_value y_pred,
                               hone_value weights)
{
    return hone_op_accumulate_mean(graph, metric, 0, hone_op_subtract(graph, y_pred, y_true), weights);
}

static const hone_metric_type bias_type = {
    .type = {.name = "bias", .class_name = "Bias", .summary = "Mean of y_pred - y_true.",
             HONE_TYPE_FIELDS_NAMED(bias_args, bias_fields, bias_defaults)},
    .update = update_bias};

/* ---- a loss: values of y_pred's shape without its last axis ---- */

#define SOFT_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "soft_absolute")
HONE_ARGS_STRUCT(soft_args, SOFT_FIELDS);
HONE_FIELD_TABLE_NAMED(soft_args, SOFT_FIELDS, soft_fields, soft_defaults);

/* mean over the last axis of sqrt((y_pred - y_true)^2 + 0.01) */
static hone_value soft_values(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args)
{
    (void)args;
    hone_value error = hone_op_subtract(graph, y_pred, y_true);
    return hone_op_mean(graph, hone_op_sqrt(graph, hone_op_affine(graph, hone_op_square(graph, error), 1, 0.01)), -1);
}

static const hone_loss_type soft_type = {
    .type = {.name = "soft_absolute", .class_name = "SoftAbsolute", .summary = "sqrt(error^2 + 0.01).",
             HONE_TYPE_FIELDS_NAMED(soft_args, soft_fields, soft_defaults)},
    .values = soft_values};

int main(void)
{
    float x[64][2], y[64][1], guess[64][1];
    const int64_t of_x[] = {64, 2}, of_y[] = {64, 1};
    for (int i = 0; i < 64; i++) {
        x[i][0] = (float)(i % 8) / 8;
        x[i][1] = (float)(i / 8) / 8;
        y[i][0] = 1 + 2 * x[i][0] - x[i][1];
        guess[i][0] = y[i][0] + 0.5f * x[i][1] - 0.3f;
    }
    hone_register_metric(&coverage_type);
    hone_register_metric(&bias_type);
    hone_register_loss(&soft_type);
    const hone_array y_true = hone_array_view(y, HONE_FLOAT32, 2, of_y), y_pred = hone_array_view(guess, HONE_FLOAT32, 2, of_y);
    if (hone_check_metric("coverage(share=0.2)", &y_true, &y_pred) >= 0 && hone_check_metric("bias", &y_true, &y_pred) >= 0 &&
        hone_check_loss("soft_absolute", &y_true, &y_pred) >= 0)
        printf("both metrics and the loss pass their checks\n");
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    hone_dataset *data = hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                                  .y[0] = hone_array_view(y, HONE_FLOAT32, 2, of_y));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "soft_absolute",
                 .metrics = {"coverage(share=0.2)", "bias"});
    const hone_history *history = hone_fit(model, data, .epochs = 40);
    if (history != NULL)
        printf("loss %.4f, coverage %.4f, bias %.4f\n", hone_history_last(history, "loss"),
               hone_history_last(history, "coverage"), hone_history_last(history, "bias"));
    hone_model_free(model);
    hone_dataset_free(data);
    if (hone_error_status() < 0)
        fprintf(stderr, "%s\n", hone_error_message());
    return hone_error_status() < 0;
}
