/* Metrics as one text: for every output, or for the one that is named. */
#include "testing/recipes.h"

static const char two_outputs[] = "model:\n"
                                  "  - input: [3]\n"
                                  "  - dense: {units: 1, name: price, inputs: input}\n"
                                  "  - dense: {units: 1, name: sort, inputs: input}\n"
                                  "outputs: [price, sort]\n";

static void check_metrics(const char *yaml, const char *text, const char *expected)
{
    hone_model *model = model_of_recipe(yaml);
    hone_config *metrics = hone_internal_recipe_metrics(model, text);
    if (metrics == NULL)
        fail_msg("%s", hone_error_message());
    char *json = hone_internal_config_to_json(metrics, false);
    assert_string_equal(json, expected);
    hone_internal_free(json);
    hone_internal_config_free(metrics);
    hone_model_free(model);
}

TEST(one_output_has_a_list)
{
    static const char one[] = "model: [{input: 3}, {dense: {units: 1, name: price}}]\n";
    check_metrics(one, "mae,  price:precision(thresholds=[0.1, 0.2])",
                  "[\"mae\", \"precision(thresholds=[0.1, 0.2])\"]");
    check_metrics(one, "none", "[]");
}

TEST(several_outputs_have_a_map)
{
    check_metrics(two_outputs, "mae, sort:mse", "{\"price\": [\"mae\"], \"sort\": [\"mae\", \"mse\"]}");
}

TEST(an_output_that_is_not_there_is_told_with_the_nearest)
{
    hone_model *model = model_of_recipe(two_outputs);
    assert_null(hone_internal_recipe_metrics(model, "pricr:mae"));
    assert_message_has("did you mean \"price\"?");
    hone_model_free(model);
}

TEST(each_item_is_checked)
{
    assert_int_equal(hone_internal_recipe_check_metrics("accuracy, ce, mae, x:mse"), HONE_OK);
    assert_failed(hone_internal_recipe_check_metrics("mae,,mse"), HONE_ERROR_ARGUMENT,
                  "received an empty one");
    assert_failed(hone_internal_recipe_check_metrics("mae, "), HONE_ERROR_ARGUMENT, "received an empty one");
    assert_failed(hone_internal_recipe_check_metrics("mean_absolute_eror"), HONE_ERROR_NAME,
                  "did you mean \"mean_absolute_error\"?");
}
