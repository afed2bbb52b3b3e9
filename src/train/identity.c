/* Which run a checkpoint is of. */
#include "train/identity.h"
#include "base/memory.h"
#include "data/inside.h"
#include "fields/spec.h"
#include "keras/keras.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_status put(hone_config *map, const char *key, int64_t value)
{
    return hone_internal_config_set(map, key, hone_internal_config_integer(value));
}

static hone_status put_hash(hone_config *map, const char *key, uint64_t hash)
{
    char text[32];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return hone_internal_config_set(map, key, hone_internal_config_text(text));
}

static uint64_t hash_text(const char *text)
{
    return hone_internal_hash_numbers(HONE_HASH_START, text, strlen(text), 1);
}

/* ---- model: layers, loss, metrics, optimizer; not what training itself moves ---- */

static void drop_moved(hone_config *envelope)
{
    static const char *const moved[] = {"learning_rate", "momentum", "beta_1"};
    hone_config *compile = hone_internal_config_get_mutable(envelope, "compile_config");
    hone_config *optimizer = compile == NULL ? NULL : hone_internal_config_get_mutable(compile, "optimizer");
    hone_config *config = optimizer == NULL ? NULL : hone_internal_config_get_mutable(optimizer, "config");
    for (size_t i = 0; hone_internal_config_is(config, HONE_CONFIG_MAP) && i < sizeof moved / sizeof *moved;
         i++)
        hone_internal_config_remove(config, moved[i]);
}

static hone_status put_model(hone_config *map, hone_model *model)
{
    hone_config *envelope = hone_internal_model_to_config(model);
    if (envelope == NULL)
        return hone_error_status();
    drop_moved(envelope);
    char *text = hone_internal_config_to_json(envelope, false);
    hone_internal_config_free(envelope);
    if (text == NULL)
        return hone_error_status();
    hone_status status = put_hash(map, "model", hash_text(text));
    hone_internal_free(text);
    return status;
}

/* ---- data, settings, callbacks ---- */

static hone_status put_data(hone_config *map, const char *samples, const char *bytes,
                            const hone_dataset *data)
{
    bool known = data != NULL && !hone_internal_dataset_streams(data);
    HONE_TRY(put(map, samples, known ? hone_dataset_count(data) : HONE_ANY));
    uint64_t fingerprint = 0;
    if (known)
        HONE_TRY(hone_internal_dataset_fingerprint(data, &fingerprint));
    return put_hash(map, bytes, fingerprint);
}

static hone_status put_settings(hone_config *map, const hone_fit_args *args, hone_numbers weights)
{
    HONE_TRY(put(map, "batch_size", args->batch_size));
    HONE_TRY(put(map, "shards", args->shards));
    HONE_TRY(put(map, "initial_epoch", args->initial_epoch));
    HONE_TRY(put(map, "shuffle", args->shuffle));
    HONE_TRY(put(map, "steps_per_epoch", args->steps_per_epoch));
    HONE_TRY(put(map, "validation_freq", args->validation_freq));
    HONE_TRY(put(map, "validation_steps", args->validation_steps));
    HONE_TRY(put(map, "validation_batch_size", args->validation_batch_size));
    return put_hash(
        map, "class_weight",
        hone_internal_hash_numbers(HONE_HASH_START, weights.items, weights.count, sizeof(double)));
}

static hone_status put_callbacks(hone_config *map, const hone_callback_list *list)
{
    hone_text text = {0};
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        char *spec = hone_internal_spec_to_text(&list->items[i]->type->type, list->items[i]->args);
        if (spec == NULL) {
            hone_internal_text_free(&text);
            return hone_error_status();
        }
        hone_internal_text_format(&text, "%s%s", i > 0 ? ", " : "", spec);
        hone_internal_free(spec);
    }
    hone_status status =
        text.failed ? HONE_ERROR_MEMORY
                    : hone_internal_config_set(map, "callbacks",
                                               hone_internal_config_text(text.data ? text.data : ""));
    hone_internal_text_free(&text);
    return status;
}

