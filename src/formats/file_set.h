/* Several files as one: those that a pattern names, train-*.csv, or that a manifest lists. */
#ifndef HONE_FORMATS_FILE_SET_H
#define HONE_FORMATS_FILE_SET_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct hone_file_set {
    char **paths; /* in the order of their samples */
    size_t count, room;
} hone_file_set;

/* Whether `path` may name several: a manifest, or a pattern (with *, ? or [) that is not a file itself. */
bool hone_internal_file_set_named(const char *path);
/* Its files; of any other path itself. A pattern's are ordered by their names, in which numbers count as
 * such: part-2 before part-10. A manifest's are compared with what it says of them when `verify`. The set is
 * to be freed on failure too. */
hone_status hone_internal_file_set_find(const char *path, bool verify, hone_file_set *set);
hone_status hone_internal_file_set_add(hone_file_set *set, const char *path); /* a copy of it */
void hone_internal_file_set_free(hone_file_set *set);

#endif
