/* Windows of a series: samples that are rows next to each other of a data set, with later rows as targets.
 * The rows stay where they are; a batch copies those of its windows. With rows r = start_index + i stride,
 * window i has
 *
 *   x[i, j] = rows x[r + j sampling_rate],                  j = 0 .. window - 1
 *   y[i, j] = rows y[r + (window - 1) sampling_rate + horizon + j sampling_rate],  j = 0 .. target_length - 1
 *
 * as keras.utils.timeseries_dataset_from_array with targets that begin that much later. Rows of several
 * series, told by their group, have windows for each as if it stood alone. */
#include "base/plural.h"
#include "data/windows.h"
#include "base/memory.h"
#include "data/inside.h"
#include "fields/fields.h"
#include "verbs.h"
#include <inttypes.h>
#include <string.h>

typedef struct windows {
    hone_data_node node;
    hone_windows_shape shape;
    int64_t first, after, reach; /* rows of a window: the first of its target, and behind its last one */
    int64_t *starts;             /* the first row of each window, where there are several series; or NULL */
} windows;

static int64_t start_of(const windows *of, int64_t window)
{
    return of->starts ? of->starts[window] : of->shape.start_index + window * of->shape.stride;
}

/* ---- a batch ---- */

/* The rows of `length` each, `rate` apart, that begin `offset` behind the windows' first. */
static int64_t *rows_of(const windows *of, const int64_t *numbers, int64_t count, int64_t offset,
                        int64_t length)
{
    int64_t *rows = hone_internal_allocate((size_t)(count * length) * sizeof *rows);
    for (int64_t i = 0; rows && i < count; i++)
        for (int64_t j = 0; j < length; j++)
            rows[i * length + j] = start_of(of, numbers[i]) + offset + j * of->shape.sampling_rate;
    return rows;
}

/* Fills the inputs, or all else, of the windows: the numbers of a window's rows lie one after the other,
 * which is where those of a batch of rows lie. What is not asked for goes to `scratch`. */
static hone_status fill_kind(const windows *of, const hone_data_sweep *sweep, const int64_t *numbers,
                             int64_t count, const hone_made_batch *batch, bool inputs)
{
    const int64_t length = inputs ? of->shape.window : of->shape.target_length;
    hone_dataset *from = of->node.from[0];
    hone_made_batch rows, scratch;
    int64_t *wanted = rows_of(of, numbers, count, inputs ? 0 : of->first, length);
    if (!wanted)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_staged_create(from, count * length, &scratch);
    rows = scratch;
    for (int kind = 0; kind < 3 && status == HONE_OK; kind++)
        for (int i = 0; i < from->kinds[kind].count; i++)
            if ((kind == HONE_COMPONENT_INPUT) == inputs && kind != HONE_COMPONENT_WEIGHT)
                rows.data[kind][i] = hone_internal_made_row(
                    batch, kind, i, 0, (size_t)length * from->kinds[kind].items[i].width);
    if (status == HONE_OK)
        status = hone_internal_dataset_fill(from, sweep, wanted, 0, count * length, &rows);
    if (status == HONE_OK && !inputs && from->kinds[HONE_COMPONENT_WEIGHT].count > 0)
        for (int64_t i = 0; i < count; i++) /* that of the first row of the target */
            *hone_internal_made_row(batch, HONE_COMPONENT_WEIGHT, 0, i, 1) =
                scratch.data[HONE_COMPONENT_WEIGHT][0][i * length];
    hone_internal_staged_free(&scratch);
    hone_internal_free(wanted);
    return status;
}

static hone_status fill(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *numbers,
                        int64_t count, const hone_made_batch *batch)
{
    const windows *of = (const windows *)node;
    HONE_TRY(fill_kind(of, sweep, numbers, count, batch, true));
    return of->shape.forecast || of->node.from[0]->kinds[HONE_COMPONENT_TARGET].count +
                                         of->node.from[0]->kinds[HONE_COMPONENT_WEIGHT].count ==
                                     0
               ? HONE_OK
               : fill_kind(of, sweep, numbers, count, batch, false);
}

