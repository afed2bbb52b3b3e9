/* Files of one array: NPY and IDX. */
#include "base/memory.h"
#include "formats/array_files.h"
#include "formats/rows.h"
#include "readers/format.h"
#include "readers/named.h"

static hone_status give(const char *path, hone_array *array, hone_rows *rows, hone_component *result)
{
    result->array = array;
    result->rows = rows;
    if (!array && !rows)
        return hone_error_status();
    result->label = hone_internal_copy_text(path);
    return result->label ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status load_npy(const char *path, bool rows, hone_component *result)
{
    return rows ? give(path, NULL, hone_internal_rows_open_npy(path), result)
                : give(path, hone_array_load(path), NULL, result);
}

static hone_status load_idx(const char *path, bool rows, hone_component *result)
{
    return rows ? give(path, NULL, hone_internal_rows_open_idx(path), result)
                : give(path, hone_internal_idx_load(path), NULL, result);
}

static hone_status load_named(const hone_named_place *place, int part, bool rows, hone_dataset_parts *parts)
{
    (void)part;
    HONE_TRY(load_idx(place->files[0], rows, &parts->x[0]));
    return load_idx(place->files[1], rows, &parts->y[0]);
}

const hone_named_kind hone_internal_named_idx = {.load = load_named};

static hone_status npy_half(const hone_data_source *source, const void *args, int half,
                            hone_dataset_parts *parts)
{
    (void)args;
    return load_npy(source->path, source->rows, half == 0 ? &parts->x[0] : &parts->y[0]);
}

static hone_status npy_whole(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    return npy_half(source, args, 0, parts);
}

static hone_status idx_half(const hone_data_source *source, const void *args, int half,
                            hone_dataset_parts *parts)
{
    (void)args;
    return load_idx(source->path, source->rows, half == 0 ? &parts->x[0] : &parts->y[0]);
}

static hone_status idx_whole(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    return idx_half(source, args, 0, parts);
}

const hone_data_format hone_internal_npy_format = {.name = "npy",
                                                   .starts = {{"\x93NUMPY", 6}},
                                                   .sets = HONE_SETS_JOINED,
                                                   .load = npy_whole,
                                                   .load_half = npy_half};

const hone_data_format hone_internal_idx_format = {.name = "idx",
                                                   .starts = {{"\x1f\x8b", 2}, {"\0\0", 2}},
                                                   .sets = HONE_SETS_JOINED,
                                                   .load = idx_whole,
                                                   .load_half = idx_half};
