/* For tests of metrics. */
#include "testing/check_metric.h"
#include "base/memory.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

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
    const hone_config *first = hone_internal_config_at(updates, 0);
    hone_metric *metric = hone_internal_metric_create(envelope, shape_of(targets_of(first)),
                                                      shape_of(golden_get(first, "y_pred")));
    snprintf(title, sizeof title, "%s [%s]", name, table);
    if (metric == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    for (int round = 0; round < 2; round++) { /* the second time after a reset */
        hone_internal_metric_reset(metric);
        for (size_t i = 0; i < hone_internal_config_count(updates); i++) {
            run_update(title, metric, hone_internal_config_at(updates, i), table);
            check_result(title, metric, hone_internal_config_at(results, i), golden_tolerance(example));
        }
    }
    hone_internal_metric_free(metric);
    hone_internal_config_free(envelope);
}

void check_metric_golden(const char *const *names)
{
    for (const char *const *name = names; *name != NULL; name++) {
        hone_config *file = golden_open("metrics", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(golden_title(file, hone_internal_config_at(cases, i)),
                           hone_internal_config_get_text(file, "class"), hone_internal_config_at(cases, i),
                           *table);
        hone_internal_config_free(file);
    }
}

/* ---- by hand ---- */

hone_metric *metric_of_text(const char *text, hone_shape y_true, hone_shape y_pred)
{
    hone_config *config = hone_internal_config_text(text);
    hone_metric *metric = hone_internal_metric_create(config, y_true, y_pred);
    hone_internal_config_free(config);
    if (metric == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return metric;
}

void metric_add(hone_metric *metric, hone_shape of_targets, const double *targets, hone_shape of_predictions,
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

double metric_once(const char *text, hone_shape of_targets, const double *targets, hone_shape of_predictions,
                   const double *predictions)
{
    hone_metric *metric = metric_of_text(text, of_targets, of_predictions);
    metric_add(metric, of_targets, targets, of_predictions, predictions, (hone_shape){0}, NULL, false);
    double result = hone_internal_metric_results(metric)[0];
    hone_internal_metric_free(metric);
    return result;
}

void check_metric_json(const char *text, const char *name, const char *json)
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

void check_metric_refused(const char *text, hone_shape y_true, hone_shape y_pred, const char *words)
{
    hone_config *config = hone_internal_config_text(text);
    assert_null(hone_internal_metric_create(config, y_true, y_pred));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_config_free(config);
}

void check_metric_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions, const char *words)
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

void check_metric_allocations(const char *text)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0;; n++) {
        hone_internal_fail_allocations_after(n);
        bool good = try_once(text);
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (good)
            return;
        assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        assert_true(n < 300);
    }
}