static hone_status fill(hone_config *map, hone_fit_run *run)
{
    HONE_TRY(
        hone_internal_config_set(map, "recipe", hone_internal_config_text(run->args->checkpoint_identity)));
    HONE_TRY(put_model(map, run->model));
    HONE_TRY(put_hash(map, "seed", run->model->seed));
    HONE_TRY(put_data(map, "number of samples", "data", run->data));
    HONE_TRY(put_data(map, "number of samples for validation", "validation data", run->validation));
    HONE_TRY(put_settings(map, run->args, run->class_weight));
    return put_callbacks(map, run->callbacks);
}

hone_status hone_internal_run_identity(hone_fit_run *run, hone_config **identity)
{
    *identity = hone_internal_config_map();
    return *identity == NULL ? HONE_ERROR_MEMORY : fill(*identity, run);
}

static int64_t samples_of(const hone_dataset *data)
{
    return data == NULL || hone_internal_dataset_streams(data) ? HONE_ANY : hone_dataset_count(data);
}

hone_status hone_internal_run_settings_hash(hone_fit_run *run, uint64_t *hash)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : put_model(map, run->model);
    if (status >= 0)
        status = put_settings(map, run->args, run->class_weight);
    if (status >= 0)
        status = put_callbacks(map, run->callbacks);
    char *text = status < 0 ? NULL : hone_internal_config_to_json(map, false);
    hone_internal_config_free(map);
    if (text == NULL)
        return status < 0 ? status : hone_error_status();
    const int64_t numbers[] = {
        (int64_t)run->model->seed,   samples_of(run->data),   samples_of(run->validation), run->args->epochs,
        run->args->checkpoint_every, run->checkpoint != NULL, run->args->shard_optimizer};
    *hash = hone_internal_hash_numbers(hash_text(text), numbers, sizeof numbers / sizeof *numbers,
                                       sizeof *numbers);
    hone_internal_free(text);
    return HONE_OK;
}

/* ---- comparing ---- */

static bool short_number(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_INTEGER) &&
           hone_internal_config_as_integer(config) != HONE_NONE_INTEGER;
}

static hone_status fail_other(const char *path, const char *key, const hone_config *found,
                              const hone_config *expected)
{
    if (short_number(found) && short_number(expected))
        return hone_fail(HONE_ERROR_STATE, "%s: belongs to a different run (%s: %lld there, %lld here)", path,
                         key, (long long)hone_internal_config_as_integer(found),
                         (long long)hone_internal_config_as_integer(expected));
    if (strcmp(key, "callbacks") == 0 && hone_internal_config_is(found, HONE_CONFIG_TEXT))
        return hone_fail(
            HONE_ERROR_STATE,
            "%s: belongs to a different run: its callbacks were \"%.160s\", but here they are \"%.160s\"",
            path, hone_internal_config_as_text(found), hone_internal_config_as_text(expected));
    return hone_fail(HONE_ERROR_STATE, "%s: belongs to a different run: the %s differs", path, key);
}

/* Of a checkpoint from before there were shards. */
static bool is_unsaid(const char *key, const hone_config *found, const hone_config *expected)
{
    return found == NULL && strcmp(key, "shards") == 0 && hone_internal_config_as_integer(expected) == 1;
}

hone_status hone_internal_run_check_identity(const char *path, const hone_config *found,
                                             const hone_config *expected)
{
    for (size_t i = 0; i < hone_internal_config_count(expected); i++) {
        const char *key = hone_internal_config_key(expected, i);
        const hone_config *own = hone_internal_config_at(expected, i),
                          *other = hone_internal_config_get(found, key);
        if (is_unsaid(key, other, own))
            continue;
        if (other == NULL || !hone_internal_config_equal(other, own))
            return fail_other(path, key, other, own);
    }
    return HONE_OK;
}
