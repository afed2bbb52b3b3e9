/* Folders of pictures: which files there are, in which order. */
#ifndef HONE_READERS_IMAGES_H
#define HONE_READERS_IMAGES_H

#include "base/memory.h"
#include "data/dataset.h"
#include "readers/format.h"
#include <hone/data_files.h>

typedef struct hone_image_file {
    const char *path;
    int32_t label;
} hone_image_file;

/* What files a folder is read for. */
typedef struct hone_file_kind {
    const char *noun, *shown; /* "pictures", ".png, .jpg or .jpeg" */
    const char *const *ends;  /* of their names, whatever the case; up to NULL */
} hone_file_kind;

typedef struct hone_image_list {
    const hone_file_kind *kind; /* NULL: pictures */
    hone_arena texts;
    const char **classes;
    size_t class_count, class_capacity;
    hone_image_file *files;
    size_t count, capacity;
} hone_image_list;

/* The classes and files of a folder as Keras's index_directory finds them, in its order; shuffled and split
 * as the args say. `classes` (a list of texts, or NULL) are those of training. */
hone_status hone_internal_images_list(const hone_dataset_from_images_args *args, const hone_config *classes,
                                      hone_image_list *list);
/* Makes the targets, where the folder has classes: the labels of the files, "int", "binary" or
 * "categorical" as the args say. */
hone_status hone_internal_images_targets(const hone_image_list *list, const char *labels, const char *path,
                                         hone_component *targets);
/* The names of the classes; NULL on failure. */
hone_config *hone_internal_images_classes(const hone_image_list *list);
/* The paths of the files, in the order of the samples; NULL on failure. */
hone_config *hone_internal_images_names(const hone_image_list *list);
void hone_internal_images_list_free(hone_image_list *list);
/* Whether a folder holds files of this kind and no pictures, at most two folders deep, among the first
 * entries of each folder. */
hone_status hone_internal_folder_holds(const char *path, const hone_file_kind *kind, bool *is);
/* The folder `train` or `test` in a folder that has such parts, else the folder; to be freed. */
hone_status hone_internal_part_of_folder(const hone_data_source *source, char **folder);
extern const hone_data_format hone_internal_images_format;
/* Shuffles as NumPy's RandomState(seed).shuffle does: order[i] is the place of what comes i-th. */
void hone_internal_numpy_shuffle(uint32_t seed, size_t count, size_t *order);

#endif
