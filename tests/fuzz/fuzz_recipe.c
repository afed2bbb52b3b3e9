/* Fuzz target: recipes, from YAML to the model that they describe. */
#include "graph/variable.h"
#include "replay.h"
#include <hone/recipe.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    hone_recipe *recipe = hone_recipe_parse(text, "fuzz");
    hone_internal_variables_limit(1 << 20);
    hone_model_free(hone_recipe_model(recipe));
    hone_internal_variables_limit(SIZE_MAX);
    hone_recipe_free(recipe);
    free(text);
    return 0;
}
