/* Sections of a recipe: what is held out, which keys there are, defaults. */
#include "testing/recipes.h"
#include <math.h>

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
    const hone_dataset_hold_out_args *args = recipe->validation.args;
    assert_int_equal(args == NULL || args->count == HONE_NONE_INTEGER ? 0 : args->count, row->last);
    assert_true((args == NULL || isnan(args->share) ? 0 : args->share) == row->share);
    assert_true(args == NULL || !args->shuffle || row->source != NULL);
    if (row->source == NULL)
        assert_null(recipe->validation.source);
    else
        assert_string_equal(recipe->validation.source, row->source);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *says;
} weights[] = {
    {"balanced", NULL},
    {"0:1,fraud:30", NULL},
    {"a:b:2", NULL},
    {"0:1,0:2", "received \"0:1,0:2\""},
    {"balance", "expected balanced"},
    {"9999999:1", "classes below"},
    {"0:1,", "expected balanced"},
    {":1", "expected balanced"},
    {"a:-1", "expected balanced"},
};

TEST_EACH(weights_of_classes_on_the_command_line, weights)
{
    hone_error_clear();
    assert_int_equal(hone_recipe_check_value("fit.class_weight", row->name),
                     row->says == NULL ? HONE_OK : HONE_ERROR_ARGUMENT);
    if (row->says != NULL)
        assert_message_has(row->says);
}

#define DATA(text) "model: [{input: 3}]\ndata: {train: x.npz, " text "}\n"
#define FIT(text) "model: [{input: 3}]\nfit: {" text "}\n"

static const recipe_mistake mistakes[] = {
    {"nothing held out", DATA("validation: last 0"),
     "a number of samples above 0, or a fraction between 0 and 1, received \"last 0\""},
    {"no such key of validation", DATA("validation: {shares: 0.2}"), "did you mean \"share\""},
    {"a share above 1", DATA("validation: {share: 1.5}"), "share"},
    {"a group that is no name", DATA("validation: {share: 0.5, group: [1]}"),
     "group must be the name of a column"},
    {"a weight that is none", FIT("class_weight: {fraud: x}"), "the weight of class fraud must be a number"},
    {"all held out", DATA("validation: 1"), "a fraction between 0 and 1, a map such as"},
    {"a list", DATA("validation: [1]"), "a fraction between 0 and 1, a map such as"},
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
