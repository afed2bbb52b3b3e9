/* Initializers: Keras's bounds and moments, the distributions themselves on a million numbers, seeds, fans,
 * orthogonality. */
#include "base/memory.h"
#include "fields/spec.h"
#include "initializers/initializers.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A filled variable. */
static hone_variable *filled(const char *spec, const char *path, hone_shape shape, uint64_t seed)
{
    hone_variable *variable = hone_internal_variable_create("kernel", shape, spec);
    assert_non_null(variable);
    variable->path = hone_internal_copy_text(path);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    if (hone_internal_initializer_fill(variable, seed) < 0)
        fail_msg("%s: %s", spec, hone_error_message());
    return variable;
}

/* ---- golden files ---- */

static double number_of(const hone_config *map, const char *key)
{
    return hone_internal_config_as_number(golden_get(map, key));
}

static void check_output(const char *title, const char *spec, hone_shape shape, const hone_config *example)
{
    const hone_config *output = golden_get(example, "output"), *tolerance = golden_get(example, "tolerance");
    hone_variable *variable = filled(spec, "layer/kernel", shape, 1);
    golden_tensor wanted = golden_read(output), received = golden_filled(shape, 0);
    for (int64_t i = 0; i < received.count; i++)
        received.values[i] = (double)hone_internal_variable_data(variable)[i];
    golden_check(title, "output", &wanted, &received,
                 tolerance != NULL ? hone_internal_config_as_number(tolerance) : 1e-7);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
    hone_internal_variable_free(variable);
}

typedef struct summary {
    double count, sum, squares, low, high;
} summary;

static void add(summary *moments, const hone_variable *variable)
{
    int64_t count = hone_internal_variable_count(variable);
    for (int64_t i = 0; i < count; i++) {
        double x = (double)hone_internal_variable_data(variable)[i];
        moments->count += 1;
        moments->sum += x;
        moments->squares += x * x;
        if (x < moments->low)
            moments->low = x;
        if (x > moments->high)
            moments->high = x;
    }
}

/* Within five standard errors; the extremes reach the bounds to 1 % of the range. */
static void check_moments(const char *title, const summary *found, const hone_config *example)
{
    double mean = number_of(example, "mean"), deviation = number_of(example, "stddev"),
           error = 5 * deviation / sqrt(found->count);
    double found_mean = found->sum / found->count,
           found_deviation = sqrt(found->squares / found->count - found_mean * found_mean);
    if (fabs(found_mean - mean) > error)
        fail_msg("%s: mean %g, not %g", title, found_mean, mean);
    if (fabs(found_deviation - deviation) > error)
        fail_msg("%s: deviation %g, not %g", title, found_deviation, deviation);
    const hone_config *bounds = golden_get(example, "bounds");
    if (bounds == NULL)
        return;
    double low = number_of(bounds, "low"), high = number_of(bounds, "high"), slack = 1e-6 * (high - low),
           reach = 0.01 * (high - low);
    if (found->low < low - slack || found->low > low + reach || found->high > high + slack ||
        found->high < high - reach)
        fail_msg("%s: %g to %g, not %g to %g", title, found->low, found->high, low, high);
}

static void check_random(const char *title, const char *spec, hone_shape shape, const hone_config *example)
{
    summary found = {.low = INFINITY, .high = -INFINITY};
    for (uint64_t seed = 0; found.count < 40000; seed++) {
        hone_variable *variable = filled(spec, "layer/kernel", shape, seed);
        add(&found, variable);
        hone_internal_variable_free(variable);
    }
    check_moments(title, &found, example);
}

/* Rows times rows, or columns times columns where these are fewer, is gain^2 times the identity. */
static void check_orthogonal(const char *title, const char *spec, hone_shape shape, double gain)
{
    hone_variable *variable = filled(spec, "layer/kernel", shape, 1);
    int64_t columns = shape.size[shape.rank - 1], rows = hone_internal_shape_count(shape) / columns;
    bool by_rows = rows < columns;
    int64_t count = by_rows ? rows : columns, length = by_rows ? columns : rows;
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < count; j++) {
            double product = 0;
            for (int64_t k = 0; k < length; k++)
                product += by_rows ? (double)hone_internal_variable_data(variable)[i * columns + k] *
                                         (double)hone_internal_variable_data(variable)[j * columns + k]
                                   : (double)hone_internal_variable_data(variable)[k * columns + i] *
                                         (double)hone_internal_variable_data(variable)[k * columns + j];
            if (fabs(product - (i == j ? gain * gain : 0)) > 1e-6 * gain * gain)
                fail_msg("%s: vectors %lld and %lld have the product %g", title, (long long)i, (long long)j,
                         product);
        }
    hone_internal_variable_free(variable);
}

