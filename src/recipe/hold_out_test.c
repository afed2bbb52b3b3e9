/* data.validation as it is written: what is held out, or which other data. */
#include "data/dataset.h"
#include "data/inside.h"
#include "testing/recipes.h"

#include <stdio.h>

static hone_recipe *checked(const char *rest)
{
    char text[600];
    snprintf(text, sizeof text,
             "model: [{input: 2}, {dense: 1}]\ncompile: {loss: mse}\ndata: {train: x.npy%s}\n", rest);
    hone_recipe *recipe = parse_recipe(text);
    hone_error_clear();
    hone_recipe_check(recipe);
    return recipe;
}

static const struct {
    const char *name, *rest, *source, *group;
    int64_t count; /* 0: not said */
    double share;  /* 0: not said */
    bool shuffle, held;
} said[] = {
    {"nothing", "", NULL, NULL, 0, 0, false, false},
    {"the last samples", ", validation: last 500", NULL, NULL, 500, 0, false, true},
    {"the last share", ", validation: last 0.25", NULL, NULL, 0, 0.25, false, true},
    {"a share", ", validation: 0.1", NULL, NULL, 0, 0.1, false, true},
    {"a share as a text", ", validation: \"0.1\"", NULL, NULL, 0, 0.1, false, true},
    {"random samples", ", validation: random  50", NULL, NULL, 50, 0, true, true},
    {"a random share", ", validation: random 0.5", NULL, NULL, 0, 0.5, true, true},
    {"other data", ", validation: valid.npz", "valid.npz", NULL, 0, 0, false, true},
    {"data whose name begins like a word", ", validation: lastly.npz", "lastly.npz", NULL, 0, 0, false, true},
    {"a map", ", validation: {share: 0.2, seed: 3}", NULL, NULL, 0, 0.2, true, true},
    {"groups", ", validation: {share: 0.2, group: patient}", NULL, "patient", 0, 0.2, true, true},
    {"the split of fit", "}\nfit: {validation_split: 0.3", NULL, NULL, 0, 0.3, false, true},
};

TEST_EACH(validation_is_read, said)
{
    hone_recipe *recipe = checked(row->rest);
    if (hone_error_status() < 0)
        fail_msg("%s", hone_error_message());
    const hone_dataset_hold_out_args *args = recipe->validation.args;
    assert_int_equal(args != NULL, row->held);
    if (args != NULL && row->source == NULL) {
        assert_int_equal(args->count == HONE_NONE_INTEGER ? 0 : args->count, row->count);
        assert_true(row->share == 0 || args->share == row->share);
        assert_int_equal(args->shuffle, row->shuffle);
    }
    if (row->source != NULL)
        assert_string_equal(recipe->validation.source, row->source);
    else
        assert_null(recipe->validation.source);
    if (row->group != NULL)
        assert_string_equal(recipe->validation.group, row->group);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *rest, *words;
} mistakes[] = {
    {"no amount", ", validation: last many",
     "expected a number of samples above 0, or a fraction between 0 and 1, received \"last many\""},
    {"none of them", ", validation: last 0", "received \"last 0\""},
    {"fewer than none", ", validation: random -5", "received \"random -5\""},
    {"a share of all", ", validation: random 1.0", "received \"random 1.0\""},
    {"a share above all", ", validation: 1.5", "validation must be \"last N\" or \"random N\" samples"},
    {"a share of nothing", ", validation: 0", "validation must be"},
    {"a truth value", ", validation: true", "validation must be"},
    {"an unknown key", ", validation: {shere: 0.2}", "\"share\""},
    {"a group that is no name", ", validation: {share: 0.2, group: [a]}",
     "group must be the name of a column"},
    {"both places", ", validation: 0.1}\nfit: {validation_split: 0.1",
     "validation and fit's validation_split cannot both be given"},
};

TEST_EACH(validation_is_refused, mistakes)
{
    hone_recipe *recipe = checked(row->rest);
    assert_true(hone_error_status() < 0);
    assert_message_has("test.yaml");
    assert_message_has(row->words);
    hone_recipe_free(recipe);
}

/* Of 12 samples in 3 folds: 4 parts of 3, each predicted from all before it. */
TEST(folds_in_order_never_see_later_samples)
{
    static float numbers[12];
    for (int i = 0; i < 12; i++)
        numbers[i] = (float)i;
    for (int fold = 0; fold < 3; fold++) {
        char rest[96];
        snprintf(rest, sizeof rest, ", folds: 3, fold: %d, folds_in_order: true", fold);
        hone_recipe *recipe = checked(rest);
        for (int out = 0; out < 2; out++) {
            hone_dataset *all = hone_dataset_from_arrays(.x = {hone_array_view(numbers, HONE_FLOAT32, 2,
                                                                               (int64_t[]){12, 1})}),
                         *part = hone_internal_recipe_fold(recipe, all, out == 1);
            float found[12] = {0};
            assert_int_equal(hone_dataset_count(part), out ? 3 : 3 * (fold + 1));
            assert_int_equal(hone_internal_dataset_numbers(part, HONE_COMPONENT_INPUT, 0, found), HONE_OK);
            assert_int_equal((int)found[0], out ? 3 * (fold + 1) : 0);
            hone_dataset_free(part);
        }
        hone_recipe_free(recipe);
    }
}
