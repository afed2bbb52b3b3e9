/* TFRecord files on their way to arrays: read once for what is in the features, once more into the arrays. */
#ifndef HONE_READERS_TFRECORD_H
#define HONE_READERS_TFRECORD_H

#include "data/dataset.h"
#include "formats/tfrecord.h"
#include <hone/data_files.h>

/* A feature over all records. */
typedef struct hone_tf_column {
    char *name;
    hone_feature_kind kind;
    int64_t records;            /* that have it, with a value */
    int64_t values;             /* in all of them, or bytes */
    int64_t least, most;        /* values in a record; of bytes the length of the value */
    uint64_t least_at, most_at; /* the first records with so many, and their files */
    const char *least_file, *most_file;
    int64_t low, high;     /* of integers */
    bool picture, several; /* bytes that begin as PNG or JPEG; more than one bytes value */
    int64_t size[3];       /* of the first picture */
} hone_tf_column;

/* What the features of an input or target become. */
typedef enum hone_tf_kind {
    HONE_TF_NUMBERS,
    HONE_TF_RAW,
    HONE_TF_PICTURE,
    HONE_TF_TEXT,
    HONE_TF_KINDS
} hone_tf_kind;

/* An input, a target or the weights. */
typedef struct hone_tf_part {
    char *name; /* or NULL */
    hone_tf_kind kind;
    const hone_tf_column **columns; /* several of one number each, or one */
    size_t count;
    hone_array array; /* type and shape; axis 0 counts the records */
    size_t width;     /* numbers of a record */
    bool padded;      /* shorter lists, and those that are missing, end in zeros */
} hone_tf_part;

typedef struct hone_tf_file {
    const hone_dataset_from_tfrecord_args *args;
    hone_tfrecord_reader reader;
    hone_example example;
    hone_tf_column *columns; /* in the order of their names */
    size_t count, room;
    const hone_feature **here; /* the features of the record that is read, by their columns; NULL: has none */
    int64_t records;
    hone_tf_part parts[3][HONE_MAX_COMPONENTS]; /* by hone_component_kind */
    int part_counts[3];
} hone_tf_file;

/* tfrecord_scan.c: all records once, for the columns. */
hone_status hone_internal_tfrecord_scan(hone_tf_file *file);
const hone_tf_column *hone_internal_tfrecord_find(const hone_tf_file *file, const char *name, size_t length);
int hone_internal_tfrecord_channels(const hone_tf_file *file); /* of pictures */
/* The smallest type that holds all numbers of a part: bytes, integers, floats. */
hone_dtype hone_internal_tfrecord_type(const hone_tf_part *part);
/* Refuses a padded part of which the files hold too little. */
hone_status hone_internal_tfrecord_check_padding(const hone_tf_file *file, const hone_tf_part *part);
/* A line for each feature, for people; to be freed. */
char *hone_internal_tfrecord_describe(const char *path, const hone_config *options);
/* tfrecord_fill.c: the parts' arrays, or their rows in scratch files. */
hone_status hone_internal_tfrecord_fill(hone_tf_file *file, bool rows, hone_dataset_parts *parts);
/* tfrecord.c */
hone_status hone_internal_tfrecord_open(hone_tf_file *file, const hone_dataset_from_tfrecord_args *args);
void hone_internal_tfrecord_close(hone_tf_file *file);

#endif
