/* The state in a checkpoint: numbers, sums, callbacks. */
#include "train/state.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/array_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

hone_status hone_internal_state_put_integer(hone_config *map, const char *key, int64_t value)
{
    return hone_internal_config_set(map, key, hone_internal_config_integer(value));
}
hone_status hone_internal_state_put_number(hone_config *map, const char *key, double value)
{
    return hone_internal_config_set(map, key, hone_internal_config_number(value));
}

hone_status hone_internal_state_fail(const hone_checkpoint *checkpoint, const char *part)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s: \"%s\" is missing or wrong", checkpoint->path,
                     HONE_STATE_MEMBER, part);
}

hone_status hone_internal_state_integer(const hone_checkpoint *checkpoint, const hone_config *map,
                                        const char *key, int64_t lowest, int64_t *value)
{
    const hone_config *found = hone_internal_config_get(map, key);
    *value = 0;
    if (!hone_internal_config_is(found, HONE_CONFIG_INTEGER) ||
        hone_internal_config_as_integer(found) < lowest)
        return hone_internal_state_fail(checkpoint, key);
    *value = hone_internal_config_as_integer(found);
    return HONE_OK;
}

hone_status hone_internal_state_number(const hone_checkpoint *checkpoint, const hone_config *map,
                                       const char *key, double *value)
{
    const hone_config *found = hone_internal_config_get(map, key);
    *value = 0;
    if (found == NULL || (!hone_internal_config_is(found, HONE_CONFIG_INTEGER) &&
                          !hone_internal_config_is(found, HONE_CONFIG_NUMBER)))
        return hone_internal_state_fail(checkpoint, key);
    *value = hone_internal_config_as_number(found);
    return HONE_OK;
}

hone_status hone_internal_state_items(const hone_checkpoint *checkpoint, const hone_config *map,
                                      const char *key, const hone_config **items)
{
    *items = hone_internal_config_get(map, key);
    return *items != NULL && hone_internal_config_is((*items), HONE_CONFIG_LIST)
               ? HONE_OK
               : hone_internal_state_fail(checkpoint, key);
}

/* ---- sums of the running epoch: loss, each output's loss, metrics ---- */

static void count_sums(void *context, double *sums, size_t count)
{
    (void)sums;
    *(size_t *)context += count;
}
static void take_sums(void *context, double *sums, size_t count)
{
    double **next = context;
    if (count > 0)
        memcpy(*next, sums, count * sizeof(double));
    *next += count;
}
hone_status hone_internal_state_sums(hone_model *model, double **sums, size_t *count)
{
    *count = 0;
    hone_internal_compiled_visit_sums(model, count_sums, count);
    *sums = hone_internal_allocate(*count * sizeof(double));
    if (*sums == NULL)
        return HONE_ERROR_MEMORY;
    double *next = *sums;
    hone_internal_compiled_visit_sums(model, take_sums, &next);
    return HONE_OK;
}

static void give_sums(void *context, double *sums, size_t count)
{
    const double **next = context;
    if (count > 0)
        memcpy(sums, *next, count * sizeof(double));
    *next += count;
}

/* The shapes of the targets that the metrics were made for. */
hone_status hone_internal_state_put_targets(hone_config *state, const hone_model *model)
{
    hone_config *targets = hone_internal_config_list();
    for (int i = 0; targets != NULL && i < model->compiled.output_count; i++) {
        hone_shape shape = model->compiled.targets[i];
        hone_config *sizes = hone_internal_config_list();
        hone_status status = sizes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
        for (int axis = 0; axis < shape.rank && status >= 0; axis++)
            status = hone_internal_config_append(sizes, hone_internal_config_integer(shape.size[axis]));
        if (status < 0 || hone_internal_config_append(targets, sizes) < 0) {
            if (status < 0)
                hone_internal_config_free(sizes);
            hone_internal_config_free(targets);
            return HONE_ERROR_MEMORY;
        }
    }
    return hone_internal_config_set(state, "targets", targets);
}

static hone_status get_target(const hone_checkpoint *checkpoint, const hone_config *sizes, hone_shape *shape)
{
    if (!hone_internal_config_is(sizes, HONE_CONFIG_LIST) ||
        hone_internal_config_count(sizes) > HONE_MAX_RANK)
        return hone_internal_state_fail(checkpoint, "targets");
    shape->rank = (int)hone_internal_config_count(sizes);
    for (size_t axis = 0; axis < hone_internal_config_count(sizes); axis++) {
        const hone_config *size = hone_internal_config_at(sizes, axis);
        if (!hone_internal_config_is(size, HONE_CONFIG_INTEGER) ||
            hone_internal_config_as_integer(size) < HONE_ANY)
            return hone_internal_state_fail(checkpoint, "targets");
        shape->size[axis] = hone_internal_config_as_integer(size);
    }
    return HONE_OK;
}

/* The metrics as they were made for the targets of the checkpoint. */
static hone_status restore_targets(hone_fit_run *run, const hone_config *targets)
{
    size_t count = hone_internal_config_count(targets);
    if (count != (size_t)run->model->compiled.output_count)
        return hone_internal_state_fail(run->checkpoint, "targets");
    hone_shape *shapes = hone_internal_allocate_zeroed(count, sizeof *shapes);
    hone_status status = shapes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = get_target(run->checkpoint, hone_internal_config_at(targets, i), &shapes[i]);
    if (status >= 0)
        status = hone_internal_compiled_make_metrics(run->model, shapes);
    hone_internal_free(shapes);
    return status;
}

