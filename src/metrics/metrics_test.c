/* Metrics: Keras's numbers over several batches, masks and weights, settings, and what is refused. */
#include "metrics/metric.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- golden files ---- */

static hone_shape shape_of(const hone_config *tensor)
{
    golden_tensor read = golden_read(tensor);
    hone_shape shape = read.shape;
    if (shape.rank > 0)
        shape.size[0] = HONE_ANY;
    golden_tensor_free(&read);
    return shape;
}

/* Mean and Sum have no targets. */
static const hone_config *targets_of(const hone_config *update)
{
    const hone_config *y_true = golden_get(update, "y_true");
    return y_true != NULL ? y_true : golden_get(update, "y_pred");
}

static void run_update(const char *title, hone_metric *metric, const hone_config *update, const char *table)
{
    golden_run run = golden_begin(table, false);
    hone_value y_true = golden_input(&run, targets_of(update)),
               y_pred = golden_input(&run, golden_get(update, "y_pred"));
    const hone_config *weights = golden_get(update, "sample_weight"), *mask = golden_get(update, "mask");
    hone_value weight = weights != NULL ? golden_input(&run, weights) : HONE_NO_VALUE;
    if (mask != NULL)
        hone_value_set_mask(run.graph, y_pred, golden_input(&run, mask));
    if (hone_internal_metric_record(metric, run.graph, y_true, y_pred, weight) < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_execute(&run);
    golden_end(&run);
}

static void check_result(const char *title, hone_metric *metric, const hone_config *expected,
                         double tolerance)
{
    golden_tensor wanted = golden_read(expected), received = golden_filled(wanted.shape, 0);
    if (metric->result_count != received.count)
        fail_msg("%s: %d results, not %d", title, metric->result_count, (int)received.count);
    memcpy(received.values, hone_internal_metric_results(metric), (size_t)received.count * sizeof(double));
    golden_check(title, "result", &wanted, &received, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
}

static void check_case(const char *name, const char *class_name, const hone_config *example,
                       const char *table)
{
    char title[512];
    const hone_config *updates = golden_get(example, "updates"), *results = golden_get(example, "results");
    hone_config *envelope = golden_envelope("keras.metrics", class_name, golden_get(example, "arguments"));
    const hone_config *first = updates->items[0];
    hone_metric *metric = hone_internal_metric_create(envelope, shape_of(targets_of(first)),
                                                      shape_of(golden_get(first, "y_pred")));
    snprintf(title, sizeof title, "%s [%s]", name, table);
    if (metric == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    for (int round = 0; round < 2; round++) { /* the second time after a reset */
        hone_internal_metric_reset(metric);
        for (size_t i = 0; i < updates->count; i++) {
            run_update(title, metric, updates->items[i], table);
            check_result(title, metric, results->items[i], golden_tolerance(example));
        }
    }
    hone_internal_metric_free(metric);
    hone_internal_config_free(envelope);
}

static void test_golden(void **state)
{
    (void)state;
    char **names = golden_list("metrics");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("metrics", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < cases->count; i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(golden_title(file, cases->items[i]), hone_internal_config_get_text(file, "class"),
                           cases->items[i], *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

/* ---- by hand ---- */

static hone_metric *metric_of_text(const char *text, hone_shape y_true, hone_shape y_pred)
{
    hone_config *config = hone_internal_config_text(text);
    hone_metric *metric = hone_internal_metric_create(config, y_true, y_pred);
    hone_internal_config_free(config);
    if (metric == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return metric;
}

/* Adds a batch; weights and mask may have rank 0: none. */
static void add(hone_metric *metric, hone_shape of_targets, const double *targets, hone_shape of_predictions,
                const double *predictions, hone_shape of_weights, const double *weights, bool as_mask)
{
    golden_run run = golden_begin(NULL, false);
    golden_tensor t = {of_targets, hone_internal_shape_count(of_targets), (double *)(uintptr_t)targets};
    golden_tensor p = {of_predictions, hone_internal_shape_count(of_predictions),
                       (double *)(uintptr_t)predictions};
    golden_tensor w = {of_weights, hone_internal_shape_count(of_weights), (double *)(uintptr_t)weights};
    hone_value y_true = golden_input_of(&run, &t), y_pred = golden_input_of(&run, &p);
    hone_value weight = of_weights.rank > 0 ? golden_input_of(&run, &w) : HONE_NO_VALUE;
    if (as_mask)
        hone_value_set_mask(run.graph, y_pred, weight);
    if (hone_internal_metric_record(metric, run.graph, y_true, y_pred, as_mask ? HONE_NO_VALUE : weight) < 0)
        fail_msg("%s: %s", metric->name, hone_error_message());
    golden_execute(&run);
    golden_end(&run);
}

/* The result after one batch without weights. */
static double once(const char *text, hone_shape of_targets, const double *targets, hone_shape of_predictions,
                   const double *predictions)
{
    hone_metric *metric = metric_of_text(text, of_targets, of_predictions);
    add(metric, of_targets, targets, of_predictions, predictions, (hone_shape){0}, NULL, false);
    double result = hone_internal_metric_results(metric)[0];
    hone_internal_metric_free(metric);
    return result;
}

/* The whole epoch counts by samples, also the short last batch; a mask hides, weights of 0 too. */
static void test_batches_and_weights(void **state)
{
    (void)state;
    hone_shape four = HONE_SHAPE(4, 1), one = HONE_SHAPE(1, 1), none = {0};
    const double targets[] = {1, 1, 0, 0}, predictions[] = {0.9, 0.2, 0.1, 0.3}, weights[] = {1, 0, 2, 1};
    hone_metric *metric = metric_of_text("accuracy", HONE_SHAPE(HONE_ANY), HONE_SHAPE(HONE_ANY, 1));
    assert_string_equal(metric->name, "accuracy");
    assert_float_equal(hone_internal_metric_results(metric)[0], 0, 0);
    add(metric, four, targets, four, predictions, none, NULL, false);
    add(metric, one, targets, one, predictions, none, NULL, false);
    assert_float_equal(hone_internal_metric_results(metric)[0], 4.0 / 5, 1e-12);
    hone_internal_metric_reset(metric);
    add(metric, four, targets, four, predictions, HONE_SHAPE(4), weights, false);
    assert_float_equal(hone_internal_metric_results(metric)[0], 1, 1e-12);
    hone_internal_metric_reset(metric);
    add(metric, four, targets, four, predictions, HONE_SHAPE(4), (double[]){0, 1, 1, 0}, true);
    assert_float_equal(hone_internal_metric_results(metric)[0], 0.5, 1e-12);
    hone_internal_metric_free(metric);
}

/* A mask of steps hides them from every kind of metric. */
static void test_masks(void **state)
{
    (void)state;
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
        add(metric, shape, (double[]){1, 0, 0}, shape, ids ? exact : near, of_mask, (double[]){1, 1, 0},
            true);
        double result = hone_internal_metric_results(metric)[0];
        if (fabs(result - expected[i].result) > 1e-6)
            fail_msg("%s: %g, not %g", metric->name, result, expected[i].result);
        hone_internal_metric_free(metric);
    }
}

static void test_values(void **state)
{
    (void)state;
    hone_shape pair = HONE_SHAPE(2, 3), ids = HONE_SHAPE(2);
    const double t[] = {1, 2, 3, 0, 1, 5}, p[] = {2, 4, 6.5, 1, 0, 4};
    double expected[2] = {0}, agreement[2] = {0};
    for (int row = 0; row < 2; row++) {
        double mt = 0, mp = 0, vt = 0, vp = 0, c = 0;
        for (int i = 0; i < 3; i++)
            mt += t[3 * row + i] / 3, mp += p[3 * row + i] / 3;
        for (int i = 0; i < 3; i++) {
            double a = t[3 * row + i] - mt, b = p[3 * row + i] - mp;
            vt += a * a / 3, vp += b * b / 3, c += a * b / 3;
        }
        expected[row] = c / sqrt(vt * vp);
        agreement[row] = 2 * c / (vt + vp + (mt - mp) * (mt - mp));
    }
    assert_float_equal(once("pearson_correlation", pair, t, pair, p), (expected[0] + expected[1]) / 2, 1e-6);
    assert_float_equal(once("concordance_correlation", pair, t, pair, p), (agreement[0] + agreement[1]) / 2,
                       1e-6);
    assert_float_equal(
        once("r2_score", HONE_SHAPE(3, 1), (double[]){2, 2, 2}, HONE_SHAPE(3, 1), (double[]){2, 2, 2}), 1, 0);
    assert_float_equal(
        once("r2_score", HONE_SHAPE(3, 1), (double[]){2, 2, 2}, HONE_SHAPE(3, 1), (double[]){2, 2, 3}), 0, 0);
    /* more wanted than there are classes */
    assert_float_equal(once("sparse_top_k_categorical_accuracy(k=9)", ids, (double[]){0, 2}, pair, p), 1, 0);
    assert_float_equal(
        once("sparse_top_k_categorical_accuracy(k=1, from_sorted_ids=true)", ids, (double[]){2, 0}, pair, p),
        0.5, 0);
    /* ignored classes are left out, as of the loss; Keras's metric counts them as 0 */
    assert_float_equal(once("sparse_categorical_crossentropy(ignore_class=1)", ids, (double[]){1, 2},
                            HONE_SHAPE(2, 3), (double[]){0.5, 0.25, 0.25, 0.25, 0.5, 0.25}),
                       log(4), 1e-6);
    assert_float_equal(once("acc", ids, (double[]){2, 2}, pair, p), 1, 0);
    assert_float_equal(once("accuracy", pair, (double[]){0, 0, 1, 1, 0, 0}, pair, p), 0.5, 0);
    assert_float_equal(once("sum", pair, t, pair, p), 17.5, 1e-6);
    assert_float_equal(once("cosine_similarity", pair, t, pair, t), 1, 1e-6);
    assert_float_equal(once("categorical_focal_crossentropy(gamma=0, alpha=1)", HONE_SHAPE(1, 2),
                            (double[]){1, 0}, HONE_SHAPE(1, 2), (double[]){0.5, 0.5}),
                       log(2), 1e-6);
    assert_float_equal(
        once("crossentropy", HONE_SHAPE(1), (double[]){1}, HONE_SHAPE(1, 2), (double[]){0.5, 0.5}), log(2),
        1e-6);
}

/* ---- settings ---- */

static void expect_json(const char *text, const char *name, const char *json)
{
    hone_metric *metric = metric_of_text(text, HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3));
    hone_config *config = hone_internal_metric_to_config(metric);
    char *written = hone_internal_config_to_json(config, true);
    assert_string_equal(written, json);
    assert_string_equal(metric->name, name);
    hone_metric *again =
        hone_internal_metric_create(config, HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3));
    assert_non_null(again);
    assert_true(again->type == metric->type && again->state_count == metric->state_count);
    assert_string_equal(again->name, name);
    hone_internal_metric_free(again);
    hone_internal_metric_free(metric);
    hone_internal_free(written);
    hone_internal_config_free(config);
}

#define ENVELOPE(class_name, config) \
    "{\"module\": \"keras.metrics\", \"class_name\": \"" class_name "\", \"config\": {" config "}, " \
    "\"registered_name\": null}"

static void test_settings(void **state)
{
    (void)state;
    expect_json("accuracy", "accuracy", "\"accuracy\"");
    expect_json("mse", "mse", "\"mse\"");
    expect_json("AUC", "AUC", "\"AUC\"");
    expect_json("crossentropy", "crossentropy", "\"crossentropy\"");
    expect_json("huber", "huber", "\"huber\"");
    expect_json(
        "precision(thresholds=[0.2, 0.7], top_k=2, name=sharp)", "sharp",
        ENVELOPE("Precision",
                 "\"thresholds\": [0.2, 0.7], \"top_k\": 2, \"class_id\": null, \"name\": \"sharp\""));
    expect_json(
        "r2_score(class_aggregation=none)", "r2_score",
        ENVELOPE("R2Score", "\"class_aggregation\": null, \"num_regressors\": 0, \"name\": \"r2_score\""));
    expect_json(
        "mean_io_u(4)", "mean_io_u",
        ENVELOPE(
            "MeanIoU",
            "\"num_classes\": 4, \"name\": \"mean_io_u\", \"ignore_class\": null, \"sparse_y_true\": true, "
            "\"sparse_y_pred\": true, \"axis\": -1"));
    expect_json("top_k_categorical_accuracy(3)", "top_k_categorical_accuracy",
                ENVELOPE("TopKCategoricalAccuracy", "\"k\": 3, \"name\": \"top_k_categorical_accuracy\""));
}

static void expect_refused(const char *text, hone_shape y_true, hone_shape y_pred, const char *words)
{
    hone_config *config = hone_internal_config_text(text);
    assert_null(hone_internal_metric_create(config, y_true, y_pred));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_config_free(config);
}

static void expect_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions,
                         const char *words)
{
    hone_metric *metric = metric_of_text(text, of_targets, of_predictions);
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
    hone_value y_pred = hone_internal_graph_input(graph, of_predictions, "predictions");
    assert_true(hone_internal_metric_record(metric, graph, y_true, y_pred, HONE_NO_VALUE) < 0);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_graph_free(graph);
    hone_internal_metric_free(metric);
}

static void test_refused(void **state)
{
    (void)state;
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3), flat = HONE_SHAPE(HONE_ANY);
    expect_refused("precison", rows, rows, "did you mean \"precision\"");
    expect_refused("precision(thresholds=1.5)", rows, rows, "thresholds");
    expect_refused("auc(curve=PQ)", rows, rows, "PRGAIN");
    expect_refused("auc(num_thresholds=1)", rows, rows, "num_thresholds");
    expect_refused("auc(num_labels=3)", rows, rows, "multi_label");
    expect_refused("auc(multi_label=true, num_labels=4)", rows, rows, "(None, 3)");
    expect_refused("auc(multi_label=true)", flat, flat, "(None,)");
    expect_refused("auc(multi_label=true, label_weights=[1, 2])", rows, rows, "2 label_weights");
    expect_refused("f1_score", flat, rows, "(None,)");
    expect_refused("f1_score(average=most)", rows, rows, "micro");
    expect_refused("fbeta_score(beta=0)", rows, rows, "beta");
    expect_refused("f1_score(threshold=1.5)", rows, rows, "threshold");
    expect_refused("mean_io_u", rows, rows, "num_classes");
    expect_refused("io_u(3, [0, 3])", rows, rows, "target_class_ids has 3");
    expect_refused("sensitivity_at_specificity", rows, rows, "specificity");
    expect_refused("recall_at_precision(1.5)", rows, rows, "precision");
    expect_refused("r2_score", HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 2, 3), "(None, 2, 3)");
    expect_refused("top_k_categorical_accuracy(k=0)", rows, rows, "k");
    expect_unfit("mae", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5),
                 "targets of shape (4, 3) do not fit predictions of shape (4, 5)");
    expect_unfit("precision", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5), "(4, 3)");
    expect_unfit("precision(class_id=5)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), "class_id 5");
    expect_unfit("sparse_categorical_accuracy", HONE_SHAPE(3), HONE_SHAPE(4, 5), "(3,)");
    expect_unfit("mean_io_u(3)", HONE_SHAPE(3), HONE_SHAPE(4), "(3,)");
}

