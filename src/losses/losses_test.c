/* Losses: Keras's numbers, differences, reductions, weights, masks, settings, and what is refused. */
#include "base/fields.h"
#include "losses/loss.h"
#include "ops/ops.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static hone_loss *loss_of_text(const char *text) {
    hone_config *config = hone_internal_config_text(text);
    hone_loss *loss = hone_internal_loss_create(config);
    hone_internal_config_free(config);
    if (loss == NULL) fail_msg("%s: %s", text, hone_error_message());
    return loss;
}

/* ---- golden files ---- */

static void check_case(const char *name, const char *class_name, const hone_config *example, const char *table) {
    char title[512];
    snprintf(title, sizeof title, "%s [%s]", name, table);
    hone_config *envelope = golden_envelope("keras.losses", class_name, golden_get(example, "arguments"));
    hone_loss *loss = hone_internal_loss_create(envelope);
    if (loss == NULL) fail_msg("%s: %s", title, hone_error_message());
    golden_run run = golden_begin(table, true);
    hone_value y_true = golden_input(&run, golden_get(example, "y_true")), y_pred = golden_input(&run, golden_get(example, "y_pred"));
    const hone_config *weights = golden_get(example, "sample_weight"), *mask = golden_get(example, "mask");
    hone_value weight = weights != NULL ? golden_input(&run, weights) : HONE_NO_VALUE;
    if (mask != NULL) hone_value_set_mask(run.graph, y_pred, golden_input(&run, mask));
    hone_value value = hone_internal_loss_record(loss, run.graph, y_true, y_pred, weight), gradient;
    if (value < 0) fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, value);
    golden_differentiate(&run, hone_op_total(run.graph, value), &y_pred, 1, &gradient);
    golden_execute(&run);
    golden_check_value(title, "value", golden_get(example, "value"), &run, value, golden_tolerance(example));
    golden_check_value(title, "gradient", golden_get(example, "y_pred_gradient"), &run, gradient, golden_tolerance(example));
    golden_end(&run);
    hone_internal_loss_free(loss);
    hone_internal_config_free(envelope);
}

static void test_golden(void **state) {
    (void)state;
    char **names = golden_list("losses");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("losses", *name);
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
