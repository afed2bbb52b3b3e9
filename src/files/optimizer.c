/* The optimizer's state in Keras's files: iteration, learning rate, slots; with loss scaling within that. */
#include "base/memory.h"
#include "files/files.h"
#include "keras/staging.h"

static const char OPTIMIZER[] = "optimizer/vars", WITHIN[] = "optimizer/inner_optimizer/vars";

/* ---- writing ---- */

static hone_status store_slot(hone_store *store, const char *vars, const hone_optimizer *optimizer,
                              size_t slot)
{
    int32_t zero = 0;
    const hone_variable *variable = hone_internal_optimizer_slot_at(optimizer, slot);
    bool integer =
        hone_internal_optimizer_slot_is_integer(optimizer, slot); /* a placeholder, never written */
    hone_array array = integer ? hone_array_view(&zero, HONE_INT32, 0, NULL)
                               : hone_array_view(hone_internal_variable_data(variable), HONE_FLOAT32,
                                                 variable->shape.rank, variable->shape.size);
    return hone_internal_store_add(store, vars, &array, integer);
}

static hone_status store_slots(hone_store *store, const char *vars, const hone_optimizer *optimizer,
                               int version)
{
    size_t count = hone_internal_optimizer_slot_count(optimizer);
    size_t *places = hone_internal_allocate((count + 1) * sizeof *places);
    if (places == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_slot_places(optimizer, version, places);
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = store_slot(store, vars, optimizer, places[i]);
    hone_internal_free(places);
    return status;
}

/* Iteration and rate, which is in the schedule's place in the settings when there is one. */
static hone_status store_counts(hone_store *store, const char *vars, int32_t iteration, const float *rate)
{
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL);
    HONE_TRY(hone_internal_store_add(store, vars, &iteration_array, true));
    if (rate == NULL)
        return HONE_OK;
    hone_array rate_array = hone_array_view(rate, HONE_FLOAT32, 0, NULL);
    return hone_internal_store_add(store, vars, &rate_array, true);
}

static hone_status store_state(hone_store *store, const char *vars, const hone_optimizer *optimizer,
                               int version)
{
    const float rate = (float)optimizer->learning_rate;
    /* Keras's iteration is an int32; a training that went on longer begins again at the greatest. */
    const int64_t iteration = optimizer->iterations < INT32_MAX ? optimizer->iterations : INT32_MAX;
    HONE_TRY(store_counts(store, vars, (int32_t)iteration, optimizer->schedule == NULL ? &rate : NULL));
    return store_slots(store, vars, optimizer, version);
}

/* Loss scaling has an iteration and a rate of its own, which stay 0, then its counter and scale. */
static hone_status store_scaling(hone_store *store, const hone_optimizer *optimizer)
{
    const float none = 0;
    int32_t counter;
    float scale;
    hone_internal_optimizer_scaling_now(optimizer, &counter, &scale);
    HONE_TRY(hone_internal_store_add_group(store, OPTIMIZER, "loss_scale_optimizer"));
    HONE_TRY(store_counts(store, OPTIMIZER, 0, &none));
    return store_counts(store, OPTIMIZER, counter, &scale);
}

hone_status hone_internal_optimizer_store(hone_store *store, const hone_optimizer *optimizer, int version)
{
    const char *name = optimizer->type->type.name;
    HONE_TRY(hone_internal_optimizer_need_whole(optimizer));
    if (!optimizer->scaling.there) {
        HONE_TRY(hone_internal_store_add_group(store, OPTIMIZER, name));
        return store_state(store, OPTIMIZER, optimizer, version);
    }
    HONE_TRY(store_scaling(store, optimizer));
    HONE_TRY(store_state(store, OPTIMIZER, optimizer, version));
    HONE_TRY(hone_internal_store_add_group(store, WITHIN, name));
    return store_state(store, WITHIN, optimizer, version);
}

/* ---- reading ---- */

