/* Logs: numbers by name, sorted. */
#include "callbacks/logs.h"
#include "base/error.h"

#include <string.h>

int hone_internal_logs_find(const hone_logs *logs, const char *name)
{
    for (int i = 0; i < logs->count; i++)
        if (strcmp(logs->names[i], name) == 0)
            return i;
    return -1;
}

bool hone_logs_get(const hone_logs *logs, const char *name, double *value)
{
    int place = hone_internal_logs_find(logs, name);
    *value = place < 0 ? HONE_NONE : logs->values[place];
    return place >= 0 && logs->lists[place] == NULL;
}

int hone_internal_logs_give(const double *from, int count, double *values, int capacity)
{
    for (int i = 0; i < count && i < capacity; i++)
        values[i] = from[i];
    return count;
}

int hone_logs_get_all(const hone_logs *logs, const char *name, double *values, int capacity)
{
    int place = hone_internal_logs_find(logs, name);
    if (place < 0)
        return 0;
    return logs->lists[place] == NULL
               ? hone_internal_logs_give(&logs->values[place], 1, values, capacity)
               : hone_internal_logs_give(logs->lists[place], logs->list_counts[place], values, capacity);
}

#define MOVE_UP(array, place, count) \
    memmove(array + place + 1, array + place, sizeof *array * (size_t)(count - place))

/* Room for a new name at a place of the order. */
static void open_place(hone_logs *logs, int place)
{
    MOVE_UP(logs->names, place, logs->count);
    MOVE_UP(logs->values, place, logs->count);
    MOVE_UP(logs->lists, place, logs->count);
    MOVE_UP(logs->list_counts, place, logs->count);
    logs->count++;
}

hone_status hone_logs_set_all(hone_logs *logs, const char *name, const double *values, int count)
{
    int place = 0;
    while (place < logs->count && strcmp(logs->names[place], name) < 0)
        place++;
    if (place == logs->count || strcmp(logs->names[place], name) != 0) {
        if (logs->count == HONE_MAX_LOGS)
            return hone_fail(HONE_ERROR_STATE, "the logs hold more than %d numbers", HONE_MAX_LOGS);
        open_place(logs, place);
        logs->names[place] = name;
    }
    logs->values[place] = count == 1 ? values[0] : HONE_NONE;
    logs->lists[place] = count == 1 ? NULL : values;
    logs->list_counts[place] = count == 1 ? 0 : count;
    return HONE_OK;
}

hone_status hone_logs_set(hone_logs *logs, const char *name, double value)
{
    return hone_logs_set_all(logs, name, &value, 1);
}

double *hone_internal_logs_copy_list(const double *list, int count, hone_arena *memory)
{
    double *copy = hone_internal_arena_allocate(memory, sizeof *copy * (size_t)count);
    if (copy != NULL)
        memcpy(copy, list, sizeof *copy * (size_t)count);
    return copy;
}

hone_status hone_internal_logs_keep(hone_logs *logs, hone_arena *memory)
{
    for (int i = 0; i < logs->count; i++)
        if (logs->lists[i] != NULL && (logs->lists[i] = hone_internal_logs_copy_list(
                                           logs->lists[i], logs->list_counts[i], memory)) == NULL)
            return HONE_ERROR_MEMORY;
    return HONE_OK;
}
