/* The classes of a target, read from the samples: the number of a target of one, the place of the largest of
 * several (one-hot). */
#include "base/memory.h"
#include "data/inside.h"
#include <hone/pipeline.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { AT_ONCE = 1024 };

static hone_status read_piece(const hone_dataset *dataset, int kind, int index, int64_t begin, int64_t count,
                              hone_made_batch *batch)
{
    float *result = batch->data[kind][index];
    if (!dataset->node)
        return hone_internal_dataset_gather(dataset, kind, index, NULL, begin, count, result);
    const hone_data_sweep sweep = {0, 0};
    return hone_internal_dataset_fill(dataset, &sweep, NULL, begin, count, batch);
}

hone_status hone_internal_dataset_numbers(const hone_dataset *dataset, int kind, int index, float *numbers)
{
    hone_made_batch batch;
    const size_t width = dataset->kinds[kind].items[index].width;
    const int64_t at_once = dataset->count < AT_ONCE ? dataset->count : AT_ONCE;
    HONE_TRY(hone_internal_staged_create(dataset, at_once, &batch));
    hone_status status = HONE_OK;
    for (int64_t begin = 0, count; begin < dataset->count && status == HONE_OK; begin += count) {
        count = dataset->count - begin < at_once ? dataset->count - begin : at_once;
        status = read_piece(dataset, kind, index, begin, count, &batch);
        if (status == HONE_OK)
            memcpy(numbers + (size_t)begin * width, batch.data[kind][index],
                   (size_t)count * width * sizeof *numbers);
    }
    hone_internal_staged_free(&batch);
    return status;
}

static size_t largest(const float *numbers, size_t width)
{
    size_t best = 0;
    for (size_t i = 1; i < width; i++)
        best = numbers[i] > numbers[best] ? i : best;
    return best;
}

hone_status hone_internal_dataset_labels(const hone_dataset *dataset, int target, float *labels)
{
    const size_t width = dataset->kinds[HONE_COMPONENT_TARGET].items[target].width;
    size_t all, bytes;
    if (width == 1)
        return hone_internal_dataset_numbers(dataset, HONE_COMPONENT_TARGET, target, labels);
    if (!hone_internal_multiply_size((uint64_t)dataset->count, width, &all) ||
        !hone_internal_multiply_size(all, sizeof(float), &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "the targets");
    float *numbers = hone_internal_allocate(bytes);
    hone_status status = numbers
                             ? hone_internal_dataset_numbers(dataset, HONE_COMPONENT_TARGET, target, numbers)
                             : HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < dataset->count && status == HONE_OK; i++)
        labels[i] = (float)largest(numbers + (size_t)i * width, width);
    hone_internal_free(numbers);
    return status;
}

/* Whole numbers from 0 that are class numbers; else a message. */
static hone_status check_classes(const float *labels, int64_t count, int64_t *classes)
{
    enum { MOST_CLASSES = 1 << 20 };
    *classes = 0;
    for (int64_t i = 0; i < count; i++) {
        const double label = (double)labels[i];
        if (!(label >= 0 && label < MOST_CLASSES) || label != floor(label))
            return hone_fail(HONE_ERROR_DATA,
                             "sample %" PRId64 " has the target %g, which is not a class number from 0", i,
                             label);
        *classes = (int64_t)label >= *classes ? (int64_t)label + 1 : *classes;
    }
    return HONE_OK;
}

static hone_status balance(const float *labels, int64_t count, double **weights, int64_t *classes)
{
    int64_t present = 0;
    HONE_TRY(check_classes(labels, count, classes));
    double *result = hone_internal_allocate_zeroed((size_t)*classes, sizeof *result);
    if (!result)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++)
        present += result[(size_t)labels[i]]++ == 0;
    for (int64_t k = 0; k < *classes; k++)
        result[k] = result[k] > 0 ? (double)count / ((double)present * result[k]) : 1;
    *weights = result;
    return HONE_OK;
}

hone_status hone_dataset_balanced_weights(const hone_dataset *dataset, double **weights, int64_t *classes)
{
    *weights = NULL;
    *classes = 0;
    if (!hone_internal_dataset_check_indexed(dataset, "hone_dataset_balanced_weights"))
        return hone_error_status();
    if (dataset->kinds[HONE_COMPONENT_TARGET].count != 1)
        return hone_fail(HONE_ERROR_DATA, "balanced weights need data with one target, not %d",
                         dataset->kinds[HONE_COMPONENT_TARGET].count);
    float *labels = hone_internal_allocate((size_t)dataset->count * sizeof *labels);
    hone_status status = labels ? hone_internal_dataset_labels(dataset, 0, labels) : HONE_ERROR_MEMORY;
    if (status == HONE_OK)
        status = balance(labels, dataset->count, weights, classes);
    hone_internal_free(labels);
    return status;
}
