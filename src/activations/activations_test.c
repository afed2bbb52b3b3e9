/* Activations: Keras's numbers and gradients with every kind of kernel table, differences, names, and what
 * is refused. */
#include "activations/activations.h"
#include "base/memory.h"
#include "fields/spec.h"
#include "ops/ops.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

/* ---- golden files ---- */

static char *spec_of(const hone_config *file, const hone_config *example)
{
    hone_config *envelope =
        golden_envelope(NULL, hone_internal_config_get_text(file, "name"), golden_get(example, "arguments"));
    char *spec = hone_internal_spec_from_config("activation", envelope);
    hone_internal_config_free(envelope);
    if (spec == NULL)
        fail_msg("%s: %s", golden_title(file, example), hone_error_message());
    return spec;
}

/* The sum of y times given numbers: its gradient in y is those numbers. */
static hone_value weighted_sum(hone_graph *graph, hone_value y, hone_value weights)
{
    return hone_op_total(graph, hone_op_multiply(graph, y, weights));
}

static void check_case(const hone_config *file, const hone_config *example, const char *table)
{
    const char *title = golden_title(file, example);
    char *spec = spec_of(file, example);
    golden_run run = golden_begin(table, true);
    hone_value x = golden_input(&run, hone_internal_config_at(golden_get(example, "inputs"), 0));
    hone_value weights = golden_input(&run, golden_get(example, "output_gradient")), gradient;
    hone_value y = hone_internal_activation_apply(run.graph, spec, x);
    if (y < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, y);
    golden_differentiate(&run, weighted_sum(run.graph, y, weights), &x, 1, &gradient);
    golden_execute(&run);
    golden_check_value(title, "output", golden_get(example, "output"), &run, y, golden_tolerance(example));
    golden_check_value(title, "gradient", hone_internal_config_at(golden_get(example, "input_gradients"), 0),
                       &run, gradient, golden_tolerance(example));
    golden_end(&run);
    hone_internal_free(spec);
}

