/* Adding up what shards made. */
#define _XOPEN_SOURCE 700
#include "distributed/collection.h"
#include "base/memory.h"
#include <pthread.h>
#include <stdatomic.h>

typedef _Atomic(hone_bundle *) waiting_bundle;

struct hone_collection {
    int shards;
    size_t floats, sums;
    int64_t rows;
    waiting_bundle *halves; /* of each node, by its split: the half that came first */
    hone_tree_node run;     /* of shards that are made here */
    hone_tree_node nodes[HONE_MOST_PARTS];
    hone_bundle *parts[HONE_MOST_PARTS]; /* what these nodes come to */
    int part_count;
    pthread_mutex_t lock; /* over the spare bundles */
    hone_bundle *spare;
};

hone_collection *hone_internal_collection_create(int shards, size_t floats, size_t sums)
{
    hone_collection *collection = hone_internal_allocate_zeroed(1, sizeof *collection);
    if (collection == NULL)
        return NULL;
    collection->shards = shards;
    collection->floats = floats;
    collection->sums = sums;
    collection->halves = hone_internal_allocate_zeroed((size_t)shards + 1, sizeof *collection->halves);
    if (collection->halves == NULL) {
        hone_internal_free(collection);
        return NULL;
    }
    pthread_mutex_init(&collection->lock, NULL);
    return collection;
}

static void free_bundle(hone_bundle *bundle)
{
    hone_internal_free_aligned(bundle->floats);
    hone_internal_free(bundle);
}

/* Halves that were left by a step that failed, and the parts. */
static void take_back(hone_collection *collection)
{
    for (int i = 0; i <= collection->shards; i++) {
        hone_bundle *left = atomic_exchange(&collection->halves[i], NULL);
        if (left != NULL)
            hone_internal_collection_give_back(collection, left);
    }
    for (int i = 0; i < HONE_MOST_PARTS; i++)
        if (collection->parts[i] != NULL) {
            hone_internal_collection_give_back(collection, collection->parts[i]);
            collection->parts[i] = NULL;
        }
}

void hone_internal_collection_free(hone_collection *collection)
{
    if (collection == NULL)
        return;
    take_back(collection);
    for (hone_bundle *next; collection->spare != NULL; collection->spare = next) {
        next = collection->spare->next;
        free_bundle(collection->spare);
    }
    pthread_mutex_destroy(&collection->lock);
    hone_internal_free(collection->halves);
    hone_internal_free(collection);
}

void hone_internal_collection_begin(hone_collection *collection, int64_t rows, hone_tree_node run)
{
    take_back(collection);
    collection->rows = rows;
    collection->run = run;
    collection->part_count = hone_internal_tree_parts(rows, collection->shards, run, collection->nodes);
}

/* Floats, rounded up to whole cache lines, then doubles, in one block. */
static hone_bundle *make_bundle(const hone_collection *collection)
{
    const size_t line = HONE_ALIGNMENT / sizeof(float),
                 floats = (collection->floats + line - 1) / line * line;
    hone_bundle *bundle = hone_internal_allocate_zeroed(1, sizeof *bundle);
    if (bundle == NULL)
        return NULL;
    bundle->floats = hone_internal_allocate_aligned(floats * sizeof(float) +
                                                    collection->sums * sizeof(double) + HONE_ALIGNMENT);
    if (bundle->floats == NULL) {
        hone_internal_free(bundle);
        return NULL;
    }
    bundle->sums = (double *)(void *)(bundle->floats + floats);
    return bundle;
}

hone_bundle *hone_internal_collection_take(hone_collection *collection)
{
    pthread_mutex_lock(&collection->lock);
    hone_bundle *bundle = collection->spare;
    if (bundle != NULL)
        collection->spare = bundle->next;
    pthread_mutex_unlock(&collection->lock);
    return bundle != NULL ? bundle : make_bundle(collection);
}

void hone_internal_collection_give_back(hone_collection *collection, hone_bundle *bundle)
{
    pthread_mutex_lock(&collection->lock);
    bundle->next = collection->spare;
    collection->spare = bundle;
    pthread_mutex_unlock(&collection->lock);
}

static bool is_absent(const hone_collection *collection, hone_tree_node node)
{
    return hone_internal_tree_absent(collection->rows, collection->shards, node);
}

/* The node above, unless that reaches beyond the run. */
static bool goes_up(const hone_collection *collection, hone_tree_node node, hone_tree_node *parent)
{
    if (node.end - node.begin >= collection->shards)
        return false;
    *parent = hone_internal_tree_parent(collection->shards, node);
    return hone_internal_tree_within(*parent, collection->run);
}

/* Both halves of a node; the first is added to. */
static hone_bundle *join(hone_collection *collection, hone_bundle *first, hone_bundle *second)
{
    float *restrict into = first->floats;
    const float *restrict from = second->floats;
    for (size_t i = 0; i < collection->floats; i++)
        into[i] += from[i];
    for (size_t i = 0; i < collection->sums; i++)
        first->sums[i] += second->sums[i];
    hone_internal_collection_give_back(collection, second);
    return first;
}

static waiting_bundle *half_of(hone_collection *collection, hone_tree_node parent)
{
    return &collection->halves[hone_internal_tree_split(parent)];
}

/* Up while the first half of the node above waits. */
static void claim_firsts(hone_collection *collection, hone_claim *claim)
{
    hone_bundle *other;
    hone_tree_node parent;
    while (goes_up(collection, claim->node, &parent)) {
        if (!is_absent(collection, hone_internal_tree_sibling(collection->shards, claim->node))) {
            if (claim->node.begin == parent.begin ||
                (other = atomic_exchange(half_of(collection, parent), NULL)) == NULL)
                return;
            claim->from[claim->count++] = other;
        }
        claim->node = parent;
    }
}

hone_status hone_internal_collection_claim(hone_collection *collection, int shard, hone_claim *claim)
{
    *claim = (hone_claim){.node = {shard, shard + 1}};
    claim_firsts(collection, claim);
    for (int i = 0; i < claim->count / 2; i++) { /* the outermost first */
        hone_bundle *kept = claim->from[i];
        claim->from[i] = claim->from[claim->count - 1 - i];
        claim->from[claim->count - 1 - i] = kept;
    }
    claim->into = claim->count > 0 ? claim->from[0] : hone_internal_collection_take(collection);
    return claim->into == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

void hone_internal_collection_add(hone_collection *collection, const hone_claim *claim)
{
    hone_tree_node node = claim->node;
    hone_bundle *bundle = claim->into;
    for (int i = 1; i < claim->count; i++)
        hone_internal_collection_give_back(collection, claim->from[i]);
    hone_tree_node parent;
    while (goes_up(collection, node, &parent)) {
        if (!is_absent(collection, hone_internal_tree_sibling(collection->shards, node))) {
            waiting_bundle *place = half_of(collection, parent);
            hone_bundle *other = NULL;
            if (atomic_compare_exchange_strong(place, &other, bundle))
                return;
            atomic_store(place, NULL);
            bundle = node.begin == parent.begin ? join(collection, bundle, other)
                                                : join(collection, other, bundle);
        }
        node = parent;
    }
    for (int i = 0; i < collection->part_count; i++)
        if (collection->nodes[i].begin == node.begin)
            collection->parts[i] = bundle;
}

hone_bundle *hone_internal_collection_part(const hone_collection *collection, int part)
{
    return part < collection->part_count ? collection->parts[part] : NULL;
}
