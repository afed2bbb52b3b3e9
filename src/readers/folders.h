/* Folders with a subfolder of files for each class, as Keras's *_dataset_from_directory reads them: which
 * files there are, in which order, with which targets. */
#ifndef HONE_READERS_FOLDERS_H
#define HONE_READERS_FOLDERS_H

#include "base/memory.h"
#include "data/dataset.h"
#include "readers/format.h"
#include <hone/data_files.h>

/* What files a folder is read for. */
typedef struct hone_file_kind {
    const char *noun, *shown; /* "pictures", ".png, .jpg or .jpeg" */
    const char *const *ends;  /* of their names, whatever the case; up to NULL */
} hone_file_kind;

extern const hone_file_kind hone_internal_pictures;

/* The options that all folders by class have; as in hone/data_files.h. */
typedef struct hone_class_folder {
    const char *path, *labels;
    const char *const *classes;
    size_t class_count;
    double validation_split;
    const char *subset;
    bool shuffle, follow_links;
    int64_t seed;
} hone_class_folder;

/* Of the options of a kind of folder, at this path. */
#define HONE_CLASS_FOLDER(args, at) \
    ((hone_class_folder){.path = (at), \
                         .labels = (args)->labels, \
                         .classes = (args)->classes_list, \
                         .class_count = (args)->classes_count, \
                         .validation_split = (args)->validation_split, \
                         .subset = (args)->subset, \
                         .shuffle = (args)->shuffle, \
                         .follow_links = (args)->follow_links, \
                         .seed = (args)->seed})

typedef struct hone_listed_file {
    const char *path;
    int32_t label;
} hone_listed_file;

typedef struct hone_file_list {
    const hone_file_kind *kind;
    hone_arena texts;
    const char **classes;
    size_t class_count, class_capacity;
    hone_listed_file *files;
    size_t count, capacity;
} hone_file_list;

/* The classes and files of a folder as Keras's index_directory finds them, in its order; shuffled and split
 * as the options say. `classes` (a list of texts, or NULL) are those of training. `list` has its kind. */
hone_status hone_internal_files_list(const hone_class_folder *folder, const hone_config *classes,
                                     hone_file_list *list);
/* Makes the targets, where the folder has classes: the labels of the files, "int", "binary" or
 * "categorical". */
hone_status hone_internal_files_targets(const hone_file_list *list, const char *labels, const char *path,
                                        hone_component *targets);
/* The names of the classes; NULL on failure. */
hone_config *hone_internal_files_classes(const hone_file_list *list);
/* The paths of the files, in the order of the samples; NULL on failure. */
hone_config *hone_internal_files_names(const hone_file_list *list);
void hone_internal_files_free(hone_file_list *list);
/* Whether a folder holds files of this kind and no pictures, at most two folders deep, among the first
 * entries of each folder. */
hone_status hone_internal_folder_holds(const char *path, const hone_file_kind *kind, bool *is);
/* The folder `train` or `test` in a folder that has such parts, else the folder; to be freed. */
hone_status hone_internal_part_of_folder(const hone_data_source *source, char **folder);

#endif
