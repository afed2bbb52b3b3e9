/* The first samples of a stream, as a data set in memory. */
#include "base/memory.h"
#include "data/inside.h"

#include <string.h>

/* A component on its way, as float32. */
typedef struct taken {
    hone_array shape; /* of all samples so far */
    float *numbers;
    size_t room, width;
} taken;

typedef struct taking {
    taken *parts[3];
    int count[3];
    int64_t samples, most;
} taking;

static hone_status begin(taking *all, const hone_batch *batch)
{
    for (int kind = 0; kind < 3; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
        all->parts[kind] = hone_internal_allocate_zeroed((size_t)arrays.count + 1, sizeof *all->parts[kind]);
        if (all->parts[kind] == NULL)
            return HONE_ERROR_MEMORY;
        all->count[kind] = (int)arrays.count;
        for (int i = 0; i < all->count[kind]; i++) {
            taken *part = &all->parts[kind][i];
            part->shape = arrays.items[i];
            part->shape.type = HONE_FLOAT32;
            part->shape.data = NULL;
            part->width = (size_t)(hone_array_count(&arrays.items[i]) / part->shape.shape[0]);
        }
    }
    return HONE_OK;
}

static hone_status append(const taking *all, taken *part, const hone_array *array, int64_t samples)
{
    bool same = array->rank == part->shape.rank;
    for (int axis = 1; same && axis < array->rank; axis++)
        same = array->shape[axis] == part->shape.shape[axis];
    if (!same)
        return hone_fail(HONE_ERROR_DATA, "the callback returned samples of different shapes");
    size_t before = (size_t)all->samples * part->width, more = (size_t)samples * part->width;
    HONE_TRY(hone_internal_grow(&part->numbers, &part->room, before + more + 1, sizeof *part->numbers));
    hone_array *floats = hone_array_convert(array, HONE_FLOAT32);
    if (floats == NULL)
        return hone_error_status();
    memcpy(part->numbers + before, floats->data, more * sizeof(float));
    hone_array_free(floats);
    return HONE_OK;
}

static hone_status add(taking *all, const hone_batch *batch)
{
    if (all->samples == 0)
        HONE_TRY(begin(all, batch));
    int64_t samples = hone_internal_batch_arrays(batch, HONE_COMPONENT_INPUT).items[0].shape[0];
    samples = samples < all->most - all->samples ? samples : all->most - all->samples;
    for (int kind = 0; kind < 3; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
        if ((int)arrays.count != all->count[kind])
            return hone_fail(HONE_ERROR_DATA,
                             "the callback returned batches with different numbers of arrays");
        for (int i = 0; i < all->count[kind]; i++)
            HONE_TRY(append(all, &all->parts[kind][i], &arrays.items[i], samples));
    }
    all->samples += samples;
    return HONE_OK;
}

/* An array of its own, of what was taken. */
static hone_array *array_of(const taking *all, taken *part)
{
    part->shape.shape[0] = all->samples;
    hone_array *array = hone_array_create(HONE_FLOAT32, part->shape.rank, part->shape.shape);
    if (array != NULL)
        memcpy(array->data, part->numbers, (size_t)all->samples * part->width * sizeof(float));
    return array;
}

static hone_status give_parts(taking *all, hone_dataset_parts *parts)
{
    for (int kind = 0; kind < 2; kind++)
        HONE_TRY(hone_internal_dataset_parts_room(parts, kind, (size_t)all->count[kind]));
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < all->count[kind]; i++) {
            hone_component *into = kind == HONE_COMPONENT_INPUT    ? &parts->x[i]
                                   : kind == HONE_COMPONENT_TARGET ? &parts->y[i]
                                                                   : &parts->weight;
            into->array = array_of(all, &all->parts[kind][i]);
            if (into->array == NULL)
                return HONE_ERROR_MEMORY;
        }
    return HONE_OK;
}

hone_dataset *hone_internal_dataset_first(hone_dataset *stream, int64_t most)
{
    taking all = {.samples = 0, .most = most};
    hone_dataset_parts parts = {.scale = 1};
    hone_status status = HONE_OK;
    int more = 1;
    for (int64_t step = 0; more == 1 && status >= 0 && all.samples < most; step++) {
        const hone_batch *batch;
        more = hone_internal_dataset_next(stream, 0, step, &batch);
        status = more < 0 ? (hone_status)more : more == 0 ? HONE_OK : add(&all, batch);
    }
    if (status >= 0 && all.samples == 0)
        status = hone_fail(HONE_ERROR_DATA, "the callback returned no batch");
    if (status >= 0)
        status = give_parts(&all, &parts);
    for (int kind = 0; kind < 3; kind++) {
        for (int i = 0; i < all.count[kind]; i++)
            hone_internal_free(all.parts[kind][i].numbers);
        hone_internal_free(all.parts[kind]);
    }
    if (status >= 0)
        return hone_internal_dataset_assemble(&parts);
    hone_internal_dataset_parts_free(&parts);
    return NULL;
}
