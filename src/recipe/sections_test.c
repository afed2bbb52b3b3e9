/* Sections of a recipe: what is held out, which keys there are, defaults. */
#include "testing/recipes.h"

#include <stdio.h>

static const struct {
    const char *name;
    int64_t last;
    double share;
    const char *source;
} holdouts[] = {
    {"last 5", 5, 0, NULL}, {"0.25", 0, 0.25, NULL},          {"1/4", 0, 0.25, NULL},
    {"null", 0, 0, NULL},   {"valid.npz", 0, 0, "valid.npz"}, {"\"0.5\"", 0, 0.5, NULL},
};

TEST_EACH(validation_is_a_number_a_share_or_data, holdouts)
{
    char text[128];
    snprintf(text, sizeof text, "model: [{input: 3}]\ndata: {train: x.npz, validation: %s}\n", row->name);
    hone_recipe *recipe = parse_recipe(text);
    if (hone_recipe_check(recipe) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(recipe->validation.last, row->last);
    assert_true(recipe->validation.share == row->share);
    if (row->source == NULL)
        assert_null(recipe->validation.source);
    else
        assert_string_equal(recipe->validation.source, row->source);
    hone_recipe_free(recipe);
}

#define DATA(text) "model: [{input: 3}]\ndata: {train: x.npz, " text "}\n"
#define FIT(text) "model: [{input: 3}]\nfit: {" text "}\n"

static const recipe_mistake mistakes[] = {
    {"nothing held out", DATA("validation: last 0"), "above 0 after \"last\", received \"last 0\""},
    {"all held out", DATA("validation: 1"), "a fraction between 0 and 1, or data"},
    {"a list", DATA("validation: [1]"), "a fraction between 0 and 1, or data"},
    {"held out twice", DATA("validation: 0.1}\nfit: {validation_split: 0.1"), "cannot both be given"},
    {"scale of 0", DATA("scale: 0"), "scale must be a finite number other than 0"},
    {"no epochs", FIT("epochs: 0"), "epochs must be at least 1, not 0"},
    {"an unknown key", FIT("epoch: 3"), "did you mean \"epochs\"?"},
    {"an unknown section", "model: [{input: 3}]\nfits: {epochs: 3}\n", "did you mean \"fit\"?"},
    {"an unknown callback", FIT("callbacks: [early_stoping]"), "did you mean \"early_stopping\"?"},
    {"a callback of two keys", FIT("callbacks: [{a: 1, b: 2}]"), "or a map with one key"},
};

TEST_EACH(refuses, mistakes)
{
    check_recipe_mistake(row);
}

TEST(defaults_are_those_of_the_fields)
{
    char *json = hone_internal_recipe_default("fit.batch_size");
    assert_string_equal(json, "32");
    hone_internal_free(json);
    assert_null(hone_internal_recipe_default("fit.batch"));
}
