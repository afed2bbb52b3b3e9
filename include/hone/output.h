/* Files that a program writes beside its models: checked before the work that leads to them, and written
 * whole or not at all. */
#ifndef HONE_OUTPUT_H
#define HONE_OUTPUT_H

#include <hone/error.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fails now when `path` could not be written later (a missing folder, no permission), so that no training is
 * lost. */
hone_status hone_check_writable(const char *path);
/* Makes a folder and what is missing above it; fine when it is there. */
hone_status hone_make_folder(const char *path);
/* Writes a file aside, syncs it and renames it over `path`, so that a crash or a full disk leaves the old
 * file or the new one. hone_save and all other writers of Hone do the same. */
hone_status hone_write_file(const char *path, const void *data, size_t bytes);
/* Removes what writers under way in this process have written aside so far, for a signal handler that ends
 * it: calls only what such a handler may. */
void hone_remove_temporaries(void);

#ifdef __cplusplus
}
#endif
#endif
