/* Bytes that come in order, from a file as it is or out of gzip, a piece at a time: memory does not grow with
 * the file. */
#ifndef HONE_FORMATS_SOURCE_H
#define HONE_FORMATS_SOURCE_H

#include "base/error.h"
#include <stdbool.h>

typedef struct hone_source hone_source;

/* A regular file; gzip is detected by its first bytes. NULL on failure. */
hone_source *hone_internal_source_open(const char *path);
/* Bytes in memory, borrowed; `label` names them in messages. */
hone_source *hone_internal_source_memory(const void *data, size_t bytes, const char *label);
const char *hone_internal_source_label(const hone_source *source);
/* At most `room` next bytes; *bytes is 0 at the end alone. */
hone_status hone_internal_source_read(hone_source *source, void *data, size_t room, size_t *bytes);
hone_status hone_internal_source_rewind(hone_source *source); /* back to the first byte */
void hone_internal_source_close(hone_source *source);         /* accepts NULL */

#endif
