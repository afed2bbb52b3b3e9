/* The data sets that are known by name, and where they may lie. */
#ifndef HONE_DATA_NAMED_H
#define HONE_DATA_NAMED_H

#include "data/dataset.h"

typedef enum hone_named_format {
    HONE_NAMED_IDX,   /* train-images-idx3-ubyte.gz and its three companions */
    HONE_NAMED_CIFAR, /* data_batch_1.bin ... */
} hone_named_format;

enum { HONE_NAMED_FOLDERS = 4 };
typedef struct hone_named_entry {
    const char *name;                        /* "fashion-mnist" */
    const char *folders[HONE_NAMED_FOLDERS]; /* other names of its folder; NULL ends them */
    const char *title, *advice;              /* advice: how to get it */
    const char *package;                     /* of Debian, or NULL */
    const char *archive;                     /* Keras's NPZ file of it, or NULL */
    hone_named_format format;
    int64_t samples[2]; /* of train and test */
} hone_named_entry;

const hone_named_entry *hone_internal_named_at(size_t index);
/* '-' and '_' are the same, and so are cases; NULL without an error. */
const hone_named_entry *hone_internal_named_find(const char *name);

/* Where a data set lies: its NPZ file, or its folder, with the files of inputs and targets when it is IDX.
 * All to be freed. */
typedef struct hone_named_place {
    char *folder, *archive;
    char *files[2];
} hone_named_place;
/* Looks for part 0 (train) or 1 (test). A place without folder and archive: not found, which is no error
 * here. */
hone_status hone_internal_named_locate(const hone_named_entry *entry, int part, hone_named_place *place);
hone_status
hone_internal_named_missing(const hone_named_entry *entry); /* the error of a data set that is not found */
void hone_internal_named_place_free(hone_named_place *place);

/* CIFAR-10 as its "binary version": records of a label and 3 x 32 x 32 bytes, to (n, 32, 32, 3) and (n, 1).
 */
hone_status hone_internal_cifar_load(const char *folder, int part, hone_component *images,
                                     hone_component *labels);

#endif
