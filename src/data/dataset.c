/* Data sets: arrays, files, nodes or a callback; counted, sliced, weighed. gather.c makes batches of them. */
#include "base/plural.h"
#include "data/dataset.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/inside.h"
#include "data/windows.h"
#include <hone/pipeline.h>
#include "formats/array_files.h"
#include <stdio.h>
#include <string.h>

/* ---- labels ---- */

static const char *const kind_labels[3] = {"x", "y", "sample_weight"};

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
    return item && dataset->kinds[kind].count > 1 ? item->place : kind_labels[kind];
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

hone_status hone_internal_dataset_check_component(hone_dataset *dataset, int kind, int index)
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
        return hone_fail(HONE_ERROR_DATA, "%s has samples without any numbers", label);
    item->width = width;
    const char *first = hone_internal_dataset_label(dataset, HONE_COMPONENT_INPUT, 0);
    int64_t samples = dataset->kinds[HONE_COMPONENT_INPUT].items[0].array.shape[0];
    if (array->shape[0] == samples)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA,
        "%s has %lld sample%s and %s has %lld; expected the same number in every array of a data set", first,
        (long long)samples, hone_internal_plural(samples), label, (long long)array->shape[0]);
}

static hone_status check_components(hone_dataset *dataset)
{
    if (dataset->kinds[HONE_COMPONENT_INPUT].count == 0)
        return hone_fail(HONE_ERROR_DATA, "a data set needs an input: the array x is missing");
    for (int kind = 0; kind < 3; kind++)
        for (int index = 0; index < dataset->kinds[kind].count; index++)
            HONE_TRY(hone_internal_dataset_check_component(dataset, kind, index));
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

component *hone_internal_components_add(hone_dataset *dataset, int kind)
{
    components *all = &dataset->kinds[kind];
    if (hone_internal_grow(&all->items, &all->room, (size_t)all->count + 1, sizeof *all->items) < 0)
        return NULL;
    component *item = &all->items[all->count];
    *item = (component){.width = 0};
    snprintf(item->place, sizeof item->place, "%s[%d]", kind_labels[kind], all->count++);
    return item;
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
    hone_internal_free(kind->items);
}

void hone_internal_node_free(hone_data_node *node)
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
            hone_internal_node_free(dataset->node);
        hone_internal_config_free(dataset->schema);
        hone_internal_free(dataset->first_skipped);
        hone_internal_free(dataset->groups);
        hone_internal_free(dataset->notes);
        hone_internal_config_free(dataset->names);
        hone_internal_free(dataset);
        dataset = parent; /* which loses the reference that its slice had */
    }
}

/* Those in the list, however many, else those in braces up to the first without data. */
static hone_array_span span_of(const hone_array *braces, const hone_array *list, size_t count)
{
    hone_array_span span = {list ? list : braces, (int)count};
    if (!list)
        for (span.count = 0; span.count < HONE_MAX_COMPONENTS && braces[span.count].data;)
            span.count++;
    return span;
}

hone_array_span hone_internal_batch_arrays(const hone_batch *batch, int kind)
{
    if (kind == HONE_COMPONENT_WEIGHT)
        return (hone_array_span){&batch->sample_weight, batch->sample_weight.data != NULL};
    return kind == HONE_COMPONENT_INPUT ? span_of(batch->x, batch->x_list, batch->x_count)
                                        : span_of(batch->y, batch->y_list, batch->y_count);
}

void hone_internal_batch_give(hone_batch *batch, int kind, hone_array_span arrays)
{
    bool inputs = kind == HONE_COMPONENT_INPUT;
    hone_array *braces = inputs ? batch->x : batch->y;
    for (int i = 0; i < arrays.count && i < HONE_MAX_COMPONENTS; i++)
        braces[i] = arrays.items[i];
    *(inputs ? &batch->x_list : &batch->y_list) = arrays.items;
    *(inputs ? &batch->x_count : &batch->y_count) = (size_t)arrays.count;
}

