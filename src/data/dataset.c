/* Data sets: arrays, files, nodes or a callback; counted, sliced, weighed. gather.c makes batches of them. */
#include "data/dataset.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/inside.h"
#include <hone/data_files.h>
#include <hone/pipeline.h>
#include "formats/array_files.h"
#include <stdio.h>
#include <string.h>

/* ---- labels ---- */

#define TEN(letter, tens) \
    letter "[" tens "0]", letter "[" tens "1]", letter "[" tens "2]", letter "[" tens "3]", \
        letter "[" tens "4]", letter "[" tens "5]", letter "[" tens "6]", letter "[" tens "7]", \
        letter "[" tens "8]", letter "[" tens "9]"
#define LABELS(letter) \
    { \
        TEN(letter, ""), TEN(letter, "1"), TEN(letter, "2"), TEN(letter, "3"), TEN(letter, "4"), \
            TEN(letter, "5"), TEN(letter, "6") \
    }
static const char *const plain_labels[3][70] = {LABELS("x"), LABELS("y"), {"sample_weight"}};
_Static_assert(HONE_MAX_COMPONENTS <= 70, "a label for each component");
static const char *const single_labels[3] = {"x", "y", "sample_weight"};

static const component *find(const hone_dataset *dataset, int kind, int index)
{
    if (!dataset || index < 0 || index >= dataset->kinds[kind].count)
        return NULL;
    return &dataset->kinds[kind].items[index];
}

const char *hone_internal_dataset_name(const hone_dataset *dataset, int kind, int index)
{
    const component *item = find(dataset, kind, index);
    return item ? item->name : NULL;
}

const char *hone_internal_dataset_label(const hone_dataset *dataset, int kind, int index)
{
    const component *item = find(dataset, kind, index);
    if (item && item->label)
        return item->label;
    if (!dataset || dataset->kinds[kind].count < 2 || index < 0 || index >= HONE_MAX_COMPONENTS)
        return single_labels[kind];
    return plain_labels[kind][index];
}

hone_status hone_internal_dataset_blame(const hone_dataset *dataset, int kind, int index, hone_status status)
{
    const component *item = find(dataset, kind, index);
    bool of_file = item && item->label && (item->owned || item->rows);
    if (!of_file || (status != HONE_ERROR_SHAPE && status != HONE_ERROR_DATA))
        return status;
    return hone_internal_error_in(status, item->label);
}

/* ---- checks ---- */

static hone_status check_component(hone_dataset *dataset, int kind, int index)
{
    component *item = &dataset->kinds[kind].items[index];
    const hone_array *array = &item->array;
    const char *label = hone_internal_dataset_label(dataset, kind, index);
    hone_array checked = *array;
    if (item->rows)
        checked.data = item; /* any address: the numbers are in the file */
    hone_internal_error_push(NULL, label);
    hone_status status = hone_internal_array_check(&checked);
    hone_internal_error_pop();
    HONE_TRY(status);
    if (array->rank == 0)
        return hone_fail(HONE_ERROR_DATA,
                         "%s is a single number; expected an array whose axis 0 counts the samples", label);
    if (array->shape[0] == 0)
        return hone_fail(HONE_ERROR_DATA, "%s has no samples", label);
    size_t width = 1;
    for (int axis = 1; axis < array->rank; axis++)
        width *= (size_t)array->shape[axis]; /* checked above */
    if (width == 0)
        return hone_fail(HONE_ERROR_DATA, "%s has samples without any numberss", label);
    if (kind == HONE_COMPONENT_WEIGHT && width != 1)
        return hone_fail(HONE_ERROR_DATA, "%s has %zu numbers per sample; expected one", label, width);
    item->width = width;
    const char *first = hone_internal_dataset_label(dataset, HONE_COMPONENT_INPUT, 0);
    int64_t samples = dataset->kinds[HONE_COMPONENT_INPUT].items[0].array.shape[0];
    if (array->shape[0] == samples)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA,
        "%s has %lld samples and %s has %lld; expected the same number in every array of a data set", first,
        (long long)samples, label, (long long)array->shape[0]);
}

