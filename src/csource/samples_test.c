/* The self-test in C source, and how int8 weights are judged. */
#include "testing/c_sources.h"

#include <math.h>
#include <stdlib.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 4 };
static const float x[SAMPLES][2] = {{1, 0}, {0, 1}, {2, 1}, {-1, 3}};

#define DATA(targets, columns) \
    hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})}, \
                             .y = { \
                                 hone_array_view(targets, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, columns})})

static hone_model *identity_model(const char *loss)
{
    hone_model *model = c_source_model("2", "dense(2, kernel_initializer=identity)");
    assert_int_equal(hone_compile(model, .loss = loss), HONE_OK);
    return model;
}

/* Both are taken over. */
static hone_c_source export(hone_model *model, hone_dataset *data, const char *weights, int64_t samples)
{
    hone_c_source report = {.measured = -1};
    if (hone_export_c(model, testing_path("net.c"), &report, .data = data, .weights = weights,
                      .samples = samples) < 0)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    hone_model_free(model);
    return report;
}

static void check_text(const char *const *parts)
{
    char *text = c_source_text("net.c");
    check_c_text(text, parts);
    hone_internal_free(text);
}
#define CHECK_TEXT(...) check_text((const char *const[C_SOURCE_PARTS]){__VA_ARGS__})

TEST(the_first_samples_of_the_data_are_compared)
{
    static const float y[SAMPLES][2] = {{1, 0}};
    export(identity_model("mse"), DATA(y, 2), "float32", 2);
    CHECK_TEXT("#ifdef SELF_TEST\n",
               "net_test_input[2 * NET_INPUT_SIZE] = {\n    1.0f, 0.0f,\n\n    0.0f, 1.0f,\n};",
               "net_test_output[2 * NET_OUTPUT_SIZE] = {\n    1.0f, 0.0f,\n\n    0.0f, 1.0f,\n};",
               "static float net_test_result_output[NET_OUTPUT_SIZE];",
               "for (sample = 0; sample < 2; sample++)", "return wrong == 0 ? 0 : 1;");
}

TEST(fewer_samples_than_asked_for_are_all)
{
    static const float y[SAMPLES][2] = {{1, 0}};
    export(identity_model("mse"), DATA(y, 2), "float32", 100);
    CHECK_TEXT("net_test_input[4 * NET_INPUT_SIZE]");
}

/* Without data: three decimals from -1 to 1, ids below the rows of the table that they are read from. */
TEST(numbers_and_ids_are_drawn)
{
    static const struct {
        const char *sample, *layers;
        double low, high, unit;
    } rows[] = {{"9", "dense(1)", -1, 1, 0.001}, {"9", "embedding(4, 2)", 0, 3, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_model *model = c_source_model(rows[i].sample, rows[i].layers);
        assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
        char *text = c_source_text("net.c"), *at = strstr(text, "net_test_input[");
        assert_non_null(at);
        at = strchr(at, '{') + 1;
        for (int number = 0; number < 27; number++, at = strchr(at, ',') + 1) {
            const double drawn = strtod(at, NULL), units = drawn / rows[i].unit;
            assert_true(drawn >= rows[i].low && drawn <= rows[i].high);
            assert_true(fabs(units - rint(units)) < 1e-3);
        }
        hone_internal_free(text);
        hone_model_free(model);
    }
}

TEST(states_begin_anew)
{
    hone_model *model = c_source_model("4, 3", "gru(2, stateful=true)");
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    CHECK_TEXT("static net_states states;\n    net_reset(&states);\n", "net_predict(&states,");
    hone_model_free(model);
}

/* The outputs are x: the larger one is the class. */
static const struct {
    const char *name, *loss, *score;
    float y[SAMPLES * 2];
    int64_t width;
    double expected;
} scores[] = {
    {"numbers of classes", "sparse_categorical_crossentropy", "accuracy", {0, 1, 1, 1}, 1, 0.75},
    {"rows of classes", "categorical_crossentropy", "accuracy", {1, 0, 0, 1, 1, 0, 1, 0}, 2, 0.75},
    {"numbers", "mse", "mean absolute error", {1, 0, 0, 1, 2, 2, -1, 4}, 2, 0.25},
};

TEST_EACH(bytes_are_judged, scores)
{
    const hone_c_source report = export(identity_model(row->loss), DATA(row->y, row->width), "int8", 1);
    assert_int_equal(report.measured, SAMPLES);
    assert_string_equal(report.score, row->score);
    assert_true(fabs(report.float_score - row->expected) < 1e-9);
    assert_true(fabs(report.int8_score - row->expected) < 1e-6);
    assert_true(report.largest_difference < 1e-6);
}

/* 0.504 stands for 64 of 127 steps of 1 / 127. */
TEST(the_largest_difference_is_that_of_rounding)
{
    static const float y[SAMPLES][2] = {{0, 0}};
    hone_model *model = identity_model("mse");
    float *w = hone_internal_variable_data(hone_model_weight(model, 0));
    w[2] = 0.5f; /* y0 = x0 + 0.5 x1 */
    const hone_c_source report = export(model, DATA(y, 2), "int8", 1);
    assert_true(fabs(report.largest_difference - 3 * (64 / 127.0 - 0.5)) < 1e-6);
}

TEST(one_output_above_a_half_is_a_class)
{
    static const float y[SAMPLES] = {1, 0, 0, 0}; /* outputs 1, 0, 2, -1 */
    hone_model *model = c_source_model("2", "dense(1, kernel_initializer=identity)");
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    const hone_c_source report = export(model, DATA(y, 1), "int8", 1);
    assert_string_equal(report.score, "accuracy");
    assert_true(report.float_score == 0.75);
}

TEST(without_data_nothing_is_judged)
{
    hone_c_source report;
    hone_model *model = identity_model("mse");
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report, .weights = "int8"), HONE_OK);
    assert_int_equal(report.measured, 0);
    assert_null(report.score);
    hone_model_free(model);
}

static int no_batches(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    (void)context, (void)epoch, (void)step, (void)batch;
    return 0;
}

TEST(other_data_are_refused)
{
    static const float wide[SAMPLES * 3] = {0};
    hone_dataset *other =
        hone_dataset_from_arrays(.x = {hone_array_view(wide, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 3})});
    hone_dataset *endless = hone_dataset_from_callback(no_batches, NULL, NULL);
    hone_model *model = identity_model("mse");
    assert_true(hone_export_c(model, testing_path("refused.c"), NULL, .data = other) < 0);
    assert_failed(hone_export_c(model, testing_path("refused.c"), NULL, .data = endless),
                  HONE_ERROR_UNSUPPORTED, "export needs a data set of known length");
    assert_int_not_equal(access(testing_path("refused.c"), F_OK), 0);
    hone_dataset_free(other);
    hone_dataset_free(endless);
    hone_model_free(model);
}
