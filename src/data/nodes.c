/* Parts, batches and orders of data sets: take, skip, split, concatenate, repeat, shuffle, batch, prefetch.
 */
#include "base/memory.h"
#include "base/plural.h"
#include "base/random.h"
#include "data/inside.h"
#include "data/windows.h"
#include <hone/pipeline.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

enum { MOST_AHEAD = 64 };

/* ---- nodes ---- */

static hone_status copy_component(component *to, const component *from, int64_t count)
{
    to->width = from->width;
    to->coded = from->coded;
    to->mine = true;
    to->array = from->array;
    to->array.type = HONE_FLOAT32;
    to->array.data = NULL;
    to->array.shape[0] = count;
    to->name = hone_internal_copy_text(from->name);
    to->label = hone_internal_copy_text(from->label);
    return (from->name && !to->name) || (from->label && !to->label) ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_dataset *hone_internal_dataset_of_node(hone_data_node *node, const hone_dataset *like, int64_t count)
{
    hone_dataset *dataset = hone_internal_dataset_new(1);
    if (!dataset) {
        hone_internal_node_free(node);
        return NULL;
    }
    dataset->node = node;
    dataset->count = count;
    dataset->batch_size = like->batch_size;
    dataset->drop_remainder = like->drop_remainder;
    dataset->prefetch = like->prefetch;
    hone_status status = HONE_OK;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < like->kinds[kind].count && status == HONE_OK; i++) {
            component *item = hone_internal_components_add(dataset, kind);
            status = item ? copy_component(item, &like->kinds[kind].items[i], count) : HONE_ERROR_MEMORY;
        }
    if (status == HONE_OK)
        return dataset;
    hone_dataset_free(dataset);
    return NULL;
}

/* Nodes work on floats. */
static hone_status check_numbers(const hone_data_node_type *type, const hone_dataset *from)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < from->kinds[kind].count; i++)
            if (from->kinds[kind].items[i].array.type == HONE_TEXT)
                return hone_fail(
                    HONE_ERROR_UNSUPPORTED,
                    "%s: %s holds texts, which do not go through the pipeline; a text layer of the model "
                    "takes them, and fit shuffles them",
                    type->name, hone_internal_dataset_label(from, kind, i));
    return HONE_OK;
}

hone_data_node *hone_internal_node_create(const hone_data_node_type *type, size_t bytes, hone_dataset *from)
{
    hone_data_node *node = check_numbers(type, from) < 0 ? NULL : hone_internal_allocate_zeroed(1, bytes);
    if (!node) {
        hone_dataset_free(from);
        return NULL;
    }
    node->type = type;
    node->from[0] = from;
    return node;
}

bool hone_internal_dataset_check_indexed(const hone_dataset *dataset, const char *what)
{
    if (!dataset) {
        hone_internal_fail_null("a data set");
        return false;
    }
    if (!dataset->next)
        return true;
    hone_fail(HONE_ERROR_ARGUMENT,
              "%s: data from a callback can only be read in order; hone_dataset_cache turns "
              "them into a data set first",
              what);
    return false;
}

uint64_t hone_internal_node_hash(const hone_data_node *node, uint64_t start, hone_status *status)
{
    for (const char *letter = node->type->name; *letter; letter++)
        start = hone_internal_hash_number(start, *letter);
    for (int i = 0; i < 2 && node->from[i] && *status == HONE_OK; i++) {
        uint64_t part = 0;
        *status = hone_internal_dataset_fingerprint(node->from[i], &part);
        start = hone_internal_hash_number(start, (int64_t)part);
    }
    return start;
}

/* The part of a batch from sample `begin` on. */
static hone_made_batch part_of(const hone_made_batch *batch, int64_t begin)
{
    hone_made_batch part = *batch;
    part.begin += begin;
    return part;
}

/* ---- parts and settings ---- */

/* A change to a copy that shares everything. */
static hone_dataset *take_over(hone_dataset *dataset)
{
    hone_dataset *shared = hone_internal_dataset_share(dataset);
    hone_dataset_free(dataset);
    return shared;
}

