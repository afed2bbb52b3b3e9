/* Samples of a data set as floats. */
#include "doctor/doctor.h"

static int64_t width_of(const hone_array *array)
{
    int64_t width = 1;
    for (int axis = 1; array != NULL && axis < array->rank; axis++)
        width *= array->shape[axis];
    return width;
}

int64_t hone_internal_class_of(const float *target, int64_t width)
{
    int64_t best = 0;
    if (width <= 1)
        return (int64_t)target[0];
    for (int64_t i = 1; i < width; i++)
        if (target[i] > target[best])
            best = i;
    return best;
}

int hone_internal_judged_output(const hone_model *model)
{
    for (int i = 0; i < model->output_count; i++)
        if (hone_internal_model_loss(model, i) != NULL)
            return i;
    return 0;
}

void hone_internal_sample_free(hone_examined *sample)
{
    hone_internal_free(sample->rows);
    hone_internal_free(sample->x);
    hone_internal_free(sample->y);
    *sample = (hone_examined){.count = 0};
}

static hone_status copy(hone_examined *sample, const hone_made_batch *made, int target)
{
    size_t x = (size_t)(sample->count * sample->x_width), y = (size_t)(sample->count * sample->y_width);
    sample->x = hone_internal_allocate((x + 1) * sizeof *sample->x);
    sample->y = target < 0 ? NULL : hone_internal_allocate((y + 1) * sizeof *sample->y);
    if (sample->x == NULL || (target >= 0 && sample->y == NULL))
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < x; i++)
        sample->x[i] = made->data[HONE_COMPONENT_INPUT][0][i];
    for (size_t i = 0; i < y && target >= 0; i++)
        sample->y[i] = made->data[HONE_COMPONENT_TARGET][target][i];
    return HONE_OK;
}

/* Evenly spaced samples. */
hone_status hone_internal_sample_take(hone_examined *sample, const hone_model *model,
                                      const hone_dataset *data, int64_t most)
{
    enum { MOST_NUMBERS = 16 << 20 };
    hone_made_batch made;
    hone_data_sweep sweep = {.seed = 0, .epoch = 0};
    int64_t count = hone_dataset_count(data), width = width_of(hone_dataset_input(data, 0));
    int target = hone_dataset_target_count(data) == 0
                     ? -1
                     : hone_internal_feed_target(model, data, NULL, hone_internal_judged_output(model));
    if (target < 0 && hone_dataset_target_count(data) > 0)
        target = 0;
    if (width > 0 && most > MOST_NUMBERS / width + 1)
        most = MOST_NUMBERS / width + 1;
    *sample = (hone_examined){.count = count < most ? count : most, .x_width = width};
    sample->y_width = target < 0 ? 0 : width_of(hone_dataset_target(data, target));
    sample->rows = hone_internal_allocate(((size_t)sample->count + 1) * sizeof *sample->rows);
    if (sample->rows == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < sample->count; i++)
        sample->rows[i] = (int64_t)((double)i * (double)count / (double)sample->count);
    HONE_TRY(hone_internal_staged_create(data, sample->count, &made));
    hone_status status = hone_internal_dataset_fill(data, &sweep, sample->rows, 0, sample->count, &made);
    if (status >= 0)
        status = copy(sample, &made, target);
    hone_internal_staged_free(&made);
    return status;
}
