/* Parts of data sets: slices, and the same samples with other weights. They share the arrays. */
#include "base/error.h"
#include "base/memory.h"
#include "base/plural.h"
#include "data/dataset.h"
#include "data/inside.h"
#include <hone/pipeline.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_status share_components(hone_dataset *shared, const hone_dataset *dataset)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            component *item = hone_internal_components_add(shared, kind);
            if (!item)
                return HONE_ERROR_MEMORY;
            *item = dataset->kinds[kind].items[i];
            item->mine = false;
        }
    return HONE_OK;
}

hone_dataset *hone_internal_dataset_share(hone_dataset *dataset)
{
    if (!dataset)
        return hone_internal_fail_null("a data set"), NULL;
    if (dataset->next) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "data from a callback can only be read in order, not sliced or weighted");
        return NULL;
    }
    hone_dataset *shared = hone_internal_dataset_new(dataset->scale);
    if (!shared)
        return NULL;
    shared->parent = hone_dataset_retain(dataset);
    shared->first = dataset->first;
    shared->count = dataset->count;
    shared->node = dataset->node;
    shared->batch_size = dataset->batch_size;
    shared->drop_remainder = dataset->drop_remainder;
    shared->prefetch = dataset->prefetch;
    if (share_components(shared, dataset) == HONE_OK)
        return shared;
    hone_dataset_free(shared);
    return NULL;
}

/* -2 of 10 is 8. False when outside 0..count. */
static bool place(int64_t given, int64_t count, int64_t *position)
{
    *position = given < 0 && given >= -count ? given + count : given;
    return *position >= 0 && *position <= count;
}

static void narrow(hone_dataset *slice, int64_t first, int64_t last)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < slice->kinds[kind].count; i++) {
            component *item = &slice->kinds[kind].items[i];
            size_t bytes = item->width * hone_dtype_size(item->array.type);
            if (item->array.data)
                item->array.data = (char *)item->array.data + (size_t)first * bytes;
            item->array.shape[0] = last - first;
        }
    slice->first += first;
    slice->count = last - first;
}

hone_dataset *hone_dataset_slice(hone_dataset *dataset, int64_t begin, int64_t end)
{
    hone_dataset *slice = hone_internal_dataset_share(dataset);
    if (!slice)
        return NULL;
    int64_t count = slice->count, first = 0, last = count;
    if ((begin != HONE_NONE_INTEGER && !place(begin, count, &first)) ||
        (end != HONE_NONE_INTEGER && !place(end, count, &last))) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_slice: %lld is outside a data set of %lld sample%s",
                  (long long)(first < 0 || first > count ? begin : end), (long long)count,
                  hone_internal_plural(count));
    } else if (first >= last) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "hone_dataset_slice: the range from %lld to %lld of %lld sample%s is empty",
                  (long long)first, (long long)last, (long long)count, hone_internal_plural(count));
    } else {
        narrow(slice, first, last);
        return slice;
    }
    hone_dataset_free(slice);
    return NULL;
}

hone_dataset *hone_internal_dataset_weigh(hone_dataset *dataset, hone_array *weight, const char *label)
{
    hone_dataset *weighted = weight ? hone_internal_dataset_share(dataset) : NULL;
    char *copy = hone_internal_copy_text(label);
    if (!weighted || (label && !copy)) {
        hone_array_free(weight);
        hone_internal_free(copy);
        hone_dataset_free(weighted);
        return NULL;
    }
    weighted->kinds[HONE_COMPONENT_WEIGHT].count = 0; /* those of the data set that is shared */
    component *item = hone_internal_components_add(weighted, HONE_COMPONENT_WEIGHT);
    if (!item) {
        hone_array_free(weight);
        hone_internal_free(copy);
        hone_dataset_free(weighted);
        return NULL;
    }
    item->array = *weight;
    item->label = copy;
    item->owned = weight;
    item->mine = true;
    if (hone_internal_dataset_check_component(weighted, HONE_COMPONENT_WEIGHT, 0) == HONE_OK)
        return weighted;
    hone_dataset_free(weighted);
    return NULL;
}

/* A weight that is no number, or none that a mean can have, would be found in the loss, far from its file. */
hone_status hone_internal_check_weights(const hone_array *weights, const char *label)
{
    if (weights->type == HONE_TEXT) /* refused with the other parts of the data */
        return HONE_OK;
    hone_array *numbers = hone_array_convert(weights, HONE_FLOAT64);
    if (!numbers)
        return hone_error_status();
    int64_t count = hone_array_count(numbers), i = 0;
    const double *number = numbers->data;
    while (i < count && number[i] >= 0 && isfinite(number[i]))
        i++;
    const int64_t steps = weights->rank > 1 && weights->shape[0] > 0 ? count / weights->shape[0] : 1;
    char step[40] = "";
    if (i < count && steps > 1)
        snprintf(step, sizeof step, ", step %lld,", (long long)(i % steps) + 1);
    hone_status status =
        i == count ? HONE_OK
                   : hone_fail(HONE_ERROR_DATA,
                               "%s: the weight of sample %lld%s must be a finite number, at least 0, not %g",
                               label, (long long)(i / steps) + 1, step, number[i]);
    hone_array_free(numbers);
    return status;
}

hone_dataset *hone_dataset_weigh(hone_dataset *dataset, const char *path)
{
    hone_array *weights = dataset ? hone_array_load(path) : NULL;
    if (weights && weights->rank > 0 && hone_internal_check_weights(weights, path) < 0) {
        hone_array_free(weights);
        weights = NULL;
    }
    hone_dataset *weighed = weights ? hone_internal_dataset_weigh(dataset, weights, path) : NULL;
    hone_dataset_free(dataset);
    return weighed;
}