static hone_status check_components(hone_dataset *dataset)
{
    if (dataset->kinds[HONE_COMPONENT_INPUT].count == 0)
        return hone_fail(HONE_ERROR_DATA, "a data set needs an input: the array x is missing");
    for (int kind = 0; kind < 3; kind++)
        for (int index = 0; index < dataset->kinds[kind].count; index++)
            HONE_TRY(check_component(dataset, kind, index));
    return HONE_OK;
}

/* ---- making and freeing ---- */

hone_dataset *hone_internal_dataset_new(double scale)
{
    if (scale == 0)
        scale = 1;
    if (!isfinite(scale)) {
        hone_fail(HONE_ERROR_ARGUMENT, "the scale of a data set is %g; expected a finite number", scale);
        return NULL;
    }
    hone_dataset *dataset = hone_internal_allocate_zeroed(1, sizeof *dataset);
    if (!dataset)
        return NULL;
    atomic_init(&dataset->references, 1);
    dataset->prefetch = -1;
    dataset->scale = scale;
    hone_internal_dataset_prepare_bytes(dataset);
    return dataset;
}

hone_dataset *hone_dataset_retain(hone_dataset *dataset)
{
    if (dataset)
        atomic_fetch_add_explicit(&dataset->references, 1, memory_order_relaxed);
    return dataset;
}

static void free_components(components *kind)
{
    for (int i = 0; i < kind->count; i++) {
        if (!kind->items[i].mine)
            continue;
        hone_internal_free(kind->items[i].name);
        hone_internal_free(kind->items[i].label);
        hone_array_free(kind->items[i].owned);
        hone_internal_rows_free(kind->items[i].rows);
    }
}

static void free_node(hone_data_node *node)
{
    hone_dataset *from[] = {node->from[0], node->from[1]};
    node->type->free(node);
    hone_dataset_free(from[0]);
    hone_dataset_free(from[1]);
}

void hone_dataset_free(hone_dataset *dataset)
{
    while (dataset && atomic_fetch_sub_explicit(&dataset->references, 1, memory_order_acq_rel) == 1) {
        hone_dataset *parent = dataset->parent;
        if (dataset->release)
            dataset->release(dataset->context);
        for (int kind = 0; kind < 3; kind++)
            free_components(&dataset->kinds[kind]);
        if (dataset->node && !parent)
            free_node(dataset->node);
        hone_internal_config_free(dataset->schema);
        hone_internal_free(dataset->first_skipped);
        hone_internal_free(dataset);
        dataset = parent; /* which loses the reference that its slice had */
    }
}