/* ---- what Keras saves of an instance with default arguments ---- */

/* Equal but for the order of keys, `dtype`, and 0 against 0.0. */
static void expect_same_config(const char *title, const hone_config *expected, const hone_config *received)
{
    size_t compared = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const char *key = expected->keys[i];
        if (strcmp(key, "dtype") == 0)
            continue;
        compared++;
        const hone_config *a = expected->items[i], *b = hone_internal_config_get(received, key);
        if (b == NULL)
            fail_msg("%s: no \"%s\"", title, key);
        bool numbers = (a->kind == HONE_CONFIG_INTEGER || a->kind == HONE_CONFIG_NUMBER) &&
                       (b->kind == HONE_CONFIG_INTEGER || b->kind == HONE_CONFIG_NUMBER);
        if (numbers ? a->number != b->number : !hone_internal_config_equal(a, b))
            fail_msg("%s: \"%s\" differs", title, key);
    }
    if (received->count != compared)
        fail_msg("%s: %zu keys, not %zu", title, received->count, compared);
}

static void test_defaults(void **state)
{
    (void)state;
    hone_config *file = golden_open("defaults", "metric");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const char *title = golden_title(file, cases->items[i]);
        const hone_config *expected = golden_get(cases->items[i], "serialized");
        hone_config *envelope = golden_envelope(NULL, hone_internal_config_get_text(expected, "class_name"),
                                                golden_get(cases->items[i], "arguments"));
        hone_metric *metric =
            hone_internal_metric_create(envelope, HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3));
        if (metric == NULL)
            fail_msg("%s: %s", title, hone_error_message());
        hone_config *received = hone_internal_metric_to_config(metric);
        assert_string_equal(hone_internal_config_get_text(received, "module"),
                            hone_internal_config_get_text(expected, "module"));
        assert_string_equal(hone_internal_config_get_text(received, "class_name"),
                            hone_internal_config_get_text(expected, "class_name"));
        expect_same_config(title, golden_get(expected, "config"), golden_get(received, "config"));
        hone_internal_config_free(received);
        hone_internal_metric_free(metric);
        hone_internal_config_free(envelope);
    }
    hone_internal_config_free(file);
}

