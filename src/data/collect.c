/* A stream read once: all of it into scratch files, or its first samples into memory. A data set whose
 * samples have numbers. */
#include "base/memory.h"
#include "data/inside.h"
#include <string.h>

/* A component on its way, as float32. */
typedef struct collected {
    hone_array array; /* of all samples so far */
    size_t width;
    hone_file_reader file;
    float *numbers; /* in memory */
    size_t room;
} collected;

struct hone_gathering {
    const char *what; /* stands in front of messages */
    bool in_memory;
    int64_t most;
    collected *parts[3];
    int count[3];
    int64_t samples;
};

/* The first batch shows what there is. */
static hone_status begin(hone_gathering *all, const hone_batch *batch)
{
    for (int kind = 0; kind < 3; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
        all->parts[kind] = hone_internal_allocate_zeroed((size_t)arrays.count, sizeof *all->parts[kind]);
        if (!all->parts[kind])
            return HONE_ERROR_MEMORY;
        for (int i = 0; i < arrays.count; i++) {
            collected *part = &all->parts[kind][i];
            part->array = arrays.items[i];
            part->array.type = HONE_FLOAT32;
            part->array.data = NULL;
            part->width = (size_t)(hone_array_count(&arrays.items[i]) / part->array.shape[0]);
            all->count[kind] = i + 1;
            if (!all->in_memory)
                HONE_TRY(hone_internal_file_scratch(&part->file, "data from a callback"));
        }
    }
    return HONE_OK;
}

static hone_status put(const hone_gathering *all, collected *part, const float *numbers, size_t count)
{
    const size_t before = (size_t)all->samples * part->width;
    if (!all->in_memory)
        return hone_internal_file_put_at(&part->file, (uint64_t)before * sizeof *numbers, numbers,
                                         count * sizeof *numbers);
    HONE_TRY(hone_internal_grow(&part->numbers, &part->room, before + count + 1, sizeof *part->numbers));
    memcpy(part->numbers + before, numbers, count * sizeof *numbers);
    return HONE_OK;
}

static hone_status append(const hone_gathering *all, collected *part, const hone_array *array,
                          int64_t samples)
{
    bool same = array->rank == part->array.rank;
    for (int axis = 1; same && axis < array->rank; axis++)
        same = array->shape[axis] == part->array.shape[axis];
    if (!same)
        return hone_fail(HONE_ERROR_DATA,
                         "%s: the callback returned samples of different shapes; a data set needs one shape",
                         all->what);
    hone_array *floats = hone_array_convert(array, HONE_FLOAT32);
    if (!floats)
        return hone_error_status();
    const hone_status status = put(all, part, floats->data, (size_t)samples * part->width);
    hone_array_free(floats);
    return status;
}

hone_status hone_internal_gathering_add(hone_gathering *all, const hone_batch *batch)
{
    if (all->samples == 0)
        HONE_TRY(begin(all, batch));
    int64_t samples = hone_internal_batch_arrays(batch, HONE_COMPONENT_INPUT).items[0].shape[0];
    samples = samples < all->most - all->samples ? samples : all->most - all->samples;
    for (int kind = 0; kind < 3; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
        if (arrays.count != all->count[kind])
            return hone_fail(HONE_ERROR_DATA,
                             "%s: the callback returned batches with different numbers of arrays", all->what);
        for (int i = 0; i < all->count[kind]; i++)
            HONE_TRY(append(all, &all->parts[kind][i], &arrays.items[i], samples));
    }
    all->samples += samples;
    return HONE_OK;
}

static hone_status read_all(hone_dataset *dataset, hone_gathering *all)
{
    const hone_batch *batch;
    int more = 1;
    for (int64_t step = 0; more == 1 && all->samples < all->most; step++) {
        more = hone_internal_dataset_next(dataset, 0, step, &batch);
        if (more == 1)
            HONE_TRY(hone_internal_gathering_add(all, batch));
    }
    if (more == 0 && all->samples == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: the callback returned no batch", all->what);
    return more < 0 ? (hone_status)more : HONE_OK;
}

static hone_status give(const hone_gathering *all, collected *part, hone_component *into)
{
    const hone_numbers_layout layout = {.type = HONE_FLOAT32};
    part->array.shape[0] = all->samples;
    if (all->in_memory) {
        into->array = hone_array_create(HONE_FLOAT32, part->array.rank, part->array.shape);
        if (into->array != NULL)
            memcpy(into->array->data, part->numbers, (size_t)all->samples * part->width * sizeof(float));
        return into->array == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    }
    into->rows = hone_internal_rows_create(&part->array, &layout, &part->file, 0, "data from a callback");
    part->file = (hone_file_reader){0};
    return into->rows == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status take_parts(const hone_gathering *all, hone_dataset_parts *parts)
{
    for (int kind = 0; kind < 2; kind++)
        HONE_TRY(hone_internal_dataset_parts_room(parts, kind, (size_t)all->count[kind]));
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < all->count[kind]; i++)
            HONE_TRY(give(all, &all->parts[kind][i],
                          kind == HONE_COMPONENT_INPUT    ? &parts->x[i]
                          : kind == HONE_COMPONENT_TARGET ? &parts->y[i]
                                                          : &parts->weight));
    return HONE_OK;
}

/* The data set of what was collected, unless that had failed; the collection is empty then. */
static hone_dataset *finish(hone_gathering *all, hone_status status)
{
    hone_dataset_parts parts = {.scale = 1};
    if (status == HONE_OK)
        status = take_parts(all, &parts);
    for (int kind = 0; kind < 3; kind++) {
        for (int i = 0; i < all->count[kind]; i++) {
            hone_internal_file_close(&all->parts[kind][i].file);
            hone_internal_free(all->parts[kind][i].numbers);
        }
        hone_internal_free(all->parts[kind]);
    }
    if (status == HONE_OK)
        return hone_internal_dataset_assemble(&parts);
    hone_internal_dataset_parts_free(&parts);
    return NULL;
}

static hone_dataset *collect(hone_dataset *stream, hone_gathering *all)
{
    return finish(all, read_all(stream, all));
}

/* ---- batch by batch ---- */

hone_gathering *hone_internal_gathering_begin(int64_t most)
{
    hone_gathering *all = hone_internal_allocate_zeroed(1, sizeof *all);
    if (all != NULL)
        *all = (hone_gathering){.what = "the first samples", .in_memory = true, .most = most};
    return all;
}

int64_t hone_internal_gathering_count(const hone_gathering *all)
{
    return all->samples;
}

hone_dataset *hone_internal_gathering_end(hone_gathering *all)
{
    const bool any = all->samples > 0;
    hone_dataset *made =
        finish(all, any ? HONE_OK : hone_fail(HONE_ERROR_DATA, "%s: there are none", all->what));
    hone_internal_free(all);
    return made;
}

void hone_internal_gathering_free(hone_gathering *all)
{
    if (all != NULL)
        hone_dataset_free(finish(all, HONE_ERROR_STATE));
    hone_internal_free(all);
}

/* ---- whole streams ---- */

hone_dataset *hone_internal_dataset_collect(hone_dataset *dataset)
{
    hone_gathering all = {.what = "hone_dataset_cache", .most = INT64_MAX};
    hone_dataset *made = collect(dataset, &all);
    if (made != NULL)
        made->prefetch = dataset->prefetch;
    hone_dataset_free(dataset);
    return made;
}

hone_dataset *hone_internal_dataset_first(hone_dataset *stream, int64_t most)
{
    hone_gathering all = {.what = "the first samples", .in_memory = true, .most = most};
    return collect(stream, &all);
}
