/* Names of a model's layers: made from their classes, around those that are given. */
#include "testing/message.h"

#include <hone/hone.h>

static void check_names(hone_model *model, const char *const *expected)
{
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; expected[i] != NULL; i++)
        assert_string_equal(hone_layer_name(hone_model_layer_at(model, i)), expected[i]);
    hone_model_free(model);
}

TEST(names_that_are_made_skip_those_that_are_given)
{
    check_names(hone_sequential(hone_input(3), hone_dense(3), hone_dense(3), hone_dense(3, .name = "dense_1"),
                                hone_dense(3)),
                (const char *const[]){"dense", "dense_2", "dense_1", "dense_3", NULL});
}

TEST(classes_count_apart)
{
    check_names(hone_sequential(hone_input(3), hone_dense(3), hone_batch_normalization(), hone_dense(3)),
                (const char *const[]){"dense", "batch_normalization", "dense_1", NULL});
}

TEST(a_name_stands_for_one_layer)
{
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(3, .name = "a"), hone_dense(3, .name = "a"));
    assert_null(model);
    assert_message_has("two layers are named \"a\"");
}
