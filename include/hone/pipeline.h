/* Pipelines: data sets made from data sets.
 *
 *   hone_dataset *train = hone_dataset_from_files("x.npy,y.npy", .memory_limit = 1 << 30);
 *   train = hone_dataset_map(train, flip, NULL, NULL);
 *   train = hone_dataset_prefetch(hone_dataset_batch(train, 64, false), 2);
 *
 * Each function takes over its data set (also on failure; hone_dataset_retain keeps a reference)
 * and returns another one. NULL is an earlier failure and is passed on. All counts are numbers of samples:
 * the batch size is applied at the end, wherever in the chain it is set. Nothing is computed before a batch
 * needs it, and samples can be accessed at random: fit shuffles, slices and splits whole pipelines, and a
 * checkpoint continues inside an epoch without repeating work.
 *
 * A data set from a callback gives its samples in order only. It can be prefetched; hone_dataset_cache reads
 * it once and returns an ordinary data set. */
#ifndef HONE_PIPELINE_H
#define HONE_PIPELINE_H

#include <hone/args.h>
#include <hone/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first `count` samples, or the rest. Taking more than there are takes all; an
 * empty part is an error. */
hone_dataset *hone_dataset_take(hone_dataset *dataset, int64_t count);
hone_dataset *hone_dataset_skip(hone_dataset *dataset, int64_t count);
/* Both parts at once: parts[1] is the last `share` of the samples, like Keras's validation_split: the first
 * floor(count * (1 - share)) go to parts[0]. On failure both are NULL. */
hone_status hone_dataset_split(hone_dataset *dataset, double share, hone_dataset *parts[2]);
/* Samples by number, in this order; a number may stand twice. */
hone_dataset *hone_dataset_select(hone_dataset *dataset, const int64_t *numbers, int64_t count);
/* Parts for training (parts[0]) and validation (parts[1]): random samples, or the last ones; the same
 * share of each class; one fold of several. Within a part the samples keep their order. The samples of a
 * group (hone_dataset_from_csv: .group) stay together. */
