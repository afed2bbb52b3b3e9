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

#endif
