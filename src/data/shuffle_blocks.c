/* Shuffles of data that are read from files: blocks of neighbours come in a random order, and the samples of
 * some blocks at a time, a window, are mixed. Reads stay close together, and memory holds a number for each
 * block and for each sample of a window, however many samples there are.
 *
 * With B samples a block, of which the last may have fewer, and W blocks a window: position i of the epoch
 * lies in window k; its place among the window's samples is permuted, and the place tells block and sample.
 * All of it is a function of seed, epoch, B, W and the count. */
#include "base/memory.h"
#include "base/random.h"
#include "data/inside.h"
#include <hone/pipeline.h>
#include <pthread.h>

/* The order of one sweep. */
typedef struct mixture {
    uint64_t seed;
    int64_t epoch;
    int64_t *blocks; /* in their order */
    int64_t smaller; /* where the last block of the data, which may be smaller, comes */
    int64_t window;  /* of which `places` is the permutation; -1: none */
    int64_t *places; /* NULL: nothing is mixed yet */
} mixture;

/* Training and validation may take turns. */
enum { KEPT_MIXTURES = 2 };

typedef struct shuffling {
    hone_data_node node;
    int64_t seed, count, block, block_count, together; /* samples; blocks of a window */
    pthread_mutex_t lock;
    mixture kept[KEPT_MIXTURES];
    int next; /* to be replaced */
} shuffling;

/* How many samples fewer than the others the last block has. */
static int64_t missing(const shuffling *of)
{
    return of->block_count * of->block - of->count;
}

/* The position of the epoch at which window k begins. */
static int64_t window_start(const shuffling *of, const mixture *mixed, int64_t k)
{
    const int64_t blocks = k * of->together;
    if (blocks >= of->block_count)
        return of->count;
    return blocks * of->block - (mixed->smaller < blocks ? missing(of) : 0);
}

static hone_status mix_blocks(const shuffling *of, mixture *mixed)
{
    if (!mixed->blocks)
        mixed->blocks = hone_internal_allocate((size_t)of->block_count * sizeof *mixed->blocks);
    if (!mixed->places)
        mixed->places = hone_internal_allocate((size_t)(of->together * of->block) * sizeof *mixed->places);
    if (!mixed->blocks || !mixed->places)
        return HONE_ERROR_MEMORY;
    const hone_random random = hone_internal_random(
        mixed->seed, hone_internal_random_stream("shuffle", (uint64_t)of->block, "blocks"),
        (uint64_t)mixed->epoch);
    hone_internal_random_permutation(&random, of->block_count, mixed->blocks);
    for (int64_t i = 0; i < of->block_count; i++)
        if (mixed->blocks[i] == of->block_count - 1)
            mixed->smaller = i;
    mixed->window = -1;
    return HONE_OK;
}

static void mix_window(const shuffling *of, mixture *mixed, int64_t k)
{
    const hone_random random = hone_internal_random(
        mixed->seed, hone_internal_random_stream("shuffle", (uint64_t)k, "window of blocks"),
        (uint64_t)mixed->epoch);
    hone_internal_random_permutation(&random, window_start(of, mixed, k + 1) - window_start(of, mixed, k),
                                     mixed->places);
    mixed->window = k;
}

/* The lock is held while it is used. */
static mixture *find_mixture(shuffling *of, const hone_data_sweep *sweep)
{
    const uint64_t seed = of->seed == HONE_NONE_INTEGER ? sweep->seed : (uint64_t)of->seed;
    for (int i = 0; i < KEPT_MIXTURES; i++)
        if (of->kept[i].places && of->kept[i].seed == seed && of->kept[i].epoch == sweep->epoch)
            return &of->kept[i];
    mixture *into = &of->kept[of->next];
    of->next = (of->next + 1) % KEPT_MIXTURES;
    into->seed = seed;
    into->epoch = sweep->epoch;
    return mix_blocks(of, into) < 0 ? NULL : into;
}

/* The sample of the data that comes at this position of the epoch. */
static int64_t sample_at(const shuffling *of, mixture *mixed, int64_t position)
{
    int64_t k = position / (of->together * of->block);
    if (position >= window_start(of, mixed, k + 1))
        k++;
    if (mixed->window != k)
        mix_window(of, mixed, k);
    const int64_t first = k * of->together, before = (mixed->smaller - first) * of->block;
    int64_t place = mixed->places[position - window_start(of, mixed, k)];
    if (mixed->smaller >= first && place >= before + of->block - missing(of))
        place += missing(of); /* behind the smaller block */
    return mixed->blocks[first + place / of->block] * of->block + place % of->block;
}

static hone_status fill(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                        int64_t count, const hone_made_batch *batch)
{
    shuffling *of = (shuffling *)node;
    int64_t *own = hone_internal_allocate((size_t)count * sizeof *own);
    if (!own)
        return HONE_ERROR_MEMORY;
    pthread_mutex_lock(&of->lock);
    mixture *mixed = find_mixture(of, sweep);
    for (int64_t i = 0; mixed && i < count; i++)
        own[i] = sample_at(of, mixed, rows[i]);
    pthread_mutex_unlock(&of->lock);
    hone_made_batch whole = *batch;
    const hone_status status =
        mixed ? hone_internal_dataset_fill(node->from[0], sweep, own, 0, count, &whole) : HONE_ERROR_MEMORY;
    hone_internal_free(own);
    return status;
}

static uint64_t hash(const hone_data_node *node, uint64_t start, hone_status *status)
{
    const shuffling *of = (const shuffling *)node;
    start = hone_internal_hash_number(hone_internal_hash_number(start, of->block), of->together);
    return hone_internal_node_hash(node, hone_internal_hash_number(start, of->seed), status);
}

static void free_shuffling(hone_data_node *node)
{
    shuffling *of = (shuffling *)node;
    for (int i = 0; i < KEPT_MIXTURES; i++) {
        hone_internal_free(of->kept[i].blocks);
        hone_internal_free(of->kept[i].places);
    }
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type type = {"shuffle_blocks", fill, hash, free_shuffling, true};

hone_dataset *hone_dataset_shuffle_blocks(hone_dataset *dataset, int64_t block, int64_t window, int64_t seed)
{
    bool good = hone_internal_dataset_check_indexed(dataset, "hone_dataset_shuffle_blocks");
    if (good && (block < 1 || window < block)) {
        hone_fail(
            HONE_ERROR_ARGUMENT,
            "hone_dataset_shuffle_blocks: expected blocks of at least 1 sample and a window of at least a block, "
            "received a block of %lld and a window of %lld",
            (long long)block, (long long)window);
        good = false;
    }
    if (!good) {
        hone_dataset_free(dataset);
        return NULL;
    }
    shuffling *made = (shuffling *)hone_internal_node_create(&type, sizeof *made, dataset);
    if (!made)
        return NULL;
    made->count = dataset->count;
    made->block = block < made->count ? block : made->count;
    made->block_count = (made->count + made->block - 1) / made->block;
    made->together = window / block < made->block_count ? window / block : made->block_count;
    made->seed = seed;
    pthread_mutex_init(&made->lock, NULL);
    return hone_internal_dataset_of_node(&made->node, dataset, dataset->count);
}