static uint64_t fingerprint(const hone_data_node *node, uint64_t start, hone_status *status)
{
    const hone_windows_shape *shape = &((const windows *)node)->shape;
    const int64_t numbers[] = {shape->window,    shape->stride,        shape->sampling_rate,
                               shape->horizon,   shape->target_length, shape->start_index,
                               shape->end_index, shape->forecast};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        start = hone_internal_hash_number(start, numbers[i]);
    return hone_internal_node_hash(node, start, status);
}

static void free_windows(hone_data_node *node)
{
    hone_internal_free(((windows *)node)->starts);
    hone_internal_free(node);
}

static const hone_data_node_type window_node = {"windows", fill, fingerprint, free_windows, false};

/* ---- how many ---- */

static hone_status check_rows(const hone_windows_shape *shape, int64_t rows, int64_t end)
{
    if (shape->start_index >= rows)
        return hone_fail(HONE_ERROR_DATA,
                         "start_index %" PRId64 " is behind the last of the %" PRId64 " rows",
                         shape->start_index, rows);
    if (shape->end_index != HONE_NONE_INTEGER && (end <= shape->start_index || end > rows))
        return hone_fail(HONE_ERROR_DATA,
                         "end_index %" PRId64 " must be above start_index %" PRId64
                         " and at most the number of rows, %" PRId64,
                         end, shape->start_index, rows);
    return HONE_OK;
}

static hone_status check_shape(const hone_windows_shape *shape)
{
    enum { MOST = 1 << 30 };
    const struct {
        const char *name;
        int64_t value;
    } lengths[] = {{"window", shape->window},
                   {"stride", shape->stride},
                   {"sampling_rate", shape->sampling_rate},
                   {"target_length", shape->target_length}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (lengths[i].value < 1 || lengths[i].value > MOST)
            return hone_fail(HONE_ERROR_ARGUMENT, "%s must be from 1 to %d, not %" PRId64, lengths[i].name,
                             MOST, lengths[i].value);
    if (shape->horizon > MOST || shape->horizon < -(shape->window - 1) * shape->sampling_rate)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "horizon must be from %" PRId64 ", the first row of the window, to %d, not %" PRId64,
                         -(shape->window - 1) * shape->sampling_rate, MOST, shape->horizon);
    return HONE_OK;
}

/* Sets the rest of the struct; how many windows there are. */
static hone_status measure(windows *of, const hone_dataset *from, int64_t *count)
{
    const hone_windows_shape *shape = &of->shape;
    HONE_TRY(check_shape(shape));
    const int64_t rows = from->count, end = shape->end_index == HONE_NONE_INTEGER ? rows : shape->end_index,
                  inputs = (shape->window - 1) * shape->sampling_rate + 1;
    HONE_TRY(check_rows(shape, rows, end));
    of->first = inputs - 1 + shape->horizon;
    of->after = of->first + (shape->target_length - 1) * shape->sampling_rate + 1;
    const bool targets = !shape->forecast && from->kinds[HONE_COMPONENT_TARGET].count > 0;
    of->reach = targets && of->after > inputs ? of->after : inputs;
    const int64_t begins = end - shape->start_index - of->reach + 1; /* rows where a window may begin */
    *count = begins < 1 ? 0 : (begins - 1) / shape->stride + 1;
    if (*count > 0)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA, "a window%s takes %" PRId64 " row%s, but there are %" PRId64 "%s",
        targets ? " with its target" : "", of->reach, hone_internal_plural(of->reach),
        end - shape->start_index,
        targets && inputs <= end - shape->start_index ? "; forecast=true makes windows without targets" : "");
}

/* ---- several series ---- */

/* How many rows from one on are of its group. */
static int64_t series_length(const int32_t *groups, int64_t begin, int64_t end)
{
    int64_t row = begin + 1;
    while (row < end && groups[row] == groups[begin])
        row++;
    return row - begin;
}

/* The windows of each series, one series after the other; `starts` may be NULL, to count them. */
static int64_t list_starts(const windows *of, const int32_t *groups, int64_t end, int64_t *starts)
{
    int64_t count = 0;
    for (int64_t begin = of->shape.start_index, length; begin < end; begin += length) {
        length = series_length(groups, begin, end);
        for (int64_t at = 0; at + of->reach <= length; at += of->shape.stride, count++)
            if (starts)
                starts[count] = begin + at;
    }
    return count;
}

