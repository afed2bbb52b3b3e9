/* Rewriting the steps of a C source: what is folded, and that it computes the same. */
#include "csource/convolution.h"
#include "csource/normalization.h"
#include "csource/product.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

/* Statistics and factors that are not 0 and 1. */
static void move_weights(hone_model *model)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        bool positive = strstr(weight->name, "variance") != NULL;
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_internal_variable_data(weight)[j] =
                (float)(sin((double)(i * 31 + j)) + (positive ? 1.5 : 0));
    }
}

static const float x[3] = {0.5f, -1, 2};

static void predict(hone_model *model, float *y, size_t count)
{
    hone_array *result[1];
    hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, 3})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    memcpy(y, result[0]->data, count * sizeof *y);
    hone_array_free(result[0]);
}

static void run(const hone_c_program *program, float *y, size_t count)
{
    hone_c_run made;
    memcpy(hone_internal_plan_address(program->pass.plan, program->pass.inputs[0]), x, sizeof x);
    assert_int_equal(hone_internal_c_run_begin(&made, program), HONE_OK);
    hone_internal_c_run(&made, program, false);
    memcpy(y, made.outputs[0], count * sizeof *y);
    hone_internal_c_run_end(&made);
}

/* The forms of all steps; NULL: of the kernel that was recorded. `model` is taken over. */
static void check(hone_model *model, const hone_c_form *const *forms, int count, size_t outputs)
{
    float expected[8], received[8];
    hone_c_program program = {.model = NULL};
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    move_weights(model);
    if (hone_internal_c_program_make(&program, model, false) < 0)
        fail_msg("%s", hone_error_message());
    if (program.step_count != count)
        fail_msg("%d steps, not %d", program.step_count, count);
    for (int s = 0; s < count; s++)
        assert_ptr_equal(program.steps[s].form,
                         forms[s] != NULL ? forms[s] : hone_internal_c_form_of(program.steps[s].kernel));
    predict(model, expected, outputs);
    run(&program, received, outputs);
    for (size_t i = 0; i < outputs; i++)
        if (!(fabsf(expected[i] - received[i]) <= 1e-4f * (1 + fabsf(expected[i]))))
            fail_msg("output %d is %g, not %g", (int)i, (double)received[i], (double)expected[i]);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

#define FORMS(...) \
    (const hone_c_form *const[]){__VA_ARGS__}, \
        (int)(sizeof((const hone_c_form *const[]){__VA_ARGS__}) / sizeof(hone_c_form *))
#define DENSE &hone_internal_c_dense
#define SCALE &hone_internal_c_scale
#define KERNEL NULL
#define CONVOLUTION &hone_internal_c_convolution
#define TRANSPOSED &hone_internal_c_transposed
#define DEPTHWISE &hone_internal_c_depthwise

TEST(a_bias_joins_its_product)
{
    check(hone_sequential(hone_input(3), hone_dense(4)), FORMS(DENSE), 4);
}

TEST(normalisation_behind_a_dense_step_goes_into_it)
{
    check(hone_sequential(hone_input(3), hone_dense(4), hone_batch_normalization()), FORMS(DENSE), 4);
}

TEST(normalisation_before_a_dense_step_goes_into_it)
{
    check(hone_sequential(hone_input(3), hone_batch_normalization(), hone_dense(4, .use_bias = false)),
          FORMS(DENSE), 4);
    check(hone_sequential(hone_input(3), hone_dense(5, .activation = "relu"), hone_batch_normalization(),
                          hone_dense(4)),
          FORMS(DENSE, KERNEL, DENSE), 4);
}

TEST(normalisation_alone_is_a_factor_and_an_offset)
{
    check(hone_sequential(hone_input(3), hone_batch_normalization()), FORMS(SCALE), 3);
}

TEST(a_result_that_is_read_twice_is_not_folded)
{
    hone_tensor *input = hone_input_tensor(3);
    hone_tensor *hidden = hone_apply(hone_dense(4), input);
    hone_tensor *scaled = hone_apply(hone_batch_normalization(), hidden);
    hone_model *model = hone_functional((input), (hone_apply(hone_add(), hidden, scaled)));
    check(model, FORMS(DENSE, SCALE, KERNEL), 4);
}

TEST(dropout_leaves_no_step)
{
    check(hone_sequential(hone_input(3), hone_dropout(0.5), hone_dense(4), hone_dropout(0.5)), FORMS(DENSE),
          4);
}

TEST(a_bias_and_normalisation_go_into_a_convolution)
{
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([3, 1])"),
                          hone_layer_from_text("conv1d(4, 2)"), hone_batch_normalization()),
          FORMS(CONVOLUTION), 8);
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([1, 3])"),
                          hone_layer_from_text("depthwise_conv1d(1)"), hone_batch_normalization()),
          FORMS(DEPTHWISE), 3);
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([3, 1])"),
                          hone_layer_from_text("conv1d_transpose(2, 2)"), hone_batch_normalization()),
          FORMS(TRANSPOSED), 8);
}

TEST(normalisation_before_a_convolution_stays)
{
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([3, 1])"), hone_batch_normalization(),
                          hone_layer_from_text("conv1d(2, 3, padding=same)")),
          FORMS(SCALE, CONVOLUTION), 6);
}

TEST(a_convolution_of_one_place_is_a_dense_step)
{
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([3, 1])"),
                          hone_layer_from_text("conv1d(2, 1)"), hone_batch_normalization()),
          FORMS(DENSE), 6);
    check(hone_sequential(hone_input(3), hone_layer_from_text("reshape([3, 1])"),
                          hone_layer_from_text("conv1d(2, 1, strides=2)")),
          FORMS(CONVOLUTION), 4);
}
