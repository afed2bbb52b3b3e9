/* Logs inside: numbers, and lists of them, by name. */
#ifndef HONE_CALLBACKS_LOGS_H
#define HONE_CALLBACKS_LOGS_H

#include "base/memory.h"
#include <hone/extend.h>

hone_log hone_internal_logs_get(const hone_logs *logs,
                                const char *name); /* without a name: it is not there */
/* What other logs have, under a name. */
hone_status hone_internal_logs_put(hone_logs *logs, const char *name, hone_log log);
/* Copies at most `capacity` of `count` numbers; returns `count`. */
int hone_internal_logs_give(const double *from, int count, double *values, int capacity);
/* A list of numbers, copied into `memory`; NULL on failure. */
double *hone_internal_logs_copy_list(const double *list, int count, hone_arena *memory);
/* Moves the lists of logs, which are the metrics' and do not outlast the next computation, into `memory`. */
hone_status hone_internal_logs_keep(hone_logs *logs, hone_arena *memory);

#endif
