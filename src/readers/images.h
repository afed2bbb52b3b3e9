/* Folders of pictures. */
#ifndef HONE_READERS_IMAGES_H
#define HONE_READERS_IMAGES_H

#include "readers/format.h"
#include <hone/data_files.h>

extern const hone_data_format hone_internal_images_format;
/* Reads a folder or a file, in images.c; where no library reads pictures (core.c), it is refused. */
hone_status hone_internal_images_load(const hone_data_source *source, const void *given,
                                      hone_dataset_parts *parts);

#endif