/* Arrays of the caller's. */
static hone_status lend(hone_dataset *dataset, int kind, hone_array_span arrays, const char *const *names)
{
    for (int i = 0; i < arrays.count; i++) {
        component *item = hone_internal_components_add(dataset, kind);
        if (!item)
            return HONE_ERROR_MEMORY;
        item->array = arrays.items[i];
        if (!names || !names[i])
            continue;
        item->mine = true;
        item->name = hone_internal_copy_text(names[i]);
        item->label = hone_internal_format("%s \"%s\"", kind_labels[kind], names[i]);
        if (!item->name || !item->label)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static hone_status fill(hone_dataset *dataset, const hone_dataset_from_arrays_args *args)
{
    HONE_TRY(lend(dataset, HONE_COMPONENT_INPUT, span_of(args->x, args->x_list, args->x_count),
                  args->x_list ? args->x_name_list : args->x_names));
    HONE_TRY(lend(dataset, HONE_COMPONENT_TARGET, span_of(args->y, args->y_list, args->y_count),
                  args->y_list ? args->y_name_list : args->y_names));
    HONE_TRY(lend(dataset, HONE_COMPONENT_WEIGHT,
                  (hone_array_span){&args->sample_weight, args->sample_weight.data != NULL}, NULL));
    HONE_TRY(check_components(dataset));
    dataset->count = dataset->kinds[HONE_COMPONENT_INPUT].items[0].array.shape[0];
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

static hone_status own(hone_dataset *dataset, int kind, hone_component *parts, size_t count)
{
    for (hone_component *part = parts; part < parts + count && (part->array || part->rows); part++) {
        component *item = hone_internal_components_add(dataset, kind);
        if (!item)
            return HONE_ERROR_MEMORY;
        item->array = part->array ? *part->array : part->rows->array;
        item->name = part->name;
        item->label = part->label;
        item->owned = part->array;
        item->rows = part->rows;
        item->mine = true;
        *part = (hone_component){0};
    }
    return HONE_OK;
}

static hone_status own_all(hone_dataset *dataset, hone_dataset_parts *parts)
{
    HONE_TRY(own(dataset, HONE_COMPONENT_INPUT, parts->x, parts->x_room));
    HONE_TRY(own(dataset, HONE_COMPONENT_TARGET, parts->y, parts->y_room));
    HONE_TRY(own(dataset, HONE_COMPONENT_WEIGHT, &parts->weight, 1));
    HONE_TRY(check_components(dataset));
    const component *weight = find(dataset, HONE_COMPONENT_WEIGHT, 0);
    return weight == NULL || weight->rows != NULL
               ? HONE_OK
               : hone_internal_check_weights(&weight->array,
                                             hone_internal_dataset_label(dataset, HONE_COMPONENT_WEIGHT, 0));
}

static hone_dataset *cut_windows(hone_dataset *rows, const hone_windows_shape *shape)
{
    char *label = hone_internal_copy_text(hone_internal_dataset_label(rows, HONE_COMPONENT_INPUT, 0));
    hone_internal_error_push(NULL, label);
    hone_dataset *made = hone_internal_dataset_windows(rows, shape);
    hone_internal_error_pop();
    hone_internal_free(label);
    return made;
}

hone_dataset *hone_internal_dataset_assemble(hone_dataset_parts *parts)
{
    hone_dataset *dataset = hone_internal_dataset_new(parts->scale);
    hone_status status = dataset ? own_all(dataset, parts) : HONE_ERROR_MEMORY;
    if (dataset) {
        dataset->schema = parts->schema;
        dataset->skipped = parts->skipped;
        dataset->first_skipped = parts->first_skipped;
        dataset->groups = parts->groups;
        dataset->group_count = parts->group_count;
        dataset->standardize = parts->standardize;
        dataset->notes = parts->notes;
        parts->schema = NULL;
        parts->first_skipped = NULL;
        parts->groups = NULL;
        parts->notes = NULL;
        dataset->names = parts->names;
        parts->names = NULL;
    }
    hone_internal_dataset_parts_free(parts);
    if (status < 0) {
        hone_dataset_free(dataset);
        return NULL;
    }
    dataset->count = dataset->kinds[HONE_COMPONENT_INPUT].items[0].array.shape[0];
    return parts->windows.window > 0 ? cut_windows(dataset, &parts->windows) : dataset;
}

hone_status hone_internal_dataset_parts_room(hone_dataset_parts *parts, int kind, size_t count)
{
    bool input = kind == HONE_COMPONENT_INPUT;
    hone_component **list = input ? &parts->x : &parts->y;
    size_t *room = input ? &parts->x_room : &parts->y_room, before = *room;
    HONE_TRY((hone_status)hone_internal_grow(list, room, count, sizeof **list));
    for (size_t i = before; i < *room; i++)
        (*list)[i] = (hone_component){0};
    return HONE_OK;
}

hone_status hone_internal_dataset_parts_begin(hone_dataset_parts *parts, double scale)
{
    *parts = (hone_dataset_parts){.scale = scale};
    HONE_TRY(hone_internal_dataset_parts_room(parts, HONE_COMPONENT_INPUT, 1));
    return hone_internal_dataset_parts_room(parts, HONE_COMPONENT_TARGET, 1);
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
    for (size_t i = 0; i < parts->x_room; i++)
        free_part(&parts->x[i]);
    for (size_t i = 0; i < parts->y_room; i++)
        free_part(&parts->y[i]);
    free_part(&parts->weight);
    hone_internal_free(parts->x);
    hone_internal_free(parts->y);
    parts->x = parts->y = NULL;
    parts->x_room = parts->y_room = 0;
    hone_internal_config_free(parts->schema);
    hone_internal_free(parts->first_skipped);
    hone_internal_free(parts->groups);
    hone_internal_free(parts->notes);
    hone_internal_config_free(parts->names);
    parts->names = NULL;
    parts->schema = NULL;
    parts->first_skipped = NULL;
    parts->groups = NULL;
    parts->notes = NULL;
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

const hone_array *hone_internal_dataset_weights(const hone_dataset *dataset)
{
    const component *item = dataset ? find(dataset, HONE_COMPONENT_WEIGHT, 0) : NULL;
    return item ? &item->array : NULL;
}

hone_status hone_internal_dataset_need_single_weights(const hone_dataset *dataset, const char *what)
{
    const component *item = find(dataset, HONE_COMPONENT_WEIGHT, 0);
    if (!item || item->width == 1)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA, "%s has %zu numbers per sample; %s needs one",
                     hone_internal_dataset_label(dataset, HONE_COMPONENT_WEIGHT, 0), item->width, what);
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
    for (int kind = 0; kind < 3; kind++) {
        dataset->kinds[kind].count = 0;
        HONE_TRY(lend(dataset, kind, hone_internal_batch_arrays(&dataset->batch, kind), NULL));
    }
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
    for (int kind = 0; kind < 2; kind++)
        hone_internal_batch_give(&dataset->batch, kind, hone_internal_batch_arrays(&dataset->batch, kind));
    *batch = &dataset->batch;
    return 1;
}
