/* The data sets that are known by name, and where they may lie. */
#ifndef HONE_READERS_NAMED_H
#define HONE_READERS_NAMED_H

#include "data/dataset.h"
#include "formats/tar.h"
#include <hone/data.h>

/* How the files of a data set lie in its folder, and their reading. */
typedef struct hone_named_place hone_named_place;
typedef struct hone_named_kind {
    const char *files[2]; /* one of train and one of test, by which it is found; NULL: IDX's four, by their
                             usual names */
    bool anywhere;        /* their names are its own: they may lie in any folder */
    hone_status (*load)(const hone_named_place *place, int part, bool rows, hone_dataset_parts *parts);
} hone_named_kind;
extern const hone_named_kind hone_internal_named_idx, hone_internal_named_cifar10,
    hone_internal_named_cifar100, hone_internal_named_iris;

enum { HONE_NAMED_FOLDERS = 4, HONE_NAMED_FILES = 5, HONE_NAMED_MEMBERS = 7 };
typedef struct hone_named_entry {
    const char *name;                        /* "fashion-mnist" */
    const char *folders[HONE_NAMED_FOLDERS]; /* other names of its folder; NULL ends them */
    const char *title, *advice;              /* advice: how to get it */
    const char *package;                     /* of Debian, or NULL */
    const char *archive;                     /* Keras's NPZ file of it, or NULL */
    const hone_named_kind *kind;             /* NULL: the NPZ file alone */
    int64_t samples[2];                      /* of train and test; no test part: 0 */
    /* How it is fetched. */
    const char *origin;                      /* "https://.../" */
    const char *below;                       /* the folder that it makes in the folder of data sets, or "" */
    const char *checksums;                   /* where the SHA-256 are published */
    hone_known_file files[HONE_NAMED_FILES]; /* NULL ends them */
    hone_tar_wanted members[HONE_NAMED_MEMBERS]; /* of the one file, when that is a tar archive */
} hone_named_entry;

const hone_named_entry *hone_internal_named_at(size_t index);
/* '-' and '_' are the same, and so are cases; NULL without an error. */
const hone_named_entry *hone_internal_named_find(const char *name);

/* Where a data set lies: its NPZ file, or its folder, with the files of inputs and targets when it is IDX.
 * All to be freed. */
struct hone_named_place {
    char *folder, *archive;
    char *files[2];
};
/* Looks for part 0 (train) or 1 (test). A place without folder and archive: not found, which is not an error
 * here. */
hone_status hone_internal_named_locate(const hone_named_entry *entry, int part, hone_named_place *place);
hone_status
hone_internal_named_missing(const hone_named_entry *entry); /* the error of a data set that is not found */
void hone_internal_named_place_free(hone_named_place *place);
/* Where they are fetched to unless told otherwise: $HONE_DATA_DIR, else the user's cache; to be freed. */
char *hone_internal_named_home(void);

/* hone_dataset_fetch of any entry (fetch.c). */
hone_status hone_internal_fetch(const hone_named_entry *entry, const hone_dataset_fetch_args *args);

/* 3 planes of 32 x 32 bytes to pixels. */
void hone_internal_cifar_pixels(const uint8_t *planes, uint8_t *image);

size_t hone_internal_named_datasets(void); /* how many there are */

#endif
