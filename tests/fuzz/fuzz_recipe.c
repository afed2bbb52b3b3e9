/* Fuzz target: recipes, from YAML to the model that they describe. */
#include "limited.h"
#include "replay.h"
#include <hone/recipe.h>
#include <stdlib.h>
#include <string.h>

/* A recipe may ask for weights as large as the machine allows; here for no more than these bytes at once. */
enum { MOST_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    limit_memory(MOST_BYTES);
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    hone_recipe *recipe = hone_recipe_parse(text, "fuzz");
    hone_model_free(hone_recipe_model(recipe));
    hone_recipe_free(recipe);
    free(text);
    return 0;
}
