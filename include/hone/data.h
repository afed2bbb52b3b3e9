/* Data sets: samples with their targets and weights, read in batches. Reference-counted (hone_dataset_retain,
 * hone_dataset_free). */
#ifndef HONE_DATA_H
#define HONE_DATA_H

#include <hone/array.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { HONE_MAX_COMPONENTS = 64 }; /* arrays that a list in braces can hold; other lists have any length */

/* A data set over arrays. The arrays' memory is borrowed: it must stay until the data set is freed. All
 * arrays have the same size on axis 0. Bytes stay bytes in memory: numbers become float, times `scale`, batch
 * by batch. */
typedef struct hone_dataset_from_arrays_args {
    hone_args base;
    hone_array x[HONE_MAX_COMPONENTS]; /* inputs; the first one without data ends the list */
    hone_array y[HONE_MAX_COMPONENTS]; /* targets; none for prediction */
    hone_array sample_weight;          /* one number per sample, or one for each of its steps; or none */
    const char *x_names[HONE_MAX_COMPONENTS]; /* of the model's inputs; NULL if there is only one */
    const char *y_names[HONE_MAX_COMPONENTS];
    double scale; /* factor for the inputs (default 1) */
    /* Any number of them in place of the arrays above, with their names (or NULL); NULL: the arrays. */
    const hone_array *x_list, *y_list;
    size_t x_count, y_count;
    const char *const *x_name_list, *const *y_name_list;
} hone_dataset_from_arrays_args;
hone_dataset *hone_dataset_from_arrays_with(const hone_dataset_from_arrays_args *args);
#ifndef __cplusplus
#define hone_dataset_from_arrays(...) \
    hone_dataset_from_arrays_with(&(hone_dataset_from_arrays_args){ \
        .base = {sizeof(hone_dataset_from_arrays_args), HONE_SITE}, __VA_ARGS__})
#endif

/* Loads the command's DATA form: a name ("fashion-mnist#train"), "x.npy,y.npy", "file.npz",
 * "images.idx.gz,labels.idx.gz", "x.npz,y.npz", "table.csv#target=price", a folder of pictures by class
 * (data_files.h). The data set owns its memory. `scale` as above (0 is taken as 1).
 * `part`: "train" or "test", used if `source` has both and names neither; NULL is "train". */
hone_dataset *hone_dataset_load(const char *source, const char *part, double scale);

/* A known data set and its original files: `files` ends with one without a name. */
typedef struct hone_known_file {
    const char *name; /* after the origin */
    int64_t bytes;
    const char *sha256;
} hone_known_file;
typedef struct hone_known_dataset {
    const char *name, *title; /* "fashion-mnist", "10 kinds of clothes" */
    const char *package;      /* of Debian, or NULL */
    const char *origin;       /* "https://.../" */
    const char *below;        /* the folder that fetching makes in the folder of data sets, or "" */
    int64_t samples[2];       /* of train and test; no test part: 0 */
    const hone_known_file *files;
} hone_known_dataset;
/* The data set number `index`; false behind the last. */
bool hone_known_dataset_at(size_t index, hone_known_dataset *set);
/* By name, where '-' and '_' are the same and so are cases; false, without an error, when there is none. */
bool hone_known_dataset_find(const char *name, hone_known_dataset *set);
/* The folder or file in which it lies on this machine, to be freed with hone_free; NULL, without an error,
 * when it does not. */
char *hone_known_dataset_place(const char *name);
/* Where data sets are looked for, the user's own first; "" when the variable that a place begins with is not
 * set. NULL after the last; to be freed with hone_free. */
char *hone_dataset_root(size_t index);

/* Fetching a data set that is known by name ("mnist"; `hone datasets` lists them), over HTTPS alone,
 * redirects too. Sizes and SHA-256 are known beforehand and checked; an interrupted transfer is resumed by
 * the next call; a file stands under its name only when it is whole. Files that are there already are not
 * fetched again. Nothing else in Hone uses the network. Not part of the core. */
#define HONE_DATASET_FETCH_FIELDS(F, A) \
    F(A, TEXT, folder, NULL, \
      "folder to save it in (default: $HONE_DATA_DIR, otherwise ~/.cache/hone/datasets)", \
      HONE_ARGUMENT("DIR")) \
    F(A, TEXT, mirror, NULL, \
      "URL of a folder with the same files, https://... (default: their original sites)", \
      HONE_ARGUMENT("URL")) \
    F(A, TEXT, ca_file, NULL, "certificates (PEM) to trust in place of the system's", HONE_ARGUMENT("FILE")) \
    F(A, NUMBER, patience, 30, "seconds to wait for a connection, or for 100 bytes per second", \
      HONE_ABOVE(0)) \
    F(A, PROGRESS, progress, NULL, "function that is called with the progress of each file", \
      HONE_PROGRAM_ONLY) \
    F(A, POINTER, context, NULL, "first argument of progress", HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_dataset_fetch_args, HONE_DATASET_FETCH_FIELDS);
hone_status hone_dataset_fetch_with(const char *name, const hone_dataset_fetch_args *args);
#ifndef __cplusplus
#define hone_dataset_fetch(...) HONE_DATASET_FETCH(__VA_ARGS__, HONE_BASE(hone_dataset_fetch_args))
#define HONE_DATASET_FETCH(name_, ...) \
    HONE_WITH_OVERRIDES(hone_dataset_fetch_with( \
        name_, HONE_ARGS(hone_dataset_fetch_args, HONE_DATASET_FETCH_FIELDS, __VA_ARGS__)))
