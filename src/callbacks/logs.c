/* Logs: numbers by name, sorted. A part holds HONE_MAX_LOGS of them; all parts but the last are full. */
#include "callbacks/logs.h"
#include "base/error.h"

#include <string.h>

/* ---- looking ---- */

int hone_logs_count(const hone_logs *logs)
{
    int count = 0;
    for (; logs != NULL; logs = logs->more)
        count += logs->count;
    return count;
}

static hone_log log_of(const hone_logs *part, int place)
{
    bool list = part->lists[place] != NULL;
    return (hone_log){.name = part->names[place],
                      .values = list ? part->lists[place] : &part->values[place],
                      .count = list ? part->list_counts[place] : 1,
                      .list = list};
}

hone_log hone_logs_at(const hone_logs *logs, int index)
{
    for (; logs != NULL && index >= logs->count; logs = logs->more)
        index -= logs->count;
    return logs == NULL || index < 0 ? (hone_log){.name = NULL} : log_of(logs, index);
}

/* The first place of a part whose name is not less. */
static int lower_bound(const hone_logs *part, const char *name)
{
    int low = 0, high = part->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(part->names[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The part and place of a name; false: it is not there, and this is where it would be. */
static bool find(const hone_logs **part, int *place, const char *name)
{
    while ((*place = lower_bound(*part, name)) == (*part)->count && (*part)->more != NULL)
        *part = (*part)->more;
    return *place < (*part)->count && strcmp((*part)->names[*place], name) == 0;
}

hone_log hone_internal_logs_get(const hone_logs *logs, const char *name)
{
    int place;
    return find(&logs, &place, name) ? log_of(logs, place) : (hone_log){.name = NULL};
}

bool hone_logs_get(const hone_logs *logs, const char *name, double *value)
{
    hone_log log = hone_internal_logs_get(logs, name);
    *value = log.count == 1 ? log.values[0] : HONE_NONE;
    return log.count == 1;
}

int hone_internal_logs_give(const double *from, int count, double *values, int capacity)
{
    for (int i = 0; i < count && i < capacity; i++)
        values[i] = from[i];
    return count;
}

int hone_logs_get_all(const hone_logs *logs, const char *name, double *values, int capacity)
{
    hone_log log = hone_internal_logs_get(logs, name);
    return hone_internal_logs_give(log.values, log.count, values, capacity);
}

/* ---- setting ---- */

static void put(hone_logs *part, int place, const char *name, const double *list, int count, double value)
{
    part->names[place] = name;
    part->values[place] = value;
    part->lists[place] = list;
    part->list_counts[place] = count;
}

#define MOVE_UP(array, place, count) \
    memmove(array + place + 1, array + place, sizeof *array * (size_t)(count - place))

static void open_place(hone_logs *part, int place)
{
    MOVE_UP(part->names, place, part->count);
    MOVE_UP(part->values, place, part->count);
    MOVE_UP(part->lists, place, part->count);
    MOVE_UP(part->list_counts, place, part->count);
    part->count++;
}

/* Room for one more behind the last of all parts. */
static hone_status make_room(hone_logs *logs)
{
    while (logs->more != NULL)
        logs = logs->more;
    if (logs->count == HONE_MAX_LOGS)
        logs->more = hone_internal_allocate_zeroed(1, sizeof *logs->more);
    return logs->count == HONE_MAX_LOGS && logs->more == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* Room for a new name at a place of the order; what is pushed out of a full part becomes the next one's
 * first. */
static void insert(hone_logs *part, int place)
{
    if (part->count == HONE_MAX_LOGS) {
        int last = --part->count;
        insert(part->more, 0);
        put(part->more, 0, part->names[last], part->lists[last], part->list_counts[last], part->values[last]);
    }
    open_place(part, place);
}

static hone_status set(hone_logs *logs, const char *name, const double *list, int count, double value)
{
    const hone_logs *found = logs;
    int place;
    if (!find(&found, &place, name)) {
        HONE_TRY(make_room(logs));
        hone_logs *part = logs;
        while ((place = lower_bound(part, name)) == HONE_MAX_LOGS)
            part = part->more;
        insert(part, place);
        put(part, place, name, list, count, value);
        return HONE_OK;
    }
    hone_logs *part = logs;
    while (part != found)
        part = part->more;
    put(part, place, name, list, count, value);
    return HONE_OK;
}

hone_status hone_logs_set_all(hone_logs *logs, const char *name, const double *values, int count)
{
    return set(logs, name, values, count, count == 1 ? values[0] : HONE_NONE);
}

hone_status hone_logs_set(hone_logs *logs, const char *name, double value)
{
    return set(logs, name, NULL, 0, value);
}

hone_status hone_internal_logs_put(hone_logs *logs, const char *name, hone_log log)
{
    return log.list ? hone_logs_set_all(logs, name, log.values, log.count)
                    : hone_logs_set(logs, name, log.values[0]);
}

void hone_logs_free(hone_logs *logs)
{
    if (logs == NULL)
        return;
    for (hone_logs *part = logs->more, *next; part != NULL; part = next) {
        next = part->more;
        hone_internal_free(part);
    }
    logs->more = NULL;
    logs->count = 0;
}

/* ---- keeping ---- */

double *hone_internal_logs_copy_list(const double *list, int count, hone_arena *memory)
{
    double *copy = hone_internal_arena_allocate(memory, sizeof *copy * (size_t)count);
    if (copy != NULL)
        memcpy(copy, list, sizeof *copy * (size_t)count);
    return copy;
}

hone_status hone_internal_logs_keep(hone_logs *logs, hone_arena *memory)
{
    for (; logs != NULL; logs = logs->more)
        for (int i = 0; i < logs->count; i++)
            if (logs->lists[i] != NULL && (logs->lists[i] = hone_internal_logs_copy_list(
                                               logs->lists[i], logs->list_counts[i], memory)) == NULL)
                return HONE_ERROR_MEMORY;
    return HONE_OK;
}
