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

static hone_shape shape_of(const hone_config *tensor) {
    golden_tensor read = golden_read(tensor);
    hone_shape shape = read.shape;
    if (shape.rank > 0) shape.size[0] = HONE_ANY;
    golden_tensor_free(&read);
    return shape;
}

/* Mean and Sum have no targets. */
static const hone_config *targets_of(const hone_config *update) {
    const hone_config *y_true = golden_get(update, "y_true");
    return y_true != NULL ? y_true : golden_get(update, "y_pred");
}

static void run_update(const char *title, hone_metric *metric, const hone_config *update, const char *table) {
    golden_run run = golden_begin(table, false);
    hone_value y_true = golden_input(&run, targets_of(update)), y_pred = golden_input(&run, golden_get(update, "y_pred"));
    const hone_config *weights = golden_get(update, "sample_weight"), *mask = golden_get(update, "mask");
    hone_value weight = weights != NULL ? golden_input(&run, weights) : HONE_NO_VALUE;
    if (mask != NULL) hone_value_set_mask(run.graph, y_pred, golden_input(&run, mask));
    if (hone_internal_metric_record(metric, run.graph, y_true, y_pred, weight) < 0) fail_msg("%s: %s", title, hone_error_message());
    golden_execute(&run);
    golden_end(&run);
}

static void check_result(const char *title, const hone_metric *metric, const hone_config *expected, double tolerance) {
    golden_tensor wanted = golden_read(expected), received = golden_filled(wanted.shape, 0);
    double results[64];
    int count = metric->type->result(metric, results, 64);
    if (count != received.count) fail_msg("%s: %d results, not %d", title, count, (int)received.count);
    memcpy(received.values, results, (size_t)count * sizeof *results);
    golden_check(title, "result", &wanted, &received, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
}

static void check_case(const char *name, const char *class_name, const hone_config *example, const char *table) {
    char title[512];
    const hone_config *updates = golden_get(example, "updates"), *results = golden_get(example, "results");
    hone_config *envelope = golden_envelope("keras.metrics", class_name, golden_get(example, "arguments"));
    const hone_config *first = updates->items[0];
    hone_metric *metric = hone_internal_metric_create(envelope, shape_of(targets_of(first)), shape_of(golden_get(first, "y_pred")));
    snprintf(title, sizeof title, "%s [%s]", name, table);
    if (metric == NULL) fail_msg("%s: %s", title, hone_error_message());
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

static void test_golden(void **state) {
    (void)state;
    char **names = golden_list("metrics");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("metrics", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < cases->count; i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(golden_title(file, cases->items[i]), hone_internal_config_get_text(file, "class"), cases->items[i], *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