hone_status hone_internal_state_restore_sums(hone_fit_run *run)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    const hone_config *targets;
    void *data;
    size_t bytes, count = 0;
    HONE_TRY(hone_internal_state_items(checkpoint, checkpoint->state, "targets", &targets));
    HONE_TRY(restore_targets(run, targets));
    hone_internal_compiled_visit_sums(run->model, count_sums, &count);
    HONE_TRY(
        hone_internal_zip_read(checkpoint->archive, HONE_SUMS_MEMBER, count * sizeof(double), &data, &bytes));
    const double *next = data;
    hone_internal_little_endian(data, bytes / sizeof(double), sizeof(double));
    hone_status status = bytes == count * sizeof(double)
                             ? HONE_OK
                             : hone_fail(HONE_ERROR_FORMAT, "%s: %s has %zu bytes, expected %zu",
                                         checkpoint->path, HONE_SUMS_MEMBER, bytes, count * sizeof(double));
    if (status >= 0)
        hone_internal_compiled_visit_sums(run->model, give_sums, &next);
    hone_internal_free(data);
    return status;
}

/* ---- callbacks: their numbers, and the weights that they keep ---- */

hone_weights_copy **hone_internal_state_kept(hone_callback *callback)
{
    return callback->type->kept_weights == NULL ? NULL : callback->type->kept_weights(callback);
}

static hone_config *callback_memory(const hone_callback *callback)
{
    hone_logs numbers = {0};
    hone_log log;
    hone_config *map = hone_internal_config_map();
    if (map == NULL)
        return NULL;
    hone_status status = callback->type->save == NULL ? HONE_OK : callback->type->save(callback, &numbers);
    for (int i = 0; status >= 0 && (log = hone_logs_at(&numbers, i)).name != NULL; i++)
        status = hone_internal_state_put_number(map, log.name, log.values[0]);
    hone_logs_free(&numbers);
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

hone_status hone_internal_state_put_callbacks(hone_config *state, const hone_callback_list *list)
{
    HONE_TRY(hone_internal_config_set(state, "callbacks", hone_internal_config_list()));
    hone_config *items = hone_internal_config_get_mutable(state, "callbacks");
    for (size_t i = 0; list != NULL && i < list->count; i++)
        HONE_TRY(hone_internal_config_append(items, callback_memory(list->items[i])));
    return HONE_OK;
}

void hone_internal_state_kept_member(size_t index, char *name, size_t size)
{
    snprintf(name, size, "hone/kept_weights_%zu.bin", index);
}

static hone_status restore_kept(hone_fit_run *run, size_t index, hone_weights_copy **kept)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    char name[64];
    void *data;
    size_t bytes;
    hone_internal_state_kept_member(index, name, sizeof name);
    if (!hone_internal_zip_has(checkpoint->archive, name))
        return HONE_OK;
    *kept = hone_trainer_copy_weights(&run->trainer, *kept);
    if (*kept == NULL)
        return hone_error_status();
    size_t expected = (*kept)->floats * sizeof(float);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, name, expected, &data, &bytes));
    if (bytes == expected && bytes > 0)
        memcpy((*kept)->data, data, bytes);
    hone_internal_little_endian((*kept)->data, bytes == expected ? (*kept)->floats : 0, sizeof(float));
    hone_internal_free(data);
    if (bytes == expected)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s has %zu bytes, expected %zu", checkpoint->path, name, bytes,
                     expected);
}

static hone_status restore_numbers(hone_fit_run *run, hone_callback *callback, const hone_config *memory)
{
    hone_logs numbers = {0};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(memory) && status >= 0; i++)
        status = hone_logs_set(&numbers, hone_internal_config_key(memory, i),
                               hone_internal_config_as_number(hone_internal_config_at(memory, i)));
    if (status >= 0) {
        hone_internal_error_push(NULL, callback->type->type.name);
        status = callback->type->restore(callback, &numbers);
        hone_internal_error_pop();
    }
    hone_logs_free(&numbers);
    return status < 0 ? hone_internal_error_in(status, run->checkpoint->path) : HONE_OK;
}

static hone_status restore_callback(hone_fit_run *run, size_t index, const hone_config *memory)
{
    hone_callback *callback = run->callbacks->items[index];
    if (!hone_internal_config_is(memory, HONE_CONFIG_MAP))
        return hone_internal_state_fail(run->checkpoint, "callbacks");
    if (callback->type->restore != NULL)
        HONE_TRY(restore_numbers(run, callback, memory));
    hone_weights_copy **kept = hone_internal_state_kept(callback);
    return kept == NULL ? HONE_OK : restore_kept(run, index, kept);
}

hone_status hone_internal_state_restore_callbacks(hone_fit_run *run)
{
    const hone_config *items;
    HONE_TRY(hone_internal_state_items(run->checkpoint, run->checkpoint->state, "callbacks", &items));
    size_t count = run->callbacks == NULL ? 0 : run->callbacks->count;
    if (hone_internal_config_count(items) != count)
        return hone_internal_state_fail(run->checkpoint, "callbacks");
    for (size_t i = 0; i < count; i++)
        HONE_TRY(restore_callback(run, i, hone_internal_config_at(items, i)));
    return HONE_OK;
}
