/* What all metrics share: batches, weights and masks, settings and names, what Keras saves. */
#include "testing/check_metric.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The whole epoch counts by samples, also the short last batch; a mask hides, weights of 0 too. */
TEST(counts_an_epoch_by_samples_and_weights)
{
    hone_shape four = HONE_SHAPE(4, 1), one = HONE_SHAPE(1, 1), none = {0};
    const double targets[] = {1, 1, 0, 0}, predictions[] = {0.9, 0.2, 0.1, 0.3}, weights[] = {1, 0, 2, 1};
    hone_metric *metric = metric_of_text("accuracy", HONE_SHAPE(HONE_ANY), HONE_SHAPE(HONE_ANY, 1));
    assert_string_equal(metric->name, "accuracy");
    assert_float_equal(hone_internal_metric_results(metric)[0], 0, 0);
    metric_add(metric, four, targets, four, predictions, none, NULL, false);
    metric_add(metric, one, targets, one, predictions, none, NULL, false);
    assert_float_equal(hone_internal_metric_results(metric)[0], 4.0 / 5, 1e-12);
    hone_internal_metric_reset(metric);
    metric_add(metric, four, targets, four, predictions, HONE_SHAPE(4), weights, false);
    assert_float_equal(hone_internal_metric_results(metric)[0], 1, 1e-12);
    hone_internal_metric_reset(metric);
    metric_add(metric, four, targets, four, predictions, HONE_SHAPE(4), (double[]){0, 1, 1, 0}, true);
    assert_float_equal(hone_internal_metric_results(metric)[0], 0.5, 1e-12);
    hone_internal_metric_free(metric);
}

/* A mask of steps hides them from every kind of metric. */
TEST(a_mask_hides_steps_of_every_kind)
{
    static const struct {
        const char *metric;
        double result;
    } expected[] = {{"mae", 0.25},          {"rmse", 0.25},   {"mse", 0.0625},
                    {"binary_accuracy", 1}, {"precision", 1}, {"true_positives", 1},
                    {"mean_iou(2)", 1},     {"auc", 1},       {"huber", 0.03125}};
    hone_shape shape = HONE_SHAPE(1, 3, 1), of_mask = HONE_SHAPE(1, 3);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        bool ids = strncmp(expected[i].metric, "mean_iou", 8) == 0;
        hone_metric *metric = metric_of_text(expected[i].metric, shape, shape);
        const double near[] = {0.75, 0.25, 0.9}, exact[] = {1, 0, 1};
        metric_add(metric, shape, (double[]){1, 0, 0}, shape, ids ? exact : near, of_mask,
                   (double[]){1, 1, 0}, true);
        double result = hone_internal_metric_results(metric)[0];
        if (fabs(result - expected[i].result) > 1e-6)
            fail_msg("%s: %g, not %g", metric->name, result, expected[i].result);
        hone_internal_metric_free(metric);
    }
}

/* ---- settings ---- */

#define ENVELOPE(class_name, config) \
    "{\"module\": \"keras.metrics\", \"class_name\": \"" class_name "\", \"config\": {" config "}, " \
    "\"registered_name\": null}"

TEST(is_saved_and_read_back)
{
    check_metric_json("accuracy", "accuracy", "\"accuracy\"");
    check_metric_json("mse", "mse", "\"mse\"");
    check_metric_json("AUC", "AUC", "\"AUC\"");
    check_metric_json("crossentropy", "crossentropy", "\"crossentropy\"");
    check_metric_json("huber", "huber", "\"huber\"");
    check_metric_json(
        "precision(thresholds=[0.2, 0.7], top_k=2, name=sharp)", "sharp",
        ENVELOPE("Precision",
                 "\"thresholds\": [0.2, 0.7], \"top_k\": 2, \"class_id\": null, \"name\": \"sharp\""));
    check_metric_json(
        "r2_score(class_aggregation=none)", "r2_score",
        ENVELOPE("R2Score", "\"class_aggregation\": null, \"num_regressors\": 0, \"name\": \"r2_score\""));
    check_metric_json(
        "mean_io_u(4)", "mean_io_u",
        ENVELOPE(
            "MeanIoU",
            "\"num_classes\": 4, \"name\": \"mean_io_u\", \"ignore_class\": null, \"sparse_y_true\": true, "
            "\"sparse_y_pred\": true, \"axis\": -1"));
    check_metric_json(
        "top_k_categorical_accuracy(3)", "top_k_categorical_accuracy",
        ENVELOPE("TopKCategoricalAccuracy", "\"k\": 3, \"name\": \"top_k_categorical_accuracy\""));
}

TEST(names_the_nearest_metric)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    check_metric_refused("precison", rows, rows, "did you mean \"precision\"");
}

/* ---- what Keras saves of an instance with default arguments ---- */