#endif

/* The same with a memory limit: arrays that together take at most `memory_limit` bytes are read into
 * memory; otherwise the small ones are, up to half the limit, and the rows of the others stay in their files
 * and are read batch by batch, on a separate thread while the previous batch trains. The order of the samples
 * and all results equal those of the same data in memory, to the bit. Data that cannot be read by position
 * (gzip, deflated members of an NPZ, column-major arrays, TFRecord, tables but for texts, windows, groups and
 * standardize) are first copied to unnamed scratch files in the folder TMPDIR (default /tmp). Files are read,
 * never mapped: a file that is shortened during use gives HONE_ERROR_FORMAT, never a SIGBUS. In addition to
 * the limit, a shuffle takes 8 bytes per sample.
 */
#define HONE_DATASET_FROM_FILES_FIELDS(F, A) \
    F(A, TEXT, part, NULL, "the part to read if the source has both and names none (default train)", \
      HONE_ONE_OF("train|test")) \
    F(A, NUMBER, scale, 1, "factor by which the inputs are multiplied") \
    F(A, INTEGER, memory_limit, HONE_NONE_INTEGER, "maximum bytes to hold in memory (default: no limit)", \
      HONE_AT_LEAST(1), HONE_ARGUMENT("BYTES"))
HONE_ARGS_STRUCT(hone_dataset_from_files_args, HONE_DATASET_FROM_FILES_FIELDS);
hone_dataset *hone_dataset_from_files_with(const char *source, const hone_dataset_from_files_args *args);
#ifndef __cplusplus
/* hone_dataset_from_files("x.npy,y.npy", .scale = 1.0 / 255, .memory_limit = 1 << 30) */
#define hone_dataset_from_files(...) \
    HONE_DATASET_FROM_FILES(__VA_ARGS__, HONE_BASE(hone_dataset_from_files_args))
#define HONE_DATASET_FROM_FILES(source_, ...) \
    HONE_WITH_OVERRIDES(hone_dataset_from_files_with( \
        source_, HONE_ARGS(hone_dataset_from_files_args, HONE_DATASET_FROM_FILES_FIELDS, __VA_ARGS__)))
#endif

/* The shape of the windows of a series, of hone_dataset_windows (pipeline.h) and of tables (data_files.h). */
#define HONE_SERIES_FIELDS(F, A) \
    F(A, INTEGER, window, HONE_NONE_INTEGER, "rows of a sample: a window of a series (default: one row)", \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, stride, HONE_NONE_INTEGER, \
      "rows from the start of a window to that of the next (default 1)", HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, sampling_rate, HONE_NONE_INTEGER, \
      "rows from one row of a window, or target, to the next (default 1: all rows)", \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, horizon, HONE_NONE_INTEGER, \
      "rows from the last one of a window to its target: 0 is that row, 1 the next (default 1)", \
      HONE_BETWEEN(-(1 << 30), 1 << 30)) \
    F(A, INTEGER, target_length, HONE_NONE_INTEGER, "rows of a target (default 1)", \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, start_index, HONE_NONE_INTEGER, "first row that is used, from 0 (default 0)", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, end_index, HONE_NONE_INTEGER, \
      "row before which windows and targets end (default: all rows are used)", HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, forecast, false, \
      "all windows without targets, also those whose targets are behind the last row: for prediction")

/* Samples begin .. end-1 of a data set as another one that shares its memory (and keeps it alive). Negative
 * positions count from the end, HONE_NONE_INTEGER as end means the end: hone_dataset_slice(train, -5000,
 * HONE_NONE_INTEGER) is the last 5000. */
hone_dataset *hone_dataset_slice(hone_dataset *dataset, int64_t begin, int64_t end);

int64_t hone_dataset_count(const hone_dataset *dataset); /* samples; HONE_ANY when not known beforehand */
int hone_dataset_input_count(const hone_dataset *dataset);
int hone_dataset_target_count(const hone_dataset *dataset);
/* The array behind an input or target: its type, and its shape with the samples of this data set on axis 0;
 * borrowed. Its `data` is NULL when the numbers are not in memory (hone_dataset_from_files, maps and so on).
 */
const hone_array *hone_dataset_input(const hone_dataset *dataset, int index);
const hone_array *hone_dataset_target(const hone_dataset *dataset, int index);

/* A batch that the user fills, with any number of rows; arrays are read before the next call. The
 * batches of an iterator (hone/pipeline.h) have the lists too, and the first of them in the arrays. */
typedef struct hone_batch {
    hone_array x[HONE_MAX_COMPONENTS], y[HONE_MAX_COMPONENTS]; /* up to the first without data */
    hone_array sample_weight;
    /* Any number of them in place of the arrays above; NULL: the arrays. */
    const hone_array *x_list, *y_list;
    size_t x_count, y_count;
} hone_batch;
/* Fills the batch and returns 1, or returns 0 at the end of the data (of an epoch), or a status below zero.
 */
typedef int hone_batch_function(void *context, int64_t epoch, int64_t step, hone_batch *batch);
/* A data set whose batches come from a callback; of unknown length, never shuffled. `release` frees
 * `context`, or is NULL. */
hone_dataset *hone_dataset_from_callback(hone_batch_function *next, void *context,
                                         void (*release)(void *context));

/* Keeps one more reference; every kind of counted object has its own retain. */
hone_dataset *hone_dataset_retain(hone_dataset *dataset);
void hone_dataset_free(hone_dataset *dataset); /* drops one reference; accepts NULL */

#ifdef __cplusplus
}
#endif
#endif
