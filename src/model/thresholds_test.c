/* Thresholds of the outputs and labels of a model: which there are, setting them, and what has none. */
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/look.h>
#include <string.h>

static hone_model *model_of(const char *loss, int64_t units)
{
    hone_tensor *x = hone_input_tensor(2);
    hone_tensor *first = hone_apply(hone_dense(1, .activation = "sigmoid", .name = "first"), x),
                *second = hone_apply(hone_dense(units, .activation = "sigmoid", .name = "second"), x);
    hone_model *model = hone_functional((x), (first, second));
    assert_int_equal(hone_compile(model, .loss = loss), HONE_OK);
    return model;
}

TEST(probabilities_are_those_of_the_outputs_in_order)
{
    static const char *const names[] = {"first", "second_0", "second_1", "second_2"};
    hone_model *model = model_of("binary_crossentropy", 3);
    hone_probability at;
    for (size_t i = 0; i < 4; i++) {
        assert_true(hone_model_probability_at(model, i, &at));
        assert_string_equal(at.name, names[i]);
        assert_int_equal(at.output, i > 0);
        assert_int_equal(at.number, i > 0 ? i - 1 : 0);
        assert_float_equal(at.threshold, 0.5f, 0);
    }
    assert_false(hone_model_probability_at(model, 4, &at));
    assert_true(hone_model_decides(model, 0) && hone_model_decides(model, 1));
    assert_false(hone_model_decides(model, 2) || hone_model_decides(NULL, 0));
    hone_model_free(model);
}

/* The others stay, and a file of the model has them. */
TEST(each_is_set_alone)
{
    hone_model *model = model_of("binary_crossentropy", 2);
    assert_int_equal(hone_model_set_threshold(model, 1, 1, 0.25), HONE_OK);
    assert_int_equal(hone_model_set_threshold(model, 0, 0, 0.75), HONE_OK);
    char *kept = hone_model_data(model, "threshold");
    assert_string_equal(kept, "{\"first\": 0.75, \"second\": [0.5, 0.25]}");
    hone_free(kept);
    assert_float_equal(hone_model_threshold_of(model, 1, 0), 0.5f, 0);
    assert_float_equal(hone_model_threshold_of(model, 1, 1), 0.25f, 0);
    assert_float_equal(hone_model_threshold_of(model, 1, 9), 0.5f, 0);
    assert_float_equal(hone_model_threshold(model), 0.75f, 0);
    char *text = hone_model_data_text(model);
    assert_non_null(strstr(text, "threshold: {\"first\": 0.75"));
    hone_free(text);
    assert_int_equal(hone_model_set_data(model, "threshold", NULL), HONE_OK);
    assert_float_equal(hone_model_threshold(model), 0.5f, 0);
    hone_model_free(model);
}

static const struct {
    const char *name, *loss;
    int output;
    int64_t number;
    double threshold;
    const char *says;
} refused[] = {
    {"another output", "binary_crossentropy", 2, 0, 0.3, "there is no number 0 of output 2"},
    {"another label", "binary_crossentropy", 1, 3, 0.3, "there is no number 3 of output 1"},
    {"one of several classes", "categorical_crossentropy", 1, 0, 0.3, "of which the likeliest decides"},
    {"numbers", "mse", 1, 0, 0.3, "the loss mean_squared_error is one of numbers"},
    {"a number above 1", "binary_crossentropy", 1, 0, 1.5,
     "a threshold must be a number other than 0 and at most 1"},
    {"0", "binary_crossentropy", 1, 0, 0, "a threshold must be a number other than 0 and at most 1"},
};

TEST_EACH(refuses, refused)
{
    hone_model *model = model_of(row->loss, 3);
    assert_true(hone_model_set_threshold(model, row->output, row->number, row->threshold) < 0);
    assert_message_has(row->says);
    assert_null(hone_model_data(model, "threshold"));
    hone_model_free(model);
}