/* ---- memory ---- */

static bool try_once(const char *text)
{
    hone_config *config = hone_internal_config_text(text);
    hone_shape shape = HONE_SHAPE(4, 3);
    hone_metric *metric = config != NULL ? hone_internal_metric_create(config, shape, shape) : NULL;
    hone_graph *graph = metric != NULL ? hone_internal_graph_create(false, false) : NULL;
    bool good = false;
    if (graph != NULL) {
        hone_value y_true = hone_internal_graph_input(graph, shape, "targets");
        hone_value y_pred = hone_internal_graph_input(graph, shape, "predictions");
        hone_value weights = hone_internal_graph_input(graph, HONE_SHAPE(4), "weights");
        good = hone_internal_metric_record(metric, graph, y_true, y_pred, weights) >= 0;
    }
    hone_internal_graph_free(graph);
    hone_internal_metric_free(metric);
    hone_internal_config_free(config);
    return good;
}

static void test_memory(void **state)
{
    (void)state;
    const char *const texts[] = {"accuracy",
                                 "auc(label_weights=[1, 2, 3])",
                                 "precision(top_k=2, class_id=1)",
                                 "f1_score",
                                 "mean_iou(3)",
                                 "r2",
                                 "huber(delta=2)",
                                 "bce",
                                 "precision_at_recall(0.5)",
                                 "mse"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t before = hone_internal_blocks_in_use();
        for (int64_t n = 0; n < 300; n++) {
            hone_internal_fail_allocations_after(n);
            bool good = try_once(texts[i]);
            hone_internal_fail_allocations_after(-1);
            assert_int_equal(hone_internal_blocks_in_use(), before);
            if (good)
                break;
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_true(n < 299);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),   cmocka_unit_test(test_batches_and_weights),
        cmocka_unit_test(test_masks),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_settings), cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