static hone_dataset *cut(hone_dataset *dataset, const char *what, int64_t begin, int64_t end)
{
    hone_dataset *part = NULL;
    if (hone_internal_dataset_check_indexed(dataset, what)) {
        if (begin < 0 || end < 0)
            hone_fail(HONE_ERROR_ARGUMENT, "%s: expected a number of samples, received %lld", what,
                      (long long)(begin < 0 ? begin : end));
        else
            part = hone_dataset_slice(dataset, begin < dataset->count ? begin : dataset->count,
                                      end < dataset->count ? end : dataset->count);
    }
    hone_dataset_free(dataset);
    return part;
}

hone_dataset *hone_dataset_take(hone_dataset *dataset, int64_t count)
{
    return cut(dataset, "hone_dataset_take", 0, count);
}

hone_dataset *hone_dataset_skip(hone_dataset *dataset, int64_t count)
{
    return cut(dataset, "hone_dataset_skip", count, INT64_MAX);
}

hone_status hone_dataset_split(hone_dataset *dataset, double share, hone_dataset *parts[2])
{
    parts[0] = parts[1] = NULL;
    if (!hone_internal_dataset_check_indexed(dataset, "hone_dataset_split")) {
        hone_dataset_free(dataset);
        return hone_error_status();
    }
    int64_t kept = (int64_t)floor((double)dataset->count * (1 - share)),
            before = kept - hone_internal_dataset_overlap(dataset);
    if (!(share > 0 && share < 1) || before < 1 || kept >= dataset->count) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_split: %g of %lld samples leaves one part empty", share,
                  (long long)dataset->count);
    } else {
        parts[0] = hone_dataset_slice(dataset, 0, before);
        parts[1] = parts[0] ? hone_dataset_slice(dataset, kept, HONE_NONE_INTEGER) : NULL;
    }
    hone_dataset_free(dataset);
    if (parts[0] && parts[1])
        return HONE_OK;
    hone_dataset_free(parts[0]);
    parts[0] = NULL;
    return hone_error_status();
}

hone_dataset *hone_dataset_batch(hone_dataset *dataset, int64_t size, bool drop_remainder)
{
    bool good = hone_internal_dataset_check_indexed(dataset, "hone_dataset_batch");
    if (good && size < 1) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_batch: expected at least 1 sample, received %lld",
                  (long long)size);
        good = false;
    }
    if (good && drop_remainder && size > dataset->count) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_batch: %lld sample%s cannot fill one batch of %lld",
                  (long long)dataset->count, hone_internal_plural(dataset->count), (long long)size);
        good = false;
    }
    if (!good) {
        hone_dataset_free(dataset);
        return NULL;
    }
    hone_dataset *batched = take_over(dataset);
    if (batched) {
        batched->batch_size = size;
        batched->drop_remainder = drop_remainder;
    }
    return batched;
}

hone_dataset *hone_dataset_prefetch(hone_dataset *dataset, int batches)
{
    if (dataset && (batches < 0 || batches > MOST_AHEAD)) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_prefetch: expected 0 to %d batches, received %d",
                  MOST_AHEAD, batches);
        hone_dataset_free(dataset);
        return NULL;
    }
    if (dataset && dataset->next) { /* a callback has one reader: the data set stays the same */
        dataset->prefetch = batches;
        return dataset;
    }
    hone_dataset *ahead = take_over(dataset);
    if (ahead)
        ahead->prefetch = batches;
    return ahead;
}

/* ---- one after the other ---- */

static void free_plain(hone_data_node *node)
{
    hone_internal_free(node);
}

/* Runs of rows that come from the same data set are filled at once. */
static hone_status fill_concatenated(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                                     int64_t count, const hone_made_batch *batch)
{
    int64_t border = node->from[0]->count, *own = hone_internal_allocate((size_t)count * sizeof *own);
    hone_status status = own ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t i = 0, end; i < count && status == HONE_OK; i = end) {
        int second = rows[i] >= border;
        for (end = i; end < count && (rows[end] >= border) == second; end++)
            own[end - i] = rows[end] - (second ? border : 0);
        hone_made_batch part = part_of(batch, i);
        status = hone_internal_dataset_fill(node->from[second], sweep, own, 0, end - i, &part);
    }
    hone_internal_free(own);
    return status;
}

