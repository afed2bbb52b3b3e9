/* An HDF5 file that is read from memory; shared by the readers of its datasets and attributes. All of these
 * are called between hone_internal_hdf5_enter and leave. */
#ifndef HONE_FORMATS_HDF5_FILE_H
#define HONE_FORMATS_HDF5_FILE_H

#include "formats/formats.h"
#include "formats/hdf5_guard.h"

struct hone_weights_file {
    char *label;
    void *image;
    size_t bytes;
    hid_t file;
};

/* Walks a path of hard links, one part at a time. `*group` is the group ("" and "/" name the root), or -1
 * when a part is not there, which is no failure. */
hone_status hone_internal_hdf5_open_group(const hone_weights_file *file, const char *path, hid_t *group);

/* Whether `name` is there in a group, by a hard link; another kind of link fails. `path` is for the message.
 */
hone_status hone_internal_hdf5_has(const hone_weights_file *file, hid_t group, const char *path,
                                   const char *name, bool *has);

#endif
