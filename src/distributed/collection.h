/* Adding up what the shards of a batch made, in the order of the tree (tree.h), by several threads. Whoever
 * brings the second half of a node adds both, and goes on with the node above. */
#ifndef HONE_DISTRIBUTED_COLLECTION_H
#define HONE_DISTRIBUTED_COLLECTION_H

#include "base/error.h"
#include "distributed/tree.h"
#include <stddef.h>

enum { HONE_MOST_SHARDS = 4096, HONE_MOST_CLAIMED = 12 }; /* as deep as their tree is */

/* What a node made: gradients and moved statistics in floats, sums of losses and metrics in doubles. */
typedef struct hone_bundle {
    float *floats;
    double *sums;
    struct hone_bundle *next; /* of the spare ones */
} hone_bundle;

typedef struct hone_collection hone_collection;

hone_collection *hone_internal_collection_create(int shards, size_t floats, size_t sums);
void hone_internal_collection_free(hone_collection *collection); /* accepts NULL */

/* For a batch of so many rows, of which only the shards of this run are made here. Shards without rows are
 * absent: a node with an absent half is the other half. */
void hone_internal_collection_begin(hone_collection *collection, int64_t rows, hone_tree_node run);
/* Room for what a shard makes, with any numbers in it; NULL on failure. */
hone_bundle *hone_internal_collection_take(hone_collection *collection);
void hone_internal_collection_give_back(hone_collection *collection, hone_bundle *bundle);
/* What waits for a shard, so that it can be added to while the shard's gradients are made: the node that the
 * shard completes is from[0] + (from[1] + (... + the shard)), and goes to `into`, which is from[0] or room of
 * its own. */
typedef struct hone_claim {
    hone_tree_node node;
    hone_bundle *into, *from[HONE_MOST_CLAIMED];
    int count;
} hone_claim;
hone_status hone_internal_collection_claim(hone_collection *collection, int shard, hone_claim *claim);
/* The node is in `into`. */
void hone_internal_collection_add(hone_collection *collection, const hone_claim *claim);
/* What the parts of the run (hone_internal_tree_parts) come to, once every shard with rows was added; NULL
 * before, and for a part that is not there. Of a run of all shards, part 0 is all together. The collection's
 * until the next begin. */
hone_bundle *hone_internal_collection_part(const hone_collection *collection, int part);

#endif