TEST(agrees_with_keras)
{
    char **names = golden_list("activations");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("activations", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(file, hone_internal_config_at(cases, i), *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

/* Every function of the table has golden numbers. */
TEST(all_are_in_golden_files)
{
    char **names = golden_list("activations");
    for (size_t i = 0; hone_internal_activation_types[i] != NULL; i++) {
        bool found = false;
        for (char **name = names; *name != NULL; name++)
            found = found || strcmp(*name, hone_internal_activation_types[i]->type.name) == 0;
        if (!found)
            fail_msg("no golden file for %s", hone_internal_activation_types[i]->type.name);
    }
    golden_list_free(names);
}

/* ---- differences ---- */

/* sum of y^2 + y, so that no gradient is constant. */
static hone_value record_spec(hone_graph *graph, const hone_value *inputs, int count, void *context)
{
    (void)count;
    hone_value y = hone_internal_activation_apply(graph, context, inputs[0]);
    return hone_op_total(graph, hone_op_add(graph, hone_op_square(graph, y), y));
}

static const char *const specs[] = {
    "linear",
    "relu",
    "relu(0.1)",
    "relu(max_value=1.5)",
    "relu(0.3, 2, 0.4)",
    "leaky_relu",
    "leaky_relu(0.05)",
    "relu6",
    "elu",
    "elu(0.5)",
    "selu",
    "celu",
    "celu(2)",
    "gelu",
    "gelu(true)",
    "silu",
    "mish",
    "softplus",
    "softsign",
    "tanh",
    "sigmoid",
    "exponential",
    "log_sigmoid",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "tanh_shrink",
    "soft_shrink",
    "soft_shrink(1.1)",
    "hard_shrink",
    "squareplus",
    "squareplus(1)",
    "sparse_plus",
    "sparse_sigmoid",
    "threshold(0.3, -0.7)",
    "glu",
    "glu(axis=0)",
    "softmax",
    "softmax(0)",
    "log_softmax",
    "log_softmax(axis=1)",
    "sparsemax",
    "sparsemax(axis=0)",
    NULL,
};

/* Values at no kink and no tie: -3.31, -2.93, ... */
TEST(agrees_with_differences)
{
    golden_tensor x = golden_filled(HONE_SHAPE(4, 3, 6), 0);
    for (int64_t i = 0; i < x.count; i++)
        x.values[i] = (double)(i * 29 % 72) * 0.0917 - 3.313;
    for (const char *const *spec = specs; *spec != NULL; spec++)
        golden_check_differences(*spec, record_spec, (void *)(uintptr_t)*spec, &x, 1, NULL, true, 1e-6);
    golden_tensor_free(&x);
}

/* ---- names, kernels ---- */

static hone_kernel_index kernel_of(const char *spec)
{
    golden_run run = golden_begin("ref", false);
    golden_tensor x = golden_filled(HONE_SHAPE(3), 1);
    golden_keep(&run, hone_internal_activation_apply(run.graph, spec, golden_input_of(&run, &x)));
    golden_execute(&run);
    hone_kernel_index kernel = run.plan->step_count > 0 ? run.plan->steps[0].kernel : HONE_KERNEL_copy;
    golden_tensor_free(&x);
    golden_end(&run);
    return kernel;
}

TEST(aliases_are_known)
{
    assert_int_equal(kernel_of("relu"), HONE_KERNEL_relu_plain);
    assert_int_equal(kernel_of("relu(0, none, 0)"), HONE_KERNEL_relu_plain);
    assert_int_equal(kernel_of("ReLU(max_value=6)"), HONE_KERNEL_relu);
    assert_int_equal(kernel_of("swish"), HONE_KERNEL_silu);
    assert_int_equal(kernel_of("hard_swish"), HONE_KERNEL_hard_silu);
    assert_int_equal(kernel_of("LeakyReLU"), HONE_KERNEL_leaky_relu);
    assert_int_equal(kernel_of("ELU"), HONE_KERNEL_elu);
    assert_int_equal(kernel_of("gelu(approximate=true)"), HONE_KERNEL_gelu_tanh);
}

TEST(none_is_linear)
{
    golden_run run = golden_begin("ref", false);
    golden_tensor x = golden_filled(HONE_SHAPE(3), 1);
    hone_value value = golden_input_of(&run, &x);
    assert_int_equal(hone_internal_activation_apply(run.graph, NULL, value), value);
    assert_int_equal(hone_internal_activation_apply(run.graph, "none", value), value);
    assert_int_equal(hone_internal_activation_apply(run.graph, "linear", value), value);
    assert_int_equal(hone_internal_activation_apply(run.graph, "relu", HONE_NO_VALUE), HONE_NO_VALUE);
    golden_tensor_free(&x);
    golden_end(&run);
}

/* Files hold the bare name, and the layer that does the same where a function has arguments. */
TEST(is_written_as_keras_does)
{
    hone_config *plain = hone_internal_spec_to_config("activation", "swish");
    assert_string_equal(hone_internal_config_as_text(plain), "silu");
    hone_internal_config_free(plain);
    hone_config *layer = hone_internal_spec_to_config("activation", "leaky_relu(0.3)");
    assert_string_equal(hone_internal_config_get_text(layer, "class_name"), "LeakyReLU");
    assert_string_equal(hone_internal_config_get_text(layer, "module"), "keras.layers");
    char *back = hone_internal_spec_from_config("activation", layer);
    assert_string_equal(back, "leaky_relu(negative_slope=0.3)");
    hone_internal_free(back);
    hone_internal_config_free(layer);
}

/* ---- refusals ---- */

static void refused(const char *spec, hone_shape shape, const char *sentence)
{
    golden_run run = golden_begin("ref", false);
    golden_tensor x = golden_filled(shape, 1);
    hone_value value = hone_internal_activation_apply(run.graph, spec, golden_input_of(&run, &x));
    if (value >= 0 || strstr(hone_error_message(), sentence) == NULL)
        fail_msg("%s: \"%s\"", spec, hone_error_message());
    hone_error_clear();
    golden_tensor_free(&x);
    golden_end(&run);
}

TEST(refuses_wrong_names_and_arguments)
{
    refused("rellu", HONE_SHAPE(2, 2), "relu");
    refused("relu(alpha=1)", HONE_SHAPE(2, 2), "alpha");
    refused("relu(threshold=-1)", HONE_SHAPE(2, 2), "threshold must be at least 0");
    refused("threshold", HONE_SHAPE(2, 2), "threshold must be given");
    refused("celu(0)", HONE_SHAPE(2, 2), "alpha must be above 0");
    refused("glu", HONE_SHAPE(2, 3), "even");
    refused("softmax(2)", HONE_SHAPE(2, 3), "axis");
    refused("sparsemax(axis=-3)", HONE_SHAPE(2, 3), "axis");
}

/* No crash and no leak, whichever allocation fails. */
TEST(survives_failing_allocations)
{
    const char *const tried[] = {"relu(0.1)", "sparsemax(axis=0)", "glu"};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        int64_t before = hone_internal_blocks_in_use();
        for (int64_t allowed = 0; allowed < 100; allowed++) {
            hone_graph *graph = hone_internal_graph_create(false, false);
            hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(4, 4), "x");
            hone_internal_fail_allocations_after(allowed);
            hone_value y = hone_internal_activation_apply(graph, tried[i], x);
            bool complete = hone_internal_fail_allocations_after(-1) <= allowed;
            assert_true(complete ? y >= 0 : true);
            hone_internal_graph_free(graph);
        }
        hone_error_clear();
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}
