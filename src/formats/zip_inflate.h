/* Inflating what must have a known size. */
#ifndef HONE_FORMATS_ZIP_INFLATE_H
#define HONE_FORMATS_ZIP_INFLATE_H

#include "base/error.h"
#include <stdbool.h>

/* Inflates exactly `size` bytes out of exactly `packed` ones, never more. `wrapped`: with zlib's header and
 * checksum, as in HDF5; bare, as in zip files. HONE_ERROR_MEMORY, or HONE_ERROR_FORMAT without a message
 * when the bytes are damaged. */
hone_status hone_internal_inflate(const unsigned char *bytes, size_t packed, unsigned char *content,
                                  size_t size, bool wrapped);

/* Has a fresh z_stream take its memory through base/memory.h. */
struct z_stream_s;
void hone_internal_zlib_memory(struct z_stream_s *stream);

#endif
