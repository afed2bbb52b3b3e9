/* Metrics of one's own: "coverage" in plain C over rows (how often the truth lies within 10 % of the prediction), and
 * "bias" by operations that write its state.
 *
 *   cc own_metric.c $(pkg-config --cflags --libs hone) -lm -o own_metric && ./own_metric */
#include "own.h"
#include <math.h>

/* Called for each row, with its weight; the result is state[0] / state[1]. */
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
    for (int64_t i = 0; i < pred_count && i < true_count; i++)
        state[0] += weight * (fabs((double)(y_true[i] - y_pred[i])) <= args->share * fabs((double)y_pred[i]));
    state[1] += weight * (double)pred_count;
}

static const hone_metric_type coverage_type = {
    .type = {.name = "coverage", .class_name = "Coverage", .summary = "Share of truths within a share of the prediction.",
             HONE_TYPE_FIELDS_NAMED(coverage_args, coverage_fields, coverage_defaults)},
    .add_row = add_coverage,
    .direction = 1};

/* The mean of y_pred - y_true. */
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

int main(void)
{
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    const hone_array *y = hone_dataset_target(data, 0);
    hone_register_metric(&coverage_type);
    hone_register_metric(&bias_type);
    hone_check_metric("coverage(share=0.2)", y, y);
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse", .metrics = {"coverage(share=0.2)", "bias"});
    const hone_history *history = hone_fit(model, data, .epochs = 100);
    if (history != NULL)
        printf("coverage %.4f, bias %.4f\n", hone_history_last(history, "coverage"), hone_history_last(history, "bias"));
    return own_end(model, data);
}