static const hone_data_node_type concatenated = {"concatenate", fill_concatenated, hone_internal_node_hash,
                                                 free_plain, false};

static bool same_rows(const component *a, const component *b)
{
    bool same = a->array.rank == b->array.rank;
    for (int axis = 1; same && axis < a->array.rank; axis++)
        same = a->array.shape[axis] == b->array.shape[axis];
    return same;
}

static bool fits_together(const hone_dataset *first, const hone_dataset *second)
{
    for (int kind = 0; kind < 3; kind++) {
        bool same = first->kinds[kind].count == second->kinds[kind].count;
        for (int i = 0; same && i < first->kinds[kind].count; i++)
            same = same_rows(&first->kinds[kind].items[i], &second->kinds[kind].items[i]);
        if (!same) {
            hone_fail(
                HONE_ERROR_DATA,
                "hone_dataset_concatenate: the two data sets have different %s: their number or the shape "
                "of a sample",
                kind == HONE_COMPONENT_INPUT    ? "inputs"
                : kind == HONE_COMPONENT_TARGET ? "targets"
                                                : "weights");
            return false;
        }
    }
    return true;
}

hone_dataset *hone_dataset_concatenate(hone_dataset *first, hone_dataset *second)
{
    bool good = hone_internal_dataset_check_indexed(first, "hone_dataset_concatenate") &&
                hone_internal_dataset_check_indexed(second, "hone_dataset_concatenate") &&
                fits_together(first, second);
    hone_data_node *node = good ? hone_internal_node_create(&concatenated, sizeof *node, first) : NULL;
    if (!good)
        hone_dataset_free(first);
    if (!node) {
        hone_dataset_free(second);
        return NULL;
    }
    node->from[1] = second;
    return hone_internal_dataset_of_node(node, first, first->count + second->count);
}

/* ---- again and again ---- */

typedef struct repetition {
    hone_data_node node;
    int64_t times;
} repetition;

static hone_status fill_repeated(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                                 int64_t count, const hone_made_batch *batch)
{
    int64_t all = node->from[0]->count, *own = hone_internal_allocate((size_t)count * sizeof *own);
    hone_status status = own ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t i = 0, end; i < count && status == HONE_OK; i = end) {
        int64_t time = rows[i] / all;
        for (end = i; end < count && rows[end] / all == time; end++)
            own[end - i] = rows[end] % all;
        hone_data_sweep inner = {sweep->seed, sweep->epoch * ((repetition *)node)->times + time};
        hone_made_batch part = part_of(batch, i);
        status = hone_internal_dataset_fill(node->from[0], &inner, own, 0, end - i, &part);
    }
    hone_internal_free(own);
    return status;
}

static const hone_data_node_type repeated = {"repeat", fill_repeated, hone_internal_node_hash, free_plain,
                                             false};

hone_dataset *hone_dataset_repeat(hone_dataset *dataset, int64_t times)
{
    bool good = hone_internal_dataset_check_indexed(dataset, "hone_dataset_repeat");
    if (good && (times < 1 || times > INT64_MAX / dataset->count)) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_repeat: expected at least 1 time, received %lld",
                  (long long)times);
        good = false;
    }
    if (!good) {
        hone_dataset_free(dataset);
        return NULL;
    }
    repetition *made = (repetition *)hone_internal_node_create(&repeated, sizeof *made, dataset);
    if (!made)
        return NULL;
    made->times = times;
    return hone_internal_dataset_of_node(&made->node, dataset, dataset->count * times);
}

/* ---- orders ---- */

/* The orders of the two sweeps asked for last: training and validation may take turns. */
enum { KEPT_ORDERS = 2 };
typedef struct order {
    hone_data_sweep sweep;
    int64_t *rows; /* NULL: none yet */
} order;

typedef struct shuffling {
    hone_data_node node;
    int64_t buffer, seed;
    pthread_mutex_t lock;
    order kept[KEPT_ORDERS];
    int next; /* to be replaced */
} shuffling;

