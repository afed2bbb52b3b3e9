/* Fuzz target: weights for a model of Hone's: .weights.h5, .weights.json with its parts, .safetensors,
 * .keras. An input is
 * {"files": {...}, "weights": "m.weights.json"}. What cannot be loaded leaves the model as it was, to the
 * bit; what can is written, loaded, and predicts the same. */
#include "structure.h"
#include "folder.h"
#include "whole.h"

static hone_model *make_model(void)
{
    static const char RECIPE[] =
        "{model: [{input: [3]}, {dense: {units: 2, name: dense}}, {batch_normalization: {name: norm}}, "
        "{dense: {units: 1, name: dense_1}}], compile: {optimizer: adam, loss: mse}}";
    return folder_model(RECIPE);
}

static void compare_files(hone_model *model, const hone_batch *batch, const results *expected)
{
    static const char *const NAMES[] = {"out.weights.h5", "out.weights.json", "out.safetensors"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        hone_model *other = make_model();
        if (hone_save(model, NAMES[i]) < 0 || hone_load_weights(other, NAMES[i]) < 0)
            wrong(NAMES[i]);
        results made = predict(other, batch);
        compare(expected, &made, false, NAMES[i]);
        free_results(&made);
        hone_model_free(other);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return 0;
    hone_set_threads(1);
    hone_array *owned[2 * HONE_MAX_ENDS] = {NULL};
    hone_batch batch = {.x = {{.data = NULL}}};
    hone_model *model = make_model();
    if (!fill_batch(model, owned, &batch))
        abort();
    results before = predict(model, &batch);
    hone_error_clear();
    limited_largest = 0;
    hone_status status = hone_load_weights(model, name_of(tree, "weights"));
    fuzz_said(status < 0);
    check_proportion();
    results after = predict(model, &batch);
    if (status < 0)
        compare(&before, &after, false, "weights that could not be loaded");
    else
        compare_files(model, &batch, &after);
    free_results(&before);
    free_results(&after);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        hone_array_free(owned[i]);
    hone_model_free(model);
    leave_folder(tree);
    return 0;
}
