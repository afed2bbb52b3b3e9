/* Bytes that come in order, from a file as it is or out of gzip, a piece at a time: memory does not grow with
 * the file. */
#ifndef HONE_FORMATS_SOURCE_H
#define HONE_FORMATS_SOURCE_H

#include "base/error.h"
#include <stdbool.h>

typedef struct hone_source hone_source;

/* A regular file; gzip is detected by its first bytes. NULL on failure. */
hone_source *hone_internal_source_open(const char *path);
/* The same of the files of a set (file_set.h), one after the other: each ends by itself, and _next goes on.
 */
hone_source *hone_internal_source_open_set(const char *path);
/* To the first byte of the next file: 1, 0 when there is none, or a status below zero. */
int hone_internal_source_next(hone_source *source);
/* Bytes in memory, borrowed; `label` names them in messages. */
hone_source *hone_internal_source_memory(const void *data, size_t bytes, const char *label);
/* The file's name, of a set that of the file at hand; as long as the source lives. */
const char *hone_internal_source_label(const hone_source *source);
/* At most `room` next bytes; *bytes is 0 at the end alone. */
hone_status hone_internal_source_read(hone_source *source, void *data, size_t room, size_t *bytes);
hone_status hone_internal_source_rewind(hone_source *source); /* back to the first byte, of the first file */
void hone_internal_source_close(hone_source *source);         /* accepts NULL */

#endif
