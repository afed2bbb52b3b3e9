/* Calls with arguments: the same in C, in a recipe and in a file. */
#include "base/memory.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const float scores[2][3] = {{1, 2, 3}, {-1, 0, 1}}, valid[2][3] = {{1, 1, 0}, {0, 2, 0.75f}};

static hone_model *in_c(void)
{
    hone_tensor *x = hone_input_tensor(3, .name = "scores"), *mask = hone_input_tensor(3, .name = "valid"),
                *y = hone_masked_call(hone_softmax(), HONE_TENSOR_LIST(x), .mask = mask);
    return hone_functional((x, mask), (y));
}

static hone_model *in_recipe(const char *text)
{
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_free(recipe);
    return model;
}

/* Softmax over what the mask leaves, which is above 0.5, and 0 elsewhere. */
static void check_masked(hone_model *model)
{
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(scores, HONE_FLOAT32, 2, (int64_t[]){2, 3}),
                                       hone_array_view(valid, HONE_FLOAT32, 2, (int64_t[]){2, 3})},
                                 .x_names = {"scores", "valid"});
    hone_array *outputs[1];
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = 2), HONE_OK);
    const float *y = outputs[0]->data;
    double e = exp(1);
    const double expected[] = {1 / (1 + e), e / (1 + e), 0, 0, 1 / (1 + e), e / (1 + e)};
    for (int i = 0; i < 6; i++)
        assert_true(fabs(y[i] - expected[i]) < 1e-6);
    hone_array_free(outputs[0]);
    hone_dataset_free(data);
    hone_model_free(model);
}

static const char recipe[] = "model:\n"
                             "  - input: {shape: [3], name: scores}\n"
                             "  - input: {shape: [3], name: valid}\n"
                             "  - softmax: {inputs: scores, call: {mask: valid}}\n";

TEST(mask_is_honoured_in_c_recipe_and_file)
{
    check_masked(in_c());
    check_masked(in_recipe(recipe));
    hone_model *model = in_c();
    hone_config *config = hone_internal_model_to_config(model);
    check_masked(hone_internal_model_from_config(config, NULL));
    hone_internal_config_free(config);
    hone_model_free(model);
}

static void expect_refusal(const char *text, const char *message)
{
    assert_null(in_recipe(text));
    if (strstr(hone_error_message(), message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), message);
}

#define HEAD "model:\n  - input: {shape: [3], name: a}\n  - input: {shape: [3], name: b}\n"

TEST(wrong_arguments_are_refused)
{
    expect_refusal(HEAD "  - softmax: {inputs: a, call: {msk: b}}\n", "did you mean \"mask\"");
    expect_refusal(HEAD "  - softmax: {inputs: a, call: {mask: [a, b]}}\n", "mask is one tensor, not 2");
    expect_refusal(HEAD "  - softmax: {inputs: a, call: {mask: c}}\n", "unknown node \"c\"");
    expect_refusal(HEAD "  - softmax: {inputs: a, call: b}\n", "call must be");
    expect_refusal(HEAD "  - dense: {units: 2, inputs: a, call: {mask: b}}\n", "takes no argument \"mask\"");
    expect_refusal(HEAD "  - dense: {units: 2, inputs: a, call: {training: 3}}\n",
                   "training must be true or false");
    expect_refusal("model:\n  - input: {shape: [3], call: {training: true}}\n  - flatten\n", "cannot have "
                                                                                             "inputs");
}

TEST(failures_before_a_call_are_passed_on)
{
    hone_tensor *x = hone_input_tensor(3), *none = NULL;
    assert_null(hone_masked_call(hone_softmax(), HONE_TENSOR_LIST(x), .mask = none));
    hone_tensor *y =
        hone_masked_call(hone_softmax(), HONE_TENSOR_LIST(x), .mask = HONE_NO_TENSOR); /* nothing given */
    assert_non_null(y);
    assert_null(hone_masked_call(hone_flatten(), HONE_TENSOR_LIST(x), .mask = HONE_NO_TENSOR));
    assert_non_null(strstr(hone_error_message(), "its call takes no arguments"));
    hone_tensor_free(x);
}

TEST(defaults_for_other_languages)
{
    hone_mask_call args;
    assert_int_equal(hone_call_default("softmax", &args, sizeof args), HONE_OK);
    assert_true(args.mask == HONE_NO_TENSOR && args.base.size == sizeof args);
    assert_true(hone_call_default("dense", &args, sizeof args) < 0);
    assert_true(hone_call_default("softmax", &args, sizeof args + 1) < 0);
}

enum { MANY = 40 };

/* Keras's heart-disease example has 13 inputs. */
TEST(models_have_many_inputs_and_outputs)
{
    static const float x[3][1] = {{1}, {2}, {3}};
    hone_tensor *ends[MANY + 1], *sums[MANY + 1];
    for (int i = 0; i < MANY; i++)
        ends[i] = hone_input_tensor(1);
    ends[MANY] = sums[MANY] = hone_tensors_end;
    hone_tensor *sum = hone_apply_with(hone_add(), ends, NULL);
    for (int i = 0; i < MANY; i++)
        sums[i] = hone_apply(hone_rescaling(1, .offset = i), sum);
    hone_model *model = hone_functional_with(&(hone_functional_args){
        .base = {sizeof(hone_functional_args), NULL}, .input_list = ends, .output_list = sums});
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_input_count(model), MANY);
    hone_dataset_from_arrays_args args = {.base = {sizeof args, NULL}, .scale = 1};
    for (int i = 0; i < MANY; i++)
        args.x[i] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){3, 1});
    hone_dataset *data = hone_dataset_from_arrays_with(&args);
    hone_array *outputs[MANY];
    if (hone_predict(model, data, outputs) < 0)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < MANY; i++) {
        assert_true(((const float *)outputs[i]->data)[2] == (float)(3 * MANY + i));
        hone_array_free(outputs[i]);
    }
    hone_dataset_free(data);
    hone_model_free(model);
}
