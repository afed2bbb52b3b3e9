/* A table from texts to pointers, for names that come from files. Looking one up takes a time in proportion
 * to its length, whatever the other names are: there is no hash whose collisions a file could choose.
 * Zero-initialise to start. Texts are borrowed, and must stay as long as the table. */
#ifndef HONE_BASE_NAMES_H
#define HONE_BASE_NAMES_H

#include <stddef.h>

typedef struct hone_names {
    struct hone_names_entry *entries;
    struct hone_names_fork *forks; /* one less than entries */
    size_t count, entries_capacity, forks_capacity;
    size_t root;
} hone_names;

/* NULL when the name is not there. */
void *hone_internal_names_get(const hone_names *names, const char *name);
/* Puts a value under a name, in place of the one there. On failure nothing has changed. */
int hone_internal_names_put(hone_names *names, const char *name, void *value);
void hone_internal_names_free(hone_names *names); /* and back to the start */

#endif
