/* Libraries that few programs need: loaded when something of them is first called, so that nobody else waits
 * for them, has their code in memory, or has to install them. A table of pointers has a member for each
 * function that is used. */
#ifndef HONE_BASE_LATE_H
#define HONE_BASE_LATE_H

#include "base/error.h"
#include <stddef.h>

typedef struct hone_late_library {
    const char *name; /* as messages call it: "libcairo" */
    const char *use;  /* the beginning of a sentence: "pictures are drawn by" */
    const char *const
        *files; /* what the system's loader looks for, the first that is there; NULL-terminated */
    const char *const *functions;
    size_t count;        /* of functions */
    void (*begin)(void); /* called once, when the functions have been found; or NULL */
} hone_late_library;

/* Loads the library, unless that was done before, and finds its functions: `count` pointers at `table`, which
 * is zeroed at first, all of them or none. The library stays until the process ends.
 * HONE_ERROR_UNSUPPORTED when it is not installed, or lacks a function. Several threads may ask at once. */
hone_status hone_internal_late_load(const hone_late_library *library, void *table);

#endif