static void check_case(const hone_config *file, const hone_config *example)
{
    const char *title = golden_title(file, example);
    hone_config *envelope = golden_envelope(
        "keras.initializers", hone_internal_config_get_text(file, "class"), golden_get(example, "arguments"));
    char *spec = hone_internal_spec_from_config("initializer", envelope);
    if (spec == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    const hone_config *sizes = golden_get(example, "shape");
    hone_shape shape = {.rank = (int)hone_internal_config_count(sizes)};
    for (size_t i = 0; i < hone_internal_config_count(sizes); i++)
        shape.size[i] = hone_internal_config_as_integer(hone_internal_config_at(sizes, i));
    if (golden_get(example, "output") != NULL)
        check_output(title, spec, shape, example);
    else if (golden_get(example, "orthogonal") != NULL)
        check_orthogonal(title, spec, shape, number_of(golden_get(example, "orthogonal"), "gain"));
    else
        check_random(title, spec, shape, example);
    hone_internal_free(spec);
    hone_internal_config_free(envelope);
}

TEST(agrees_with_keras)
{
    char **names = golden_list("initializers");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("initializers", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            check_case(file, hone_internal_config_at(cases, i));
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

/* ---- the distributions: Kolmogorov and Smirnov's test on a million numbers ---- */

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double normal(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}
static double truncated_normal(double z)
{
    return (normal(z) - normal(-2)) / (normal(2) - normal(-2));
}
static double uniform(double z)
{
    return z;
}

/* (x - shift) / scale has the distribution; 1.95 / sqrt(n) is passed by chance once in a thousand times, and
 * seeds are fixed. */
static void check_distribution(const char *spec, hone_shape shape, double (*distribution)(double),
                               double shift, double scale)
{
    hone_variable *variable = filled(spec, "layer/kernel", shape, 7);
    int64_t count = hone_internal_variable_count(variable);
    qsort(hone_internal_variable_data(variable), (size_t)count, sizeof(float), by_size);
    double furthest = 0;
    for (int64_t i = 0; i < count; i++) {
        double expected = distribution(((double)hone_internal_variable_data(variable)[i] - shift) / scale);
        furthest = fmax(furthest, fmax(fabs(expected - (double)i / (double)count),
                                       fabs(expected - (double)(i + 1) / (double)count)));
    }
    if (furthest > 1.95 / sqrt((double)count))
        fail_msg("%s: is %g away from its distribution", spec, furthest);
    hone_internal_variable_free(variable);
}

TEST(distributions_are_right)
{
    hone_shape million = HONE_SHAPE(1000, 1000);
    double cut = 0.87962566103423978;
    check_distribution("random_normal(1, 2)", million, normal, 1, 2);
    check_distribution("random_uniform(-1, 3)", million, uniform, -1, 4);
    check_distribution("truncated_normal(0.5, 0.1)", million, truncated_normal, 0.5, 0.1);
    check_distribution("glorot_uniform", million, uniform, -sqrt(3.0 / 1000), 2 * sqrt(3.0 / 1000));
    check_distribution("he_normal", million, truncated_normal, 0, sqrt(2.0 / 1000) / cut);
    check_distribution("lecun_normal", million, truncated_normal, 0, sqrt(1.0 / 1000) / cut);
    check_distribution("variance_scaling(2, fan_out, untruncated_normal)", HONE_SHAPE(2000, 500), normal, 0,
                       sqrt(2.0 / 500));
}

/* ---- seeds ---- */

static bool same(const char *spec_a, const char *path_a, uint64_t seed_a, const char *spec_b,
                 const char *path_b, uint64_t seed_b)
{
    hone_variable *a = filled(spec_a, path_a, HONE_SHAPE(5, 4), seed_a),
                  *b = filled(spec_b, path_b, HONE_SHAPE(5, 4), seed_b);
    bool equal =
        memcmp(hone_internal_variable_data(a), hone_internal_variable_data(b), 20 * sizeof(float)) == 0;
    hone_internal_variable_free(a);
    hone_internal_variable_free(b);
    return equal;
}

TEST(seeds_are_honoured)
{
    static const char *const specs[] = {"random_normal",  "uniform",  "truncated_normal",
                                        "glorot_uniform", "HeNormal", "orthogonal"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        char seeded[64], other[64];
        snprintf(seeded, sizeof seeded, "%s(seed=3)", specs[i]);
        snprintf(other, sizeof other, "%s(seed=4)", specs[i]);
        assert_true(same(specs[i], "a/kernel", 1, specs[i], "a/kernel", 1));
        assert_false(same(specs[i], "a/kernel", 1, specs[i], "a/kernel", 2));
        assert_false(same(specs[i], "a/kernel", 1, specs[i], "b/kernel", 1));
        assert_true(same(seeded, "a/kernel", 1, seeded, "b/kernel", 2)); /* of its own: nothing else counts */
        assert_false(same(seeded, "a/kernel", 1, other, "a/kernel", 1));
        assert_false(same(seeded, "a/kernel", 1, specs[i], "a/kernel", 1));
    }
}

/* ---- fans ---- */

static double largest(const hone_variable *variable)
{
    double largest = 0;
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        largest = fmax(largest, fabs((double)hone_internal_variable_data(variable)[i]));
    return largest;
}

/* he_uniform draws up to sqrt(6 / fan_in): with many numbers, near it. */
static void assert_fan_in(const char *spec, hone_shape shape, int64_t input_axes, int64_t output_axes,
                          double fan_in)
{
    hone_variable *variable = hone_internal_variable_create("kernel", shape, spec);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    variable->input_axes = input_axes;
    variable->output_axes = output_axes;
    assert_int_equal(hone_internal_initializer_fill(variable, 1), HONE_OK);
    double found = 6 / pow(largest(variable), 2);
    if (fabs(found - fan_in) > 0.02 * fan_in)
        fail_msg("%s: fan_in %g, not %g", spec, found, fan_in);
    hone_internal_variable_free(variable);
}

TEST(fans_follow_the_shape)
{
    assert_fan_in("he_uniform", HONE_SHAPE(50, 40), 0, 0, 50);      /* dense */
    assert_fan_in("he_uniform", HONE_SHAPE(3, 3, 8, 32), 0, 0, 72); /* convolution */
    assert_fan_in("he_uniform", HONE_SHAPE(5, 12, 40), 0, 0, 60);   /* convolution along one axis */
    assert_fan_in("he_uniform", HONE_SHAPE(1000), 0, 0, 1000);      /* a vector */
    assert_fan_in("he_uniform", HONE_SHAPE(30, 8, 16), 1, 6, 30); /* a query kernel: (inputs, heads, size) */
    assert_fan_in("he_uniform(input_axes=0, output_axes=[1, -1])", HONE_SHAPE(30, 8, 16), 0, 0, 30);
    assert_fan_in("he_uniform(input_axes=[0, 1], output_axes=2)", HONE_SHAPE(30, 8, 16), 0, 0, 240);
    hone_variable *scalar = filled("he_uniform", "x", (hone_shape){.rank = 0}, 1);
    assert_true(fabs((double)hone_internal_variable_data(scalar)[0]) <= sqrt(6));
    hone_internal_variable_free(scalar);
}

/* ---- names, files, refusals ---- */

TEST(names_are_known)
{
    static const char *const pairs[][2] = {
        {"zero", "zeros"},
        {"one", "Ones"},
        {"normal", "random_normal"},
        {"uniform", "RandomUniform"},
        {"OrthogonalInitializer", "orthogonal"},
        {"IdentityInitializer", "identity"},
        {"GlorotUniform", "glorot_uniform"},
        {"VarianceScaling", "variance_scaling"},
        {"constant(value=2)", "Constant(2)"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_true(same(pairs[i][0], "a", 1, pairs[i][1], "a", 1));
}

TEST(is_written_as_keras_does)
{
    hone_config *envelope = hone_internal_spec_to_config("initializer", "he_normal");
    assert_string_equal(hone_internal_config_get_text(envelope, "class_name"), "HeNormal");
    const hone_config *config = hone_internal_config_get(envelope, "config");
    assert_int_equal(hone_internal_config_count(config),
                     1); /* the seed; not the axes, which older Keras does not know */
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(config, "seed")), HONE_CONFIG_NULL);
    hone_internal_config_free(envelope);
    envelope = hone_internal_spec_to_config("initializer", "identity");
    assert_int_equal(hone_internal_config_count(hone_internal_config_get(envelope, "config")), 0);
    hone_internal_config_free(envelope);
}

static void refused(const char *spec, hone_shape shape, const char *sentence)
{
    hone_variable *variable = hone_internal_variable_create("kernel", shape, spec);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    if (hone_internal_initializer_fill(variable, 1) == HONE_OK ||
        strstr(hone_error_message(), sentence) == NULL)
        fail_msg("%s: \"%s\"", spec, hone_error_message());
    hone_error_clear();
    hone_internal_variable_free(variable);
}

TEST(refuses_wrong_names_and_arguments)
{
    refused("he_norml", HONE_SHAPE(2, 2), "he_normal");
    refused("orthogonal", HONE_SHAPE(4), "at least 2 axes");
    refused("stft", HONE_SHAPE(4, 4), "a kernel (frame_length, 1, frequencies)");
    refused("stft(window=han)", HONE_SHAPE(4, 1, 3), "did you mean \"hann\"");
    refused("identity", HONE_SHAPE(2, 2, 2), "expected a matrix");
    refused("random_uniform(1, 0)", HONE_SHAPE(2, 2), "minval");
    refused("random_normal(stddev=-1)", HONE_SHAPE(2, 2), "at least 0");
    refused("variance_scaling(scale=0)", HONE_SHAPE(2, 2), "above 0");
    refused("variance_scaling(mode=fan)", HONE_SHAPE(2, 2), "\"fan_in\"");
    refused("he_normal(input_axes=5, output_axes=0)", HONE_SHAPE(2, 2), "axis");
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t allowed = 0; allowed < 60; allowed++) {
        hone_variable *variable =
            hone_internal_variable_create("kernel", HONE_SHAPE(4, 4), "orthogonal(gain=2)");
        assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
        hone_internal_fail_allocations_after(allowed);
        hone_status status = hone_internal_initializer_fill(variable, 1);
        bool failed = hone_internal_fail_allocations_after(-1) > allowed;
        assert_int_equal(status, failed ? HONE_ERROR_MEMORY : HONE_OK);
        hone_internal_variable_free(variable);
    }
    hone_error_clear();
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
