/* A stream read once, into a scratch file: a data set whose samples have numbers. */
#include "base/memory.h"
#include "data/inside.h"
#include <string.h>

/* A component on its way to a scratch file, as float32. */
typedef struct collected {
    hone_array array; /* of all samples so far */
    size_t width;
    hone_file_reader file;
} collected;

typedef struct collection {
    collected *parts[3];
    int count[3];
    int64_t samples;
} collection;

/* The first batch shows what there is. */
static hone_status begin(collection *all, const hone_batch *batch)
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
            HONE_TRY(hone_internal_file_scratch(&part->file, "data from a callback"));
        }
    }
    return HONE_OK;
}

static hone_status append(collection *all, collected *part, const hone_array *array)
{
    bool same = array->rank == part->array.rank;
    for (int axis = 1; same && axis < array->rank; axis++)
        same = array->shape[axis] == part->array.shape[axis];
    if (!same)
        return hone_fail(HONE_ERROR_DATA, "hone_dataset_cache: the callback returned samples of different "
                                          "shapes; a data set needs one shape");
    hone_array *floats = hone_array_convert(array, HONE_FLOAT32);
    if (!floats)
        return hone_error_status();
    size_t bytes = (size_t)hone_array_count(floats) * sizeof(float);
    hone_status status = hone_internal_file_put_at(
        &part->file, (uint64_t)all->samples * part->width * sizeof(float), floats->data, bytes);
    hone_array_free(floats);
    return status;
}

static hone_status add(collection *all, const hone_batch *batch)
{
    if (all->samples == 0)
        HONE_TRY(begin(all, batch));
    for (int kind = 0; kind < 3; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
        if (arrays.count != all->count[kind])
            return hone_fail(
                HONE_ERROR_DATA,
                "hone_dataset_cache: the callback returned batches with different numbers of arrays");
        for (int i = 0; i < all->count[kind]; i++)
            HONE_TRY(append(all, &all->parts[kind][i], &arrays.items[i]));
    }
    all->samples += hone_internal_batch_arrays(batch, HONE_COMPONENT_INPUT).items[0].shape[0];
    return HONE_OK;
}

static hone_status read_all(hone_dataset *dataset, collection *all)
{
    const hone_batch *batch;
    int more = 1;
    for (int64_t step = 0; more == 1; step++) {
        more = hone_internal_dataset_next(dataset, 0, step, &batch);
        if (more == 1)
            HONE_TRY(add(all, batch));
    }
    if (more == 0 && all->samples == 0)
        return hone_fail(HONE_ERROR_DATA, "hone_dataset_cache: the callback returned no batch");
    return (hone_status)more;
}

static hone_status take_parts(collection *all, hone_dataset_parts *parts)
{
    hone_numbers_layout layout = {.type = HONE_FLOAT32};
    for (int kind = 0; kind < 2; kind++)
        HONE_TRY(hone_internal_dataset_parts_room(parts, kind, (size_t)all->count[kind]));
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < all->count[kind]; i++) {
            collected *part = &all->parts[kind][i];
            hone_component *into = kind == HONE_COMPONENT_INPUT    ? &parts->x[i]
                                   : kind == HONE_COMPONENT_TARGET ? &parts->y[i]
                                                                   : &parts->weight;
            part->array.shape[0] = all->samples;
            into->rows =
                hone_internal_rows_create(&part->array, &layout, &part->file, 0, "data from a callback");
            part->file = (hone_file_reader){0};
            if (!into->rows)
                return HONE_ERROR_MEMORY;
        }
    return HONE_OK;
}

hone_dataset *hone_internal_dataset_collect(hone_dataset *dataset)
{
    collection all = {.samples = 0};
    hone_dataset_parts parts = {.scale = 1};
    hone_status status = read_all(dataset, &all);
    if (status == HONE_OK)
        status = take_parts(&all, &parts);
    for (int kind = 0; kind < 3; kind++) {
        for (int i = 0; i < all.count[kind]; i++)
            hone_internal_file_close(&all.parts[kind][i].file);
        hone_internal_free(all.parts[kind]);
    }
    int prefetch = dataset->prefetch;
    hone_dataset_free(dataset);
    if (status == HONE_OK) {
        hone_dataset *made = hone_internal_dataset_assemble(&parts);
        if (made)
            made->prefetch = prefetch;
        return made;
    }
    hone_internal_dataset_parts_free(&parts);
    return NULL;
}