/* The rows of a series stand together. */
static hone_status check_series(const int32_t *groups, int32_t group_count, int64_t begin, int64_t end)
{
    bool *seen = hone_internal_allocate_zeroed((size_t)group_count + 1, sizeof *seen);
    hone_status status = seen ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t row = begin, length; row < end && status == HONE_OK; row += length) {
        length = series_length(groups, row, end);
        if (seen[groups[row]])
            status = hone_fail(HONE_ERROR_DATA,
                               "row %" PRId64
                               " belongs to a series whose other rows stand further up; the rows of a "
                               "series must follow each other: sort them by the group, and within it by time",
                               row);
        seen[groups[row]] = true;
    }
    hone_internal_free(seen);
    return status;
}

/* Windows that do not go from one group to the next, and the group of each; `count` was that of one series.
 */
static hone_status part_series(windows *of, const hone_dataset *from, int64_t *count)
{
    int32_t group_count = 0;
    const int32_t *groups = hone_internal_dataset_groups(from, &group_count);
    const int64_t end = of->shape.end_index == HONE_NONE_INTEGER ? from->count : of->shape.end_index;
    if (!groups)
        return HONE_OK;
    HONE_TRY(check_series(groups, group_count, of->shape.start_index, end));
    *count = list_starts(of, groups, end, NULL);
    if (*count == 0)
        return hone_fail(HONE_ERROR_DATA, "a window takes %" PRId64 " rows, but no series has as many",
                         of->reach);
    of->starts = hone_internal_allocate((size_t)*count * sizeof *of->starts);
    if (!of->starts)
        return HONE_ERROR_MEMORY;
    list_starts(of, groups, end, of->starts);
    return HONE_OK;
}

static hone_status name_groups(hone_dataset *made, const windows *of, const hone_dataset *from)
{
    const int32_t *groups = hone_internal_dataset_groups(from, &made->group_count);
    if (!of->starts)
        return HONE_OK;
    made->groups = hone_internal_allocate((size_t)made->count * sizeof *made->groups);
    for (int64_t i = 0; made->groups && i < made->count; i++)
        made->groups[i] = groups[of->starts[i]];
    return made->groups ? HONE_OK : HONE_ERROR_MEMORY;
}

/* ---- the data set ---- */

/* (count, ...) of rows to (windows, length, ...); a target of one row has no such axis. */
static hone_status widen(component *item, int64_t length, bool flat)
{
    hone_array *array = &item->array;
    if (flat)
        return HONE_OK;
    if (array->rank == HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "rows of %d axes cannot have one more", array->rank - 1);
    memmove(array->shape + 2, array->shape + 1, (size_t)(array->rank - 1) * sizeof *array->shape);
    array->shape[1] = length;
    array->rank++;
    size_t width;
    if (!hone_internal_multiply_size(item->width, (uint64_t)length, &width))
        return hone_internal_fail_memory(SIZE_MAX, "a window");
    item->width = width;
    return HONE_OK;
}

static void drop_kind(hone_dataset *dataset, int kind)
{
    for (int i = 0; i < dataset->kinds[kind].count; i++) {
        hone_internal_free(dataset->kinds[kind].items[i].name);
        hone_internal_free(dataset->kinds[kind].items[i].label);
    }
    dataset->kinds[kind].count = 0;
}

static hone_status shape_all(hone_dataset *dataset, const hone_windows_shape *shape)
{
    if (shape->forecast) {
        drop_kind(dataset, HONE_COMPONENT_TARGET);
        drop_kind(dataset, HONE_COMPONENT_WEIGHT);
    }
    for (int i = 0; i < dataset->kinds[HONE_COMPONENT_INPUT].count; i++)
        HONE_TRY(widen(&dataset->kinds[HONE_COMPONENT_INPUT].items[i], shape->window, false));
    for (int i = 0; i < dataset->kinds[HONE_COMPONENT_TARGET].count; i++)
        HONE_TRY(widen(&dataset->kinds[HONE_COMPONENT_TARGET].items[i], shape->target_length,
                       shape->target_length == 1));
    return HONE_OK;
}

