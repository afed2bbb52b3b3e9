/* Feature maps for callbacks that look on a fit: of one sample, always the same, so that epochs can be
 * compared. */
#include "base/memory.h"
#include "data/dataset.h"
#include "train/fit.h"
#include "train/maps.h"

#include <string.h>

/* The first sample of a data set as [1, ...] floats; NULL on failure. */
static hone_array *first_sample(const hone_dataset *data)
{
    const hone_array *all = hone_dataset_input(data, 0);
    int64_t sizes[HONE_MAX_RANK] = {1};
    for (int axis = 1; axis < all->rank; axis++)
        sizes[axis] = all->shape[axis];
    hone_array *sample = hone_array_create(HONE_FLOAT32, all->rank, sizes);
    if (sample != NULL &&
        hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 0, 1, sample->data) < 0) {
        hone_array_free(sample);
        sample = NULL;
    }
    return sample;
}

/* [count, h, w] as a grid that is about square, zeros behind. */
static hone_status visit_grid(const hone_array *maps, const char *name, hone_weight_visitor *visit,
                              void *visitor)
{
    const int64_t count = maps->shape[0];
    int64_t columns = 1;
    while (columns * columns < count)
        columns++;
    const hone_shape shape =
        HONE_SHAPE((count + columns - 1) / columns, columns, maps->shape[1], maps->shape[2]);
    float *grid = hone_internal_allocate_zeroed((size_t)hone_internal_shape_count(shape), sizeof *grid);
    if (grid == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(grid, maps->data, (size_t)hone_array_count(maps) * sizeof *grid);
    const hone_status status = visit(visitor, name, shape, grid);
    hone_internal_free(grid);
    return status;
}

static hone_status visit_layers(hone_model *model, const hone_array *sample, hone_weight_visitor *visit,
                                void *visitor)
{
    hone_status status = HONE_OK;
    for (size_t i = 0; i < model->layer_count && status >= 0; i++) {
        const char *name;
        if (!hone_internal_gives_maps(model->layers[i]))
            continue;
        hone_array *maps =
            hone_internal_maps(model, sample, hone_internal_layer_label(model->layers[i]), &name);
        status = maps == NULL ? hone_error_status() : visit_grid(maps, name, visit, visitor);
        hone_array_free(maps);
    }
    return status;
}

/* Nothing where there is no such layer, several inputs, or data that are not there to be looked at. */
hone_status hone_internal_watch_maps(void *context, hone_weight_visitor *visit, void *visitor)
{
    hone_fit_run *run = context;
    const hone_dataset *data = run->validation != NULL ? run->validation : run->data;
    bool any = false;
    for (size_t i = 0; i < run->model->layer_count; i++)
        any = any || hone_internal_gives_maps(run->model->layers[i]);
    if (!any || run->model->input_count != 1 || hone_internal_dataset_streams(data))
        return HONE_OK;
    hone_array *sample = first_sample(data);
    const hone_status status =
        sample == NULL ? hone_error_status() : visit_layers(run->model, sample, visit, visitor);
    hone_array_free(sample);
    return status;
}
