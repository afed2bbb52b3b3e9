/* What the trainer asks of a data set. */
#ifndef HONE_DATA_DATASET_H
#define HONE_DATA_DATASET_H

#include "fields/config.h"
#include <hone/data.h>
#include <hone/graph.h>

enum { HONE_COMPONENT_INPUT, HONE_COMPONENT_TARGET, HONE_COMPONENT_WEIGHT };

const char *hone_internal_dataset_name(const hone_dataset *dataset, int kind,
                                       int index); /* of a component, or NULL */
/* "train.npz: x" or "x": what messages call a component. */
const char *hone_internal_dataset_label(const hone_dataset *dataset, int kind, int index);
/* A failure that is about the content of a component, with the file in front that it was read from, if any.
 */
hone_status hone_internal_dataset_blame(const hone_dataset *dataset, int kind, int index, hone_status status);
/* The weights of the samples, or of their steps; NULL: there are none. */
const hone_array *hone_internal_dataset_weights(const hone_dataset *dataset);
/* Fails when a sample has several weights, for `what`, which works with one. */
hone_status hone_internal_dataset_need_single_weights(const hone_dataset *dataset, const char *what);
/* Copies `count` samples, rows[i] each (or begin + i when rows is NULL), as floats times the scale, into
 * `result`. The numbers of a row are those of the array's axes 1 and on; weights of one axis have one. */
hone_status hone_internal_dataset_gather(const hone_dataset *dataset, int kind, int index,
                                         const int64_t *rows, int64_t begin, int64_t count, float *result);
/* All samples are arrays in memory, for gathering straight into a plan; else batches are filled. */
bool hone_internal_dataset_in_memory(const hone_dataset *dataset);

/* A sweep over the data: shuffling and random maps depend on it. */
typedef struct hone_data_sweep {
    uint64_t seed;
    int64_t epoch;
} hone_data_sweep;
/* A batch made beforehand: the floats of each component, in memory of its own. */
typedef struct hone_made_batch {
    float **data[3];         /* the numbers of each component */
    int64_t count, capacity; /* samples */
    int64_t begin;           /* a part of another one begins at this sample of it */
    float *block;
} hone_made_batch;
/* The numbers of sample `row` of a component whose samples have `width` numbers. */
static inline float *hone_internal_made_row(const hone_made_batch *batch, int kind, int index, int64_t row,
                                            size_t width)
{
    return batch->data[kind][index] + (size_t)(batch->begin + row) * width;
}
hone_status hone_internal_staged_create(const hone_dataset *dataset, int64_t count, hone_made_batch *batch);
void hone_internal_staged_free(hone_made_batch *batch);
/* As gather, for all components of any data set but a stream. Several threads may call it at once. */
hone_status hone_internal_dataset_fill(const hone_dataset *dataset, const hone_data_sweep *sweep,
                                       const int64_t *rows, int64_t begin, int64_t count,
                                       hone_made_batch *batch);
/* The batch size that hone_dataset_batch said, else 0. `drop` may be NULL. */
int64_t hone_internal_dataset_batch_size(const hone_dataset *dataset, bool *drop);
bool hone_internal_dataset_orders(const hone_dataset *dataset); /* it shuffles its samples itself */
/* Data sets from a callback: the next batch into the data set's own arrays; 1, 0 at the end, or a status. */
bool hone_internal_dataset_streams(const hone_dataset *dataset);
/* The first samples of a stream's epoch 0 at most, in memory; the stream stays the caller's (collect.c). */
hone_dataset *hone_internal_dataset_first(hone_dataset *stream, int64_t most);
/* Samples of batches that go by, in memory, up to `most`. What `add` refuses is not in it. `end` frees the
 * collection and gives a data set of it, or NULL. */
typedef struct hone_gathering hone_gathering;
hone_gathering *hone_internal_gathering_begin(int64_t most);
hone_status hone_internal_gathering_add(hone_gathering *all, const hone_batch *batch);
int64_t hone_internal_gathering_count(const hone_gathering *all);
hone_dataset *hone_internal_gathering_end(hone_gathering *all);
void hone_internal_gathering_free(hone_gathering *all); /* accepts NULL */
int hone_internal_dataset_next(hone_dataset *dataset, int64_t epoch, int64_t step, const hone_batch **batch);
/* The order of an epoch: a permutation of 0..count-1, a function of (seed, epoch) alone. */
void hone_internal_dataset_shuffle(uint64_t seed, int64_t epoch, int64_t count, int64_t *order);
/* SHA-256-free fingerprint (FNV-1a, 64 bits, of sizes, types and all bytes), to tell whether a resumed run
 * has the same data. Of arrays of more than 1 GiB as many rows are hashed as that is, at even distances:
 * nobody reads the whole of a set that is larger than all memory before a training. */
hone_status hone_internal_dataset_fingerprint(const hone_dataset *dataset, uint64_t *result);
/* How many of `count` rows of so many bytes, and which. */
int64_t hone_internal_hashed_rows(int64_t count, size_t bytes);
int64_t hone_internal_hashed_row(int64_t count, int64_t hashed, int64_t index);

