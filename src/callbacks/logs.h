/* Logs inside: numbers, and lists of them, by name. */
#ifndef HONE_CALLBACKS_LOGS_H
#define HONE_CALLBACKS_LOGS_H

#include "base/memory.h"
#include <hone/extend.h>

int hone_internal_logs_find(const hone_logs *logs, const char *name); /* its place; -1: it is not there */
/* Copies at most `capacity` of `count` numbers; returns `count`. */
int hone_internal_logs_give(const double *from, int count, double *values, int capacity);
/* A list of numbers, copied into `memory`; NULL on failure. */
double *hone_internal_logs_copy_list(const double *list, int count, hone_arena *memory);
/* Moves the lists of logs, which are the metrics' and do not outlast the next computation, into `memory`. */
hone_status hone_internal_logs_keep(hone_logs *logs, hone_arena *memory);

#endif
