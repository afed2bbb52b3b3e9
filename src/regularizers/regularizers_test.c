/* Regularizers: Keras's penalties and gradients, differences, and what is refused. */
#include "base/memory.h"
#include "fields/spec.h"
#include "regularizers/regularizers.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <string.h>

static void check_case(const hone_config *file, const hone_config *example, const char *table)
{
    const char *title = golden_title(file, example);
    hone_config *envelope = golden_envelope(
        "keras.regularizers", hone_internal_config_get_text(file, "class"), golden_get(example, "arguments"));
    char *spec = hone_internal_spec_from_config("regularizer", envelope);
    if (spec == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    golden_run run = golden_begin(table, true);
    hone_value w = golden_input(&run, golden_get(example, "weights")), gradient;
    hone_value penalty = hone_internal_regularizer_apply(run.graph, spec, w);
    if (penalty < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, penalty);
    golden_differentiate(&run, penalty, &w, 1, &gradient);
    golden_execute(&run);
    golden_check_value(title, "value", golden_get(example, "value"), &run, penalty,
                       golden_tolerance(example));
    golden_check_value(title, "gradient", golden_get(example, "gradient"), &run, gradient,
                       golden_tolerance(example));
    golden_end(&run);
    hone_internal_free(spec);
    hone_internal_config_free(envelope);
}

TEST(agrees_with_keras)
{
    char **names = golden_list("regularizers");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("regularizers", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(file, hone_internal_config_at(cases, i), *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

static hone_value record_spec(hone_graph *graph, const hone_value *inputs, int count, void *context)
{
    (void)count;
    return hone_internal_regularizer_apply(graph, context, inputs[0]);
}

TEST(agrees_with_differences)
{
    static const char *const specs[] = {
        "l1",
        "l2(0.3)",
        "l1_l2(0.1, 0.2)",
        "l1l2(l2=0.2)",
        "L1L2(l1=0.1)",
        "orthogonal_regularizer",
        "orthogonal_regularizer(0.5, columns)",
    };
    golden_tensor w = golden_filled(HONE_SHAPE(5, 4), 0);
    for (int64_t i = 0; i < w.count; i++)
        w.values[i] = (double)(i * 7 % 20) * 0.153 - 1.41;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        golden_check_differences(specs[i], record_spec, (void *)(uintptr_t)specs[i], &w, 1, NULL, true, 1e-6);
    golden_tensor_free(&w);
}

static double penalty_of(const char *spec, hone_shape shape, double number)
{
    golden_run run = golden_begin("ref", true);
    golden_tensor w = golden_filled(shape, number);
    hone_value penalty = hone_internal_regularizer_apply(run.graph, spec, golden_input_of(&run, &w));
    golden_keep(&run, penalty);
    golden_execute(&run);
    double result = golden_number(&run, penalty);
    golden_tensor_free(&w);
    golden_end(&run);
    return result;
}

TEST(corners_are_right)
{
    assert_true(penalty_of(NULL, HONE_SHAPE(2, 2), 3) == 0);
    assert_true(penalty_of("none", HONE_SHAPE(2, 2), 3) == 0);
    assert_true(penalty_of("l1_l2", HONE_SHAPE(2, 2), 3) == 0);
    assert_true(penalty_of("orthogonal_regularizer", HONE_SHAPE(1, 4), 1) == 0); /* no pairs */
    assert_true(penalty_of("orthogonal_regularizer", HONE_SHAPE(3, 4), 0) ==
                0); /* rows of zeros are not divided by 0 */
}

/* Weights that are 0 stay there: the slope of |x| at 0 is 0 (on JAX it is 1). */
TEST(the_slope_at_zero_is_zero)
{
    golden_run run = golden_begin("ref", true);
    golden_tensor zero = golden_filled(HONE_SHAPE(1), 0);
    hone_value w = golden_input_of(&run, &zero), gradient,
               penalty = hone_internal_regularizer_apply(run.graph, "l1(0.5)", w);
    golden_keep(&run, penalty);
    golden_differentiate(&run, penalty, &w, 1, &gradient);
    golden_execute(&run);
    assert_true(golden_number(&run, gradient) == 0);
    golden_tensor_free(&zero);
    golden_end(&run);
}

static void refused(const char *spec, hone_shape shape, const char *sentence)
{
    golden_run run = golden_begin("ref", false);
    golden_tensor w = golden_filled(shape, 1);
    hone_value value = hone_internal_regularizer_apply(run.graph, spec, golden_input_of(&run, &w));
    if (value >= 0 || strstr(hone_error_message(), sentence) == NULL)
        fail_msg("%s: \"%s\"", spec, hone_error_message());
    hone_error_clear();
    golden_tensor_free(&w);
    golden_end(&run);
}

TEST(refuses_wrong_names_and_arguments)
{
    refused("l3", HONE_SHAPE(2, 2), "l");
    refused("l2(-1)", HONE_SHAPE(2, 2), "at least 0");
    refused("orthogonal_regularizer", HONE_SHAPE(2, 2, 2), "expected a matrix");
    refused("orthogonal_regularizer(mode=both)", HONE_SHAPE(2, 2), "\"rows\" or \"columns\"");
}
