/* What a network computes from: its inputs, or what layers over texts and integers make of them. */
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

static const char *const words[] = {"b", "a", "c"};

static hone_layer *lookup(void)
{
    return hone_string_lookup(.vocabulary = {"a", "b"}, .name = "look");
}

TEST(a_plain_model_is_fed_its_inputs)
{
    hone_tensor *a = hone_input_tensor(2, .name = "a"), *b = hone_input_tensor(2, .name = "b");
    hone_model *model = hone_functional((a, b), (hone_apply(hone_add(), a, b)));
    assert_false(model->prepared);
    assert_int_equal(model->fed_count, 2);
    assert_int_equal(hone_internal_model_fed_input(model, 1), 1);
    assert_string_equal(hone_internal_model_fed_name(model, 1), "b");
    assert_int_equal(hone_internal_model_need_plain(model, "export"), HONE_OK);
    hone_model_free(model);
}

/* Of an input for texts what its layer makes; beside it the numbers of another input. */
TEST(a_layer_over_texts_stands_for_its_input)
{
    hone_tensor *text = hone_input_tensor(1, .dtype = "string", .name = "text"),
                *number = hone_input_tensor(1, .name = "number");
    hone_tensor *ids = hone_apply(lookup(), text);
    hone_tensor *all = hone_apply(hone_concatenate(), ids, number);
    hone_model *model = hone_functional((text, number), (all));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(model->prepared);
    assert_int_equal(model->fed_count, 2);
    int made = hone_internal_model_fed_input(model, 0) < 0 ? 0 : 1;
    assert_int_equal(hone_internal_model_fed_input(model, 1 - made), 1);
    assert_string_equal(hone_internal_model_fed_name(model, made), "look");
    assert_string_equal(hone_internal_model_fed_name(model, 1 - made), "number");
    hone_error_clear();
    assert_failed(hone_internal_model_need_plain(model, "export"), HONE_ERROR_UNSUPPORTED,
                  "export: the layer \"look\" works on texts or integers before the network does");
    hone_model_free(model);
}

/* Arrays of one axis more or less than the input's are taken when that has size 1. */
TEST(texts_go_through_their_layers)
{
    hone_tensor *text = hone_input_tensor(1, .dtype = "string");
    hone_model *model =
        hone_functional((text), (hone_apply(hone_embedding(3, 2), hone_apply(lookup(), text))));
    for (int rank = 1; rank <= 2; rank++) {
        const hone_array array = hone_array_view(words, HONE_TEXT, rank, (int64_t[]){3, 1});
        hone_array *made[1] = {NULL};
        if (hone_internal_model_prepare(model, &array, NULL, made) < 0)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_array_count(made[0]), 3);
        assert_true(hone_array_number(made[0], 0) == 2 && hone_array_number(made[0], 1) == 1 &&
                    hone_array_number(made[0], 2) == 0);
        hone_array_free(made[0]);
    }
    hone_model_free(model);
}

static const struct {
    const char *name;
    hone_dtype type;
    int rank;
    int64_t width;
    const char *words;
} arrays[] = {
    {"numbers", HONE_FLOAT32, 2, 1, "takes texts, but its data are numbers"},
    {"two texts", HONE_TEXT, 2, 2, "takes data of shape (None, 1), not (None, 2)"},
};

TEST_EACH(other_arrays_are_refused, arrays)
{
    static const float numbers[4] = {0};
    static const char *const four[4] = {"a", "a", "a", "a"};
    hone_tensor *text = hone_input_tensor(1, .dtype = "string");
    hone_model *model =
        hone_functional((text), (hone_apply(hone_embedding(3, 2), hone_apply(lookup(), text))));
    const hone_array array = hone_array_view(row->type == HONE_TEXT ? (const void *)four : numbers, row->type,
                                             row->rank, (int64_t[]){2, row->width});
    hone_array *made[1] = {NULL};
    hone_error_clear();
    assert_true(hone_internal_model_prepare(model, &array, NULL, made) < 0);
    assert_message_has(row->words);
    hone_model_free(model);
}

TEST(texts_are_no_numbers)
{
    hone_tensor *text = hone_input_tensor(1, .dtype = "string", .name = "text");
    hone_error_clear();
    assert_null(hone_functional((text), (hone_apply(hone_dense(2, .name = "d"), text))));
    assert_message_has("the layer \"d\" takes numbers, but the input \"text\" holds texts");
}

TEST(layers_over_texts_stand_first)
{
    hone_tensor *x = hone_input_tensor(1);
    hone_tensor *y = hone_apply(hone_layer_from_text("integer_lookup(vocabulary=[1, 2], name=look)"),
                                hone_apply(hone_dense(1, .name = "d"), x));
    hone_error_clear();
    assert_null(hone_functional((x), (y)));
    assert_message_has("only inputs of the model and other such layers may stand before it, not \"d\"");
}
