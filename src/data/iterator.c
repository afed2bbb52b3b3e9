/* Iterators: the batches of a data set, for custom training loops. */
#include "base/memory.h"
#include "data/flow.h"
#include "data/inside.h"
#include "tensor/ids.h"
#include <hone/pipeline.h>
#include <math.h>
#include <string.h>

struct hone_iterator {
    hone_dataset *dataset;
    hone_flow *flow;
    hone_batch batch;
    hone_array *arrays[2]; /* all that it has */
    bool typed; /* the arrays themselves are shown, without a flow: texts, or ids that are no floats */
    int64_t position, size, end;
    hone_made_batch floats;
};

static int64_t size_of(const hone_dataset *dataset, int64_t asked)
{
    int64_t size = asked > 0 ? asked : dataset->batch_size > 0 ? dataset->batch_size : 32;
    return dataset->next || size < dataset->count ? size : dataset->count;
}

/* Whole numbers that floats do not tell apart: ids. */
static bool holds_large_ids(const hone_dataset *dataset, const component *item)
{
    const hone_dtype type = item->array.type;
    if (!item->array.data || dataset->node || type == HONE_TEXT || type == HONE_FLOAT32 ||
        hone_dtype_size(type) < 4)
        return false;
    bool large = false;
    for (int64_t i = 0; i < dataset->count * (int64_t)item->width; i++) {
        const double number = hone_array_number(&item->array, i);
        if (floor(number) != number)
            return false;
        large = large || fabs(number) > (double)HONE_PLAIN_IDS;
    }
    return large;
}

static bool keeps_types(const hone_dataset *dataset)
{
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            const component *item = &dataset->kinds[kind].items[i];
            if (item->array.type == HONE_TEXT ||
                (kind == HONE_COMPONENT_INPUT && dataset->scale == 1 && holds_large_ids(dataset, item)))
                return true;
        }
    return false;
}

static hone_status start(hone_iterator *iterator, int64_t batch_size, const hone_data_sweep *sweep)
{
    hone_dataset *dataset = iterator->dataset;
    int64_t size = size_of(dataset, batch_size);
    hone_flow_args args = {.dataset = dataset,
                           .sweep = *sweep,
                           .end = dataset->drop_remainder ? dataset->count - dataset->count % size
                                                          : dataset->count,
                           .batch_size = size,
                           .steps = HONE_NONE_INTEGER,
                           .depth = hone_internal_dataset_depth(dataset, size)};
    for (int kind = 0; kind < 2; kind++)
        if (!(iterator->arrays[kind] = hone_internal_allocate_zeroed((size_t)dataset->kinds[kind].count,
                                                                     sizeof *iterator->arrays[kind])))
            return HONE_ERROR_MEMORY;
    iterator->size = size;
    iterator->end = args.end;
    iterator->typed = keeps_types(dataset);
    if (iterator->typed)
        return hone_internal_staged_create(dataset, size, &iterator->floats);
    iterator->flow = hone_internal_flow_start(&args);
    return iterator->flow ? HONE_OK : hone_error_status();
}

hone_iterator *hone_dataset_iterate(hone_dataset *dataset, int64_t batch_size, uint64_t seed, int64_t epoch)
{
    if (!dataset)
        return hone_internal_fail_null("a data set"), NULL;
    hone_iterator *iterator = hone_internal_allocate_zeroed(1, sizeof *iterator);
    if (!iterator)
        return NULL;
    hone_data_sweep sweep = {seed, epoch};
    iterator->dataset = hone_dataset_retain(dataset);
    if (start(iterator, batch_size, &sweep) == HONE_OK)
        return iterator;
    hone_iterator_free(iterator);
    return NULL;
}

/* The floats of a component, with as many samples as the batch has. */
static hone_array view(const component *item, const hone_made_batch *staged, float *data)
{
    hone_array array = item->array;
    array.type = HONE_FLOAT32;
    array.shape[0] = staged->count;
    array.data = data;
    return array;
}

static void show(hone_iterator *iterator, const hone_made_batch *staged)
{
    const components *kinds = iterator->dataset->kinds;
    hone_batch *batch = &iterator->batch;
    *batch = (hone_batch){.sample_weight = {.rank = 0}};
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < kinds[kind].count; i++)
            iterator->arrays[kind][i] = view(&kinds[kind].items[i], staged, staged->data[kind][i]);
        hone_internal_batch_give(batch, kind, (hone_array_span){iterator->arrays[kind], kinds[kind].count});
    }
    if (kinds[HONE_COMPONENT_WEIGHT].count > 0)
        batch->sample_weight =
            view(&kinds[HONE_COMPONENT_WEIGHT].items[0], staged, staged->data[HONE_COMPONENT_WEIGHT][0]);
}

static bool keeps_type(const hone_dataset *dataset, int kind, const component *item)
{
    const hone_dtype type = item->array.type;
    if (type == HONE_TEXT)
        return true;
    return item->array.data &&
           (type == HONE_INT64 || type == HONE_UINT64 ||
            (kind == HONE_COMPONENT_INPUT && dataset->scale == 1 && hone_dtype_size(type) >= 4));
}

/* Some numbers as they are, others as floats. */
static hone_status show_component(hone_iterator *iterator, int kind, int index, int64_t count)
{
    const component *item = &iterator->dataset->kinds[kind].items[index];
    hone_array *shown = &iterator->arrays[kind][index];
    const hone_dtype type = item->array.type;
    float *floats = hone_internal_made_row(&iterator->floats, kind, index, 0, item->width);
    *shown = item->array;
    shown->shape[0] = count;
    if (keeps_type(iterator->dataset, kind, item)) {
        shown->data =
            (char *)item->array.data + (size_t)iterator->position * item->width * hone_dtype_size(type);
        return HONE_OK;
    }
    shown->type = HONE_FLOAT32;
    shown->data = floats;
    return hone_internal_dataset_gather(iterator->dataset, kind, index, NULL, iterator->position, count,
                                        floats);
}

static int show_typed(hone_iterator *iterator, const hone_batch **batch)
{
    const components *kinds = iterator->dataset->kinds;
    const int64_t left = iterator->end - iterator->position,
                  count = left < iterator->size ? left : iterator->size;
    if (count <= 0)
        return 0;
    iterator->batch = (hone_batch){.sample_weight = {.rank = 0}};
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < kinds[kind].count; i++)
            HONE_TRY(show_component(iterator, kind, i, count));
        hone_internal_batch_give(&iterator->batch, kind,
                                 (hone_array_span){iterator->arrays[kind], kinds[kind].count});
    }
    iterator->position += count;
    *batch = &iterator->batch;
    return 1;
}

int hone_iterator_next(hone_iterator *iterator, const hone_batch **batch)
{
    const hone_made_batch *staged;
    *batch = NULL;
    if (!iterator)
        return hone_internal_fail_null("an iterator");
    if (iterator->typed)
        return show_typed(iterator, batch);
    int more = hone_internal_flow_next(iterator->flow, &staged, batch);
    if (more != 1 || *batch)
        return more;
    show(iterator, staged);
    *batch = &iterator->batch;
    return 1;
}

void hone_iterator_free(hone_iterator *iterator)
{
    if (!iterator)
        return;
    hone_internal_flow_stop(iterator->flow);
    hone_internal_staged_free(&iterator->floats);
    hone_dataset_free(iterator->dataset);
    hone_internal_free(iterator->arrays[0]);
    hone_internal_free(iterator->arrays[1]);
    hone_internal_free(iterator);
}
