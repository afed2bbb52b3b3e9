/* For tests of recipes: texts that are models, or mistakes. */
#ifndef HONE_TESTING_RECIPES_H
#define HONE_TESTING_RECIPES_H

#include "base/memory.h"
#include "model/model.h"
#include "recipe/parts.h"
#include "testing/message.h"

static inline hone_recipe *parse_recipe(const char *text)
{
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    if (recipe == NULL)
        fail_msg("%s", hone_error_message());
    return recipe;
}

/* The model of a recipe's text. */
static inline hone_model *model_of_recipe(const char *text)
{
    hone_recipe *recipe = parse_recipe(text);
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_recipe_free(recipe);
    return model;
}

/* A recipe that has no model, or that is refused when it is checked, with these words. */
typedef struct recipe_mistake {
    const char *name, *text, *words;
} recipe_mistake;

static inline void check_recipe_mistake(const recipe_mistake *mistake)
{
    hone_error_clear();
    hone_recipe *recipe = hone_recipe_parse(mistake->text, "test.yaml");
    if (recipe != NULL && hone_recipe_check(recipe) >= 0) {
        hone_model *model = hone_recipe_model(recipe);
        if (model != NULL)
            fail_msg("accepted: %s", mistake->text);
    }
    hone_recipe_free(recipe);
    assert_message_has(mistake->words);
}

#endif
