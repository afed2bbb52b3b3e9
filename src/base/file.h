/* Files: read whole, and written aside so that a crash or a full disk never leaves half a file behind. */
#ifndef HONE_BASE_FILE_H
#define HONE_BASE_FILE_H

#include "base/error.h"
#include <hone/output.h>
#include <stddef.h>
#include <stdint.h>

/* Writing aside: a temporary file in the folder of `path`, synced and renamed over it when `finish` succeeds,
 * removed otherwise. */
typedef struct hone_file_writer {
    char *path, *temporary;
    int descriptor; /* plus 1, so that a zeroed writer has none */
} hone_file_writer;
hone_status hone_internal_file_begin(hone_file_writer *writer, const char *path);
/* All the bytes. */
hone_status hone_internal_file_write(hone_file_writer *writer, const void *data, size_t bytes);
/* fsync, rename, fsync of the folder. */
hone_status hone_internal_file_finish(hone_file_writer *writer);
/* Fine after finish, and on a zeroed writer. */
void hone_internal_file_abandon(hone_file_writer *writer);
/* hone_write_file, hone_check_writable and hone_remove_temporaries are public. */

/* The entry of `path` in its folder reaches the disk, after a rename by hand. */
void hone_internal_file_sync_folder(const char *path);

/* Reading: regular files only, so that a pipe or a device never blocks or continues forever. */
typedef struct hone_file_reader {
    const char *path; /* borrowed */
    int descriptor;   /* plus 1, so that a zeroed reader has none */
    size_t bytes;     /* of the whole file, when it was opened */
} hone_file_reader;
hone_status hone_internal_file_open(hone_file_reader *reader, const char *path);
/* The next bytes, all of them. */
hone_status hone_internal_file_take(hone_file_reader *reader, void *data, size_t bytes);
/* Bytes from `offset` on, all of them, wherever the reader stands; several threads may do so at once. */
hone_status hone_internal_file_take_at(const hone_file_reader *reader, uint64_t offset, void *data,
                                       size_t bytes);
/* Fine on a zeroed reader. */
void hone_internal_file_close(hone_file_reader *reader);

/* Where scratch files and folders are made: TMPDIR of the environment, else /tmp. */
const char *hone_internal_file_scratch_folder(void);
/* A scratch file: without a name, in that folder, to be written and read by position; gone
 * when it is closed. `path` is what messages call it. */
hone_status hone_internal_file_scratch(hone_file_reader *scratch, const char *path);
hone_status hone_internal_file_put_at(const hone_file_reader *scratch, uint64_t offset, const void *data,
                                      size_t bytes);

/* A whole regular file, at most `limit` bytes, 0-ended (the 0 is not counted). To be freed with
 * hone_internal_free. Files of more than `limit` bytes are HONE_ERROR_FORMAT. */
hone_status hone_internal_file_read(const char *path, size_t limit, void **data, size_t *bytes);

#endif