#define HONE_DATASET_HOLD_OUT_FIELDS(F, A) \
    F(A, NUMBER, share, HONE_NONE, "fraction of the samples to hold out", HONE_BETWEEN_OPEN(0, 1)) \
    F(A, INTEGER, count, HONE_NONE_INTEGER, "number of samples to hold out", HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, shuffle, true, "hold out random samples; false: the last ones") \
    F(A, INTEGER, seed, 0, "random seed of the choice", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, stratify, false, "hold out the same share of each class of the first target") \
    F(A, INTEGER, folds, HONE_NONE_INTEGER, "number of parts of equal size, one of which is held out", \
      HONE_AT_LEAST(2)) \
    F(A, INTEGER, fold, 0, "the part that is held out, from 0", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(hone_dataset_hold_out_args, HONE_DATASET_HOLD_OUT_FIELDS);
hone_status hone_dataset_hold_out_with(hone_dataset *dataset, hone_dataset *parts[2],
                                       const hone_dataset_hold_out_args *args);
#ifndef __cplusplus
/* hone_dataset_hold_out(data, parts, .share = 0.2, .stratify = true) */
#define hone_dataset_hold_out(...) HONE_DATASET_HOLD_OUT(__VA_ARGS__, HONE_BASE(hone_dataset_hold_out_args))
#define HONE_DATASET_HOLD_OUT(dataset_, parts_, ...) \
    HONE_WITH_OVERRIDES(hone_dataset_hold_out_with( \
        dataset_, parts_, HONE_ARGS(hone_dataset_hold_out_args, HONE_DATASET_HOLD_OUT_FIELDS, __VA_ARGS__)))
#endif
/* Windows of a series: a sample is `window` rows of the data set, a target the rows that come `horizon`
 * later, as in keras.utils.timeseries_dataset_from_array. Inputs (n, ...) become (windows, window, ...);
 * targets (windows, ...), or (windows, target_length, ...) when target_length is above 1. The rows are not
 * copied: a batch gathers its own. Windows that share rows are parted in the order of time alone, by
 * hone_dataset_split, hone_dataset_hold_out (.shuffle = false) and validation_split, which leave out of the
 * first part those that reach into the second one. The same fields are among the options of tables. */
#define HONE_DATASET_WINDOWS_FIELDS(F, A) HONE_SERIES_FIELDS(F, A)
HONE_ARGS_STRUCT(hone_dataset_windows_args, HONE_DATASET_WINDOWS_FIELDS);
hone_dataset *hone_dataset_windows_with(hone_dataset *dataset, const hone_dataset_windows_args *args);
#ifndef __cplusplus
/* hone_dataset_windows(series, .window = 24, .horizon = 1) */
#define hone_dataset_windows(...) HONE_DATASET_WINDOWS(__VA_ARGS__, HONE_BASE(hone_dataset_windows_args))
#define HONE_DATASET_WINDOWS(dataset_, ...) \
    HONE_WITH_OVERRIDES(hone_dataset_windows_with( \
        dataset_, HONE_ARGS(hone_dataset_windows_args, HONE_DATASET_WINDOWS_FIELDS, __VA_ARGS__)))
#endif
/* Weights that make classes count alike: samples / (classes * samples of the class), as many as there are
 * class numbers; to be freed with hone_free. For the class_weight of hone_fit. */
hone_status hone_dataset_balanced_weights(const hone_dataset *dataset, double **weights, int64_t *classes);
/* The samples of `first`, then those of `second`, which is also taken over; both need the same components and
 * shapes. */
hone_dataset *hone_dataset_concatenate(hone_dataset *first, hone_dataset *second);
/* The samples with weights from an NPY file. */
hone_dataset *hone_dataset_weigh(hone_dataset *dataset, const char *path);
/* Repeats all samples `times` times; shuffles and random maps before it draw new numbers each time. */
hone_dataset *hone_dataset_repeat(hone_dataset *dataset, int64_t times);
/* A new order in each epoch, a function of seed, epoch and count. Later steps (take, cache) see that order,
 * and fit then does not shuffle. A buffer of at least all samples gives the shuffle of fit, the same to the
 * bit for the same seed; a smaller one draws from a moving window, like tf.data, so that reading from a disk
 * stays nearly sequential. `seed` HONE_NONE_INTEGER: the seed of the model. */
hone_dataset *hone_dataset_shuffle(hone_dataset *dataset, int64_t buffer_size, int64_t seed);
/* The same for data that are read from files: blocks of `block` neighbours come in a random order, and the
 * samples of window / block of them at a time are mixed. Memory does not grow with the samples
 * (hone_dataset_shuffle and fit take 8 bytes for each). A function of seed, epoch, count, block and window:
 * the same bits for any number of threads and processes. HONE_ERROR_ARGUMENT: a block below 1, or a window
 * smaller than a block. */
hone_dataset *hone_dataset_shuffle_blocks(hone_dataset *dataset, int64_t block, int64_t window, int64_t seed);
/* fit, evaluate, predict and iterators use this batch size in place of theirs. drop_remainder: leave out
 * a last batch with fewer samples. */
hone_dataset *hone_dataset_batch(hone_dataset *dataset, int64_t size, bool drop_remainder);
/* Prepares 0 to 64 batches ahead on a separate thread, which ends with the pass; 0: none. By
 * default, data sets read from files prepare 2 to 16 (4 MiB) and all others 0. */
hone_dataset *hone_dataset_prefetch(hone_dataset *dataset, int batches);

/* One sample in a map: float32, with the inputs already scaled. */
typedef struct hone_sample {
    int64_t index;       /* in the data set that is mapped */
    int64_t epoch;       /* passes over the data before this one; 0 outside training */
    uint64_t random;     /* 64 random bits, a function of seed, epoch and index: for augmentation */
    int inputs, targets; /* how many there are; a map may change them */
    hone_array *x, *y; /* of one sample: no axis of samples; room for at least HONE_MAX_COMPONENTS of each */
    float weight;      /* 1 if the data set has no weights; changes are then ignored */
    struct hone_map_place *place; /* internal */
} hone_sample;
/* Changes a sample: writes x[i].data and y[i].data in place, or gives a component another shape first.
 * Returns a status; fit passes on its message (hone_fail). It must be a pure function of the sample and of
 * `context`, otherwise results are not reproducible. With prefetch it runs on the caller's thread or on
 * one of the library's, never on two at once; so does the function of hone_dataset_from_callback. */
typedef hone_status hone_map_function(void *context, hone_sample *sample);
/* Zeros of a new shape in place of x[i] or y[i] (&sample->x[i]); the old data stay readable until
 * the function returns. All samples must get the same shape. NULL on failure. */
float *hone_sample_reshape(hone_sample *sample, hone_array *component, int rank, const int64_t *shape);
/* Room for more inputs and targets than there are, beyond HONE_MAX_COMPONENTS; sample->x and y move. */
hone_status hone_sample_room(hone_sample *sample, int inputs, int targets);
/* `release` frees `context`, or is NULL. The function runs once for the first sample now, to learn
 * the shapes. */
hone_dataset *hone_dataset_map(hone_dataset *dataset, hone_map_function *function, void *context,
                               void (*release)(void *context));

/* Images as the networks of keras.applications want them, from RGB numbers of 0 to 255 with the channels
 * last, in place: "tf" to -1 .. 1 (MobileNet, Inception, Xception, ResNetV2, NASNet), "torch" by the
 * channels' means and deviations over ImageNet (DenseNet), "caffe" to BGR less the channels' means (VGG,
 * ResNet). The others have that among their layers. The data set is of such images as the first input. */
hone_status hone_preprocess_input(float *images, int64_t pixels, const char *mode);
hone_dataset *hone_dataset_preprocess(hone_dataset *dataset, const char *mode);

/* Targets that are class numbers as rows of `classes` numbers, 1 for the class and 0 for the others: as
 * categorical_crossentropy takes them, and what mixes samples (mix_up, cut_mix) needs. Targets that are rows
 * of so many numbers, and data without targets, stay as they are. */
hone_dataset *hone_dataset_one_hot(hone_dataset *dataset, int64_t classes);

/* Stores each sample the first time it is computed: in memory (path NULL, 4 bytes per
 * number), or in a file. The file gets its name when it is complete; a later run reads it and computes
 * nothing. It is refused if the count or the shapes differ; remove it when you change the steps before it.
 * Random maps belong after a cache, not before. For a data set from a callback: reads all of epoch 0 now.
 */
hone_dataset *hone_dataset_cache(hone_dataset *dataset, const char *path);

/* Reading batches: for custom training loops (hone_train_on_batch). In the data set's own order; `epoch` and
 * `seed` are what shuffles and random maps depend on. batch_size 0: that of the data set, otherwise 32.
 * Numbers are floats; of a data set with texts, or with inputs of whole numbers beyond 2^24 (ids, which
 * floats would not tell apart), texts, 64-bit integers and inputs that are not scaled keep their types. */
typedef struct hone_iterator hone_iterator;
hone_iterator *hone_dataset_iterate(hone_dataset *dataset, int64_t batch_size, uint64_t seed, int64_t epoch);
/* 1 and a batch, borrowed until the next call; 0 at the end; or a status below zero. */
int hone_iterator_next(hone_iterator *iterator, const hone_batch **batch);
void hone_iterator_free(hone_iterator *iterator); /* ends its thread; accepts NULL */

#ifdef __cplusplus
}
#endif
#endif