/* Arrays lent by the caller, up to the first without data. */
static hone_status lend(components *kind, const hone_array *arrays, const char *const *names,
                        const char *letter)
{
    while (kind->count < HONE_MAX_COMPONENTS && arrays[kind->count].data) {
        int index = kind->count++;
        component *item = &kind->items[index];
        item->array = arrays[index];
        if (!names || !names[index])
            continue;
        item->mine = true;
        item->name = hone_internal_copy_text(names[index]);
        item->label = hone_internal_format("%s \"%s\"", letter, names[index]);
        if (!item->name || !item->label)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static void lend_weight(components *kind, const hone_array *weight)
{
    kind->count = weight->data != NULL;
    kind->items[0].array = *weight;
}

static hone_status fill(hone_dataset *dataset, const hone_dataset_from_arrays_args *args)
{
    HONE_TRY(lend(&dataset->kinds[HONE_COMPONENT_INPUT], args->x, args->x_names, "x"));
    HONE_TRY(lend(&dataset->kinds[HONE_COMPONENT_TARGET], args->y, args->y_names, "y"));
    lend_weight(&dataset->kinds[HONE_COMPONENT_WEIGHT], &args->sample_weight);
    HONE_TRY(check_components(dataset));
    dataset->count = args->x[0].shape[0];
    return HONE_OK;
}

static hone_dataset *create(const hone_dataset_from_arrays_args *args)
{
    hone_dataset *dataset = hone_internal_dataset_new(args->scale);
    if (dataset && fill(dataset, args) < 0) {
        hone_dataset_free(dataset);
        return NULL;
    }
    return dataset;
}

hone_dataset *hone_dataset_from_arrays_with(const hone_dataset_from_arrays_args *args)
{
    if (!args) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_from_arrays_with: expected arguments, received NULL");
        return NULL;
    }
    hone_dataset_from_arrays_args whole = {0}; /* an older caller's struct is shorter */
    size_t size = args->base.size > 0 && args->base.size < sizeof whole ? args->base.size : sizeof whole;
    memcpy(&whole, args, size);
    hone_internal_error_push(whole.base.site, "data set");
    hone_dataset *dataset = create(&whole);
    hone_internal_error_pop();
    return dataset;
}

static void own(components *kind, hone_component *parts, int count)
{
    while (kind->count < count && (parts[kind->count].array || parts[kind->count].rows)) {
        int index = kind->count++;
        hone_component *part = &parts[index];
        kind->items[index] = (component){.array = part->array ? *part->array : part->rows->array,
                                         .name = parts[index].name,
                                         .label = parts[index].label,
                                         .owned = parts[index].array,
                                         .rows = parts[index].rows,
                                         .mine = true};
        parts[index] = (hone_component){0};
    }
}

hone_dataset *hone_internal_dataset_assemble(hone_dataset_parts *parts)
{
    hone_dataset *dataset = hone_internal_dataset_new(parts->scale);
    if (dataset) {
        own(&dataset->kinds[HONE_COMPONENT_INPUT], parts->x, HONE_MAX_COMPONENTS);
        own(&dataset->kinds[HONE_COMPONENT_TARGET], parts->y, HONE_MAX_COMPONENTS);
        own(&dataset->kinds[HONE_COMPONENT_WEIGHT], &parts->weight, 1);
        dataset->schema = parts->schema;
        dataset->skipped = parts->skipped;
        dataset->first_skipped = parts->first_skipped;
        parts->schema = NULL;
        parts->first_skipped = NULL;
    }
    hone_internal_dataset_parts_free(parts);
    if (dataset && check_components(dataset) < 0) {
        hone_dataset_free(dataset);
        return NULL;
    }
    if (dataset)
        dataset->count = dataset->kinds[HONE_COMPONENT_INPUT].items[0].array.shape[0];
    return dataset;
}

static void free_part(hone_component *part)
{
    hone_array_free(part->array);
    hone_internal_rows_free(part->rows);
    hone_internal_free(part->name);
    hone_internal_free(part->label);
    *part = (hone_component){0};
}

void hone_internal_dataset_parts_free(hone_dataset_parts *parts)
{
    for (int i = 0; i < HONE_MAX_COMPONENTS; i++) {
        free_part(&parts->x[i]);
        free_part(&parts->y[i]);
    }
    free_part(&parts->weight);
    hone_internal_config_free(parts->schema);
    hone_internal_free(parts->first_skipped);
    parts->schema = NULL;
    parts->first_skipped = NULL;
}

/* The data set that another one takes its samples from; of several, the first. */
static const hone_dataset *source_of(const hone_dataset *dataset)
{
    return dataset->parent ? dataset->parent : dataset->node ? dataset->node->from[0] : NULL;
}

const hone_config *hone_internal_dataset_schema(const hone_dataset *dataset)
{
    if (dataset == HONE_NO_DATASET)
        return NULL;
    while (dataset && !dataset->schema)
        dataset = source_of(dataset);
    return dataset ? dataset->schema : NULL;
}

int64_t hone_dataset_skipped(const hone_dataset *dataset, const char **first)
{
    while (dataset && source_of(dataset))
        dataset = source_of(dataset);
    if (first)
        *first = dataset ? dataset->first_skipped : NULL;
    return dataset ? dataset->skipped : 0;
}

/* ---- parts of a data set ---- */

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
    memcpy(shared->kinds, dataset->kinds, sizeof shared->kinds);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < shared->kinds[kind].count; i++)
            shared->kinds[kind].items[i].mine = false;
    return shared;
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
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_slice: %lld is outside a data set of %lld samples",
                  (long long)(first < 0 || first > count ? begin : end), (long long)count);
    } else if (first >= last) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "hone_dataset_slice: the range from %lld to %lld of %lld samples "
                  "is empty",
                  (long long)first, (long long)last, (long long)count);
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
    components *weights = &weighted->kinds[HONE_COMPONENT_WEIGHT];
    weights->count = 1;
    weights->items[0] = (component){.array = *weight, .label = copy, .owned = weight, .mine = true};
    if (check_component(weighted, HONE_COMPONENT_WEIGHT, 0) == HONE_OK)
        return weighted;
    hone_dataset_free(weighted);
    return NULL;
}