/* What a data set is put together from. Texts may be NULL; arrays after the first missing one are not looked
 * at. */
struct hone_rows;
typedef struct hone_component {
    hone_array *array;
    struct hone_rows *rows; /* the array's rows in a file, in place of the array; or NULL */
    char *name;             /* of the model's input or target */
    char *label;            /* for messages: "train.npz: x" */
} hone_component;
/* Windows of a series (windows.h); a window of 0 rows: the rows are the samples. */
typedef struct hone_windows_shape {
    int64_t window, stride, sampling_rate, horizon, target_length, start_index, end_index;
    bool forecast;
} hone_windows_shape;
typedef struct hone_dataset_parts {
    hone_component *x, *y, weight;
    size_t x_room, y_room;
    double scale;
    hone_config *schema; /* how they were read, see schema.h; or NULL */
    int64_t skipped;     /* pictures left out, and why the first was; to be freed */
    char *first_skipped;
    int32_t *groups; /* of each sample, or NULL; to be freed */
    int32_t group_count;
    bool standardize;   /* the inputs are a table's, to be standardized by the training part */
    char *notes;        /* what looks wrong in the data, a line for each; or NULL; to be freed */
    hone_config *names; /* of the samples: texts, or NULL */
    hone_windows_shape windows;
} hone_dataset_parts;
/* None yet, with room for one input and one target. */
hone_status hone_internal_dataset_parts_begin(hone_dataset_parts *parts, double scale);
/* Room for this many inputs, or targets. */
hone_status hone_internal_dataset_parts_room(hone_dataset_parts *parts, int kind, size_t count);
/* A data set that owns its arrays; takes over the parts, also on failure. */
hone_dataset *hone_internal_dataset_assemble(hone_dataset_parts *parts);
void hone_internal_dataset_parts_free(hone_dataset_parts *parts);
/* How the data were read (schema.h), borrowed; NULL when nothing is known. */
const hone_config *hone_internal_dataset_schema(const hone_dataset *dataset);
/* What its inputs are multiplied by, and how hone_dataset_preprocess changed them (NULL: not at all). */
double hone_internal_dataset_scale(const hone_dataset *dataset);
const char *hone_internal_dataset_preprocessing(const hone_dataset *dataset);
/* The classes that hone_dataset_one_hot made rows of, or 0. */
int64_t hone_internal_dataset_one_hot(const hone_dataset *dataset);
/* The group of each sample, and how many groups there are; NULL when it has none, or they are not known. */
const int32_t *hone_internal_dataset_groups(const hone_dataset *dataset, int32_t *count);
/* All numbers of a component, sample after sample. */
hone_status hone_internal_dataset_numbers(const hone_dataset *dataset, int kind, int index, float *numbers);
/* The class of each sample: the number of a target of one, the place of the largest of several. */
hone_status hone_internal_dataset_labels(const hone_dataset *dataset, int target, float *labels);
/* The inputs, or targets, that somebody gave: in the list, else in the array up to the first without data. */
typedef struct hone_array_span {
    const hone_array *items;
    int count;
} hone_array_span;
hone_array_span hone_internal_batch_arrays(const hone_batch *batch, int kind);
/* Gives a batch these inputs, or targets: in the list, and the first of them in the array too. */
void hone_internal_batch_give(hone_batch *batch, int kind, hone_array_span arrays);
/* The same samples with these weights (taken over, also on failure) in place of any others; keeps `dataset`
 * alive. */
hone_dataset *hone_internal_dataset_weigh(hone_dataset *dataset, hone_array *weight, const char *label);

/* Other inputs than a data set has, made of its arrays: what text layers make of texts. */
typedef struct hone_remade_input {
    const char *name;
    int source;       /* the input that it is; -1: it is made */
    hone_shape shape; /* of a made one, axis 0 counting samples; a shorter last axis is filled up with 0 */
    bool coded;       /* as codes of ids (tensor/ids.h) */
} hone_remade_input;
/* Makes the made ones, in their order, of some rows of the inputs, which have their own types; each is to be
 * freed. Several threads may call it at once. */
typedef hone_status hone_remake_function(void *context, const hone_array *inputs, int64_t rows,
                                         hone_array **made);
/* A data set with these inputs; `context`, allocated, is taken over, also on failure. Keeps `dataset` alive.
 */
hone_dataset *hone_internal_dataset_remake(hone_dataset *dataset, const hone_remade_input *inputs, int count,
                                           hone_remake_function *function, void *context);
bool hone_internal_dataset_coded(const hone_dataset *dataset, int input); /* its numbers are codes of ids */
bool hone_internal_dataset_made(const hone_dataset *dataset); /* its samples are made of another's */
/* Rows rows[0 .. count-1] (begin + i when rows is NULL) of an input in its own type; `array` is to be freed
 * with hone_array_free. */
hone_array *hone_internal_dataset_input_rows(const hone_dataset *dataset, int index, const int64_t *rows,
                                             int64_t begin, int64_t count);

#endif
