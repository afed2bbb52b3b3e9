/* Layers of a model for a new task: cut off, frozen and thawed by name and pattern. */
#include "testing/test.h"

#include <hone/extend.h>
#include <hone/hone.h>
#include <string.h>

static hone_model *make(void)
{
    hone_layer *inner = hone_model_as_layer(
        hone_sequential(hone_input(3), hone_dense(3, .name = "one"), hone_dense(3, .name = "two")));
    return hone_sequential(hone_input(4), hone_dense(3, .name = "block1_a"),
                           hone_dense(3, .name = "block1_b"), inner, hone_dense(2, .name = "top"));
}

static bool learns(const hone_model *model, const char *name)
{
    return hone_layer_trainable(hone_model_layer(model, name));
}

static int trained(const hone_model *model)
{
    int count = 0;
    for (int i = 0; i < hone_model_weight_count(model); i++)
        count += hone_variable_trainable(hone_model_weight(model, i));
    return count;
}

TEST(layers_are_frozen_and_thawed_by_pattern)
{
    hone_model *model = make();
    assert_int_equal(trained(model), 10);
    assert_int_equal(hone_model_set_trainable_matching(model, "block1_*", false), HONE_OK);
    assert_int_equal(trained(model), 6);
    assert_true(learns(model, "top"));
    assert_int_equal(hone_model_set_trainable_matching(model, "*", false), HONE_OK);
    assert_int_equal(trained(model), 0);
    assert_int_equal(hone_model_set_trainable_matching(model, "*/two", true), HONE_OK);
    assert_int_equal(trained(model), 2);
    assert_int_equal(hone_model_set_trainable_matching(model, "block1_?", true), HONE_OK);
    assert_int_equal(trained(model), 6);
    hone_model_free(model);
}

TEST(a_model_whose_every_layer_is_frozen_is_thawed_in_part)
{
    hone_model *model = make();
    hone_model_set_trainable(model, false);
    assert_int_equal(hone_model_set_trainable_matching(model, "top", true), HONE_OK);
    assert_int_equal(trained(model), 2);
    hone_model_free(model);
}

TEST(a_model_ends_at_a_layer)
{
    hone_model *model = make(), *part = hone_model_until(model, "block1_b");
    assert_non_null(part);
    assert_int_equal(hone_model_weight_count(part), 4);
    assert_ptr_equal(hone_model_weight(part, 0), hone_model_weight(model, 0)); /* shared */
    assert_string_equal(hone_model_output_name(part, 0), "block1_b");
    hone_model_free(model);
    hone_model *more = hone_functional(
        (hone_model_input(part, 0)), (hone_apply(hone_dense(5, .name = "new"), hone_model_output(part, 0))));
    assert_non_null(more);
    assert_int_equal(hone_model_weight_count(more), 6);
    hone_model_free(part);
    hone_model_free(more);
}

static const struct {
    const char *name, *pattern, *words;
} unknown[] = {
    {"a name", "block1_c", "unknown layer \"block1_c\"; did you mean \"block1_a\"?"},
    {"a pattern", "blok1_*", "the pattern \"blok1_*\" matches no layer; there is, for example, \"block1_a\""},
    {"another pattern", "zzz*", "matches no layer; there is, for example, \"top\""},
};
TEST_EACH(names_the_nearest, unknown)
{
    hone_model *model = make();
    assert_int_equal(hone_model_set_trainable_matching(model, row->pattern, false), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), row->words));
    assert_int_equal(trained(model), 10);
    hone_model_free(model);
}

TEST(what_is_not_there_is_refused)
{
    hone_model *model = make();
    assert_null(hone_model_until(model, "block1_bb"));
    assert_non_null(strstr(hone_error_message(), "did you mean \"block1_b\"?"));
    assert_null(hone_model_until(NULL, "top"));
    assert_null(hone_model_until(model, NULL));
    hone_error_clear(); /* a NULL passes on what went wrong before */
    assert_int_equal(hone_model_set_trainable_matching(NULL, "top", true), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    assert_int_equal(hone_model_set_trainable_matching(model, NULL, true), HONE_ERROR_ARGUMENT);
    hone_model_free(model);
}