hone_dataset *hone_dataset_weigh(hone_dataset *dataset, const char *path)
{
    hone_array *weights = dataset ? hone_array_load(path) : NULL;
    hone_dataset *weighed = weights ? hone_internal_dataset_weigh(dataset, weights, path) : NULL;
    hone_dataset_free(dataset);
    return weighed;
}

/* ---- questions ---- */

int64_t hone_dataset_count(const hone_dataset *dataset)
{
    return !dataset ? 0 : dataset->next ? HONE_ANY : dataset->count;
}

int hone_dataset_input_count(const hone_dataset *dataset)
{
    return dataset ? dataset->kinds[HONE_COMPONENT_INPUT].count : 0;
}

int hone_dataset_target_count(const hone_dataset *dataset)
{
    return dataset ? dataset->kinds[HONE_COMPONENT_TARGET].count : 0;
}

const hone_array *hone_dataset_input(const hone_dataset *dataset, int index)
{
    const component *item = find(dataset, HONE_COMPONENT_INPUT, index);
    return item ? &item->array : NULL;
}

const hone_array *hone_dataset_target(const hone_dataset *dataset, int index)
{
    const component *item = find(dataset, HONE_COMPONENT_TARGET, index);
    return item ? &item->array : NULL;
}

int64_t hone_internal_dataset_batch_size(const hone_dataset *dataset, bool *drop)
{
    if (drop)
        *drop = dataset->drop_remainder;
    return dataset->batch_size;
}

bool hone_internal_dataset_weighted(const hone_dataset *dataset)
{
    return dataset && dataset->kinds[HONE_COMPONENT_WEIGHT].count > 0;
}

/* ---- batches from a callback ---- */

hone_dataset *hone_dataset_from_callback(hone_batch_function *next, void *context,
                                         void (*release)(void *context))
{
    hone_dataset *dataset = NULL;
    if (next)
        dataset = hone_internal_dataset_new(1);
    else
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_from_callback: expected a function, received NULL");
    if (!dataset) {
        if (release)
            release(context);
        return NULL;
    }
    dataset->next = next;
    dataset->context = context;
    dataset->release = release;
    dataset->count = HONE_ANY;
    return dataset;
}

bool hone_internal_dataset_streams(const hone_dataset *dataset)
{
    return dataset->next != NULL;
}

static hone_status take_batch(hone_dataset *dataset)
{
    memset(dataset->kinds, 0, sizeof dataset->kinds);
    HONE_TRY(lend(&dataset->kinds[HONE_COMPONENT_INPUT], dataset->batch.x, NULL, "x"));
    HONE_TRY(lend(&dataset->kinds[HONE_COMPONENT_TARGET], dataset->batch.y, NULL, "y"));
    lend_weight(&dataset->kinds[HONE_COMPONENT_WEIGHT], &dataset->batch.sample_weight);
    return check_components(dataset);
}

static hone_status fail_callback(int result, int64_t epoch, int64_t step)
{
    if (result < 0 && hone_error_status() < 0)
        return hone_error_status();
    return hone_fail(
        HONE_ERROR_CALLBACK,
        "the data callback returned %d for step %lld of epoch %lld; expected 1, 0 at the end, or a status",
        result, (long long)step, (long long)epoch);
}

int hone_internal_dataset_next(hone_dataset *dataset, int64_t epoch, int64_t step, const hone_batch **batch)
{
    *batch = NULL;
    memset(&dataset->batch, 0, sizeof dataset->batch);
    hone_error_clear();
    int result = dataset->next(dataset->context, epoch, step, &dataset->batch);
    if (result < 0 || result > 1)
        return fail_callback(result, epoch, step);
    if (result == 0)
        return 0;
    char place[80];
    snprintf(place, sizeof place, "the data callback, step %lld of epoch %lld", (long long)step,
             (long long)epoch);
    hone_internal_error_push(NULL, place);
    hone_status status = take_batch(dataset);
    hone_internal_error_pop();
    HONE_TRY(status);
    *batch = &dataset->batch;
    return 1;
}
