/* Arrays of several files, one after the other. Their rows stay in the files until all have been opened, so
 * that memory is asked for once. */
#include "readers/joined.h"
#include "base/memory.h"
#include "formats/file_set.h"
#include "formats/rows.h"
#include <string.h>

enum { KEPT_OPEN = 32 }; /* files of a set that are not opened again for each reading */

typedef struct joining {
    const hone_data_source *source;
    hone_file_set set;
    hone_rows **rows; /* [component][file]: all of the first component, then of the second, ... */
    size_t components;
} joining;

/* Component number `index` of the inputs, then the targets, then the weights; NULL behind the last. */
static hone_component *component_at(hone_dataset_parts *parts, size_t index)
{
    hone_component *lists[] = {parts->x, parts->y, &parts->weight};
    const size_t rooms[] = {parts->x_room, parts->y_room, 1};
    for (int kind = 0; kind < 3; kind++)
        for (size_t i = 0; i < rooms[kind]; i++)
            if ((lists[kind][i].rows || lists[kind][i].array) && index-- == 0)
                return &lists[kind][i];
    return NULL;
}

static size_t count_components(hone_dataset_parts *parts)
{
    size_t count = 0;
    while (component_at(parts, count))
        count++;
    return count;
}

static bool same_place(hone_dataset_parts *a, hone_dataset_parts *b, size_t index)
{
    const hone_component *one = component_at(a, index), *other = component_at(b, index);
    const bool inputs[] = {one >= a->x && one < a->x + a->x_room, other >= b->x && other < b->x + b->x_room};
    return inputs[0] == inputs[1] && (one == &a->weight) == (other == &b->weight) &&
           (one->name == NULL) == (other->name == NULL) &&
           (!one->name || strcmp(one->name, other->name) == 0);
}

static hone_status check_same(joining *of, size_t file, hone_dataset_parts *first, hone_dataset_parts *parts)
{
    bool same = count_components(parts) == of->components;
    for (size_t i = 0; i < of->components && same; i++)
        same = same_place(first, parts, i);
    return same ? HONE_OK
                : hone_fail(HONE_ERROR_DATA, "%s has other arrays than %s, the first file of the set",
                            of->set.paths[file], of->set.paths[0]);
}

static hone_status load_file(const joining *of, const hone_data_format *format, size_t file, int half,
                             hone_dataset_parts *parts)
{
    hone_data_source source = *of->source;
    source.path = of->set.paths[file];
    source.rows = true;
    HONE_TRY(hone_internal_dataset_parts_begin(parts, 1));
    HONE_TRY(half < 0 ? format->load(&source, NULL, parts) : format->load_half(&source, NULL, half, parts));
    for (size_t i = 0; component_at(parts, i); i++)
        if (!component_at(parts, i)->rows)
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: only arrays of numbers are joined", source.path);
    return HONE_OK;
}

/* Its rows, which are taken out of the parts. */
static void take_rows(joining *of, size_t file, hone_dataset_parts *parts)
{
    for (size_t i = 0; i < of->components; i++) {
        hone_component *item = component_at(parts, i);
        of->rows[i * of->set.count + file] = item->rows;
        if (file >= KEPT_OPEN)
            hone_internal_rows_rest(item->rows);
    }
    for (size_t i = 0; i < of->components; i++)
        component_at(parts, 0)->rows = NULL;
}

static hone_status load_further(joining *of, const hone_data_format *format, size_t file, int half,
                                hone_dataset_parts *first)
{
    hone_dataset_parts parts = {.x = NULL};
    hone_status status = load_file(of, format, file, half, &parts);
    if (status >= 0)
        status = check_same(of, file, first, &parts);
    if (status >= 0)
        take_rows(of, file, &parts);
    hone_internal_dataset_parts_free(&parts);
    return status;
}

/* "x-*.npz: x": the set's name in place of the first file's. */
static hone_status label(const joining *of, hone_component *item)
{
    const char *first = of->set.paths[0];
    const size_t length = strlen(first);
    char *made = strncmp(item->label, first, length) == 0
                     ? hone_internal_format("%s%s", of->source->path, item->label + length)
                     : hone_internal_copy_text(of->source->path);
    if (!made)
        return HONE_ERROR_MEMORY;
    hone_internal_free(item->label);
    item->label = made;
    return HONE_OK;
}

/* All rows of a component, in the place of those of the first file. */
static hone_status join(joining *of, size_t index, hone_component *item)
{
    hone_rows **list = &of->rows[index * of->set.count];
    list[0] = item->rows;
    item->rows = hone_internal_rows_join(list, of->set.count);
    memset(list, 0, of->set.count * sizeof *list);
    if (!item->rows)
        return hone_error_status();
    HONE_TRY(label(of, item));
    return of->source->rows ? HONE_OK : hone_internal_component_bring_in(item);
}

static hone_status load_all(joining *of, const hone_data_format *format, int half, hone_dataset_parts *parts)
{
    HONE_TRY(load_file(of, format, 0, half, parts));
    of->components = count_components(parts);
    of->rows = hone_internal_allocate_zeroed(of->components * of->set.count, sizeof(hone_rows *));
    if (!of->rows)
        return HONE_ERROR_MEMORY;
    for (size_t file = 1; file < of->set.count; file++)
        HONE_TRY(load_further(of, format, file, half, parts));
    for (size_t i = 0; i < of->components; i++)
        HONE_TRY(join(of, i, component_at(parts, i)));
    return HONE_OK;
}

/* What the set's files had is added to what the parts have already: the other half of a pair. */
static hone_status give(hone_dataset_parts *own, hone_dataset_parts *parts)
{
    hone_component *const from[] = {own->x, own->y}, **to[] = {&parts->x, &parts->y};
    const size_t rooms[] = {own->x_room, own->y_room};
    for (int kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < rooms[kind]; i++) {
            if (!from[kind][i].rows && !from[kind][i].array)
                continue;
            HONE_TRY(hone_internal_dataset_parts_room(parts, kind, i + 1));
            (*to[kind])[i] = from[kind][i];
            from[kind][i] = (hone_component){0};
        }
    if (own->weight.rows || own->weight.array) {
        parts->weight = own->weight;
        own->weight = (hone_component){0};
    }
    return HONE_OK;
}

hone_status hone_internal_joined_load(const hone_data_format *format, const hone_data_source *source,
                                      int half, hone_dataset_parts *parts)
{
    joining of = {.source = source};
    hone_dataset_parts own = {.x = NULL};
    hone_status status = hone_internal_file_set_find(source->path, true, &of.set);
    if (status >= 0)
        status = load_all(&of, format, half, &own);
    if (status >= 0)
        status = give(&own, parts);
    for (size_t i = 0; of.rows && i < of.components * of.set.count; i++)
        hone_internal_rows_free(of.rows[i]);
    hone_internal_free(of.rows);
    hone_internal_dataset_parts_free(&own);
    hone_internal_file_set_free(&of.set);
    return status;
}
