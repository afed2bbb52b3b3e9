/* What a model keeps of its training: the recipe, the seed, a digest of the data, the version of Hone; no
 * time, so that the same training gives the same file. What changes no result (where checkpoints lie, how
 * much is printed) is left out of the recipe. hone_model_data(model, "run") gives it. */
#include "base/memory.h"
#include "data/inside.h"
#include "model/model.h"
#include "readers/schema.h"
#include "recipe/parts.h"

#include <hone/runtime.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void remove_keys(hone_config *section, const char *const *keys)
{
    for (size_t i = 0; section != NULL && keys[i] != NULL; i++)
        hone_internal_config_remove(section, keys[i]);
}

/* A copy of the recipe's tree without what changes no result; NULL on failure. */
static hone_config *copy_recipe(const hone_recipe *recipe)
{
    static const char *const of_fit[] = {"checkpoint", "checkpoint_every", "resume", "verbose", NULL},
                             *const of_data[] = {"memory_limit", "prefetch",           "cache",
                                                 "test",         "test_sample_weight", NULL};
    hone_config *copy = hone_internal_config_copy(recipe->tree);
    hone_config *fit = copy == NULL ? NULL : hone_internal_config_get_mutable(copy, "fit"),
                *data = copy == NULL ? NULL : hone_internal_config_get_mutable(copy, "data");
    if (hone_internal_config_is(data, HONE_CONFIG_MAP))
        remove_keys(data, of_data);
    if (hone_internal_config_is(fit, HONE_CONFIG_MAP))
        remove_keys(fit, of_fit);
    for (size_t i = 0; hone_internal_config_is(fit, HONE_CONFIG_LIST) && i < hone_internal_config_count(fit);
         i++)
        if (hone_internal_config_is(hone_internal_config_at(fit, i), HONE_CONFIG_MAP))
            remove_keys(hone_internal_config_at_mutable(fit, i), of_fit);
    return copy;
}

/* {"samples": 400} */
static hone_config *describe_part(const hone_dataset *data)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && hone_dataset_count(data) >= 0)
        status =
            hone_internal_config_set(map, "samples", hone_internal_config_integer(hone_dataset_count(data)));
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

/* Of all that data.train has, before anything is held out, drawn or cached: the same in memory and in a file.
 * A stream has none. */
static hone_config *digest_of(const hone_dataset *data)
{
    char text[24];
    uint64_t digest = 0;
    if (hone_internal_dataset_streams(data))
        return hone_internal_config_null();
    while (data->parent != NULL || data->node != NULL)
        data = data->parent != NULL ? data->parent : data->node->from[0];
    if (hone_internal_dataset_streams(data))
        return hone_internal_config_null();
    if (hone_internal_dataset_fingerprint(data, &digest) < 0)
        return NULL;
    snprintf(text, sizeof text, "%016" PRIx64, digest);
    return hone_internal_config_text(text);
}

static hone_config *describe(const hone_recipe *recipe, const hone_model *model, const hone_dataset *train,
                             const hone_dataset *validation)
{
    const hone_schema_entry entries[] = {
        {"hone", hone_internal_config_text(HONE_VERSION_TEXT)},
        {"seed", hone_internal_config_integer((int64_t)model->seed)},
        {"data", digest_of(train)},
        {"train", describe_part(train)},
        {"validation", validation != NULL ? describe_part(validation) : hone_internal_config_null()},
        {"recipe", copy_recipe(recipe)}};
    return hone_internal_schema_make(entries, sizeof entries / sizeof *entries);
}

hone_status hone_internal_recipe_keep_facts(const hone_recipe *recipe, hone_model *model,
                                            const hone_dataset *train, const hone_dataset *validation)
{
    hone_config *facts = describe(recipe, model, train, validation);
    if (facts == NULL)
        return hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_MEMORY;
    if (model->schema == NULL) {
        model->schema = hone_internal_config_map();
        if (model->schema == NULL ||
            hone_internal_config_set(model->schema, "format", hone_internal_config_text("arrays")) < 0) {
            hone_internal_config_free(facts);
            return HONE_ERROR_MEMORY;
        }
    }
    return hone_internal_config_set(model->schema, HONE_RUN_KEY, facts);
}
