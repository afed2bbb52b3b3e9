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

static event *events; /* CAPACITY of them, when tracing is on */
static const char *path;
static atomic_int_least64_t added;

static void begin_trace(void)
{
    path = getenv("HONE_TRACE");
    if (path != NULL && path[0] != '\0')
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

static char *events_as_json(void)
{
    int64_t count = atomic_load(&added) < CAPACITY ? atomic_load(&added) : CAPACITY;
    hone_text text = {0};
    int64_t origin = INT64_MAX;
    for (int64_t i = 0; i < count; i++)
        origin = events[i].begin < origin ? events[i].begin : origin;
    hone_internal_text_format(&text, "{\"traceEvents\":[");
    for (int64_t i = 0; i < count; i++) {
        const event *kept = &events[i];
        hone_internal_text_format(&text,
                                  "%s\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\",\"ts\":%.3f,"
                                  "\"dur\":%.3f,\"pid\":1,\"tid\":%d}",
                                  i > 0 ? "," : "", kept->name, kept->group,
                                  (double)(kept->begin - origin) * 1e-3,
                                  (double)(kept->end - kept->begin) * 1e-3, kept->thread);
    }
    hone_internal_text_format(&text, "\n]}\n");
    return hone_internal_text_take(&text);
}

hone_status hone_internal_trace_write(void)
{
    if (!hone_internal_trace_on())
        return HONE_OK;
    char *json = events_as_json();
    if (json == NULL)
        return hone_error_status();
    hone_status status = hone_write_file(path, json, strlen(json));
    hone_internal_free(json);
    return status;
}
