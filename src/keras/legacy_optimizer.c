/* The optimizer's state in Keras's legacy HDF5 files. */
#include "base/memory.h"
#include "base/text.h"
#include "keras/staging.h"

#include <string.h>

static const char OPTIMIZER_WEIGHTS[] = "optimizer_weights";

static hone_status read_scalar(hone_weights_file *file, const char *name, hone_dtype type, void *value)
{
    char *path = hone_internal_format("%s/%s", OPTIMIZER_WEIGHTS, name);
    hone_array expected = hone_array_view(value, type, 0, NULL);
    hone_status status =
        path == NULL ? HONE_ERROR_MEMORY : hone_internal_weights_read_path(file, path, &expected);
    hone_internal_free(path);
    return status;
}

int hone_internal_legacy_release(hone_weights_file *file)
{
    char *text = hone_internal_weights_attribute(file, "/", "keras_version");
    int version = hone_internal_keras_version(text);
    hone_internal_free(text);
    hone_error_clear();
    return version;
}

static hone_status stage_slots_at(hone_staging *staging, const hone_optimizer *optimizer, char **names,
                                  const size_t *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *path = hone_internal_format("%s/%s", OPTIMIZER_WEIGHTS, names[i]);
        hone_status status =
            path == NULL
                ? HONE_ERROR_MEMORY
                : hone_internal_stage(staging, path, hone_internal_optimizer_slot_at(optimizer, places[i]));
        hone_internal_free(path);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status stage_slots(hone_staging *staging, const hone_optimizer *optimizer, char **names,
                               size_t count)
{
    if (hone_internal_optimizer_slot_count(optimizer) != count)
        return hone_fail(HONE_ERROR_FORMAT, "%s: %s: the optimizer %s has %zu slots, but the file has %zu",
                         staging->label, OPTIMIZER_WEIGHTS, optimizer->type->type.name,
                         hone_internal_optimizer_slot_count(optimizer), count);
    size_t *places = hone_internal_allocate((count + 1) * sizeof *places);
    if (places == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_slot_places(optimizer, hone_internal_legacy_release(staging->file), places);
    hone_status status = stage_slots_at(staging, optimizer, names, places, count);
    hone_internal_free(places);
    return status;
}

static bool ends_with_zero(const char *name)
{
    size_t length = strlen(name);
    return length > 2 && strcmp(name + length - 2, ":0") == 0;
}

/* Iteration, rate, slots, by the names in `names`. tf.keras's slots have another order
 * ("Adam/m/dense/kernel:0"): of them only the iteration is taken, and the slots start fresh. */
static hone_status read_state(hone_model *model, hone_weights_file *file, const char *label, char **names,
                              size_t count)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    size_t first = optimizer->schedule == NULL ? 2 : 1;
    int32_t iteration = 0;
    float rate = (float)optimizer->learning_rate;
    if (count == 0)
        return HONE_OK;
    HONE_TRY(read_scalar(file, names[0], HONE_INT32, &iteration));
    bool ours = !ends_with_zero(names[0]);
    if (ours && first == 2 && count > 1)
        HONE_TRY(read_scalar(file, names[1], HONE_FLOAT32, &rate));
    HONE_TRY(hone_internal_check_optimizer_state(label, iteration, rate));
    if (ours && count > first) {
        hone_staging staging = {.file = file, .label = label};
        HONE_TRY(hone_internal_model_make_slots(model));
        hone_status status = stage_slots(&staging, optimizer, names + first, count - first);
        if (status >= 0)
            hone_internal_staging_commit(&staging);
        hone_internal_staging_free(&staging);
        if (status < 0)
            return status;
    }
    optimizer->iterations = iteration;
    hone_internal_optimizer_take_rate(optimizer, rate);
    model->forward_passes = (uint64_t)iteration;
    return HONE_OK;
}

enum { SCALING = 4 }; /* iteration and rate of the scaling itself, then its counter and its scale */

static bool has_scaling(char **names, size_t count)
{
    static const char last[] = "/dynamic_scale";
    const char *end = count < SCALING ? NULL : strrchr(names[SCALING - 1], '/');
    return end != NULL && strcmp(end, last) == 0;
}

/* The state of the optimizer within the one that scales the loss. */
static hone_status read_scaled_state(hone_model *model, hone_weights_file *file, const char *label,
                                     char **names, size_t count)
{
    int32_t counter = 0;
    float scale = 0;
    HONE_TRY(read_scalar(file, names[2], HONE_INT32, &counter));
    HONE_TRY(read_scalar(file, names[3], HONE_FLOAT32, &scale));
    HONE_TRY(hone_internal_check_loss_scale(label, counter, scale));
    HONE_TRY(read_state(model, file, label, names + SCALING, count - SCALING));
    hone_internal_optimizer_take_scaling(model->compiled.optimizer, counter, scale);
    return HONE_OK;
}

hone_status hone_internal_model_read_legacy_optimizer(hone_model *model, hone_weights_file *file,
                                                      const char *label)
{
    if (!hone_internal_weights_has_group(file, OPTIMIZER_WEIGHTS))
        return HONE_OK;
    size_t count;
    char **names = hone_internal_weights_attribute_list(file, OPTIMIZER_WEIGHTS, "weight_names", &count);
    if (names == NULL)
        return hone_error_status();
    hone_status status = has_scaling(names, count) ? read_scaled_state(model, file, label, names, count)
                                                   : read_state(model, file, label, names, count);
    hone_internal_free(names);
    return status;
}
