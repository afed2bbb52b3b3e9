/* DATA that are tables, libsvm's text, folders of pictures or CIFAR's files. */
#ifndef HONE_READERS_LOAD_FILES_H
#define HONE_READERS_LOAD_FILES_H

#include "data/dataset.h"

typedef enum hone_file_format {
    HONE_FILE_OTHER, /* for others to read */
    HONE_FILE_TABLE,
    HONE_FILE_LIBSVM,
    HONE_FILE_IMAGES,
    HONE_FILE_CIFAR
} hone_file_format;

/* What a file or folder is, by the option `format`, its name and what lies in it. Refuses pickles. */
hone_status hone_internal_file_format(const char *path, const hone_config *options, hone_file_format *format);
/* Reads it. `part` is "train" or "test", `said` whether DATA itself says so. */
hone_status hone_internal_file_load(hone_file_format format, const char *path, const hone_config *options,
                                    const char *part, bool said, const hone_config *schema,
                                    hone_dataset_parts *parts);
/* The same for one of "inputs,targets", half 0 or 1: a table, all of whose columns are that half. */
hone_status hone_internal_file_load_half(const char *path, const hone_config *options,
                                         const hone_config *schema, int half, hone_dataset_parts *parts);

/* CIFAR's files of a folder, or one of them. */
hone_status hone_internal_cifar_files_load(const char *path, const char *part, const char *labels,
                                           hone_dataset_parts *parts);
/* Whether a folder holds CIFAR's binary files; HONE_ERROR_UNSUPPORTED, with advice, when it holds its
 * pickles. */
hone_status hone_internal_cifar_is(const char *folder, bool *is);

#endif