TEST(saves_defaults_as_keras_does)
{
    hone_config *file = golden_open("defaults", "metric");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++) {
        const char *title = golden_title(file, hone_internal_config_at(cases, i));
        const hone_config *expected = golden_get(hone_internal_config_at(cases, i), "serialized");
        hone_config *envelope = golden_envelope(NULL, hone_internal_config_get_text(expected, "class_name"),
                                                golden_get(hone_internal_config_at(cases, i), "arguments"));
        hone_metric *metric =
            hone_internal_metric_create(envelope, HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3));
        if (metric == NULL)
            fail_msg("%s: %s", title, hone_error_message());
        hone_config *received = hone_internal_metric_to_config(metric);
        assert_string_equal(hone_internal_config_get_text(received, "module"),
                            hone_internal_config_get_text(expected, "module"));
        assert_string_equal(hone_internal_config_get_text(received, "class_name"),
                            hone_internal_config_get_text(expected, "class_name"));
        golden_check_config(title, golden_get(expected, "config"), golden_get(received, "config"));
        hone_internal_config_free(received);
        hone_internal_metric_free(metric);
        hone_internal_config_free(envelope);
    }
    hone_internal_config_free(file);
}

/* ---- of one's own ---- */

typedef struct own_args {
    hone_args base;
    const char *name;
} own_args;
static const own_args own_defaults = {.base = {sizeof own_defaults, NULL}};
static const hone_field own_fields[] = {
    {.name = "name", .kind = HONE_FIELD_TEXT, .offset = offsetof(own_args, name), .help = ""}};
#define OWN_TYPE(name_, class_) \
    .type = {.name = name_, \
             .class_name = class_, \
             .summary = "", \
             .fields = own_fields, \
             .field_count = 1, \
             .args_size = sizeof(own_args), \
             .defaults = &own_defaults}

static void add_distance(hone_metric *metric, const float *y_true, int64_t true_count, const float *y_pred,
                         int64_t pred_count, double weight)
{
    for (int64_t i = 0; i < pred_count; i++)
        hone_metric_state(metric)[0] += weight * fabs((double)(y_true[i % true_count] - y_pred[i]));
    hone_metric_state(metric)[1] += weight;
}
static const hone_metric_type by_rows = {OWN_TYPE("distance", "Distance"), .add_row = add_distance,
                                         .direction = -1};

static hone_status update_mean_and_columns(hone_graph *graph, hone_metric *metric, hone_value y_true,
                                           hone_value y_pred, hone_value weights)
{
    (void)y_true;
    hone_status status = hone_op_accumulate_columns(graph, metric, 0, y_pred, weights);
    if (status >= 0 && hone_op_accumulate_columns(graph, metric, 1, y_pred, weights) >= 0)
        return hone_fail(HONE_ERROR_STATE, "a state that is not there was accepted");
    hone_error_clear();
    return status;
}
static int64_t three(const void *args, hone_shape y_true, hone_shape y_pred)
{
    (void)args, (void)y_true, (void)y_pred;
    return 3;
}
static const hone_metric_type by_columns = {OWN_TYPE("columns", "Columns"), .update = update_mean_and_columns,
                                            .state_count = three};
static const hone_metric_type by_nothing = {OWN_TYPE("nothing_at_all", "NothingAtAll")};

TEST(metrics_of_ones_own)
{
    const hone_shape shape = {.rank = 2, .size = {2, 3}}, of_weights = {.rank = 1, .size = {2}};
    const double t[] = {1, 2, 3, 4, 5, 6}, p[] = {1, 2, 5, 4, 4, 4}, w[] = {1, 3};
    assert_int_equal(hone_register_metric(&by_rows), HONE_OK);
    assert_int_equal(hone_register_metric(&by_columns), HONE_OK);
    assert_int_equal(hone_register_metric(&by_nothing), HONE_OK);
    hone_metric *metric = metric_of_text("distance", shape, shape);
    metric_add(metric, shape, t, shape, p, of_weights, w, false);
    assert_true(*hone_internal_metric_results(metric) == (2 * 1 + 3 * 3) / 4.0);
    metric_add(metric, shape, t, shape, p, (hone_shape){0}, NULL, false);
    assert_true(*hone_internal_metric_results(metric) == (2 * 1 + 3 * 3 + 2 + 3) / 6.0);
    hone_internal_metric_free(metric);
    metric = metric_of_text("columns", shape, shape);
    metric_add(metric, shape, t, shape, p, of_weights, w, false);
    assert_true(hone_metric_state(metric)[0] == 1 + 3 * 4 && hone_metric_state(metric)[2] == 5 + 3 * 4);
    hone_internal_metric_free(metric);
    check_metric_unfit("nothing_at_all", shape, shape, "neither update nor add_row");
}
