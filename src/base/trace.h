/* A trace of what ran when and on which thread, for https://ui.perfetto.dev and chrome://tracing: on in a
 * process that was started with HONE_TRACE=FILE. Times are those of base/clock.h. */
#ifndef HONE_BASE_TRACE_H
#define HONE_BASE_TRACE_H

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

bool hone_internal_trace_on(void);
/* Something that ran on the calling thread. Texts are copied and cut to 31 bytes; allocates nothing; past the
 * capacity (200,000 events) nothing is kept. Safe from any thread. */
void hone_internal_trace_event(const char *name, const char *group, int64_t begin, int64_t end);
/* Writes all events so far to the file that HONE_TRACE names (JSON, whole or not at all), when tracing is on.
 * No thread may be adding events. */
hone_status hone_internal_trace_write(void);

/* ---- one trace of several processes ---- */

/* On from now on where it was not, without a file: somebody else asks for what is here. */
void hone_internal_trace_begin(void);
/* The events so far, as bytes for another process of this build. */
const void *hone_internal_trace_events(size_t *bytes);
/* Those of process `number` (from 1; this one is 0) whose clock is `ahead` nanoseconds ahead, in place of
 * what it gave before; copied. HONE_ERROR_FORMAT when they are none. */
hone_status hone_internal_trace_take(int number, const char *name, const void *events, size_t bytes,
                                     int64_t ahead);

#endif
