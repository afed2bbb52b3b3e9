/* category_encoding. */
#include "testing/check_layer.h"

#include <hone/hone.h>
#include <string.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "category_encoding(4)", .inputs = {HONE_SHAPE(3, 5)}, .ids = 4, .no_gradient = true},
        {.text = "category_encoding(4, output_mode=count)",
         .inputs = {HONE_SHAPE(3, 5)},
         .ids = 5,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 1)},
         .ids = 4,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 5)},
         .ids = 4,
         .no_gradient = true},
        {.text = "category_encoding(4, output_mode=count)",
         .inputs = {HONE_SHAPE(2, 3, 2)},
         .ids = 4,
         .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("category_encoding", NULL, "num_tokens must be given");
    check_layer_refused("category_encoding(4)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}}, "(batch, n)");
    check_layer_refused("category_encoding(4, output_mode=hot)", NULL, "output_mode");
    check_layer_refused("category_encoding(0)", NULL, "num_tokens");
}

/* As Keras saves a call with count_weights: a keyword argument. */
TEST(weights_of_the_call)
{
    float ids[] = {0, 1, 1, 3, 3, 2}, weights[] = {0.5f, 1, 2, 1, -1, 4}, each[] = {2, 3};
    static const float expected[] = {0.5f, 3, 0, 0, 0, 0, 4, 0}, scaled[] = {2, 4, 0, 0, 0, 0, 3, 6};
    for (int broadcast = 0; broadcast < 2; broadcast++) {
        int64_t width = broadcast ? 1 : 3;
        hone_tensor *x = hone_input_tensor(3, .name = "ids"), *w = hone_input_tensor(width, .name = "w");
        hone_tensor *y = hone_weighted_call(hone_category_encoding(4, .output_mode = "count"),
                                            HONE_TENSOR_LIST(x), .count_weights = w);
        hone_model *model = hone_functional((x, w), (y)), *clone = hone_model_clone(model);
        if (clone == NULL)
            fail_msg("%s", hone_error_message());
        hone_batch batch = {
            .x = {hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){2, 3}),
                  hone_array_view(broadcast ? each : weights, HONE_FLOAT32, 2, (int64_t[]){2, width})}};
        for (int copy = 0; copy < 2; copy++) {
            hone_array *result;
            assert_int_equal(hone_predict_on_batch(copy ? clone : model, &batch, false, &result), HONE_OK);
            assert_memory_equal(result->data, broadcast ? scaled : expected, sizeof expected);
            hone_array_free(result);
        }
        hone_model_free(clone);
        hone_model_free(model);
    }
}

static void assert_call_refused(const char *mode, int64_t width, const char *words)
{
    hone_tensor *x = hone_input_tensor(3), *w = hone_input_tensor(width);
    hone_layer *layer = hone_category_encoding(4, .output_mode = mode);
    assert_null(hone_weighted_call(layer, HONE_TENSOR_LIST(x), .count_weights = w));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), words);
    hone_tensor_free(x);
    hone_tensor_free(w);
}

TEST(refuses_weights_of_the_call)
{
    assert_call_refused("multi_hot", 3, "count_weights need output_mode \"count\", not \"multi_hot\"");
    assert_call_refused("one_hot", 3, "count_weights need output_mode \"count\"");
    assert_call_refused("count", 2, "weights of shape (None, 2) do not match ids of shape (None, 3)");
}