static hone_status read_slots(hone_model *model, hone_weights_file *file, const char *vars, const char *label,
                              int64_t first)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    size_t count = hone_internal_optimizer_slot_count(optimizer);
    size_t *places = hone_internal_allocate((count + 1) * sizeof *places);
    hone_staging reader = {.file = file, .label = label};
    hone_status status = places == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        hone_internal_slot_places(optimizer, hone_internal_weights_version(file), places);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = hone_internal_stage_at(&reader, vars, first + (int64_t)i,
                                        hone_internal_optimizer_slot_at(optimizer, places[i]));
    if (status >= 0) {
        hone_internal_staging_commit(&reader);
        optimizer->parts = 0;
    }
    hone_internal_staging_free(&reader);
    hone_internal_free(places);
    return status;
}

/* The counter and the scale of a file with loss scaling; a scale of 0: it lacks them, as Keras makes them in
 * the first training step, and has only iteration and rate before those of the optimizer within. */
static hone_status read_scaling(hone_weights_file *file, const char *label, int64_t within, int32_t *counter,
                                float *scale)
{
    const int64_t found = hone_internal_weights_count(file, OPTIMIZER);
    if (found < 4 + within)
        return found < 0 ? (hone_status)found : HONE_OK;
    hone_array counter_array = hone_array_view(counter, HONE_INT32, 0, NULL),
               scale_array = hone_array_view(scale, HONE_FLOAT32, 0, NULL);
    HONE_TRY(hone_internal_weights_read(file, OPTIMIZER, 2, &counter_array));
    HONE_TRY(hone_internal_weights_read(file, OPTIMIZER, 3, &scale_array));
    return hone_internal_check_loss_scale(label, *counter, *scale);
}

/* The settings need not name loss scaling: the policy mixed_float16 brings it. */
static void take_scaling(hone_optimizer *optimizer, int32_t counter, float scale)
{
    if (scale > 0)
        hone_internal_optimizer_take_scaling(optimizer, counter, scale);
    else if (!optimizer->scaling.there)
        hone_internal_optimizer_scale(optimizer, NULL);
}

/* Iteration, rate, slots. A file without slots (never trained) or with none at all starts fresh. */
hone_status hone_internal_optimizer_restore(hone_model *model, hone_weights_file *file, const char *label,
                                            const hone_loading *loading)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    const bool scaled = hone_internal_weights_has_group(file, WITHIN);
    const char *vars = scaled ? WITHIN : OPTIMIZER;
    int64_t found = hone_internal_weights_count(file, vars);
    if (found <= 0)
        return (hone_status)found;
    int32_t iteration = 0, counter = 0;
    float rate = (float)optimizer->learning_rate, scale = 0;
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL),
               rate_array = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    int version = hone_internal_weights_version(file);
    bool has_rate = optimizer->schedule == NULL &&
                    (version == 0 || version >= 300); /* tf.keras has it in the config alone */
    int64_t first = has_rate ? 2 : 1;
    HONE_TRY(hone_internal_weights_read(file, vars, 0, &iteration_array));
    if (first == 2 && found > 1)
        HONE_TRY(hone_internal_weights_read(file, vars, 1, &rate_array));
    HONE_TRY(hone_internal_check_optimizer_state(label, iteration, rate));
    if (scaled)
        HONE_TRY(read_scaling(file, label, found, &counter, &scale));
    if (found > first) {
        int64_t slots = (int64_t)hone_internal_optimizer_slot_count(optimizer);
        if (slots + first != found) { /* as Keras: the weights are there, the training starts again */
            hone_internal_loading_warn(
                loading,
                "%s: %s: the optimizer %s has %lld variables, but the file has %lld; it starts with a fresh "
                "state",
                label, vars, optimizer->type->type.name, (long long)(slots + first), (long long)found);
            return HONE_OK;
        }
        HONE_TRY(read_slots(model, file, vars, label, first));
    }
    optimizer->iterations = iteration;
    if (scaled)
        take_scaling(optimizer, counter, scale);
    hone_internal_optimizer_take_rate(optimizer, rate);
    model->forward_passes = (uint64_t)iteration;
    return HONE_OK;
}
