/* libsvm's text format. */
#ifndef HONE_READERS_LIBSVM_H
#define HONE_READERS_LIBSVM_H

#include "data/dataset.h"
#include "data/words.h"
#include "formats/source.h"
#include <hone/data_files.h>

/* From an open source (taken over). */
hone_status hone_internal_libsvm_read(hone_source *source, const hone_dataset_from_libsvm_args *args,
                                      const hone_config *schema, hone_dataset_parts *parts);

#endif
