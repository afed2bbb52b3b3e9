/* Sets of files whose formats know one file: each is loaded, and their arrays are joined. */
#ifndef HONE_READERS_JOINED_H
#define HONE_READERS_JOINED_H

#include "readers/format.h"

/* As the format's load, or load_half where `half` is 0 or 1, of source->path, which names a set. */
hone_status hone_internal_joined_load(const hone_data_format *format, const hone_data_source *source,
                                      int half, hone_dataset_parts *parts);

#endif
