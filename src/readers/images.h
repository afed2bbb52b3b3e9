/* Folders of pictures: which files there are, in which order. */
#ifndef HONE_READERS_IMAGES_H
#define HONE_READERS_IMAGES_H

#include "base/memory.h"
#include "data/dataset.h"
#include <hone/data_files.h>

typedef struct hone_image_file {
    const char *path;
    int32_t label;
} hone_image_file;

typedef struct hone_image_list {
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
void hone_internal_images_list_free(hone_image_list *list);
/* Shuffles as NumPy's RandomState(seed).shuffle does: order[i] is the place of what comes i-th. */
void hone_internal_numpy_shuffle(uint32_t seed, size_t count, size_t *order);

#endif
