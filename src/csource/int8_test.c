/* Networks whose numbers are bytes: what is, that it stays near the floats, and what is refused. */
#include "testing/c_sources.h"
#include "testing/moved_weights.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 24, MOST = 512 };

static hone_dataset *waves(hone_model *model, int64_t count, float odd)
{
    static float x[SAMPLES * MOST];
    const hone_shape shape = hone_tensor_shape(hone_model_input(model, 0));
    int64_t sizes[HONE_MAX_RANK] = {count}, each = 1;
    for (int axis = 1; axis < shape.rank; axis++)
        each *= sizes[axis] = shape.size[axis];
    for (int64_t i = 0; i < count * each; i++)
        x[i] = (float)(sin(0.37 * (double)i) + 0.3 * cos(1.7 * (double)(i / each)));
    x[0] = odd == 0 ? x[0] : odd;
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, shape.rank, sizes)});
}

static const struct {
    const char *name, *sample, *layers;
    int64_t float_steps; /* the one that gives the outputs, and those of layers without a form over bytes */
    const char *part;    /* is in the source */
} networks[] = {
    {"dense layers", "6", "dense(9, activation=relu); dense(7); activation(tanh)", 1, "op_table_q8"},
    {"convolutions and pools", "8, 8, 3",
     "conv2d(6, 3, padding=same, activation=relu); max_pooling2d(2); conv2d(5, 2, strides=2); re_lu; average_pooling2d(2);"
     "flatten; dense(4, activation=tanh)",
     1, "op_pool_average_q8"},
    {"depthwise with its normalisation", "8, 8, 3",
     "depthwise_conv2d(3, strides=2, padding=same); batch_normalization; re_lu(max_value=6); conv2d(8, 1);"
     "global_average_pooling2d; dense(4, activation=tanh)",
     1, "op_mean_q8"},
    {"sums", "6, 6, 4",
     "conv2d(4, 3, padding=same); @add; re_lu; global_max_pooling2d; dense(3); activation(tanh)", 1,
     "op_add_q8"},
    {"joining and padding", "5, 5, 2",
     "zero_padding2d(1); conv2d(3, 3); @concatenate; permute([2, 1, 3]); zero_padding2d(2); conv2d(2, 3, groups=1); activation(tanh)",
     2, "op_copy_rows_q8"},
    {"transposed", "4, 4, 2",
     "conv2d_transpose(3, 3, strides=2, padding=same, activation=relu); conv2d(2, 3); activation(tanh)", 1,
     "op_convolution_q8"},
    {"sequences", "12, 3",
     "conv1d(4, 3, padding=causal, dilation_rate=2); activation(sigmoid); max_pooling1d(2); flatten; dense(2); activation(tanh)",
     1, "op_pool_maximum_q8"},
    {"softmax stays", "6", "dense(5); softmax", 2, "op_softmax"},
};

TEST_EACH(computes_with_bytes, networks)
{
    hone_model *model = c_source_model(row->sample, row->layers);
    move_weights(model);
    hone_dataset *data = waves(model, SAMPLES, 0);
    hone_c_source report;
    if (hone_export_c(model, testing_path("net.c"), &report, .weights = "int8", .calibration = data,
                      .data = data) < 0)
        fail_msg("%s", hone_error_message());
    char *text = c_source_text("net.c");
    if (strstr(text, row->part) == NULL)
        fail_msg("%s is not there:\n%s", row->part, text);
    assert_int_equal(report.calibrated, SAMPLES);
    assert_int_equal(report.float_steps, row->float_steps);
    assert_int_equal(report.measured, SAMPLES);
    if (!(report.largest_difference < 0.1 && report.largest_difference > 0))
        fail_msg("outputs differ by %g", report.largest_difference);
    hone_internal_free(text);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(a_number_that_is_not_finite_is_refused)
{
    hone_model *model = c_source_model("3", "dense(2)");
    hone_dataset *data = waves(model, SAMPLES, INFINITY);
    assert_failed(
        hone_export_c(model, testing_path("refused.c"), NULL, .weights = "int8", .calibration = data),
        HONE_ERROR_DATA, "a number that is not finite");
    assert_failed(hone_export_c(model, testing_path("refused.c"), NULL, .calibration = data),
                  HONE_ERROR_ARGUMENT, "calibration is for int8 weights");
    assert_int_not_equal(access(testing_path("refused.c"), F_OK), 0);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Weights of 0, outputs that are always 0, a bias that is large for its weights. */
TEST(degenerate_numbers_stay_numbers)
{
    hone_model *model = c_source_model("3", "dense(2, use_bias=false); dense(2); dense(1)");
    hone_variable *const zeros[] = {hone_model_weight(model, 0), hone_model_weight(model, 1)};
    for (int i = 0; i < 2; i++)
        for (int64_t j = 0; j < hone_internal_variable_count(zeros[i]); j++)
            hone_internal_variable_data(zeros[i])[j] = i == 0 ? 0 : 1e-20f;
    hone_internal_variable_data(hone_model_weight(model, 2))[0] = 1e6f;
    hone_dataset *data = waves(model, SAMPLES, 0);
    hone_c_source report;
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report, .weights = "int8",
                                   .calibration = data, .data = data),
                     HONE_OK);
    assert_true(report.largest_difference < 1e6 / 50);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = c_source_model(
        "4, 2", "conv1d(2, 2, activation=relu); max_pooling1d(2); flatten; dense(2); activation(tanh)");
    hone_dataset *data = waves(model, 2, 0);
    const int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 4000; n++) {
        hone_internal_fail_allocations_after(n);
        status = hone_export_c(model, testing_path("net.c"), NULL, .weights = "int8", .calibration = data,
                               .samples = 1);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
    hone_dataset_free(data);
    hone_model_free(model);
}
