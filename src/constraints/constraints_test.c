/* Constraints: Keras's numbers, what they promise, and what is refused. */
#include "base/memory.h"
#include "constraints/constraints.h"
#include "fields/spec.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static void check_case(const hone_config *file, const hone_config *example, const char *table)
{
    const char *title = golden_title(file, example);
    hone_config *envelope = golden_envelope("keras.constraints", hone_internal_config_get_text(file, "class"),
                                            golden_get(example, "arguments"));
    char *spec = hone_internal_spec_from_config("constraint", envelope);
    if (spec == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    golden_run run = golden_begin(table, true);
    hone_value after =
        hone_internal_constraint_apply(run.graph, spec, golden_input(&run, golden_get(example, "before")));
    if (after < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, after);
    golden_execute(&run);
    golden_check_value(title, "after", golden_get(example, "after"), &run, after, golden_tolerance(example));
    golden_end(&run);
    hone_internal_free(spec);
    hone_internal_config_free(envelope);
}

TEST(agrees_with_keras)
{
    char **names = golden_list("constraints");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("constraints", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(file, hone_internal_config_at(cases, i), *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

/* The lengths of the three columns of a matrix of which column i holds i + 1 before. */
static void lengths_after(const char *spec, double lengths[3])
{
    golden_run run = golden_begin("ref", false);
    golden_tensor w = golden_filled(HONE_SHAPE(4, 3), 0);
    for (int64_t i = 0; i < w.count; i++)
        w.values[i] = (double)(i % 3 + 1) * (i / 3 % 2 == 0 ? 1 : -1);
    hone_value after = hone_internal_constraint_apply(run.graph, spec, golden_input_of(&run, &w));
    golden_keep(&run, after);
    golden_execute(&run);
    golden_tensor result = golden_result(&run, after);
    for (int column = 0; column < 3; column++) {
        lengths[column] = 0;
        for (int row = 0; row < 4; row++)
            lengths[column] += result.values[row * 3 + column] * result.values[row * 3 + column];
        lengths[column] = sqrt(lengths[column]);
    }
    golden_tensor_free(&w);
    golden_tensor_free(&result);
    golden_end(&run);
}

static void assert_lengths(const char *spec, double a, double b, double c)
{
    double lengths[3], expected[3] = {a, b, c};
    lengths_after(spec, lengths);
    for (int i = 0; i < 3; i++)
        if (fabs(lengths[i] - expected[i]) > 1e-5)
            fail_msg("%s: column %d has length %g, not %g", spec, i, lengths[i], expected[i]);
}

/* The columns have the lengths 2, 4 and 6 before. */
TEST(keep_what_they_promise)
{
    assert_lengths("none", 2, 4, 6);
    assert_lengths("max_norm(5)", 2, 4, 5);
    assert_lengths("max_norm(max_value=3, axis=-2)", 2, 3, 3);
    assert_lengths("unit_norm", 1, 1, 1);
    assert_lengths("min_max_norm(3, 5)", 3, 4, 5);
    assert_lengths("min_max_norm(3, 5, rate=0.5)", 2.5, 4, 5.5);
    assert_lengths("non_neg", sqrt(2), sqrt(8), sqrt(18));
}

TEST(is_written_as_keras_does)
{
    hone_config *one = hone_internal_spec_to_config("constraint", "max_norm"), *config;
    config = hone_internal_config_get_mutable(one, "config");
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(config, "axis")),
                     HONE_CONFIG_INTEGER);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(config, "axis")), 0);
    hone_internal_config_free(one);
    hone_config *many = hone_internal_spec_to_config("constraint", "unit_norm([0, 1, 2])");
    assert_int_equal(hone_internal_config_count(
                         hone_internal_config_get(hone_internal_config_get(many, "config"), "axis")),
                     3);
    hone_internal_config_free(many);
}

static void refused(const char *spec, const char *sentence)
{
    golden_run run = golden_begin("ref", false);
    golden_tensor w = golden_filled(HONE_SHAPE(2, 2), 1);
    hone_value value = hone_internal_constraint_apply(run.graph, spec, golden_input_of(&run, &w));
    if (value >= 0 || strstr(hone_error_message(), sentence) == NULL)
        fail_msg("%s: \"%s\"", spec, hone_error_message());
    hone_error_clear();
    golden_tensor_free(&w);
    golden_end(&run);
}

TEST(refuses_wrong_names_and_arguments)
{
    refused("maxnorm", "max_norm");
    refused("max_norm(-1)", "at least 0");
    refused("max_norm(axis=2)", "axis");
    refused("max_norm(axis=[0, 5])", "axis");
    refused("min_max_norm(rate=2)", "between 0 and 1");
}