/* As tf.data: a window of `buffer` samples; each draw takes one of them, and the next sample its place. */
static void draw_from_window(uint64_t seed, int64_t epoch, int64_t buffer, int64_t count, int64_t *rows)
{
    hone_random random = hone_internal_random(
        seed, hone_internal_random_stream("shuffle", (uint64_t)buffer, "window"), (uint64_t)epoch);
    /* The window is kept in rows[drawn .. drawn + size - 1]: the drawn one goes to its front. */
    for (int64_t i = 0; i < count; i++)
        rows[i] = i;
    for (int64_t drawn = 0; drawn < count; drawn++) {
        int64_t size = count - drawn < buffer ? count - drawn : buffer;
        int64_t place =
            drawn + (int64_t)(hone_internal_random_uniform(&random, (uint64_t)drawn) * (double)size);
        int64_t row = rows[place];
        rows[place] = rows[drawn];
        rows[drawn] = row;
    }
}

/* The order of a sweep; the lock is held while it is used. */
static const int64_t *find_order(shuffling *of, const hone_data_sweep *sweep)
{
    int64_t count = of->node.from[0]->count;
    uint64_t seed = of->seed == HONE_NONE_INTEGER ? sweep->seed : (uint64_t)of->seed;
    for (int i = 0; i < KEPT_ORDERS; i++)
        if (of->kept[i].rows && of->kept[i].sweep.seed == seed && of->kept[i].sweep.epoch == sweep->epoch)
            return of->kept[i].rows;
    order *into = &of->kept[of->next];
    of->next = (of->next + 1) % KEPT_ORDERS;
    if (!into->rows && !(into->rows = hone_internal_allocate((size_t)count * sizeof *into->rows)))
        return NULL;
    into->sweep = (hone_data_sweep){seed, sweep->epoch};
    if (of->buffer >= count)
        hone_internal_dataset_shuffle(seed, sweep->epoch, count, into->rows);
    else
        draw_from_window(seed, sweep->epoch, of->buffer, count, into->rows);
    return into->rows;
}

static hone_status fill_shuffled(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                                 int64_t count, const hone_made_batch *batch)
{
    shuffling *of = (shuffling *)node;
    int64_t *own = hone_internal_allocate((size_t)count * sizeof *own);
    if (!own)
        return HONE_ERROR_MEMORY;
    pthread_mutex_lock(&of->lock);
    const int64_t *found = find_order(of, sweep);
    for (int64_t i = 0; found && i < count; i++)
        own[i] = found[rows[i]];
    pthread_mutex_unlock(&of->lock);
    hone_made_batch whole = *batch;
    hone_status status =
        found ? hone_internal_dataset_fill(node->from[0], sweep, own, 0, count, &whole) : HONE_ERROR_MEMORY;
    hone_internal_free(own);
    return status;
}

static uint64_t hash_shuffling(const hone_data_node *node, uint64_t start, hone_status *status)
{
    const shuffling *of = (const shuffling *)node;
    start = hone_internal_hash_number(hone_internal_hash_number(start, of->buffer), of->seed);
    return hone_internal_node_hash(node, start, status);
}

static void free_shuffling(hone_data_node *node)
{
    shuffling *of = (shuffling *)node;
    for (int i = 0; i < KEPT_ORDERS; i++)
        hone_internal_free(of->kept[i].rows);
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type shuffled = {"shuffle", fill_shuffled, hash_shuffling, free_shuffling, true};

hone_dataset *hone_dataset_shuffle(hone_dataset *dataset, int64_t buffer_size, int64_t seed)
{
    bool good = hone_internal_dataset_check_indexed(dataset, "hone_dataset_shuffle");
    if (good && buffer_size < 1) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "hone_dataset_shuffle: expected a buffer of at least 1 sample, not %lld",
                  (long long)buffer_size);
        good = false;
    }
    if (!good) {
        hone_dataset_free(dataset);
        return NULL;
    }
    shuffling *made = (shuffling *)hone_internal_node_create(&shuffled, sizeof *made, dataset);
    if (!made)
        return NULL;
    made->buffer = buffer_size < dataset->count ? buffer_size : dataset->count;
    made->seed = seed;
    pthread_mutex_init(&made->lock, NULL);
    return hone_internal_dataset_of_node(&made->node, dataset, dataset->count);
}
