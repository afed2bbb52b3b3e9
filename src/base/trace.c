/* The trace: events in one block, written as Chrome's "trace event format" ("X": complete events; times in
 * microseconds). */
#include "base/trace.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/placement.h"
#include "base/text.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 200000, TEXT_BYTES = 32 };

typedef struct event {
    char name[TEXT_BYTES], group[TEXT_BYTES];
    int64_t begin, end;
    int thread;
} event;

/* What another process gave. */
typedef struct foreign {
    char name[128];
    event *events;
    int64_t count, ahead;
} foreign;

static event *events; /* CAPACITY of them, when tracing is on */
static const char *path;
static atomic_int_least64_t added;
static foreign *others; /* by their number; [0]: this process */
static size_t other_room;

static void begin_trace(void)
{
    const char *said = getenv("HONE_TRACE");
    path = said != NULL && said[0] != '\0' ? said : NULL;
    if (path != NULL)
        events = hone_internal_allocate_zeroed(CAPACITY, sizeof *events);
}

bool hone_internal_trace_on(void)
{
    static pthread_once_t begun = PTHREAD_ONCE_INIT;
    pthread_once(&begun, begin_trace);
    return events != NULL;
}

/* Names of layers come from users: what JSON would have to escape becomes "_". */
static void copy_text(char *to, const char *from)
{
    size_t length = strnlen(from, TEXT_BYTES - 1);
    while (length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80) /* never inside a character */
        length--;
    for (size_t i = 0; i < length; i++)
        to[i] = from[i] < ' ' || from[i] == '"' || from[i] == '\\' || from[i] == 127 ? '_' : from[i];
    to[length] = '\0';
}

void hone_internal_trace_event(const char *name, const char *group, int64_t begin, int64_t end)
{
    if (!hone_internal_trace_on() || atomic_load_explicit(&added, memory_order_relaxed) >= CAPACITY)
        return;
    int64_t number = atomic_fetch_add(&added, 1);
    if (number >= CAPACITY)
        return;
    event *kept = &events[number];
    copy_text(kept->name, name);
    copy_text(kept->group, group);
    kept->begin = begin;
    kept->end = end;
    kept->thread = hone_internal_thread_number();
}

static int64_t own_count(void)
{
    return atomic_load(&added) < CAPACITY ? atomic_load(&added) : CAPACITY;
}

/* ---- of other processes ---- */

void hone_internal_trace_begin(void)
{
    if (!hone_internal_trace_on())
        events = hone_internal_allocate_zeroed(CAPACITY, sizeof *events);
}

const void *hone_internal_trace_events(size_t *bytes)
{
    *bytes = events == NULL ? 0 : (size_t)own_count() * sizeof *events;
    return events;
}

/* Their texts were cut by copy_text there: here they are not trusted to be. */
static void clean(event *taken, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        char name[TEXT_BYTES], group[TEXT_BYTES];
        memcpy(name, taken[i].name, sizeof name);
        memcpy(group, taken[i].group, sizeof group);
        name[TEXT_BYTES - 1] = group[TEXT_BYTES - 1] = '\0';
        copy_text(taken[i].name, name);
        copy_text(taken[i].group, group);
    }
}

static hone_status make_places(int number)
{
    const size_t before = other_room;
    HONE_TRY((hone_status)hone_internal_grow(&others, &other_room, (size_t)number + 1, sizeof *others));
    memset(others + before, 0, (other_room - before) * sizeof *others);
    return HONE_OK;
}

hone_status hone_internal_trace_take(int number, const char *name, const void *given, size_t bytes,
                                     int64_t ahead)
{
    if (bytes % sizeof(event) != 0 || bytes / sizeof(event) > CAPACITY)
        return hone_fail(HONE_ERROR_FORMAT, "a trace of %zu bytes is not of this build", bytes);
    HONE_TRY(make_places(number));
    event *kept = hone_internal_allocate(bytes);
    if (kept == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(kept, given, bytes);
    hone_internal_free(others[number].events);
    others[number] = (foreign){.events = kept, .count = (int64_t)(bytes / sizeof(event)), .ahead = ahead};
    copy_text(others[number].name, name);
    clean(kept, others[number].count);
    return HONE_OK;
}

/* ---- writing ---- */

static int64_t earliest(const foreign *from, int64_t earliest_so_far)
{
    for (int64_t i = 0; i < from->count; i++)
        if (from->events[i].begin - from->ahead < earliest_so_far)
            earliest_so_far = from->events[i].begin - from->ahead;
    return earliest_so_far;
}

static void print_name(hone_text *text, int number, const char *name)
{
    hone_internal_text_format(
        text, "%s\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"name\":\"%s\"}}",
        number > 0 ? "," : "", number + 1, name);
}

static void print_events(hone_text *text, int number, const foreign *from, int64_t origin, bool first)
{
    for (int64_t i = 0; i < from->count; i++) {
        const event *kept = &from->events[i];
        hone_internal_text_format(text,
                                  "%s\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\",\"ts\":%.3f,"
                                  "\"dur\":%.3f,\"pid\":%d,\"tid\":%d}",
                                  i > 0 || !first ? "," : "", kept->name, kept->group,
                                  (double)(kept->begin - from->ahead - origin) * 1e-3,
                                  (double)(kept->end - kept->begin) * 1e-3, number + 1, kept->thread);
    }
}

/* Processes have names where there are several. */
static char *events_as_json(void)
{
    hone_text text = {0};
    const foreign own = {.name = "rank 0", .events = events, .count = own_count()};
    int64_t origin = earliest(&own, INT64_MAX);
    for (size_t r = 1; r < other_room; r++)
        origin = earliest(&others[r], origin);
    hone_internal_text_format(&text, "{\"traceEvents\":[");
    if (other_room > 0)
        print_name(&text, 0, own.name);
    print_events(&text, 0, &own, origin, other_room == 0);
    for (size_t r = 1; r < other_room; r++)
        if (others[r].events != NULL) {
            print_name(&text, (int)r, others[r].name);
            print_events(&text, (int)r, &others[r], origin, false);
        }
    hone_internal_text_format(&text, "\n]}\n");
    return hone_internal_text_take(&text);
}

hone_status hone_internal_trace_write(void)
{
    if (!hone_internal_trace_on() || path == NULL)
        return HONE_OK;
    char *json = events_as_json();
    if (json == NULL)
        return hone_error_status();
    hone_status status = hone_write_file(path, json, strlen(json));
    hone_internal_free(json);
    return status;
}
