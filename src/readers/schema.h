/* How data were read, as a config tree that a model file can keep, so that later data are read alike:
 *
 *   table   {"format": "table", "header": true, "columns": [{"name": "age", "fill": 3.5},
 *            {"name": "city", "categories": ["Oslo", "Rome"]}, ...], "inputs": [group...], "targets":
 * [group...], "encoding": "integer", "missing": "mean", "delimiter": ";", "decimal": ",", "unknown":
 * "ignore"}, where a group is
 * {"name": null, "columns": [0, 3]}; behind the columns of the file {"name": "opened_year", "date": "year",
 * "of": 1} for numbers of dates; of a series also "window": 24, "stride": 1, "sampling_rate": 1, "horizon":
 * 1, "target_length": 1
 *
 *   pair    {"format": "pair", "x": table, "y": table}
 *   libsvm  {"format": "libsvm", "features": 123, "classes": ["-1", "1"]}
 *   characters {"format": "characters", "window": 100, "classes": ["\n", " ", "a", ...]}
 *           of a tokenizer the classes are its pieces, and "tokenizer": ["CgkKBTx1...", ...] its file, base64
 *   images  {"format": "images", "classes": ["cat", "dog"], "size": [28, 28], "color": "rgb", ...}
 *   audio   {"format": "audio", "classes": ["no", "yes"], "length": 8000, "sampling_rate": 8000, ...}
 *   classes {"format": "classes", "classes": [...]}
 *   arrays  {"format": "arrays"}
 *
 *   tfrecord {"format": "tfrecord", "inputs": [part...], "targets": [part...], "weights": [part...]}, where a
 * part is {"name": null, "features": ["a", "b"], "kind": "numbers", "shape": [2], "padded": false}, and a
 * kind numbers, raw, picture or text
 *
 * With what was done to them afterwards: "scale": 0.00392 and "preprocess": "caffe" (inputs), "one_hot": 10
 * (targets); and "threshold": 0.3, from which on one output means the second of two classes: a number, a list
 * for each label of an output, or a map of either by the names of several outputs. */
#ifndef HONE_READERS_SCHEMA_H
#define HONE_READERS_SCHEMA_H

#include "data/dataset.h"
#include "fields/config.h"

/* Under this key is what a recipe's training leaves: {"hone": "0.1.0", "seed": 0, "train": {...}, ...} */
#define HONE_RUN_KEY "run"

/* A map of these entries, which it takes over; NULL when one of them, or the map, has no memory. */
typedef struct hone_schema_entry {
    const char *key;
    hone_config *value;
} hone_schema_entry;
hone_config *hone_internal_schema_make(const hone_schema_entry *entries, size_t count);

/* The schema when it has this format, else NULL. */
const hone_config *hone_internal_schema_of(const hone_config *schema, const char *format);
/* The names of the classes of a target, or NULL: a list of texts. */
const hone_config *hone_internal_schema_classes(const hone_config *schema, int target);
/* The name of a column of a target of several, "wind", or NULL. */
const char *hone_internal_schema_target_column(const hone_config *schema, int target, int64_t column);
/* Checks what a file says before it is believed. */
hone_status hone_internal_schema_check(const hone_config *schema);
/* HONE_ERROR_DATA when the classes of a target are not the same in both; NULL fits all. */
hone_status hone_internal_schema_compare(const hone_config *expected, const hone_config *found);
/* All that is known of how a data set was read and prepared: its schema, or "arrays" when it has none, with
 * the scale and the preprocessing. A stream gives NULL without an error; so does what there is no memory for,
 * with one. */
hone_config *hone_internal_dataset_description(const hone_dataset *dataset);
/* The scale that a description has, or 1; the others may be missing: NULL, 0.5. */
double hone_internal_schema_scale(const hone_config *schema);
const char *hone_internal_schema_preprocess(const hone_config *schema);
int64_t hone_internal_schema_one_hot(const hone_config *schema); /* classes of one-hot targets, or 0 */
double hone_internal_schema_threshold(const hone_config *schema, const char *output, int64_t number);

/* "houses.csv#target=price": the path, to be freed, and the options (NULL: none). A path of NULL: a data set
 * by name, or two files. */
hone_status hone_internal_source_split(const char *source, char **path, hone_config **options);

/* How a DATA form is to be read. */
typedef struct hone_data_reading {
    const hone_config *schema; /* of the training data, or NULL */
    /* The names of a model's inputs, ended by NULL, or NULL; an archive with an array for each of them has
     * these as inputs, whatever their names. */
    const char *const *inputs;
    const char *part;
    double scale;           /* 0 or HONE_NONE: that of the training data, else 1 */
    const char *preprocess; /* of images; NULL: as the training data were */
    const char *group;      /* a column of a table whose groups stay together, or NULL */
    int64_t limit;          /* bytes in memory, see hone_dataset_from_files_args; 0 for none */
} hone_data_reading;
hone_dataset *hone_internal_dataset_load_as(const char *source, const hone_data_reading *reading);

#endif
