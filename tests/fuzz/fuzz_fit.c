/* Fuzz target: recipes with their data, trained. An input is {"files": {...}, "recipe": {...}}; what trains
 * on one thread trains on three to the same bits, and with a limit of memory. */
#include "structure.h"
#include "folder.h"

#include <hone/recipe.h>

enum { MOST_EPOCHS = 3 };

/* Trains as the recipe says and writes the weights; false when it cannot. */
static bool train(const char *text, int threads, const char *limit, const char *path)
{
    hone_set_threads(threads);
    hone_recipe *recipe = hone_recipe_parse(text, "fuzz");
    bool ready =
        recipe != NULL && (limit == NULL || hone_recipe_set(recipe, "data.memory_limit", limit) >= 0);
    hone_model *model = ready ? hone_recipe_train(recipe) : NULL;
    bool done = model != NULL && hone_save(model, path) >= 0;
    if (recipe != NULL && !done)
        fuzz_said(true);
    hone_model_free(model);
    hone_recipe_free(recipe);
    hone_set_threads(1);
    return done;
}

static void compare_files(const char *first, const char *second, const char *what)
{
    void *a = NULL, *b = NULL;
    size_t a_bytes = 0, b_bytes = 0;
    if (hone_internal_file_read(first, SIZE_MAX / 4, &a, &a_bytes) < 0 ||
        hone_internal_file_read(second, SIZE_MAX / 4, &b, &b_bytes) < 0 || a_bytes != b_bytes ||
        memcmp(a, b, a_bytes) != 0) {
        fprintf(stderr, "%s: other weights\n", what);
        abort();
    }
    hone_internal_free(a);
    hone_internal_free(b);
}

/* What would train for long is left out. */
static bool is_short(const hone_config *recipe)
{
    static const char *const keys[] = {"epochs", "steps_per_epoch", "validation_steps"};
    const hone_config *fit = hone_internal_config_get(recipe, "fit");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const hone_config *value = hone_internal_config_get(fit, keys[i]);
        if (hone_internal_config_present(value) && !(hone_internal_config_is(value, HONE_CONFIG_INTEGER) &&
                                                     hone_internal_config_as_integer(value) <= MOST_EPOCHS))
            return false;
    }
    return hone_internal_config_get(fit, "epochs") != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return 0;
    const hone_config *recipe = hone_internal_config_get(tree, "recipe");
    char *text =
        is_short(recipe) && !leads_outside(recipe) ? hone_internal_config_to_json(recipe, false) : NULL;
    if (text != NULL && train(text, 1, NULL, "one.weights.h5")) {
        if (train(text, 3, NULL, "three.weights.h5"))
            compare_files("one.weights.h5", "three.weights.h5", "three threads");
        else if (hone_error_status() != HONE_ERROR_MEMORY)
            abort();
        if (train(text, 2, "64", "limited.weights.h5"))
            compare_files("one.weights.h5", "limited.weights.h5", "a limit of memory");
    }
    hone_internal_free(text);
    leave_folder(tree);
    return 0;
}
