/* Recipes written and read back. */
#include "recipe/parts.h"
#include "testing/test.h"

#include <hone/recipe.h>
#include <stdio.h>
#include <unistd.h>

TEST(recipes_come_back)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/hone_save_%d.yaml", (int)getpid());
    hone_recipe *recipe = hone_recipe_parse(
        "name: \"yes\"\nmodel: [{input: [4]}, flatten, {dense: {units: 3, activation: \"a b: c\"}}]\n"
        "compile: {optimizer: \"sgd(0.1)\", loss: {a: mse}}\nfit: {epochs: 3, shuffle: false}\n",
        "r");
    if (hone_recipe_save(recipe, path) < 0)
        fail_msg("%s", hone_error_message());
    hone_recipe *again = hone_recipe_load(path);
    assert_non_null(again);
    assert_true(hone_internal_config_equal(recipe->tree, again->tree));
    hone_recipe_free(again);
    hone_recipe_free(recipe);
    unlink(path);
}
