/* Pipelines: data sets made of data sets.
 *
 *   hone_dataset *train = hone_dataset_from_files("x.npy,y.npy", .memory_limit = 1 << 30);
 *   train = hone_dataset_map(train, flip, NULL, NULL);
 *   train = hone_dataset_prefetch(hone_dataset_batch(train, 64, false), 2);
 *
 * Each function takes over the data set that it is given (also on failure; hone_dataset_retain keeps it) and
 * returns another one. NULL is an earlier failure and passes on. What is counted are samples throughout: the
 * batch size is what batches are cut to at the end, wherever in the chain it is said. Nothing is computed
 * before a batch needs it, and every sample can be asked for by its number: fit shuffles whole pipelines by
 * the order of numbers, slices and splits them, and a checkpoint goes on inside an epoch without repeating
 * work.
 *
 * A data set from a callback gives its samples in order only. It can be prefetched; hone_dataset_cache reads
 * it once and makes a data set of it that all the others take. */
#ifndef HONE_PIPELINE_H
#define HONE_PIPELINE_H

#include <hone/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first `count` samples, or what comes after them. A take of more than there are takes all; a part
 * without samples is an error. */
hone_dataset *hone_dataset_take(hone_dataset *dataset, int64_t count);
hone_dataset *hone_dataset_skip(hone_dataset *dataset, int64_t count);
/* Both parts at once: parts[1] is the last `share` of the samples, as Keras's validation_split: the first
 * floor(count * (1 - share)) go to parts[0]. On failure both are NULL. */
hone_status hone_dataset_split(hone_dataset *dataset, double share, hone_dataset *parts[2]);
/* The samples of `first`, then those of `second`, which is taken over too: the same components and shapes. */
hone_dataset *hone_dataset_concatenate(hone_dataset *first, hone_dataset *second);
/* The samples with a weight each, from an NPY file. */
hone_dataset *hone_dataset_weigh(hone_dataset *dataset, const char *path);
/* All samples `times` times over; shuffles and random maps before it go on drawing anew. */
hone_dataset *hone_dataset_repeat(hone_dataset *dataset, int64_t times);
/* A new order in each epoch, a function of seed, epoch and count; what comes after it (take, cache) sees that
 * order, and fit then does not shuffle. A buffer of at least all samples is the shuffle of fit, the same to
 * the bit for the same seed; a smaller one draws as tf.data does, from a window that moves over the samples:
 * reading from a disk stays nearly sequential. `seed` HONE_NONE_INTEGER: the model's. */
hone_dataset *hone_dataset_shuffle(hone_dataset *dataset, int64_t buffer_size, int64_t seed);
/* fit, evaluate, predict and iterators then use this size and not their own. drop_remainder: a last batch
 * with fewer samples is left out. */
hone_dataset *hone_dataset_batch(hone_dataset *dataset, int64_t size, bool drop_remainder);
/* Batches made ahead, 0 to 64, by a thread of its own, which ends with the pass that it is for; 0: none. Left
 * out, sets that are read from files have 2 to 16 (4 MiB of them) and all others 0. */
hone_dataset *hone_dataset_prefetch(hone_dataset *dataset, int batches);

/* One sample on its way through a map: float32, inputs already times the scale. */
typedef struct hone_sample {
    int64_t index;       /* in the data set that is mapped */
    int64_t epoch;       /* passes over the data before this one; 0 outside training */
    uint64_t random;     /* 64 random bits, a function of seed, epoch and index: for augmentation */
    int inputs, targets; /* how many there are; a map may change them */
    hone_array *x, *y; /* of one sample: no axis of samples; room for at least HONE_MAX_COMPONENTS of each */
    float weight;                 /* 1 when the data set has no weights; what a map puts is then not used */
    struct hone_map_place *place; /* not the function's business */
} hone_sample;
/* Changes a sample: writes x[i].data and y[i].data in place, or gives a component another shape first.
 * Returns a status; its sentence (hone_fail) comes out of fit. A pure function of the sample and what
 * `context` holds, or results will not repeat. With prefetch it runs on the caller's thread or on
 * one of the library's, never on two at once; so does the function of hone_dataset_from_callback. */
typedef hone_status hone_map_function(void *context, hone_sample *sample);
/* Zeros of a new shape in place of x[i] or y[i] (&sample->x[i]); what it held stays readable until the
 * function returns. All samples must get the same shape. NULL on failure. */
float *hone_sample_reshape(hone_sample *sample, hone_array *component, int rank, const int64_t *shape);
/* Room for more inputs and targets than there are, beyond HONE_MAX_COMPONENTS; sample->x and y move. */
hone_status hone_sample_room(hone_sample *sample, int inputs, int targets);
/* `release` frees `context`, or is NULL. The function runs once for the first sample here, to learn the
 * shapes. */
hone_dataset *hone_dataset_map(hone_dataset *dataset, hone_map_function *function, void *context,
                               void (*release)(void *context));

/* Keeps each sample as it comes out of what is before the first time: in memory (path NULL, 4 bytes a
 * number), or in a file. The file gets its name when every sample is in it; a later run finds it and computes
 * nothing. It is refused when count or shapes are others; when what is before does something else now, remove
 * it. Random maps belong after a cache, not before. Of a data set from a callback: reads all of epoch 0 now.
 */
hone_dataset *hone_dataset_cache(hone_dataset *dataset, const char *path);

/* Reading batches: for custom training loops (hone_train_on_batch). In the data set's own order; `epoch` and
 * `seed` are what shuffles and random maps depend on. batch_size 0: the data set's, else 32. */
typedef struct hone_iterator hone_iterator;
hone_iterator *hone_dataset_iterate(hone_dataset *dataset, int64_t batch_size, uint64_t seed, int64_t epoch);
/* 1 and a batch, borrowed until the next call; 0 at the end; or a status below zero. */
int hone_iterator_next(hone_iterator *iterator, const hone_batch **batch);
void hone_iterator_free(hone_iterator *iterator); /* ends its thread; accepts NULL */

#ifdef __cplusplus
}
#endif
#endif
