/* Fuzz target: recipes, from YAML to the model that they describe. */
#include "graph/variable.h"
#include "recipe/recipe.h"
#include "replay.h"
#include <hone/model.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_recipe *recipe = hone_internal_recipe_parse((const char *)data, size, "fuzz");
    if (recipe == NULL)
        return 0;
    hone_internal_variables_limit(1 << 20);
    if (hone_internal_recipe_read(recipe) == HONE_OK) {
        hone_model *model = hone_internal_recipe_model(recipe);
        if (model != NULL)
            hone_internal_recipe_compile(recipe, model);
        hone_model_free(model);
    }
    hone_internal_variables_limit(SIZE_MAX);
    hone_internal_recipe_free(recipe);
    return 0;
}