hone_dataset *hone_internal_dataset_windows(hone_dataset *dataset, const hone_windows_shape *shape)
{
    int64_t count = 0;
    windows *of = NULL;
    if (hone_internal_dataset_check_indexed(dataset, "hone_dataset_windows") &&
        hone_internal_dataset_need_single_weights(dataset, "a window") == HONE_OK)
        of = (windows *)hone_internal_node_create(&window_node, sizeof *of, dataset);
    else
        hone_dataset_free(dataset);
    if (!of)
        return NULL;
    of->shape = *shape;
    if (measure(of, dataset, &count) < 0 || part_series(of, dataset, &count) < 0) {
        hone_internal_free(of->starts);
        hone_internal_free(of);
        hone_dataset_free(dataset);
        return NULL;
    }
    hone_dataset *made = hone_internal_dataset_of_node(&of->node, dataset, count);
    if (made && (shape_all(made, shape) < 0 || name_groups(made, of, dataset) < 0)) {
        hone_dataset_free(made);
        return NULL;
    }
    return made;
}

hone_dataset *hone_dataset_windows_with(hone_dataset *dataset, const hone_dataset_windows_args *said)
{
    hone_dataset_windows_args args;
    if (!dataset || hone_internal_args_read(&hone_internal_dataset_windows_verb, said, &args) < 0) {
        hone_dataset_free(dataset);
        return NULL;
    }
    hone_windows_shape shape = HONE_WINDOWS_SHAPE(&args);
    hone_internal_windows_default(&shape, NULL);
    hone_internal_error_push(args.base.site, "windows");
    hone_dataset *made = hone_internal_dataset_windows(dataset, &shape);
    hone_internal_error_pop();
    return made;
}

/* ---- the shape in a schema ---- */

typedef struct kept_number {
    const char *key;
    size_t offset;
    int64_t standard;
} kept_number;

static const kept_number kept[] = {{"window", offsetof(hone_windows_shape, window), 0},
                                   {"stride", offsetof(hone_windows_shape, stride), 1},
                                   {"sampling_rate", offsetof(hone_windows_shape, sampling_rate), 1},
                                   {"horizon", offsetof(hone_windows_shape, horizon), 1},
                                   {"target_length", offsetof(hone_windows_shape, target_length), 1}};
enum { KEPT = sizeof kept / sizeof *kept };

static int64_t *number_of(hone_windows_shape *shape, size_t index)
{
    return (int64_t *)(void *)((char *)shape + kept[index].offset);
}

void hone_internal_windows_default(hone_windows_shape *shape, const hone_config *schema)
{
    for (size_t i = 0; i < KEPT; i++) {
        const hone_config *value = hone_internal_config_get(schema, kept[i].key);
        int64_t *number = number_of(shape, i);
        if (*number == HONE_NONE_INTEGER)
            *number = hone_internal_config_is(value, HONE_CONFIG_INTEGER)
                          ? hone_internal_config_as_integer(value)
                          : kept[i].standard;
    }
    if (shape->start_index == HONE_NONE_INTEGER)
        shape->start_index = 0;
}

hone_status hone_internal_windows_describe(const hone_windows_shape *shape, hone_config *schema)
{
    hone_windows_shape copy = *shape;
    for (size_t i = 0; i < KEPT && shape->window > 0; i++)
        HONE_TRY(hone_internal_config_set(schema, kept[i].key,
                                          hone_internal_config_integer(*number_of(&copy, i))));
    return HONE_OK;
}

/* ---- what overlaps ---- */

static const windows *windows_of(const hone_dataset *dataset)
{
    return dataset->node && dataset->node->type == &window_node ? (const windows *)dataset->node : NULL;
}

int64_t hone_internal_dataset_overlap(const hone_dataset *dataset)
{
    const hone_data_node *node = dataset->node;
    const windows *of = windows_of(dataset);
    if (of)
        return (of->reach - 1) / of->shape.stride;
    /* what keeps the samples in their places: maps, caches */
    const hone_dataset *own = dataset;
    while (own->parent)
        own = own->parent;
    return node && !node->type->orders && !node->from[1] && node->from[0]->count == own->count
               ? hone_internal_dataset_overlap(node->from[0])
               : 0;
}

hone_dataset *hone_internal_dataset_window_rows(const hone_dataset *dataset)
{
    const windows *of = windows_of(dataset);
    if (!of)
        return hone_dataset_retain((hone_dataset *)dataset);
    const int64_t begin = start_of(of, dataset->first),
                  last = start_of(of, dataset->first + dataset->count - 1) +
                         (of->shape.window - 1) * of->shape.sampling_rate;
    return hone_dataset_slice(of->node.from[0], begin, last + 1);
}
