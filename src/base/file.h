/* Files: read whole, and written aside so that a crash or a full disk never leaves half a file behind. */
#ifndef HONE_BASE_FILE_H
#define HONE_BASE_FILE_H

#include "base/error.h"
#include <stddef.h>

/* Writing aside: a temporary file in the folder of `path`, synced and renamed over it when `finish` succeeds, removed otherwise. */
typedef struct hone_file_writer {
    char *path, *temporary;
    int descriptor; /* plus 1, so that a zeroed writer has none */
} hone_file_writer;
hone_status hone_internal_file_begin(hone_file_writer *writer, const char *path);
hone_status hone_internal_file_write(hone_file_writer *writer, const void *data, size_t bytes); /* all of it */
hone_status hone_internal_file_finish(hone_file_writer *writer); /* fsync, rename, fsync of the folder */
void hone_internal_file_abandon(hone_file_writer *writer);       /* fine after finish, and on a zeroed writer */

/* Fails now when `path` could not be written later (missing folder, no permission), so that training is not lost. */
hone_status hone_internal_file_check_writable(const char *path);

/* A whole regular file, at most `limit` bytes, 0-ended (the 0 is not counted). To be freed with hone_internal_free. */
hone_status hone_internal_file_read(const char *path, size_t limit, void **data, size_t *bytes);

#endif
